/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vendors' drivers. CUDA's is asked for through our own library, so that the doctor sees the very
 * file that a program would get; all of it in a child process, since starting a driver may fail in any
 * way. What the child finds out comes back as lines "KEY VALUE".
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"
#include "cli/platforms.h"

#define TOPIC "driver"

#define NO_DEVICE         100 /* CUDA's and HIP's number for it */
#define INVALID_DEVICE    101 /* HIP 5 says this without a device */
#define DRIVER_MISMATCH   803
#define REGISTERED_MEMORY 91 /* the device uses the host's own pointers to registered memory */
#define STREAM_MEM_OPS    92 /* before CUDA 12 it said whether they were switched on */
#define STREAM_MEM_OPS_64 122

/* --- in the child -------------------------------------------------------------------------------- */

static void *(*find_cuda)(const char *symbol);

#define CUDA(name, ...) int (*name)(__VA_ARGS__) = (int (*)(__VA_ARGS__))(uintptr_t)find_cuda(#name)

static void tell_cuda_devices(FILE *out)
{
	CUDA(cuDeviceGetCount, int *);
	CUDA(cuDeviceGet, int *, int);
	CUDA(cuDeviceGetName, char *, int, int);
	CUDA(cuDeviceGetAttribute, int *, int, int);
	int count = 0, device = 0, memory = 0, operations = 0, long_operations = 0;
	char name[128] = "";

	cuDeviceGetCount(&count);
	fprintf(out, "devices %d\n", count);
	for (int i = 0; i < count; i++) {
		if (cuDeviceGet(&device, i) == 0 &&
			cuDeviceGetName(name, sizeof(name), device) == 0)
			fprintf(out, "name %s\n", name);
		cuDeviceGetAttribute(&memory, REGISTERED_MEMORY, device);
		cuDeviceGetAttribute(&operations, STREAM_MEM_OPS, device);
		cuDeviceGetAttribute(&long_operations, STREAM_MEM_OPS_64, device);
	}
	if (count)
		fprintf(out, "level %d\n", memory && (operations || long_operations) ? 2 : 1);
}

static void look_at_cuda(void *data, FILE *out)
{
	const struct xs_doctor *doctor = data;
	char path[PATH_MAX + 64];
	int version = 0;
	Dl_info where;

	snprintf(path, sizeof(path), "%s/libhalcuda.so", doctor->libraries);
	void *hal = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	find_cuda = hal ? (void *(*)(const char *))(uintptr_t)dlsym(hal, "xs_cuda_find") : NULL;
	if (!find_cuda)
		return;
	CUDA(cuInit, unsigned int);
	if (!cuInit || !dladdr((void *)(uintptr_t)cuInit, &where))
		return;
	fprintf(out, "file %s\n", where.dli_fname);
	CUDA(cuDriverGetVersion, int *);
	if (cuDriverGetVersion && cuDriverGetVersion(&version) == 0)
		fprintf(out, "version %d.%d\n", version / 1000, version % 1000 / 10);
	fprintf(out, "starting 1\n");
	int result = cuInit(0);
	fprintf(out, "started %d\n", result);
	if (result == 0)
		tell_cuda_devices(out);
}

static void look_at_hip(void *data, FILE *out)
{
	const struct xs_platform *platform = xs_platform_at(XS_DOCTOR_HIP);
	char path[PATH_MAX];
	int version = 0, count = 0;

	(void)data;
	if (!platform || !xs_platform_driver(platform, path))
		return;
	fprintf(out, "file %s\n", path);
	void *runtime = strstr(path, ".so") ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	if (!runtime) {
		fprintf(out, "refused %s\n", strstr(path, ".so") ? dlerror() : "no library");
		return;
	}
	int (*get_version)(int *) =
		(int (*)(int *))(uintptr_t)dlsym(runtime, "hipRuntimeGetVersion");
	int (*init)(unsigned int) = (int (*)(unsigned int))(uintptr_t)dlsym(runtime, "hipInit");
	int (*get_count)(int *) = (int (*)(int *))(uintptr_t)dlsym(runtime, "hipGetDeviceCount");
	int (*get_name)(char *, int, int) =
		(int (*)(char *, int, int))(uintptr_t)dlsym(runtime, "hipDeviceGetName");
	char name[128] = "";

	if (!get_version || !init || !get_count || !get_name)
		return;
	if (get_version(&version) == 0)
		fprintf(out, "version %d.%d\n", version / 10000000, version / 100000 % 100);
	fprintf(out, "starting 1\n");
	int result = init(0);
	if (result == 0)
		result = get_count(&count);
	fprintf(out, "started %d\ndevices %d\n", result, count);
	for (int i = 0; i < count; i++)
		if (get_name(name, sizeof(name), i) == 0)
			fprintf(out, "name %s\n", name);
	fprintf(out, "level 1\n");
}

/* --- what the child said ------------------------------------------------------------------------- */

struct answer {
	char file[PATH_MAX], version[32], names[512], refused[512], other[1024];
	bool starting;
	int started, devices, level;
};

static void append(char *text, size_t size, const char *separator, const char *more)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", length ? separator : "", more);
}

/* Our log on the child's standard error: without its head. */
static const char *message_of(const char *line)
{
	const char *end = strstr(line, "] ");

	return strncmp(line, "[XSCHED", 7) == 0 && end ? end + 2 : line;
}

static void read_line(struct answer *answer, char *line)
{
	char *value = strchr(line, ' ');
	size_t length = value ? (size_t)(value++ - line) : 0;
#define IS(key) (length == sizeof(key) - 1 && strncmp(line, key, length) == 0)

	if (IS("file"))
		snprintf(answer->file, sizeof(answer->file), "%s", value);
	else if (IS("version"))
		snprintf(answer->version, sizeof(answer->version), "%s", value);
	else if (IS("name"))
		append(answer->names, sizeof(answer->names), ", ", value);
	else if (IS("refused"))
		snprintf(answer->refused, sizeof(answer->refused), "%s", value);
	else if (IS("starting"))
		answer->starting = true;
	else if (IS("started"))
		answer->started = atoi(value);
	else if (IS("devices"))
		answer->devices = atoi(value);
	else if (IS("level"))
		answer->level = atoi(value);
	else
		append(answer->other, sizeof(answer->other), "; ", message_of(line));
#undef IS
}

/* Returns false if the child came to no good end; the answer is as far as it got. */
static bool ask(struct xs_doctor *doctor, void (*look)(void *, FILE *), struct answer *answer)
{
	char *rest, *said;
	int status;

	*answer = (struct answer){ .started = -1 };
	said = xs_doctor_apart(look, doctor, &status);
	if (!said)
		return false;
	for (char *line = strtok_r(said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_line(answer, line);
	free(said);
	return status == 0;
}

/* --- findings ------------------------------------------------------------------------------------ */

/* Why the file that the user named was not taken. */
static void find_why_not(struct xs_doctor *doctor, const char *variable, const char *chosen)
{
	struct xs_elf elf;
	int err = xs_elf_open(&elf, chosen);
	const char *why;

	if (!strchr(chosen, '/'))
		why = "it is a name, and a path is expected";
	else if (err)
		why = strerror(-err);
	else if (!elf.is_elf)
		why = "it is no library";
	else if (!elf.is_native)
		why = "it is for another kind of processor";
	else if (xs_elf_defines(&elf, "xsched_shim"))
		why = "it is a shim of XSched and not the vendor's driver";
	else
		why = "it does not load, or has not the driver's functions";
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "driver-chosen", "%s=%s is not used: %s.",
		variable, chosen, why);
	xs_remedy(&doctor->findings,
		"Unset %s, or let it name the vendor's own library, such as "
		"/usr/lib/x86_64-linux-gnu/libcuda.so.1.",
		variable);
	xs_elf_close(&elf);
}

static void check_chosen(struct xs_doctor *doctor, const struct xs_platform_state *platform)
{
	const char *chosen = getenv(platform->chosen);
	char wanted[PATH_MAX], got[PATH_MAX];

	if (!chosen || !*chosen)
		return;
	if (!strchr(chosen, '/') || !realpath(chosen, wanted) || !realpath(platform->driver, got) ||
		strcmp(wanted, got) != 0)
		find_why_not(doctor, platform->chosen, chosen);
}

static void find_no_devices(
	struct xs_doctor *doctor, const struct xs_platform_state *platform, int result)
{
	static const char *const variables[][2] = { { "CUDA", "CUDA_VISIBLE_DEVICES" },
		{ "HIP", "HIP_VISIBLE_DEVICES" }, { "HIP", "ROCR_VISIBLE_DEVICES" } };

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i][1]);

		if (!value || strcmp(platform->name, variables[i][0]) != 0)
			continue;
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "devices-hidden",
			"%s finds no device, and %s='%s' hides some or all.", platform->name,
			variables[i][1], value);
		xs_remedy(&doctor->findings, "Unset %s, or name a device that is there, such as 0.",
			variables[i][1]);
		return;
	}
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "no-device",
		"%s: the driver is there, and finds no device (error %d).", platform->driver,
		result);
	xs_remedy(&doctor->findings,
		"See that the kernel's module is loaded (nvidia-smi, rocminfo) "
		"and that the device files below are there.");
}

static void report(struct xs_doctor *doctor, struct xs_platform_state *platform,
	const struct answer *answer, bool ended)
{
	struct xs_findings *findings = &doctor->findings;

	if (*answer->refused) {
		xs_find(findings, XS_WRONG, TOPIC, "driver-unloadable", "%s does not load: %s.",
			platform->driver, answer->refused);
		xs_remedy(findings, "Install the vendor's driver and runtime anew, both of one "
				    "version.");
	} else if (!ended) {
		xs_find(findings, XS_WRONG, TOPIC, "driver-crash",
			"%s ends or hangs a process that %s it.", platform->driver,
			answer->starting ? "starts" : "loads");
		xs_remedy(findings, "See that the driver's library and the kernel's module are of "
				    "one version, and what dmesg says.");
	} else if (answer->started == NO_DEVICE || answer->started == INVALID_DEVICE ||
		   (answer->started == 0 && !answer->devices)) {
		find_no_devices(doctor, platform, answer->started);
	} else if (answer->started == DRIVER_MISMATCH) {
		xs_find(findings, XS_WRONG, TOPIC, "driver-mismatch",
			"%s and the kernel's module are of different versions.", platform->driver);
		xs_remedy(findings,
			"Restart the machine after the update of the driver; in a "
			"container, use the host's libraries (nvidia-container-toolkit).");
	} else if (answer->started != 0) {
		xs_find(findings, XS_WRONG, TOPIC, "driver-error",
			"%s: the driver does not start (error %d).", platform->driver,
			answer->started);
		xs_remedy(findings, "See what the vendor's own tool says (nvidia-smi, rocminfo); "
				    "after an update of the driver, restart the machine.");
	} else {
		platform->has_driver = true;
		platform->devices = answer->devices;
		platform->level = answer->level;
		xs_find(findings, XS_FINE, TOPIC, "driver", "%s %s in %s, %d device%s: %s",
			platform->name, answer->version, platform->driver, answer->devices,
			answer->devices == 1 ? "" : "s", answer->names);
	}
}

static void find_level(struct xs_doctor *doctor, const struct xs_platform_state *platform)
{
	if (!platform->has_driver)
		return;
	if (platform->level == 2)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "level-2",
			"%s: level 2, what is not started can be stopped; between the streams of "
			"one process level 1, unless XSCHED_AUTO_XQUEUE_LEVEL=2. Level 3, what "
			"runs, is not there yet.",
			platform->name);
	else if (platform->name[0] == 'H')
		xs_find(&doctor->findings, XS_FINE, TOPIC, "level-1",
			"%s: level 1, what is not submitted can be stopped. A stream of AMD can "
			"wait for memory only by a kernel that occupies the device, so there is no "
			"level 2.",
			platform->name);
	else
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "level-1",
			"%s: level 1, what is not submitted can be stopped. The driver lacks "
			"memory operations in streams or direct access to host memory, so there "
			"is no level 2.",
			platform->name);
}

static void examine(struct xs_doctor *doctor, size_t which, void (*look)(void *, FILE *))
{
	struct xs_platform_state *platform = &doctor->platforms[which];
	struct answer answer;

	if (!platform->has_shim)
		return;
	bool ended = ask(doctor, look, &answer);
	/* The file itself has the version in its name. */
	if (!realpath(answer.file, platform->driver))
		snprintf(platform->driver, sizeof(platform->driver), "%s", answer.file);
	check_chosen(doctor, platform);
	if (*answer.file)
		report(doctor, platform, &answer, ended);
	else if (*answer.other)
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "no-driver-here", "%s: %s",
			platform->name, answer.other);
	find_level(doctor, platform);
}

/* Who asked for this platform: the user, or a device of it that is there. */
static bool is_asked_for(const struct xs_doctor *doctor, size_t which)
{
	static const char *const nodes[XS_PLATFORMS] = { "/dev/nvidiactl", "/dev/kfd" };
	const char *chosen = getenv(doctor->platforms[which].chosen);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", doctor->root, nodes[which]);
	return (chosen && *chosen) || access(path, F_OK) == 0;
}

/* A platform that nobody asked for may be as it is, if another works. */
static void forgive(struct xs_doctor *doctor, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (doctor->findings.list[i].status == XS_WRONG)
			doctor->findings.list[i].status = XS_NOTE;
	}
}

static void find_no_driver(struct xs_doctor *doctor)
{
	char sim[PATH_MAX + 64];

	/* Installed it lies below the libraries, in a build beside them. */
	snprintf(sim, sizeof(sim), "%s/sim/libcuda.so.1", doctor->libraries);
	if (access(sim, F_OK) != 0)
		snprintf(sim, sizeof(sim), "%s/sim/libcuda.so.1", doctor->prefix);
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "driver-missing",
		"No driver was found: neither libcuda.so.1 nor libamdhip64.so.");
	xs_remedy(&doctor->findings,
		"Install the vendor's driver, or name the file: XSCHED_CUDA_LIB=/path/libcuda.so.1 "
		"or XSCHED_HIP_LIB=/path/libamdhip64.so. In a container, give it the device: "
		"docker "
		"run --gpus all. Without a GPU there is the software device: "
		"XSCHED_CUDA_LIB=%s.",
		sim);
}

void xs_doctor_drivers(struct xs_doctor *doctor)
{
	struct xs_platform_state *platforms = doctor->platforms;
	size_t end[XS_PLATFORMS + 1] = { doctor->findings.count };
	bool any = false, works = false;

	for (size_t i = 0; i < XS_PLATFORMS; i++) {
		examine(doctor, i, i == XS_DOCTOR_CUDA ? look_at_cuda : look_at_hip);
		end[i + 1] = doctor->findings.count;
		any |= *platforms[i].driver != '\0';
		works |= platforms[i].has_driver;
	}
	for (size_t i = 0; i < XS_PLATFORMS; i++) {
		platforms[i].is_wanted =
			platforms[i].has_driver || is_asked_for(doctor, i) || !works;
		if (!platforms[i].is_wanted)
			forgive(doctor, end[i], end[i + 1]);
	}
	if (!any)
		find_no_driver(doctor);
}
