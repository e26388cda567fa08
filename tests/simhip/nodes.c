/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of the table against the three libraries: a symbol is in those whose major version has
 * its node, under that node, and in no other. The libraries are opened beside each other.
 */
#include <dlfcn.h>

#include "simhip.h"

static const struct {
	const char *symbol;
	int since, slot;
} rows[] = {
#define XS_NAME(symbol, since, slot, class, form) { #symbol, since, slot },
#include "platform/hip/hip_api.def"
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void *library(int major)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/sim/libamdhip64.so.%d", getenv("BUILD"), major);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(handle);
	return handle;
}

static void symbols_have_their_nodes(void **state)
{
	(void)state;
	char node[32];

	for (int major = 5; major <= 7; major++) {
		void *handle = library(major);

		for (size_t i = 0; i < ROWS; i++) {
			int since = rows[i].since;

			snprintf(node, sizeof(node), "hip_%d.%d", since / 1000, since % 1000 / 10);
			if (since == 7130)
				snprintf(node, sizeof(node), "hip_profiler_ext");
			void *found = dlvsym(handle, rows[i].symbol, node);
			bool has = since / 1000 <= major && !(major == 6 && since > 6050);
			if (!found == has)
				print_message("%s@%s in %d\n", rows[i].symbol, node, major);
			assert_true(!found != has);
			assert_true(dlsym(handle, rows[i].symbol) == found);
		}
	}
}

static void rows_are_in_order(void **state)
{
	(void)state;

	for (size_t i = 1; i < ROWS; i++)
		assert_true(strcmp(rows[i - 1].symbol, rows[i].symbol) < 0);
}

/* Each slot once, but for C++ spellings; none is missing. */
static void slots_are_complete(void **state)
{
	(void)state;
	int seen[2000] = { 0 }, last = 0;

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].slot < 0)
			continue;
		seen[rows[i].slot]++;
		if (rows[i].slot < 1000 && rows[i].slot > last)
			last = rows[i].slot;
	}
	assert_true(last >= 476);
	for (int slot = 0; slot <= last; slot++)
		assert_int_equal(seen[slot], slot == 388 ? 2 : 1);
	for (int slot = 1000; slot < 1009; slot++)
		assert_int_equal(seen[slot], 1);
}

/* Two runtimes in one process share nothing: a kernel is known to that which registered it. */
static void each_copy_knows_its_own_kernels(void **state)
{
	(void)state;
	static char stubs[16];
	static const struct simhip_wrapper wrapper = { 0x48495046, 1, "__CLANG_OFFLOAD_BUNDLE__",
		NULL };
	void *five = library(5), *seven = library(7);
	__typeof__(hipLaunchKernel) *launch = (void *)dlsym(five, "hipLaunchKernel");
	__typeof__(hipLaunchKernel) *other = (void *)dlsym(seven, "hipLaunchKernel");
	__typeof__(__hipRegisterFatBinary) *binary = (void *)dlsym(five, "__hipRegisterFatBinary");
	__typeof__(__hipRegisterFunction) *function = (void *)dlsym(five, "__hipRegisterFunction");

	simhip_private_segment();
	function(binary(&wrapper), &stubs[0], (char[]){ "empty" }, "empty", 0, NULL, NULL, NULL,
		NULL, NULL);
	ok(launch(&stubs[0], one, one, NULL, 0, NULL));
	fails(other(&stubs[0], one, one, NULL, 0, NULL), hipErrorInvalidDeviceFunction);
	shm_unlink(simhip_segment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_have_their_nodes),
		cmocka_unit_test(rows_are_in_order),
		cmocka_unit_test(slots_are_complete),
		cmocka_unit_test(each_copy_knows_its_own_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
