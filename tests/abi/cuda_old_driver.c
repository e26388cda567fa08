/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim on a driver of 11.4 (stub/driver.c without what came later). What that lacks is not found by
 * cuGetProcAddress(), as the driver would have it; who finds it by name in the shim gets an error from it.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/cuda/cuda_driver.h"

#define VERSION 11040

static const struct {
	const char *symbol;
	int since;
	bool jump;
} rows[] = {
#define XS_NAME(symbol, since, class, form)                                                        \
	{ #symbol, since, sizeof(#form) == sizeof("JUMP") && #form[0] == 'J' },
#include "platform/cuda/cuda_api.def"
};

#define ROWS (sizeof(rows) / sizeof(*rows))

typedef CUresult generic(void *, void *, void *, void *, void *, void *, void *, void *, void *,
	void *, void *, void *);

static void *driver, *shim;
static const char *(*stub_name_of)(void *);

static int setup(void **state)
{
	Dl_info where;

	(void)state;
	setenv("XSCHED_CUDA_LIB", OLD_DRIVER, 1);
	assert_non_null(driver = dlopen(OLD_DRIVER, RTLD_NOW | RTLD_LOCAL));
	assert_true(dladdr((void *)cuInit, &where));
	assert_non_null(shim = dlopen(where.dli_fname, RTLD_NOW | RTLD_NOLOAD));
	*(int *)dlsym(driver, "stub_version") = VERSION;
	*(void **)&stub_name_of = dlsym(driver, "stub_name_of");
	return 0;
}

static void what_it_lacks_is_not_supported(void **state)
{
	(void)state;
	*(int *)dlsym(driver, "stub_result") = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		CUresult expected = rows[i].since > VERSION ? CUDA_ERROR_NOT_SUPPORTED
							    : CUDA_ERROR_LAUNCH_FAILED;
		generic *function = (generic *)dlsym(shim, rows[i].symbol);
		CUresult result;

		if (strncmp(rows[i].symbol, "cuGetProcAddress", 16) == 0)
			continue;
		assert_int_equal(!dlsym(driver, rows[i].symbol), rows[i].since > VERSION);
		result = function(
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
		if (result != expected)
			fail_msg("%s returned %d", rows[i].symbol, (int)result);
	}
}

static void compare_lookup(const char *name, int version, cuuint64_t flags)
{
	CUresult (*ask)(const char *, void **, int, cuuint64_t);
	void *function = (void *)1, *expected = (void *)1;
	const char *symbol;

	*(void **)&ask = dlsym(driver, "cuGetProcAddress");
	assert_int_equal(cuGetProcAddress(name, &function, version, flags),
		ask(name, &expected, version, flags));
	symbol = expected ? stub_name_of(expected) : NULL;
	for (size_t i = 0; symbol && i < ROWS; i++)
		if (strcmp(rows[i].symbol, symbol) == 0 && !rows[i].jump)
			expected = dlsym(shim, symbol);
	if (function != expected)
		fail_msg("%s, version %d, flags %d: not %s", name, version, (int)flags, symbol);
}

static void lookups_find_what_it_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		size_t length = strcspn(rows[i].symbol, "_");
		char name[80] = "";

		memcpy(name, rows[i].symbol, length);
		for (int version = 11000; version <= 13000; version += 1000)
			for (cuuint64_t flags = 0; flags <= 2; flags++)
				compare_lookup(name, version, flags);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_lacks_is_not_supported),
		cmocka_unit_test(lookups_find_what_it_has),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
