/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for the vendor's library in made-up directories: the order of the places, a cache file
 * of the loader, and never a shim. The stub driver plays the vendor's library.
 */
#include <dlfcn.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/common/find_library.h"

static char root[PATH_MAX];
static char searched[256];

static const char *in_root(const char *name)
{
	static char path[4][PATH_MAX + 64];
	static unsigned next;
	char *at = path[next++ % 4];

	snprintf(at, sizeof(path[0]), "%s/%s", root, name);
	return at;
}

static void copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	char buffer[4096];
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		assert_int_equal(fwrite(buffer, 1, n, out), n);
	fclose(in);
	fclose(out);
}

/* Directories a, b, c with a driver each, and one with the shim under the driver's name. */
static int setup(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/xs-find-XXXXXX");
	assert_non_null(mkdtemp(root));
	mkdir(in_root("a"), 0700);
	mkdir(in_root("b"), 0700);
	mkdir(in_root("c"), 0700);
	mkdir(in_root("shim"), 0700);
	copy(STUB_DRIVER, in_root("a/libcuda.so.1"));
	copy(STUB_DRIVER, in_root("b/libcuda.so.1"));
	copy(STUB_DRIVER, in_root("c/libcuda.so.1"));
	assert_int_equal(symlink(SHIM, in_root("shim/libcuda.so.1")), 0);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "a/libcuda.so.1", "b/libcuda.so.1", "c/libcuda.so.1",
		"shim/libcuda.so.1", "cache", "broken" };
	static const char *const directories[] = { "a", "b", "c", "shim", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(in_root(names[i]));
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		rmdir(in_root(directories[i]));
	return 0;
}

static const char *none[] = { NULL };

static struct xs_library nowhere(void)
{
	return (struct xs_library){
		.soname = "libcuda.so.1",
		.stem = "libcuda.so",
		.probe = "cuInit",
		.variable = "XSCHED_CUDA_LIB",
		.cache = "/nonexistent/ld.so.cache",
		.directories = none,
	};
}

/* Where the library that was found lies, below root; closes it. */
static const char *found(const struct xs_library *library)
{
	static char file[PATH_MAX];
	void *handle = xs_find_library(library, searched, sizeof(searched));
	Dl_info where;

	if (!handle)
		return "nothing";
	assert_true(dladdr(dlsym(handle, "cuInit"), &where));
	snprintf(file, sizeof(file), "%s", where.dli_fname);
	dlclose(handle);
	return strncmp(file, root, strlen(root)) == 0 ? file + strlen(root) + 1 : file;
}

static void write_cache(const char *path, const char *library, uint32_t entries)
{
	struct {
		char magic[20];
		uint32_t entries, string_bytes, flags, extension, unused[3];
		struct {
			int32_t flags;
			uint32_t key, value, os_version;
			uint64_t hwcap;
		} entry[2];
		char strings[PATH_MAX + 64];
	} cache = { .entries = entries };
	uint32_t at = offsetof(__typeof__(cache), strings);
	FILE *file = fopen(path, "wb");

#if defined(__aarch64__)
	const int32_t flags = 0x0a03;
#else
	const int32_t flags = 0x0303;
#endif
	memcpy(cache.magic, "glibc-ld.so.cache1.1", 20);
	cache.string_bytes = sizeof(cache.strings);
	strcpy(cache.strings, "libcuda.so.1");
	snprintf(cache.strings + 16, sizeof(cache.strings) - 16, "%s", library);
	cache.entry[0].flags = 0x0003; /* another architecture */
	cache.entry[0].key = cache.entry[1].key = at;
	cache.entry[0].value = cache.entry[1].value = at + 16;
	cache.entry[1].flags = flags;
	assert_non_null(file);
	assert_int_equal(fwrite(&cache, 1, sizeof(cache), file), sizeof(cache));
	fclose(file);
}

static void nothing_is_found_nowhere(void **state)
{
	struct xs_library library = nowhere();
	const char *directories[] = { in_root("none"), NULL };

	(void)state;
	library.directories = directories;
	assert_string_equal(found(&library), "nothing");
	assert_non_null(strstr(searched, "/nonexistent/ld.so.cache"));
	assert_non_null(strstr(searched, in_root("none")));
}

static void places_have_an_order(void **state)
{
	struct xs_library library = nowhere();
	const char *directories[] = { in_root("c"), NULL };
	char path[2 * PATH_MAX];

	(void)state;
	library.directories = directories;
	assert_string_equal(found(&library), "c/libcuda.so.1");
	snprintf(path, sizeof(path), "/nonexistent:%s;%s", in_root("b"), in_root("a"));
	library.library_path = path;
	assert_string_equal(found(&library), "b/libcuda.so.1");
	library.chosen = in_root("a/libcuda.so.1");
	assert_string_equal(found(&library), "a/libcuda.so.1");
}

static void a_wrong_choice_falls_back(void **state)
{
	struct xs_library library = nowhere();
	const char *directories[] = { in_root("c"), NULL };
	static const char *const wrong[] = { "/nonexistent/libcuda.so", "libcuda.so.1",
		"/etc/passwd" };

	(void)state;
	library.directories = directories;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		library.chosen = wrong[i];
		assert_string_equal(found(&library), "c/libcuda.so.1");
	}
}

static void the_loaders_cache_is_read(void **state)
{
	struct xs_library library = nowhere();

	(void)state;
	write_cache(in_root("cache"), in_root("b/libcuda.so.1"), 2);
	library.cache = in_root("cache");
	assert_string_equal(found(&library), "b/libcuda.so.1");
	write_cache(in_root("broken"), in_root("b/libcuda.so.1"), 1u << 30);
	library.cache = in_root("broken");
	assert_string_equal(found(&library), "nothing");
}

static void a_mapped_copy_is_preferred(void **state)
{
	struct xs_library library = nowhere();
	const char *directories[] = { in_root("c"), NULL };
	void *mapped = dlopen(in_root("a/libcuda.so.1"), RTLD_NOW | RTLD_LOCAL);

	(void)state;
	assert_non_null(mapped);
	library.directories = directories;
	assert_string_equal(found(&library), "a/libcuda.so.1");
	dlclose(mapped);
}

static void a_shim_is_never_taken(void **state)
{
	struct xs_library library = nowhere();
	const char *directories[] = { in_root("shim"), in_root("c"), NULL };

	(void)state;
	library.directories = directories;
	library.library_path = in_root("shim");
	library.chosen = SHIM;
	assert_string_equal(found(&library), "c/libcuda.so.1");
	/* It is mapped now. */
	assert_string_equal(found(&library), "c/libcuda.so.1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_nowhere),
		cmocka_unit_test(places_have_an_order),
		cmocka_unit_test(a_wrong_choice_falls_back),
		cmocka_unit_test(the_loaders_cache_is_read),
		cmocka_unit_test(a_mapped_copy_is_preferred),
		cmocka_unit_test(a_shim_is_never_taken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
