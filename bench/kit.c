/* SPDX-License-Identifier: Apache-2.0 */
/* The two sides of a measurement, statistics and rows. */
#include "kit.h"

#include <dlfcn.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../examples/spin.h"
#include "plot.h"

struct driver kit_bare, kit_shim;
CUfunction kit_empty, kit_spin;
static CUcontext context;

void kit_check(int result, const char *what)
{
	if (result == 0)
		return;
	fprintf(stderr, "bench: %s failed with %d\n", what, result);
	exit(1);
}

static void load(struct driver *driver, const char *build, const char *library)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s%s", *library == '/' ? "" : build,
		*library == '/' ? "" : "/", library);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		fprintf(stderr, "bench: %s\n", dlerror());
		exit(1);
	}
#define X(name)                                                                                    \
	driver->name = (__typeof__(&name))dlsym(handle, #name);                                    \
	kit_check(!driver->name, #name);
	KIT_FUNCTIONS(X)
#undef X
	/* A shim that was asked first must not be what the other handle leads to. */
	Dl_info info;
	char *there = NULL, *wanted = realpath(path, NULL);
	if (dladdr((void *)driver->cuLaunchKernel, &info))
		there = realpath(info.dli_fname, NULL);
	kit_check(!there || !wanted || strcmp(there, wanted) != 0, "loading both drivers");
	free(there);
	free(wanted);
}

void kit_open(void)
{
	const char *build = getenv("BUILD"), *real = getenv("BENCH_DRIVER");
	char path[4096];
	CUdevice device;
	CUmodule module;

	kit_check(!build, "finding $BUILD");
	snprintf(path, sizeof(path), "%s/sim/libcuda.so.1", build);
	if (real && *real)
		snprintf(path, sizeof(path), "%s", real);
	setenv("XSCHED_CUDA_LIB", path, 1);
	setenv("XSCHED_SCHEDULER", "LCL", 1);
	setenv("XSIM_SHARE", "0", 1); /* others may be using the machine's software device */
	load(&kit_bare, build, path);
	load(&kit_shim, build, "lib/libshimcuda.so");

	CHECK(kit_shim.cuInit(0));
	CHECK(kit_shim.cuDeviceGet(&device, 0));
	CHECK(kit_shim.cuDevicePrimaryCtxRetain(&context, device));
	kit_thread();
	CHECK(kit_shim.cuModuleLoadData(&module, spin_ptx));
	CHECK(kit_shim.cuModuleGetFunction(&kit_empty, module, "empty"));
	CHECK(kit_shim.cuModuleGetFunction(&kit_spin, module, "spin_us"));
}

void kit_thread(void)
{
	CHECK(kit_shim.cuCtxSetCurrent(context));
}

CUstream kit_stream(const struct driver *driver, int priority)
{
	CUstream stream;

	CHECK(driver->cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, priority));
	return stream;
}

uint64_t kit_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void kit_sleep_until(uint64_t ns)
{
	struct timespec until = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL))
		;
}

long kit_option(int argc, char **argv, char letter, long otherwise)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '-' && argv[i][1] == letter)
			return atol(argv[i] + 2);
	return otherwise;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void kit_sort(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), ascending);
}

double kit_percentile(double *values, size_t count, double share)
{
	if (!count)
		return NAN;
	kit_sort(values, count);
	size_t rank = (size_t)ceil(share * (double)count);
	return values[rank ? rank - 1 : 0];
}

const char *kit_device(void)
{
	const char *real = getenv("BENCH_DRIVER");

	return real && *real ? "cuda" : "sim";
}

/* --- reports ---------------------------------------------------------------------------------------- */

FILE *kit_section(void)
{
	const char *path = getenv("BENCH_SECTION");

	return path && *path ? fopen(path, "a") : NULL;
}

void kit_section_times(const char *head, const char *text, const struct plot_series *series,
	size_t count, const char *what)
{
	FILE *file = kit_section();

	if (!file)
		return;
	fprintf(file, "<h2>%s</h2>\n<p class=\"soft\">%s</p>\n<figure>\n<div class=\"key\">\n",
		head, text);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "<span><i class=\"%s\"></i>%s: half within <b>", series[i].class,
			series[i].name);
		plot_put_time(file, plot_percentile(&series[i], 0.5));
		fprintf(file, "</b>, 99 %% within <b>");
		plot_put_time(file, plot_percentile(&series[i], 0.99));
		fprintf(file, "</b></span>\n");
	}
	fprintf(file, "</div>\n");
	plot_distribution(file, series, count, what);
	fprintf(file, "</figure>\n");
	fclose(file);
}

void kit_progress(double share, const char *what)
{
	const char *number = getenv("BENCH_PROGRESS");

	if (number && *number)
		dprintf(atoi(number), "%.3f %s\n", share, what);
}

/* --- rows ------------------------------------------------------------------------------------------- */

/* What /proc/cpuinfo says first under that name. */
static void read_processor(char *out, size_t bytes)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(out, bytes, "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		char *value = strstr(line, ": ");

		if (strncmp(line, "model name", 10) != 0 || !value)
			continue;
		value[strcspn(value, "\n\"\\")] = '\0';
		snprintf(out, bytes, "%.100s", value + 2);
		break;
	}
	if (file)
		fclose(file);
}

void kit_row(const char *name, const char *unit, const char *device, double value, double bare,
	const char *detail, ...)
{
	const char *commit = getenv("COMMIT");
	char processor[128];
	va_list list;

	read_processor(processor, sizeof(processor));
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"value\":%.5g,\"bare\":", name, unit, value);
	if (isnan(bare))
		printf("null");
	else
		printf("%.5g", bare);
	printf(",\"detail\":{");
	va_start(list, detail);
	vprintf(detail, list);
	va_end(list);
	printf("%s\"device\":\"%s\",\"machine\":\"%s, %ld online\",\"compiler\":\"%s\","
	       "\"commit\":\"%s\"}}\n",
		*detail ? "," : "", device, processor, sysconf(_SC_NPROCESSORS_ONLN),
#ifdef __clang__
		__VERSION__,
#else
		"gcc " __VERSION__,
#endif
		commit ? commit : "unknown");
	fflush(stdout);
}
