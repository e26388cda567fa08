/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of contexts: whose markers the device still writes, whose queues end and when, and what is
 * left of them.
 */
#include "e2e.h"

#include <malloc.h>

static const char *const patient[] = { "XSCHED_STALL_MS=60000", NULL };

static CUstream high, low;
static CUdeviceptr gate, data;

/* A queue of higher priority is on the device, so that others have markers. */
static void start_with_high(void)
{
	start();
	gate = word(0);
	data = word(1);
	high = stream_of(NON_BLOCKING, -1);
	check(append(high, data, 0));
	check(cuStreamSynchronize(high));
}

static CUcontext other_context(void)
{
	CUcontext other;

	check(cuCtxCreate_v2(&other, 0, 0));
	return other;
}

/* --- markers --------------------------------------------------------------------------------------- */

static CUstream stream_with_marks(CUdeviceptr word)
{
	CUstream stream = stream_of(NON_BLOCKING, 0);

	for (uint32_t i = 0; i < 4; i++)
		check(cuStreamWriteValue32_v2(stream, word, i, CU_STREAM_WRITE_VALUE_DEFAULT));
	holds(queue_of(stream)->pace.issued);
	return stream;
}

/* The first context whose queues had markers ends, while the device has not reached those of another. */
static void markers_outlive_another_context(void)
{
	CUcontext first;

	start_with_high();
	first = other_context();
	check(cuStreamSynchronize(stream_with_marks(word(0))));
	check(cuCtxSetCurrent(context));
	low = stream_of(NON_BLOCKING, 0);
	check(stand_still(low, gate));
	for (int i = 0; i < 3; i++)
		check(append(low, data, 2));
	holds(xs_load_relaxed(&queue_of(low)->pace.count));
	check(cuCtxDestroy_v2(first));
	check(cuCtxSetCurrent(context));
	poke(gate, 1);
	check(cuStreamSynchronize(low));
	check(append(low, data, 3));
	check(cuStreamSynchronize(low));
	holds(peek(data) == 102223);
	holds(!xs_load_relaxed(&queue_of(low)->pace.broken));
}

static void test_markers_outlive_another_context(void **state)
{
	(void)state;
	assert_int_equal(in_child(patient, markers_outlive_another_context), 0);
}

/* --- primary contexts ------------------------------------------------------------------------------ */

static void *release(void *unused)
{
	(void)unused;
	check(cuDevicePrimaryCtxRelease_v2(0));
	return NULL;
}

static void *reset(void *unused)
{
	(void)unused;
	check(cuDevicePrimaryCtxReset_v2(0));
	return NULL;
}

static bool is_active(void)
{
	unsigned int flags;
	int active;

	check(cuDevicePrimaryCtxGetState(0, &flags, &active));
	return active;
}

/* The driver waits in the call for a stream that stands still: its queue must not live until then. */
static void ends_before_the_driver_destroys(void *(*end)(void *))
{
	pthread_t thread;

	start_with_high();
	check(stand_still(high, gate));
	check(pthread_create(&thread, NULL, end, NULL));
	while (queue_of(high))
		usleep(100);
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(!is_active());
}

static void the_last_release_ends_queues(void)
{
	CUcontext again;

	check(cuInit(0));
	check(cuDevicePrimaryCtxRetain(&again, 0));
	check(cuDevicePrimaryCtxRelease_v2(0));
	holds(cuDevicePrimaryCtxRelease_v2(0) == CUDA_ERROR_INVALID_CONTEXT);
	ends_before_the_driver_destroys(release);
}

static void a_reset_ends_queues(void)
{
	ends_before_the_driver_destroys(reset);
}

/* Another library retains the context, too. */
static void other_releases_end_nothing(void)
{
	CUcontext again;

	start_with_high();
	for (int i = 0; i < 3; i++)
		check(cuDevicePrimaryCtxRetain(&again, 0));
	check(stand_still(high, gate));
	struct xs_queue *queue = queue_of(high);
	uint64_t id = xs_load_relaxed(&queue->id);
	for (int i = 0; i < 3; i++) {
		check(cuDevicePrimaryCtxRelease_v2(0));
		holds(is_active() && queue_of(high) == queue && xs_load_relaxed(&queue->id) == id);
		holds(queue_has(high, XS_GATE_READY));
	}
	poke(gate, 1);
	check(cuStreamSynchronize(high));
	check(cuDevicePrimaryCtxRelease_v2(0));
	holds(!is_active() && !queue_of(high));
}

static void test_primary_contexts(void **state)
{
	(void)state;
	assert_int_equal(in_child(patient, the_last_release_ends_queues), 0);
	assert_int_equal(in_child(patient, a_reset_ends_queues), 0);
	assert_int_equal(in_child(patient, other_releases_end_nothing), 0);
}

/* --- what is left ---------------------------------------------------------------------------------- */

#ifdef XS_SANITIZED
#define ROUNDS 500
#else
#define ROUNDS 10000
#endif

/* Events of a scheduled queue, and markers, in a context that goes with all of them. */
static void in_a_context_of_its_own(void)
{
	CUcontext other;
	CUevent event;

	check(cuCtxCreate_v2(&other, 0, 0));
	low = stream_of(NON_BLOCKING, 0);
	for (int i = 0; i < 3; i++) {
		check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
		check(cuEventRecord(event, low));
	}
	holds(queue_has(low, XS_GATE_PACED) && queue_of(low)->pace.issued);
	check(cuCtxDestroy_v2(other));
}

static int mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	int lines = 0;

	for (int c; file && (c = getc(file)) != EOF;)
		lines += c == '\n';
	holds(file && fclose(file) == 0);
	return lines;
}

static void contexts_come_and_go(void)
{
	start_with_high();
	for (int i = 0; i < 100; i++)
		in_a_context_of_its_own();
	size_t heap = mallinfo2().uordblks;
	int maps = mappings();
	for (int i = 0; i < ROUNDS; i++)
		in_a_context_of_its_own();
	holds(mallinfo2().uordblks < heap + 20000);
	holds(mappings() < maps + 20);
}

static void test_nothing_is_left(void **state)
{
	(void)state;
	assert_int_equal(in_child(patient, contexts_come_and_go), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markers_outlive_another_context),
		cmocka_unit_test(test_primary_contexts),
		cmocka_unit_test(test_nothing_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
