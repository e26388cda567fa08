/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers and shims as files. */
#include "cli/platforms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ld_cache.h"

static const char *const cuda_sonames[] = { "libcuda.so.1", NULL };
static const char *const hip_sonames[] = { "libamdhip64.so.7", "libamdhip64.so.6",
	"libamdhip64.so.5", NULL };
static const char *const opencl_sonames[] = { "libOpenCL.so.1", NULL };

/* A HIP program often brings its runtime along; then only the device tells. */
static const struct xs_platform platforms[] = {
	{ "cuda", "libshimcuda.so", cuda_sonames, "XSCHED_CUDA_LIB", NULL, "CUDA_VISIBLE_DEVICES" },
	{ "hip", "libshimhip.so", hip_sonames, "XSCHED_HIP_LIB", "/dev/kfd",
		"HIP_VISIBLE_DEVICES" },
	{ "opencl", "libshimopencl.so", opencl_sonames, "XSCHED_OPENCL_LIB", NULL, NULL },
};

const struct xs_platform *xs_platform_at(size_t index)
{
	return index < sizeof(platforms) / sizeof(*platforms) ? &platforms[index] : NULL;
}

/* --- the driver ---------------------------------------------------------------------------------- */

/* The shim bears the driver's name, as a link to a file with its own. */
static bool is_driver(void *ctx, const char *path)
{
	char real[PATH_MAX];

	if (!realpath(path, real) || access(real, R_OK) != 0 || strstr(real, "/libshim"))
		return false;
	snprintf(ctx, PATH_MAX, "%s", path);
	return true;
}

static bool in_directory(const char *directory, size_t length, const char *soname, char *path)
{
	char candidate[PATH_MAX];

	return snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)length, directory, soname) <
		       (int)sizeof(candidate) &&
	       is_driver(path, candidate);
}

static bool in_library_path(const char *soname, char *path)
{
	const char *at = getenv("LD_LIBRARY_PATH");

	while (at && *at) {
		size_t length = strcspn(at, ":;");

		if (in_directory(length ? at : ".", length ? length : 1, soname, path))
			return true;
		at += length + (at[length] != '\0');
	}
	return false;
}

static bool find_soname(const char *soname, char *path)
{
	if (in_library_path(soname, path) ||
		xs_ld_cache_search(XS_LD_CACHE, soname, is_driver, path))
		return true;
	for (const char *const *at = xs_driver_directories; *at; at++) {
		if (in_directory(*at, strlen(*at), soname, path))
			return true;
	}
	return false;
}

bool xs_platform_driver(const struct xs_platform *platform, char path[PATH_MAX])
{
	const char *chosen = getenv(platform->variable);

	if (chosen && strchr(chosen, '/') && is_driver(path, chosen))
		return true;
	for (const char *const *soname = platform->sonames; *soname; soname++) {
		if (find_soname(*soname, path))
			return true;
	}
	if (!platform->device || access(platform->device, F_OK) != 0)
		return false;
	snprintf(path, PATH_MAX, "%s", platform->device);
	return true;
}

/* --- the shim ------------------------------------------------------------------------------------ */

bool xs_platform_shim(const struct xs_platform *platform, char path[PATH_MAX])
{
	/* From bin/ of a build or a prefix of our own, and from that of /usr. */
	static const char *const places[] = { "lib", "lib/xsched" };
	char self[PATH_MAX], candidate[PATH_MAX + 64];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length <= 0)
		return false;
	self[length] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(self, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(candidate, sizeof(candidate), "%s/%s/%s", self, places[i], platform->shim);
		if (access(candidate, R_OK) == 0 && strlen(candidate) < PATH_MAX) {
			strcpy(path, candidate);
			return true;
		}
	}
	return false;
}
