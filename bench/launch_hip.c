/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the HIP shim adds to a launch while there is nobody to yield to (overhead.h), by the way in:
 *
 *   launch_hip table|symbols|both [-nLAUNCHES] [-rRUNS]
 *
 *   table     the program is bound to the runtime, whose dispatch table leads to us: dlsym(), Triton
 *   symbols   the program is bound to the preloaded shim, and there is no table: HIP 5
 *   both      bound to the shim, and there is a table: PyTorch with LD_PRELOAD
 *
 * The bare side is a second copy of the runtime, which offers its table to nobody.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "overhead.h"
#include "platform/hip/hip_driver.h"

struct hip {
	__typeof__(hipLaunchKernel) *launch;
	__typeof__(hipStreamCreateWithPriority) *create_stream;
	__typeof__(hipSetDevice) *set_device;
	__typeof__(__hipRegisterFatBinary) *register_binary;
	__typeof__(__hipRegisterFunction) *register_function;
};

static struct hip bare, shim;
static char empty[8]; /* stands for the kernel of that name */
static const dim3 one = { 1, 1, 1 };

static void *symbol(void *handle, const char *name)
{
	void *function = handle ? dlsym(handle, name) : NULL;

	kit_check(!function, name);
	return function;
}

static void *opened(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	kit_check(!handle, path);
	return handle;
}

/* calls: what the program is bound to. The runtime behind it knows the kernel afterwards. */
static void open_side(struct hip *side, void *runtime, void *calls)
{
	static const char image[64] = "CCOB";
	static const struct {
		uint32_t magic, version;
		const void *binary, *unused;
	} wrapper = { 0x48495046, 1, image, NULL };

	side->launch = symbol(calls, "hipLaunchKernel");
	side->create_stream = symbol(calls, "hipStreamCreateWithPriority");
	side->set_device = symbol(calls, "hipSetDevice");
	side->register_binary = symbol(runtime, "__hipRegisterFatBinary");
	side->register_function = symbol(runtime, "__hipRegisterFunction");
	side->register_function(side->register_binary(&wrapper), empty, empty, "empty", 0, NULL,
		NULL, NULL, NULL, NULL);
	CHECK(side->set_device(0));
}

/* The loader takes a file for another library if it is another file. */
static void copy_file(const char *from, const char *to)
{
	char buffer[65536];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t got;

	kit_check(!in || !out, to);
	while ((got = fread(buffer, 1, sizeof(buffer), in)) > 0)
		kit_check(fwrite(buffer, 1, got, out) != got, to);
	fclose(in);
	kit_check(fclose(out), to);
}

static void open_bare(const char *build)
{
	char from[4096], to[] = "/tmp/bench-hip-XXXXXX";

	snprintf(from, sizeof(from), "%s/sim/libamdhip64.so.6", build);
	kit_check(mkstemp(to) < 0, to);
	copy_file(from, to);
	setenv("ROCPROFILER_REGISTER_ENABLED", "0", 1);
	void *runtime = opened(to);
	open_side(&bare, runtime, runtime);
	remove(to);
}

static void open_shim(const char *build, bool table, bool symbols)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/lib/libshimhip.so", build);
	void *library = opened(path);
	if (table) {
		setenv("ROCPROFILER_REGISTER_ENABLED", "1", 1);
		setenv("ROCPROFILER_REGISTER_LIBRARY", path, 1);
	}
	snprintf(path, sizeof(path), "%s/sim/libamdhip64.so.6", build);
	void *runtime = opened(path);
	open_side(&shim, runtime, symbols ? library : runtime);
}

static void enter(void)
{
	CHECK(bare.set_device(0));
	CHECK(shim.set_device(0));
}

static void *make_stream(bool through_shim)
{
	hipStream_t stream;

	CHECK((through_shim ? shim : bare).create_stream(&stream, hipStreamNonBlocking, 0));
	return stream;
}

static void launch(bool through_shim, void *const *streams, unsigned count)
{
	__typeof__(shim.launch) call = through_shim ? shim.launch : bare.launch;
	unsigned stream = 0;

	for (int i = 0; i < OVERHEAD_BLOCK; i++) {
		call(empty, one, one, NULL, 0, streams[stream]);
		stream = stream + 1 < count ? stream + 1 : 0;
	}
}

/* Whether the shim sees the launches at all. */
static void check_seen(void)
{
	void *core = dlopen("libpreempt.so", RTLD_LAZY | RTLD_NOLOAD);
	size_t (*queues)(void) = (size_t(*)(void))symbol(core, "xs_registry_limit");
	void *stream = make_stream(true);

	CHECK(bare.launch(empty, one, one, NULL, 0, make_stream(false)));
	kit_check(queues() != 0, "keeping the shim out of the bare side");
	CHECK(shim.launch(empty, one, one, NULL, 0, stream));
	kit_check(queues() == 0, "getting the shim in");
}

int main(int argc, char **argv)
{
	static const struct overhead_calls hip = { enter, make_stream, launch, NULL };
	const char *way = argc > 1 ? argv[1] : "", *build = getenv("BUILD");
	size_t launches = (size_t)kit_option(argc, argv, 'n', 10000000);
	int runs = (int)kit_option(argc, argv, 'r', 5);
	char name[64];

	if (!build || (strcmp(way, "table") && strcmp(way, "symbols") && strcmp(way, "both"))) {
		fprintf(stderr, "launch_hip table|symbols|both [-nLAUNCHES] [-rRUNS]\n");
		return 2;
	}
	setenv("XSIM_DISCARD", "1", 1);
	setenv("XSIM_SHARE", "0", 1);
	setenv("XSCHED_SCHEDULER", "LCL", 1);
	open_bare(build);
	open_shim(build, strcmp(way, "symbols") != 0, strcmp(way, "table") != 0);
	check_seen();
	snprintf(name, sizeof(name), "launch_overhead_hip_%s_ns", way);
	overhead_row(&hip, name, launches, runs, 1, 1);
	snprintf(name, sizeof(name), "launch_overhead_hip_%s_64streams_ns", way);
	overhead_row(&hip, name, launches, runs, 1, 64);
	return 0;
}
