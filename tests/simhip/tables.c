/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatch tables: this program is a tool (it exports what rocprofiler-register looks for) and
 * an application. Each case runs in a child with its own environment, because a table is handed
 * over once.
 */
#include "simhip.h"

struct table {
	size_t size;
	void *slot[];
};

static struct table *runtime, *compiler;
static uint64_t runtime_version;
static int launches, events;
static __typeof__(hipLaunchKernel) *real_launch;
static __typeof__(hipEventRecord) *real_record;

static hipError_t counted_launch(const void *function, dim3 grid, dim3 block, void **args,
	size_t shared_bytes, hipStream_t stream)
{
	launches++;
	return real_launch(function, grid, block, args, shared_bytes, stream);
}

static hipError_t counted_record(hipEvent_t event, hipStream_t stream)
{
	events++;
	return real_record(event, stream);
}

int rocprofiler_configure(void);
__attribute__((visibility("default"))) int rocprofiler_configure(void)
{
	return 0;
}

int rocprofiler_set_api_table(
	const char *name, uint64_t lib_version, uint64_t instance, void **tables, uint64_t count);

__attribute__((visibility("default"))) int rocprofiler_set_api_table(
	const char *name, uint64_t lib_version, uint64_t instance, void **tables, uint64_t count)
{
	if (instance || count != 1)
		return 1;
	if (!strcmp(name, "hip_compiler"))
		compiler = tables[0];
	if (strcmp(name, "hip"))
		return 0;
	runtime = tables[0];
	runtime_version = lib_version;
	if (runtime->size > 8 + 8 * 214) {
		real_launch = (__typeof__(hipLaunchKernel) *)runtime->slot[214];
		runtime->slot[214] = (void *)counted_launch;
	}
	real_record = (__typeof__(hipEventRecord) *)runtime->slot[81];
	runtime->slot[81] = (void *)counted_record;
	return 0;
}

/* Runs body in a child, where it returns true if all is right. */
static void in_child(bool (*body)(void), const char *variable, const char *value)
{
	pid_t child = fork();

	if (!child) {
		if (variable)
			setenv(variable, value, 1);
		simhip_private_segment();
		bool right = body();
		shm_unlink(simhip_segment);
		_exit(right ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static bool use_it(void)
{
	hipEvent_t event;

	return !simhip_setup(NULL) && !simhip_spin_us(NULL, 1) && !hipEventCreate(&event) &&
	       !hipEventRecord(event, NULL) && !hipDeviceSynchronize();
}

static bool everything_passes_the_tool(void)
{
	size_t slots = hip_major() == 6 ? 477 : 547;

	return use_it() && compiler && compiler->size == 8 + 8 * 9 && runtime &&
	       runtime->size == 8 + 8 * slots && launches == 1 && events == 1 &&
	       runtime_version / 10000 == (uint64_t)hip_major();
}

static void tool_gets_the_tables(void **state)
{
	(void)state;
	in_child(everything_passes_the_tool, NULL, NULL);
}

static bool nobody_was_told(void)
{
	return use_it() && !runtime && !compiler && !launches;
}

static void registration_can_be_switched_off(void **state)
{
	(void)state;
	in_child(nobody_was_told, "ROCPROFILER_REGISTER_ENABLED", "0");
}

static bool short_table(void)
{
	return use_it() && runtime->size == 8 + 8 * 100 && !launches && events == 1;
}

static bool long_table(void)
{
	return use_it() && runtime->size == 8 + 8 * 600 && launches == 1;
}

static void tables_of_other_sizes(void **state)
{
	(void)state;
	in_child(short_table, "XSIM_HIP_SLOTS", "100");
	in_child(long_table, "XSIM_HIP_SLOTS", "600");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tool_gets_the_tables),
		cmocka_unit_test(registration_can_be_switched_off),
		cmocka_unit_test(tables_of_other_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
