/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim against a driver and a core that do nothing (stub/driver.c, stub/core.c): every entry
 * point reaches its function with its arguments and comes back with its result, and every answer of
 * cuGetProcAddress() is the driver's, replaced exactly where there is an override.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/atomic.h"
#include "platform/cuda/cuda_driver.h"

struct row {
	const char *symbol;
	int since;
	const char *form;
};

static const struct row rows[] = {
#define XS_NAME(symbol, since, class, form) { #symbol, since, #form },
#include "platform/cuda/cuda_api.def"
};

#define ROWS (sizeof(rows) / sizeof(*rows))

typedef CUresult generic(void *, void *, void *, void *, void *, void *, void *, void *, void *,
	void *, void *, void *);

extern int core_calls, core_begins, core_context_waits, core_queue_waits, core_ungated,
	core_captures;
extern void *core_stream;
extern bool core_per_thread, core_done;
extern int core_found, core_context_changes, core_recorded, core_forgotten, core_priority;
extern void *core_destroyed;
extern const char *core_destroyed_after, *core_quiet_after, *core_quiet_until;
extern const char *_Atomic *core_driver_last;

static void *driver, *shim;
static const char *_Atomic *stub_last;
static int *stub_result;
static bool *stub_aliases;
static const char *(*stub_name_of)(void *);

static void *need(void *library, const char *symbol)
{
	void *address = dlsym(library, symbol);

	if (!address)
		fail_msg("%s is missing", symbol ? symbol : "a name");
	return address;
}

static int setup(void **state)
{
	Dl_info where;

	(void)state;
	setenv("XSCHED_CUDA_LIB", STUB_DRIVER, 1);
	assert_non_null(driver = dlopen(STUB_DRIVER, RTLD_NOW | RTLD_LOCAL));
	assert_true(dladdr((void *)cuInit, &where));
	assert_non_null(shim = dlopen(where.dli_fname, RTLD_NOW | RTLD_NOLOAD));
	stub_last = need(driver, "stub_last");
	core_driver_last = stub_last;
	stub_result = need(driver, "stub_result");
	stub_aliases = need(driver, "stub_aliases");
	*(void **)&stub_name_of = need(driver, "stub_name_of");
	return 0;
}

/* --- the table ----------------------------------------------------------------------------------- */

static void table_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < ROWS; i++)
		if (strcmp(rows[i - 1].symbol, rows[i].symbol) >= 0)
			fail_msg("%s is not before %s", rows[i - 1].symbol, rows[i].symbol);
}

/* --- calls --------------------------------------------------------------------------------------- */

/* The first call of all: made by several threads at once, it loads the driver. */
static void *first_call(void *argument)
{
	(void)argument;
	return (void *)(intptr_t)cuInit(0);
}

static void first_call_loads_the_driver(void **state)
{
	pthread_t threads[8];
	void *result;

	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, first_call, NULL), 0);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_int_equal((intptr_t)result, CUDA_ERROR_LAUNCH_FAILED);
	}
}

static void every_entry_point_reaches_its_function(void **state)
{
	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		generic *function = (generic *)need(shim, rows[i].symbol);
		CUresult result;

		if (strncmp(rows[i].symbol, "cuGetProcAddress", 16) == 0)
			continue;
		errno = 4711;
		result = function(
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
		if (result != CUDA_ERROR_LAUNCH_FAILED ||
			strcmp(xs_load_relaxed(stub_last), rows[i].symbol) != 0)
			fail_msg("%s reached %s and returned %d", rows[i].symbol,
				xs_load_relaxed(stub_last), (int)result);
		assert_int_equal(errno, 4711);
		if (core_calls)
			fail_msg("%s: %d begins without an end", rows[i].symbol, core_calls);
	}
	assert_int_equal(core_captures, 0);
}

static void submissions_name_their_stream(void **state)
{
	CUstream stream = (CUstream)0x4711;
	CUlaunchConfig config = { .hStream = stream };
	int before = core_begins;

	(void)state;
	cuLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL);
	assert_ptr_equal(core_stream, stream);
	assert_false(core_per_thread);
	cuLaunchKernelEx_ptsz(&config, NULL, NULL, NULL);
	assert_ptr_equal(core_stream, stream);
	assert_true(core_per_thread);
	cuMemcpyHtoD_v2(0, NULL, 0);
	assert_null(core_stream);
	assert_false(core_per_thread);
	cuMemsetD8_v2_ptds(0, 0, 0);
	assert_null(core_stream);
	assert_true(core_per_thread);
	assert_int_equal(core_begins, before + 4);
}

/* --- what has to pass a gate, or may wait ---------------------------------------------------------- */

/* By the beginnings of names, so that a new variant is not forgotten. */
static const char *const submitting[] = { "cuLaunch", "cuGraphLaunch", "cuGraphUpload",
	"cuStreamAddCallback", "cuMemcpy", "cuMemset", "cuMemPrefetch", "cuMemDiscard",
	"cuMemBatchDecompress", "cuMemAllocAsync", "cuMemAllocFromPoolAsync", "cuMemFreeAsync",
	"cuMemMapArrayAsync", "cuStreamWaitValue", "cuStreamWriteValue", "cuStreamBatchMemOp",
	"cuSignalExternalSemaphores", "cuWaitExternalSemaphores", "cuGraphicsMapResources",
	"cuGraphicsUnmapResources", "cuStreamAttachMemAsync", "cuEventRecord", "cuStreamWaitEvent",
	NULL };

/* For all that the context has to do. */
static const char *const waiting[] = { "cuCtxSynchronize", "cuCtxDestroy", "cuCtxDetach",
	"cuGreenCtxDestroy", "cuDevicePrimaryCtxRe", "cuMemAlloc_v2", "cuMemAllocManaged",
	"cuMemAllocHost", "cuMemHostAlloc", "cuMemHostRegister", "cuMemHostUnregister",
	"cuMemFreeHost", "cuMemFree_v2", "cuMemPoolDestroy", "cuMemPoolTrimTo", "cuMemUnmap",
	"cuMemRelease", "cuModuleLoad", "cuModuleUnload", "cuLibraryLoad", "cuLibraryUnload",
	"cuIpcOpenMemHandle", "cuIpcCloseMemHandle", "cuArrayDestroy", "cuMipmappedArrayDestroy",
	"cuDestroyExternalMemory", "cuCtxWaitEvent", "cuGreenCtxWaitEvent", "cuGraphInstantiate",
	"cuGraphExecDestroy", "cuDeviceGraphMemTrim", "cuCtxSetLimit", "cuModuleGetGlobal",
	"cuLibraryGetGlobal", "cuLibraryGetManaged", NULL };

static bool is_one_of(const char *symbol, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (strncmp(symbol, *beginnings, strlen(*beginnings)) == 0)
			return true;
	return false;
}

static void gates_and_waits_are_not_forgotten(void **state)
{
	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		bool submits = is_one_of(rows[i].symbol, submitting);
		bool waits = is_one_of(rows[i].symbol, waiting) &&
			     strcmp(rows[i].symbol, "cuDevicePrimaryCtxRetain") != 0;
		int begins = core_begins, before = core_context_waits;

		if (!submits && !waits)
			continue;
		((generic *)need(shim, rows[i].symbol))(
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
		if (submits && core_begins != begins + 1)
			fail_msg("%s passed %d gates", rows[i].symbol, core_begins - begins);
		if (waits && core_context_waits == before)
			fail_msg("%s may wait and nobody knows", rows[i].symbol);
	}
}

static void call_with(const char *symbol, void *argument)
{
	((generic *)need(shim, symbol))(argument, argument, argument, argument, argument, argument,
		argument, argument, argument, argument, argument, argument);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* The default stream is that of the thread in the variants for it, and the legacy one in all others. */
static void variants_name_their_default_stream(void **state)
{
	static const char *const questions[] = { "cuStreamSynchronize", "cuStreamQuery", NULL };

	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		const char *symbol = rows[i].symbol;
		bool own = ends_with(symbol, "_ptsz") || ends_with(symbol, "_ptds");

		if (!is_one_of(symbol, submitting) && !is_one_of(symbol, questions))
			continue;
		core_stream = &core_stream;
		core_per_thread = !own;
		call_with(symbol, NULL);
		if (core_stream || core_per_thread != own)
			fail_msg("%s is for the default stream %s", symbol,
				core_per_thread ? "of the thread" : "of the context");
	}
}

static void changes_of_the_context_are_seen(void **state)
{
	static const char *const changing[] = { "cuCtxCreate", "cuCtxAttach", "cuCtxDetach",
		"cuCtxPushCurrent", "cuCtxPopCurrent", "cuCtxSetCurrent", "cuCtxDestroy",
		"cuGLCtxCreate", "cuVDPAUCtxCreate", "cuDevicePrimaryCtxRelease",
		"cuDevicePrimaryCtxReset", "cuGreenCtxDestroy", NULL };

	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		int before = core_context_changes;

		if (!is_one_of(rows[i].symbol, changing))
			continue;
		call_with(rows[i].symbol, NULL);
		if (core_context_changes == before)
			fail_msg("%s may change the context and nobody knows", rows[i].symbol);
	}
}

/* Of the calls that may wait in the driver only a copy to the host is known to have waited. */
static void what_may_wait_tells_nothing(void **state)
{
	static const char *const fetching[] = { "cuMemcpyDtoH", "cuMemcpyAtoH", NULL };

	(void)state;
	*stub_result = CUDA_SUCCESS;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		bool fetches = is_one_of(row->symbol, fetching) && !strstr(row->symbol, "Async");

		if (!fetches && strcmp(row->form, "DRAIN") != 0 &&
			strncmp(row->form, "SYNC", 4) != 0 && strncmp(row->form, "FETCH", 5) != 0)
			continue;
		core_done = !fetches;
		core_queue_waits = 0;
		call_with(row->symbol, (void *)16);
		if (core_queue_waits != (strcmp(row->form, "DRAIN") != 0))
			fail_msg("%s may wait for its stream and nobody knows", row->symbol);
		if (core_done != fetches)
			fail_msg("%s tells that all is %sdone", row->symbol, fetches ? "not " : "");
	}
}

static void answers_are_passed_on(void **state)
{
	CUstreamAttrValue value = { .priority = -3 };
	CUcontext context = (CUcontext)0x4711;
	CUstream stream = (CUstream)0x4712;

	(void)state;
	for (int good = 0; good < 2; good++) {
		int found = core_found, recorded = core_recorded, forgotten = core_forgotten;

		*stub_result = good ? CUDA_SUCCESS : CUDA_ERROR_LAUNCH_FAILED;
		cuStreamSynchronize(stream);
		assert_int_equal(core_done, good);
		cuStreamSynchronize_ptsz(stream);
		assert_int_equal(core_done, good);
		cuEventSynchronize(NULL);
		assert_int_equal(core_done, good);
		cuCtxSynchronize();
		assert_int_equal(core_done, good);
		cuCtxSynchronize_v2(NULL);
		assert_int_equal(core_done, good);
		cuCtxSynchronize_v2(context); /* perhaps not the current one */
		assert_false(core_done);
		cuStreamQuery(stream);
		cuStreamQuery_ptsz(stream);
		cuEventQuery(NULL);
		assert_int_equal(core_found, found + 3 * good);
		cuEventRecord(NULL, stream);
		cuEventRecord_ptsz(NULL, stream);
		cuEventRecordWithFlags(NULL, stream, 0);
		cuEventRecordWithFlags_ptsz(NULL, stream, 0);
		assert_int_equal(core_recorded, recorded + 4 * good);
		cuCtxRecordEvent(context,
			NULL); /* of no queue, so what was known of it is not so any more */
		cuGreenCtxRecordEvent(NULL, NULL);
		assert_int_equal(core_forgotten, forgotten + 2 * good);
		cuEventDestroy_v2(NULL);
		assert_int_equal(core_forgotten, forgotten + 2 * good + 1);
		core_priority = 0;
		cuStreamSetAttribute(NULL, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value);
		assert_int_equal(core_priority, good ? -3 : 0);
		core_priority = 0;
		cuStreamSetAttribute(stream, CU_LAUNCH_ATTRIBUTE_PRIORITY + 1, &value);
		assert_int_equal(core_priority, 0);
		cuStreamSetAttribute_ptsz(NULL, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value);
		assert_int_equal(core_priority, good ? -3 : 0);
		if (good)
			assert_ptr_equal(core_stream, CU_STREAM_PER_THREAD);
	}
}

/* With nothing to copy the driver need not wait for anything. */
static void only_a_copy_to_the_host_tells_that_all_is_done(void **state)
{
	char byte;

	(void)state;
	*stub_result = CUDA_SUCCESS;
	cuMemcpyDtoH_v2(&byte, 4711, 1);
	assert_true(core_done);
	cuMemcpyDtoH_v2(&byte, 4711, 0);
	assert_false(core_done);
	cuMemcpyAtoH_v2_ptds(&byte, NULL, 0, 1);
	assert_true(core_done);
	cuMemcpyAtoH_v2_ptds(&byte, NULL, 0, 0);
	assert_false(core_done);
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	cuMemcpyDtoH_v2(&byte, 4711, 1);
	assert_false(core_done);
}

/* Nobody may ask about its streams any more once the driver has begun to take it down. */
static void a_context_ends_before_the_driver_destroys_it(void **state)
{
	static const char *const resets[] = { "cuDevicePrimaryCtxReset",
		"cuDevicePrimaryCtxReset_v2" };
	CUcontext context = (CUcontext)0x4711;

	(void)state;
	*stub_result = CUDA_SUCCESS;
	cuDevicePrimaryCtxRetain(&context, 3);
	for (size_t i = 0; i < 2; i++) {
		core_destroyed = NULL;
		((CUresult(*)(CUdevice))need(shim, resets[i]))(3);
		assert_ptr_equal(core_destroyed, context);
		assert_string_not_equal(core_destroyed_after, resets[i]);
	}
	core_destroyed = NULL;
	cuCtxDestroy_v2(context);
	assert_ptr_equal(core_destroyed, context);
	assert_string_not_equal(core_destroyed_after, "cuCtxDestroy_v2");
}

/* A question of the watcher's would spoil the capture, if the stream began it between that and the
 * question whether it does. */
static void nothing_is_asked_while_a_capture_begins(void **state)
{
	int found = 0;

	(void)state;
	*stub_result = CUDA_ERROR_LAUNCH_FAILED;
	for (size_t i = 0; i < ROWS; i++) {
		if (strncmp(rows[i].symbol, "cuStreamBeginCapture", 20) != 0 &&
			strncmp(rows[i].symbol, "cuStreamWaitEvent", 17) != 0)
			continue;
		found++;
		core_quiet_after = core_quiet_until = "nothing";
		xs_store_relaxed(stub_last, "before");
		((generic *)need(shim, rows[i].symbol))(
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
		assert_string_equal(core_quiet_after, "before");
		assert_string_equal(core_quiet_until, rows[i].symbol);
	}
	assert_int_equal(found, 8);
}

static void captures_end_once(void **state)
{
	(void)state;
	*stub_result = CUDA_SUCCESS;
	cuStreamBeginCapture_v2(NULL, CU_STREAM_CAPTURE_MODE_GLOBAL);
	cuStreamBeginCapture_v2_ptsz(NULL, CU_STREAM_CAPTURE_MODE_GLOBAL);
	assert_int_equal(core_captures, 2);
	*stub_result = CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
	cuStreamBeginCapture_v2(NULL, CU_STREAM_CAPTURE_MODE_GLOBAL);
	cuStreamEndCapture(NULL, NULL);
	assert_int_equal(core_captures, 2);
	*stub_result = CUDA_SUCCESS;
	cuStreamEndCapture(NULL, NULL);
	cuStreamEndCapture_ptsz(NULL, NULL);
	assert_int_equal(core_captures, 0);
}

static void jumps_keep_all_arguments(void **state)
{
	int (*function)(long, long, long, long, long, long, long, long, long, long, double, double,
		double, double, double, double, double, double);
	const long *integers = need(driver, "stub_integers");
	const double *doubles = need(driver, "stub_doubles");

	(void)state;
	*stub_result = CUDA_SUCCESS;
	*(void **)&function = need(shim, "cuCoredumpGetAttribute");
	function(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, .5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5);
	for (int i = 0; i < 10; i++)
		assert_int_equal(integers[i], 10 + i);
	for (int i = 0; i < 8; i++)
		assert_true(doubles[i] == i + .5);
}

/* One launch for several devices goes through one gate, and the others count as passed by. */
static void launches_for_several_devices(void **state)
{
	CUDA_LAUNCH_PARAMS launches[3] = { { .hStream = (CUstream)0x4711 } };
	int ungated = core_ungated, begins = core_begins;

	(void)state;
	*stub_result = CUDA_SUCCESS;
	cuLaunchCooperativeKernelMultiDevice(launches, 3, 0);
	assert_int_equal(core_ungated, ungated + 2);
	assert_int_equal(core_begins, begins + 1);
	assert_ptr_equal(core_stream, launches[0].hStream);
}

/* Making a graph may wait for the device; with an upload it is work for a stream. */
static void uploads_of_new_graphs(void **state)
{
	CUDA_GRAPH_INSTANTIATE_PARAMS params = { .hUploadStream = (CUstream)0x4711 };
	int begins = core_begins, waits = core_context_waits;
	CUgraphExec exec = NULL;

	(void)state;
	*stub_result = CUDA_SUCCESS;
	cuGraphInstantiateWithParams(&exec, NULL, &params);
	cuGraphInstantiateWithParams_ptsz(&exec, NULL, &params);
	assert_int_equal(core_begins, begins);
	assert_int_equal(core_context_waits, waits + 2);
	params.flags = CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD;
	cuGraphInstantiateWithParams(&exec, NULL, &params);
	assert_false(core_per_thread);
	cuGraphInstantiateWithParams_ptsz(&exec, NULL, &params);
	assert_true(core_per_thread);
	assert_ptr_equal(core_stream, params.hUploadStream);
	assert_int_equal(core_begins, begins + 2);
}

/* --- look-ups ------------------------------------------------------------------------------------ */

typedef CUresult lookup(const char *, void **, int, cuuint64_t, CUdriverProcAddressQueryResult *);

static const char *form_of(const char *symbol)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].symbol, symbol) == 0)
			return rows[i].form;
	return "JUMP";
}

static void compare_lookup(const char *name, int version, cuuint64_t flags)
{
	lookup *ask_driver = (lookup *)need(driver, "cuGetProcAddress_v2");
	CUdriverProcAddressQueryResult status = 99, driver_status = 99;
	void *function = (void *)1, *expected = (void *)1, *old = (void *)1;
	CUresult driver_result = ask_driver(name, &expected, version, flags, &driver_status);
	CUresult result = cuGetProcAddress_v2(name, &function, version, flags, &status);
	const char *symbol = expected ? stub_name_of(expected) : NULL;

	if (symbol && strcmp(form_of(symbol), "JUMP") != 0)
		expected = need(shim, symbol);
	if (result != driver_result || status != driver_status || function != expected)
		fail_msg("%s, version %d, flags %d: not %s", name, version, (int)flags,
			symbol ? symbol : "NULL");
	assert_int_equal(cuGetProcAddress(name, &old, version, flags), driver_result);
	assert_ptr_equal(old, expected);
}

/* A sanitizer makes each look-up slow; every fifth pair of name and version will do there. */
#ifdef XS_SANITIZED
#define STRIDE 5
#else
#define STRIDE 1
#endif

static void compare_all_lookups(void)
{
	static const int versions[] = { 0, 2000, 3010, 3020, 4000, 6050, 7000, 8000, 9000, 10000,
		10010, 11000, 11010, 11030, 11070, 12000, 12020, 12030, 12080, 13000, 13020 };

	for (size_t i = 0; i < ROWS; i++) {
		char name[80];
		char *end;

		snprintf(name, sizeof(name), "%s", rows[i].symbol);
		if ((end = strstr(name, "_pt")))
			*end = '\0';
		if ((end = strstr(name, "_v")))
			*end = '\0';
		for (size_t v = i % STRIDE; v < sizeof(versions) / sizeof(*versions); v += STRIDE)
			for (cuuint64_t flags = 0; flags <= 2; flags++)
				compare_lookup(name, versions[v], flags);
	}
}

static void lookups_find_the_variant_by_address(void **state)
{
	(void)state;
	compare_all_lookups();
}

/* A program begins with hundreds of them. */
static void a_lookup_asks_the_driver_once(void **state)
{
	const int *asked = need(driver, "stub_lookups");
	void *function;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		int before = *asked;

		if (cuGetProcAddress_v2(rows[i].symbol, &function, 13000, 0, NULL) == CUDA_SUCCESS)
			assert_int_equal(*asked, before + 1);
	}
}

static void lookups_find_the_variant_by_version(void **state)
{
	(void)state;
	*stub_aliases = true;
	compare_all_lookups();
	*stub_aliases = false;
}

static void lookups_that_fail_are_the_drivers(void **state)
{
	void *function = (void *)1;

	(void)state;
	compare_lookup("cuNoSuchThing", 13000, 0);
	compare_lookup("", 13000, 0);
	compare_lookup("cuLaunchKernel", 13000, 7);
	assert_int_equal(
		cuGetProcAddress_v2(NULL, &function, 13000, 0, NULL), CUDA_ERROR_INVALID_VALUE);
	assert_int_equal(
		cuGetProcAddress_v2("cuInit", NULL, 13000, 0, NULL), CUDA_ERROR_INVALID_VALUE);
	assert_int_equal(cuGetProcAddress_v2("cuInit", &function, 13000, 0, NULL), CUDA_SUCCESS);
}

static void lookup_of_a_newer_variant_passes_and_counts(void **state)
{
	int before = core_ungated;

	(void)state;
	compare_lookup("cuMemcpyBatchAsync", 13000, 0);
	assert_int_equal(core_ungated, before);
	compare_lookup("cuMemcpyBatchAsync", 14000, 0);
	assert_int_equal(core_ungated, before + 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_in_order),
		cmocka_unit_test(first_call_loads_the_driver),
		cmocka_unit_test(every_entry_point_reaches_its_function),
		cmocka_unit_test(submissions_name_their_stream),
		cmocka_unit_test(gates_and_waits_are_not_forgotten),
		cmocka_unit_test(variants_name_their_default_stream),
		cmocka_unit_test(changes_of_the_context_are_seen),
		cmocka_unit_test(what_may_wait_tells_nothing),
		cmocka_unit_test(answers_are_passed_on),
		cmocka_unit_test(only_a_copy_to_the_host_tells_that_all_is_done),
		cmocka_unit_test(a_context_ends_before_the_driver_destroys_it),
		cmocka_unit_test(nothing_is_asked_while_a_capture_begins),
		cmocka_unit_test(captures_end_once),
		cmocka_unit_test(launches_for_several_devices),
		cmocka_unit_test(uploads_of_new_graphs),
		cmocka_unit_test(jumps_keep_all_arguments),
		cmocka_unit_test(lookups_find_the_variant_by_address),
		cmocka_unit_test(a_lookup_asks_the_driver_once),
		cmocka_unit_test(lookups_find_the_variant_by_version),
		cmocka_unit_test(lookups_that_fail_are_the_drivers),
		cmocka_unit_test(lookup_of_a_newer_variant_passes_and_counts),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
