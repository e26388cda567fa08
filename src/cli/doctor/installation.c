/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own libraries and programs: are all there, do they load here, and are they of one version? The
 * version of a library is the text of a symbol of it, so none has to be loaded to read it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"
#include "cli/platforms.h"

#define TOPIC "installation"

static void find_libraries(struct xs_doctor *doctor)
{
	/* The core lies beside the shims, and is found the same way. */
	static const struct xs_platform core = { .shim = "libpreempt.so" };
	const struct xs_platform *platform = &core;
	char path[PATH_MAX];

	for (size_t i = 0; platform; platform = xs_platform_at(i++)) {
		if (!xs_platform_shim(platform, path))
			continue;
		*strrchr(path, '/') = '\0';
		snprintf(doctor->libraries, sizeof(doctor->libraries), "%s", path);
		return;
	}
}

static void look_at_loading(void *data, FILE *out)
{
	if (!dlopen(data, RTLD_NOW | RTLD_LOCAL))
		fprintf(out, "%s\n", dlerror());
}

/* Whether it loads; what the loader says against it becomes a finding. */
static bool loads(struct xs_doctor *doctor, const char *path)
{
	int status;
	char *said = xs_doctor_apart(look_at_loading, (void *)path, &status);
	bool good = said && !*said && status == 0;

	if (!good) {
		if (said)
			said[strcspn(said, "\n")] = '\0';
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "library-unloadable",
			"%s does not load: %s", path,
			said && *said ? said : "the process that tried ended");
		xs_remedy(&doctor->findings, "Install XSched anew, all of it from one build, and "
					     "see that the file is for this machine.");
	}
	free(said);
	return good;
}

static bool glibc_suffices(struct xs_doctor *doctor, const struct xs_elf *elf, const char *path)
{
	unsigned int needed = xs_elf_glibc(elf), here = xs_doctor_glibc_here();
	char needs[16], has[16];

	if (needed <= here)
		return true;
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "glibc-older",
		"%s needs glibc %s, and this system has the older %s.", path,
		xs_doctor_glibc(needed, needs), xs_doctor_glibc(here, has));
	xs_remedy(&doctor->findings,
		"Build XSched on this system, or on one with glibc %s or older: make && make "
		"install.",
		has);
	return false;
}

static bool is_for_this_machine(
	struct xs_doctor *doctor, const struct xs_elf *elf, const char *path)
{
	if (elf->is_native && elf->is_dynamic)
		return true;
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "library-foreign", "%s is %s%s.", path,
		elf->is_elf ? "a library for " : "no library",
		elf->is_elf ? xs_elf_machine(elf) : "");
	xs_remedy(&doctor->findings, "Install XSched from a build for this machine.");
	return false;
}

static void check_version(
	struct xs_doctor *doctor, const struct xs_elf *elf, const char *path, const char *symbol)
{
	const char *version = symbol ? xs_elf_text(elf, symbol) : XS_VERSION;

	if (version && strcmp(version, XS_VERSION) == 0)
		return;
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "library-version",
		"%s is of version %s, and xcli of %s.", path, version ? version : "unknown",
		XS_VERSION);
	xs_remedy(&doctor->findings,
		"Install all libraries and programs from one build: make install.");
}

/* symbol: has the version as its text; NULL: it has none. Returns whether the library is of use. */
static bool examine(struct xs_doctor *doctor, const char *name, const char *symbol)
{
	char path[PATH_MAX + 64];
	struct xs_elf elf;

	snprintf(path, sizeof(path), "%s/%s", doctor->libraries, name);
	int err = xs_elf_open(&elf, path);
	if (err) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "library-missing",
			"%s cannot be read: %s.", path, strerror(-err));
		xs_remedy(&doctor->findings, "Install XSched anew: make install. All libraries lie "
					     "in one directory.");
		return false;
	}
	check_version(doctor, &elf, path, symbol);
	bool good = is_for_this_machine(doctor, &elf, path) && glibc_suffices(doctor, &elf, path);
	xs_elf_close(&elf);
	return good && loads(doctor, path);
}

static bool is_there(const struct xs_doctor *doctor, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", doctor->libraries, name);
	return access(path, F_OK) == 0;
}

static void examine_daemon(struct xs_doctor *doctor)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/bin/xserver", doctor->prefix);
	if (access(path, X_OK) == 0)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "daemon-installed", "%s", path);
	else
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "daemon-absent",
			"xserver is not installed, so each process schedules its own streams "
			"only.");
}

static void find_prefix(struct xs_doctor *doctor)
{
	ssize_t length = readlink("/proc/self/exe", doctor->prefix, sizeof(doctor->prefix) - 1);

	doctor->prefix[length > 0 ? length : 0] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(doctor->prefix, '/');
		if (slash)
			*slash = '\0';
	}
}

void xs_doctor_installation(struct xs_doctor *doctor)
{
	static const char *const hals[] = { "libhalcuda.so", "libhalhip.so" };
	char shims[128] = "";

	find_prefix(doctor);
	find_libraries(doctor);
	if (!*doctor->libraries) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "not-installed",
			"There are no libraries of XSched beside xcli, in %s/lib.", doctor->prefix);
		xs_remedy(&doctor->findings, "Install XSched (make install), or copy the whole "
					     "tree, not xcli alone.");
		return;
	}
	if (!examine(doctor, "libpreempt.so", "xs_version"))
		return; /* nothing else would load */
	for (size_t i = 0; i < XS_PLATFORMS; i++) {
		struct xs_platform_state *platform = &doctor->platforms[i];

		if (!is_there(doctor, platform->shim) && !is_there(doctor, hals[i]))
			continue; /* built without this platform */
		platform->has_shim = examine(doctor, hals[i], NULL) &&
				     examine(doctor, platform->shim, "xsched_shim");
		if (platform->has_shim)
			snprintf(shims + strlen(shims), sizeof(shims) - strlen(shims), "%s%s",
				*shims ? ", " : "", platform->shim);
	}
	if (*shims)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "installed", "%s: %s, version %s",
			doctor->libraries, shims, XS_VERSION);
	examine_daemon(doctor);
}
