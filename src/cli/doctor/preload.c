/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What else the loader is told to put into programs: LD_PRELOAD, /etc/ld.so.preload and
 * LD_LIBRARY_PATH. A library that stands for the driver too, before ours, sees all calls and gives on
 * what it likes; a libpreempt.so of somebody else's would be taken for ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ld_cache.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"

#define TOPIC "preload"

/* --- one library --------------------------------------------------------------------------------- */

static bool is_ours(const struct xs_doctor *doctor, const char *path)
{
	char real[PATH_MAX], ours[PATH_MAX];

	if (!*doctor->libraries || !realpath(doctor->libraries, ours) || !realpath(path, real))
		return false;
	size_t length = strlen(ours);
	return strncmp(real, ours, length) == 0 && real[length] == '/';
}

static bool stands_for_driver(const struct xs_elf *elf)
{
	return xs_elf_defines(elf, "cuLaunchKernel") || xs_elf_defines(elf, "cuGetProcAddress") ||
	       xs_elf_defines(elf, "cuGetProcAddress_v2") || xs_elf_defines(elf, "hipLaunchKernel");
}

static void find_shadow(struct xs_doctor *doctor, const char *path, bool is_copy)
{
	xs_find(&doctor->findings, doctor->seen_ours ? XS_DOUBT : XS_WRONG, TOPIC,
		is_copy ? "preload-copy" : "preload-shadow", "%s is preloaded %s our shim and %s.",
		path, doctor->seen_ours ? "after" : "before",
		is_copy ? "is another copy of XSched's" : "stands for the driver too");
	xs_remedy(&doctor->findings,
		is_copy ? "Preload one of the two only: this one is in %s."
			: "Take it out of LD_PRELOAD, or put it behind the shim; what is first "
			  "sees "
			  "the program's calls. Ours is in %s.",
		*doctor->libraries ? doctor->libraries : "no place");
}

/* The libraries of the first XSched bear the same names. */
static bool is_original(const struct xs_elf *elf)
{
	return (xs_elf_defines(elf, "XQueueCreate") && !xs_elf_defines(elf, "xs_options")) ||
	       (stands_for_driver(elf) && xs_elf_contains(elf, "XSCHED_AUTO_XQUEUE") &&
		       !xs_elf_defines(elf, "xsched_shim"));
}

static void find_original(struct xs_doctor *doctor, const char *path, const char *where)
{
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "xsched-original",
		"%s (%s) is a library of another XSched, of the same name as ours.", path, where);
	xs_remedy(
		&doctor->findings, "Take its directory out of %s: the two cannot be mixed.", where);
}

static void examine(struct xs_doctor *doctor, const char *path)
{
	struct xs_elf elf;
	int err = xs_elf_open(&elf, path);

	if (err) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "preload-missing",
			"LD_PRELOAD names %s, which cannot be read: %s. Programs start without it.",
			path, strerror(-err));
		xs_remedy(&doctor->findings,
			"Correct LD_PRELOAD, or use xcli run, which sets it itself.");
	} else if (!elf.is_native) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "preload-foreign",
			"LD_PRELOAD names %s, which is %s%s.", path,
			elf.is_elf ? "for " : "no library", elf.is_elf ? xs_elf_machine(&elf) : "");
		xs_remedy(&doctor->findings, "Take it out of LD_PRELOAD.");
	} else if (is_ours(doctor, path)) {
		doctor->seen_ours |= xs_elf_defines(&elf, "xsched_shim");
		xs_find(&doctor->findings, XS_FINE, TOPIC, "preload", "%s", path);
	} else if (is_original(&elf)) {
		find_original(doctor, path, "LD_PRELOAD");
	} else if (xs_elf_defines(&elf, "xsched_shim")) {
		find_shadow(doctor, path, true);
	} else if (stands_for_driver(&elf)) {
		find_shadow(doctor, path, false);
	} else {
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "preload-other",
			"%s is preloaded%s. It does not stand for a driver.", path,
			xs_elf_defines(&elf, "dlsym") ? " and answers dlsym()" : "");
	}
	xs_elf_close(&elf);
}

static bool take(void *ctx, const char *path)
{
	snprintf(ctx, PATH_MAX, "%s", path);
	return true;
}

/* A name without a slash is searched for, as the loader does. */
static void examine_entry(struct xs_doctor *doctor, const char *entry)
{
	char path[PATH_MAX];

	if (strchr(entry, '/') || !xs_ld_cache_search(XS_LD_CACHE, entry, take, path))
		snprintf(path, sizeof(path), "%s", entry);
	examine(doctor, path);
}

/* --- directories --------------------------------------------------------------------------------- */

/* Our libraries find each other through DT_RUNPATH, and LD_LIBRARY_PATH goes before it. */
static void examine_directory(struct xs_doctor *doctor, const char *directory)
{
	static const char *const names[] = { "libpreempt.so", "libhalcuda.so", "libhalhip.so",
		"libcuda.so.1", "libshimcuda.so" };
	char path[PATH_MAX];
	struct xs_elf elf;

	if (strstr(directory, "/stubs")) {
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "library-path-stubs",
			"LD_LIBRARY_PATH names %s: the libraries in there only serve for linking.",
			directory);
		xs_remedy(&doctor->findings, "Take it out of LD_LIBRARY_PATH.");
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		if (access(path, R_OK) != 0 || is_ours(doctor, path) ||
			xs_elf_open(&elf, path) != 0)
			continue;
		if (is_original(&elf)) {
			find_original(doctor, path, "LD_LIBRARY_PATH");
		} else if (i < 3 && *doctor->libraries) {
			xs_find(&doctor->findings, XS_WRONG, TOPIC, "library-path-copy",
				"%s goes before that in %s, since LD_LIBRARY_PATH names its "
				"directory.",
				path, doctor->libraries);
			xs_remedy(&doctor->findings, "Take %s out of LD_LIBRARY_PATH.", directory);
		}
		xs_elf_close(&elf);
	}
}

void xs_doctor_preload(struct xs_doctor *doctor)
{
	char *system = xs_doctor_read("/etc/ld.so.preload");

	xs_doctor_each(system, " :\n\t", examine_entry, doctor);
	xs_doctor_each(getenv("LD_PRELOAD"), " :", examine_entry, doctor);
	xs_doctor_each(getenv("LD_LIBRARY_PATH"), ":;", examine_directory, doctor);
	free(system);
}
