/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling of an application that knows nothing of it: a stream of priority -1 against one of 0. pair.h
 * has how is told who ran before whom.
 */
#include "pair.h"

#include <dlfcn.h>

#include "preempt/process.h"

#define UNASKED "XSCHED_POLICY="

/* --- who waits for whom --------------------------------------------------------------------------- */

static void low_waits_for_high(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	check(append(high, data, 1));
	holds(peek(data) == 1);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
	pthread_join(thread, NULL);
	holds(peek(data) == 112);
}

/* The legacy default stream is low; the important stream does not depend on it. */
static void default_stream_waits_for_high(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	low = NULL;
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(NULL);
	check(append(high, data, 1));
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(peek(data) == 112);
}

static void per_thread_stream_waits_for_high(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	low = CU_STREAM_PER_THREAD;
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(CU_STREAM_PER_THREAD);
	check(append(high, data, 1));
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(peek(data) == 112);
}

/* Nobody synchronises: the watcher finds out that the high stream has run dry. */
static void low_goes_on_when_high_is_silent(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(peek(data) == 12);
}

static void low_goes_on_when_high_is_destroyed(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	check(cuStreamDestroy_v2(high));
	pthread_join(thread, NULL);
	holds(peek(data) == 12);
	poke(gate, 1);
	check(cuCtxSynchronize());
}

/* A stalled stream keeps nobody suspended, for longer than it is told to. */
static void a_stalled_high_stream_lets_low_go(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	append_low((void *)1); /* this thread feeds both: it is not put to sleep */
	pthread_join(thread_of(append_low, (void *)2), NULL);
	holds(peek(data) == 112);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
}

/* A thread is not put to sleep on a low stream while it feeds the high one, which would starve. */
static void the_feeder_of_high_does_not_sleep(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	check(append(low, data, 2));
	check(append(high, data, 1));
	poke(gate, 1);
	check(cuStreamSynchronize(high));
	check(cuStreamSynchronize(low));
	holds(peek(data) == 121 || peek(data) == 112);
}

static void nobody_waits(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_join(thread_of(append_low, (void *)2), NULL);
	holds(peek(data) == 12);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
}

/* Unasked, an important stream that never comes to an end leaves the other a little. */
static void low_is_not_forgotten(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	pthread_join(thread, NULL);
	holds(peek(data) == 12);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
}

static void *append_high(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(append(high, data, 1));
	check(cuStreamSynchronize(high));
	return NULL;
}

/* The low stream is busy and stands still; high work starts at once. */
static void high_never_waits(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(low, gate));
	pthread_join(thread_of(append_high, NULL), NULL);
	holds(peek(data) == 11);
	poke(gate, 1);
	check(cuStreamSynchronize(low));
}

/* A stream that becomes important while it waits goes on, and the other way round. */
static void priorities_change(void)
{
	CUstreamAttrValue value = { .priority = -2 };

	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	check(cuStreamSetAttribute(low, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	pthread_join(thread, NULL);
	holds(peek(data) == 12);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
}

static void priorities_are_copied(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	CUstream higher = stream_of(NON_BLOCKING, -2);
	check(stand_still(high, gate));
	pthread_t thread = thread_of(append_low, (void *)2);
	until_asleep(low);
	check(cuStreamCopyAttributes(low, higher));
	pthread_join(thread, NULL);
	holds(peek(data) == 12);
	poke(gate, 1);
	check(cuStreamSynchronize(high));
}

/* --- whose a stream is ---------------------------------------------------------------------------- */

static void first_used_with_another_context(void)
{
	CUcontext other;

	start();
	check(cuCtxCreate_v2(&other, 0, 0));
	low = stream_of(NON_BLOCKING, 0);
	check(cuCtxSetCurrent(context));
	(void)spin(low, 1); /* refused, with this context */
	holds(queue_of(low) && xs_queue_stream(queue_of(low)).context == other);
	check(cuCtxDestroy_v2(other));
	holds(!queue_of(low));
}

static void *wait_for_all(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuCtxSynchronize());
	return NULL;
}

static void the_legacy_stream_has_two_names(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(append(NULL, data, 1));
	struct xs_queue *queue = queue_of(NULL);
	uint32_t submitted = xs_queue_submitted(queue);
	check(append(CU_STREAM_LEGACY, data, 1));
	holds(xs_queue_submitted(queue) == submitted + 1);
	holds(!queue_of(CU_STREAM_LEGACY));
	check(cuCtxSynchronize());
}

/* Its first stream went unseen: behind our back, as by a library that has the driver's own functions. */
static void a_handle_that_is_used_again(void)
{
	CUresult (*destroy)(CUstream);

	two_streams(NON_BLOCKING, NON_BLOCKING);
	*(void **)&destroy =
		dlsym(dlopen(getenv("XSCHED_CUDA_LIB"), RTLD_NOW), "cuStreamDestroy_v2");
	holds(destroy != NULL);
	check(append(low, data, 1));
	check(cuStreamSynchronize(low));
	holds(queue_of(low)->stream_priority == 0);
	check(destroy(low));
	CUstream again = NULL;
	for (int tries = 0; again != low; tries++) {
		holds(tries < 100);
		again = stream_of(NON_BLOCKING, -1);
	}
	check(append(low, data, 1));
	holds(queue_of(low)->stream_priority == -1);
	check(cuCtxSynchronize());
}

/* A wait for the whole context tells nothing about a stream that was made during it. */
static void replaced_during_a_wait(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(stand_still(low, gate));
	check(stand_still(high, gate));
	struct xs_queue *queue = queue_of(high);
	pthread_t thread = thread_of(wait_for_all, NULL);
	while (!xs_load_relaxed(&queue->waiters))
		usleep(100);
	check(cuStreamDestroy_v2(high));
	high = stream_of(NON_BLOCKING, -1);
	check(append(high, data, 1));
	holds(queue_of(high) == queue && !xs_load_relaxed(&queue->waiters));
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(!xs_load_relaxed(&queue->waiters));
}

/* --- no deadlock ----------------------------------------------------------------------------------- */

static void wait_for_event(int round)
{
	check(cuEventRecord(event_of_low, low));
	check(cuStreamWaitEvent(high, event_of_low, 0));
	check(affine(high, data, 1, 1));
	check(spin(high, 100));
	if (round & 1)
		check(cuStreamSynchronize(high));
	else
		usleep(500);
}

static void high_waits_for_an_event_of_low(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	with_busy_low(wait_for_event);
	check(cuStreamSynchronize(high));
	holds(peek(data) == 1 + ROUNDS);
}

/* The event is recorded behind work that stands still, and the low stream is full of it. */
static void *record_low(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	for (int i = 0; i < 8; i++)
		check(append(low, data, 1));
	check(cuEventRecord(event_of_low, low));
	return NULL;
}

static void high_waits_for_low_that_was_held(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	check(append(high, data, 0));
	check(cuStreamSynchronize(high));
	pthread_join(thread_of(record_low, NULL), NULL);
	check(cuStreamWaitEvent(high, event_of_low, 0));
	check(append(high, data, 2));
	check(cuStreamSynchronize(high));
	holds(peek(data) == 10111111112);
}

/* Nothing is lent for an event that is done, whatever came behind it. */
static void high_waits_for_an_event_that_is_done(void)
{
	CUdeviceptr start_low;
	CUevent event;

	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	check(append(high, data, 1));
	check(cuStreamSynchronize(high));
	check(append(low, data, 2));
	check(cuEventRecord(event, low));
	check(cuStreamSynchronize(low));
	start_low = word(0);
	check(stand_still(low, start_low));
	check(stand_still(high, gate));
	holds(queue_has(low, XS_GATE_HELD));
	check(cuStreamWaitEvent(high, event, 0));
	holds(!queue_has(low, XS_GATE_LENDERS));
	poke(start_low, 1);
	poke(gate, 1);
	check(cuCtxSynchronize());
}

/* A blocking high stream behind the legacy stream behind a low blocking stream (D40). */
static void through_the_legacy_stream(int round)
{
	check(affine(NULL, data, 1, 1));
	check(affine(high, data, 1, 1));
	if (round & 1)
		check(cuStreamSynchronize(high));
	if (round % 3 == 0)
		fetch(data);
}

static void high_waits_for_low_through_the_legacy_stream(void)
{
	two_streams(CU_STREAM_DEFAULT, CU_STREAM_DEFAULT);
	with_busy_low(through_the_legacy_stream);
	check(cuCtxSynchronize());
	holds(peek(data) == 1 + 2 * ROUNDS);
}

static void wait_for_low(int round)
{
	check(spin(high, 200));
	check(affine(low, data, 1, 1));
	if (round % 3 == 0)
		check(cuStreamSynchronize(high));
	check(cuStreamSynchronize(low)); /* by the thread that feeds the high one */
}

static void the_feeder_of_high_waits_for_low(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	with_busy_low(wait_for_low);
	holds(peek(data) == 1 + ROUNDS);
}

static void wait_for_everything(int round)
{
	CUdeviceptr memory, pooled;

	check(spin(high, 200));
	check(cuMemAlloc_v2(&memory, 1024));
	check(cuMemAllocAsync(&pooled, 1024, high));
	if (round & 1)
		check(cuCtxSynchronize());
	check(cuMemFreeAsync(pooled, high));
	check(cuMemFree_v2(memory));
}

static void frees_and_context_waits(void)
{
	two_streams(CU_STREAM_DEFAULT, NON_BLOCKING);
	with_busy_low(wait_for_everything);
	check(cuCtxSynchronize());
}

static CUstream many[20];
static CUdeviceptr words[COUNT(many)];
static size_t low_ones; /* of them */

static void *release_high(void *unused)
{
	(void)unused;
	for (size_t i = 0; i < low_ones; i++)
		while (!peek(words[i]))
			usleep(100);
	poke(gate, 1);
	return NULL;
}

/* The thread that feeds the high stream waits for low ones that stand still on the device, before the high
 * one goes on. first: one of them; the others are made. */
static void wait_for_low_ones(CUstream first, size_t count, void (*wait)(void))
{
	CUdeviceptr start_all;

	check(append(high, data, 1)); /* the first queue: the wait says that it need not be asked */
	check(cuStreamSynchronize(high));
	start_all = word(0);
	low_ones = count;
	for (size_t i = 0; i < count; i++) {
		many[i] = i ? stream_of(NON_BLOCKING, 0) : first;
		words[i] = word(0);
		check(stand_still(many[i], start_all));
		check(cuStreamWriteValue32_v2(many[i], words[i], 1, CU_STREAM_WRITE_VALUE_DEFAULT));
	}
	check(stand_still(high, gate));
	for (size_t i = 0; i < count; i++)
		holds(queue_has(many[i], XS_GATE_HELD) && queue_of(many[i])->pace.armed);
	poke(start_all, 1);
	pthread_t thread = thread_of(release_high, NULL);
	wait();
	for (size_t i = 0; i < count; i++)
		holds(!queue_has(many[i], XS_GATE_LENDERS)); /* whatever was lent is paid back */
	pthread_join(thread, NULL);
}

static void synchronize_all(void)
{
	check(cuCtxSynchronize());
}

static void the_feeder_of_high_waits_for_many(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	wait_for_low_ones(low, COUNT(many), synchronize_all);
}

static CUdeviceptr memory;

static void free_memory(void)
{
	check(cuMemFree_v2(memory));
}

/* The driver waits until nothing can use it any more. */
static void the_feeder_of_high_frees(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuMemAlloc_v2(&memory, 1024));
	wait_for_low_ones(low, 3, free_memory);
}

static void fetch_word(void)
{
	holds(fetch(words[0]) == 1);
}

/* A copy to the host is done behind all that the default stream has to do. */
static void the_feeder_of_high_copies_by_the_default_stream(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	wait_for_low_ones(NULL, 1, fetch_word);
}

/* What is captured does not happen: the event is done, the stream is not. */
static void a_captured_record_tells_nothing(void)
{
	CUgraph graph;
	CUevent event;

	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	check(stand_still(high, gate));
	holds(queue_has(high, XS_GATE_READY));
	check(cuStreamBeginCapture_v2(high, CU_STREAM_CAPTURE_MODE_RELAXED));
	check(cuEventRecordWithFlags(event, high, CU_EVENT_RECORD_EXTERNAL));
	check(cuStreamEndCapture(high, &graph));
	check(cuEventQuery(event));
	holds(queue_has(high, XS_GATE_READY));
	poke(gate, 1);
	check(cuCtxSynchronize());
}

/* --- capture ---------------------------------------------------------------------------------------- */

static CUgraphExec captured;

static void *capture_low(void *mode)
{
	CUgraph graph;

	check(cuCtxSetCurrent(context));
	check(cuStreamBeginCapture_v2(low, (CUstreamCaptureMode)(intptr_t)mode));
	for (int i = 0; i < 5; i++)
		check(append(low, data, 3));
	check(cuStreamEndCapture(low, &graph));
	check(cuGraphInstantiateWithFlags(&captured, graph, 0));
	check(cuGraphDestroy(graph));
	return NULL;
}

static void *launch_captured(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuGraphLaunch(captured, low));
	check(cuStreamSynchronize(low));
	return NULL;
}

/* What is captured does not wait: nothing of it runs. The launch of the graph is one command. */
static void a_capture_on_low_goes_on(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	append_low((void *)0);
	check(stand_still(high, gate));
	for (intptr_t mode = 1; mode <= 2; mode++) {
		if (captured)
			check(cuGraphExecDestroy(captured));
		pthread_join(thread_of(capture_low, (void *)mode), NULL);
	}
	holds(peek(data) == 10);
	pthread_t thread = thread_of(launch_captured, NULL);
	until_asleep(low);
	check(append(high, data, 1));
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(peek(data) == 10133333);
}

/* A capture ends with whatever went wrong in it, and then nobody has to be asked about captures any more. */
static void a_capture_goes_wrong(void)
{
	CUgraph graph;

	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(append(low, data, 3));
	check(cuStreamBeginCapture_v2(low, CU_STREAM_CAPTURE_MODE_RELAXED));
	check(append(low, data, 3));
	holds(cuStreamSynchronize(low) != CUDA_SUCCESS);
	holds(xs_process_captures());
	holds(cuStreamEndCapture(low, &graph) != CUDA_SUCCESS);
	holds(!xs_process_captures());
	check(append(low, data, 3));
	check(cuStreamSynchronize(low));
	holds(peek(data) == 133);
}

static void *use_new_stream(void *blocking)
{
	CUstream stream;

	check(cuCtxSetCurrent(context));
	stream = stream_of(blocking ? CU_STREAM_DEFAULT : NON_BLOCKING, 0);
	check(append(stream, data, 5));
	holds(queue_of(stream) != NULL);
	check(cuStreamSynchronize(stream));
	return NULL;
}

/* A capture that lasts, or is never ended, keeps only its own stream from being scheduled. */
static void a_new_stream_beside_a_capture_is_scheduled(void)
{
	CUgraph graph;

	for (int mode = CU_STREAM_CAPTURE_MODE_GLOBAL; mode <= CU_STREAM_CAPTURE_MODE_RELAXED;
		mode++) {
		two_streams(NON_BLOCKING, NON_BLOCKING);
		check(cuStreamBeginCapture_v2(low, (CUstreamCaptureMode)mode));
		check(append(low, data, 3));
		pthread_join(thread_of(use_new_stream, NULL), NULL);
		pthread_join(thread_of(use_new_stream, (void *)1), NULL);
		check(append(low, data, 3));
		holds(queue_of(low) == NULL);
		check(cuStreamEndCapture(low, &graph));
		check(cuGraphDestroy(graph));
		check(append(low, data, 2));
		holds(queue_of(low) != NULL);
		check(cuStreamSynchronize(low));
		holds(peek(data) == 1552);
	}
}

static void capture_high(int round)
{
	CUgraph graph;
	CUgraphExec exec;

	check(cuStreamBeginCapture_v2(high, CU_STREAM_CAPTURE_MODE_RELAXED));
	check(affine(high, data, 1, 1));
	if (round == 3)
		usleep(3000); /* the watcher comes by */
	check(cuStreamEndCapture(high, &graph));
	check(cuGraphInstantiateWithFlags(&exec, graph, 0));
	check(cuGraphLaunch(exec, high));
	if (round & 1)
		check(cuStreamSynchronize(high));
	check(cuGraphExecDestroy(exec));
	check(cuGraphDestroy(graph));
}

static void captures_on_high_beside_low(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	with_busy_low(capture_high);
	check(cuStreamSynchronize(high));
	holds(peek(data) == 1 + ROUNDS);
}

/* --- the tests --------------------------------------------------------------------------------------- */

TEST_ON_ALL_LEVELS(low_waits_for_high)
TEST_ON_ALL_LEVELS(default_stream_waits_for_high)
TEST_ON_ALL_LEVELS(per_thread_stream_waits_for_high)
TEST_ON_ALL_LEVELS(low_goes_on_when_high_is_silent)
TEST_ON_ALL_LEVELS(low_goes_on_when_high_is_destroyed)
TEST_ON_ALL_LEVELS(high_never_waits)
TEST_ON_ALL_LEVELS(the_feeder_of_high_does_not_sleep)
TEST_ON_ALL_LEVELS(priorities_change)
TEST_ON_ALL_LEVELS(priorities_are_copied)
TEST_ON_ALL_LEVELS(first_used_with_another_context)
TEST_ON_ALL_LEVELS(high_waits_for_an_event_of_low)
TEST_ON_ALL_LEVELS(high_waits_for_low_that_was_held)
TEST_ON_ALL_LEVELS(high_waits_for_an_event_that_is_done)
TEST_ON_ALL_LEVELS(high_waits_for_low_through_the_legacy_stream)
TEST_ON_ALL_LEVELS(the_feeder_of_high_waits_for_low)
TEST_ON_ALL_LEVELS(frees_and_context_waits)
TEST_ON_ALL_LEVELS(a_captured_record_tells_nothing)
TEST_ON_ALL_LEVELS(a_capture_on_low_goes_on)
TEST_ON_ALL_LEVELS(a_capture_goes_wrong)
TEST_ON_ALL_LEVELS(captures_on_high_beside_low)
TEST_ON_ALL_LEVELS(a_new_stream_beside_a_capture_is_scheduled)

static void test_the_feeder_of_high_waits_for_many(void **state)
{
	static const char *const variables[] = { PATIENT, "XSCHED_AUTO_XQUEUE_LEVEL=2",
		"CUDA_DEVICE_MAX_CONNECTIONS=32", NULL };

	(void)state;
	assert_int_equal(in_child(variables, the_feeder_of_high_waits_for_many), 0);
	assert_int_equal(in_child(variables, the_feeder_of_high_frees), 0);
	assert_int_equal(in_child(variables, the_feeder_of_high_copies_by_the_default_stream), 0);
}

static void test_replaced_during_a_wait(void **state)
{
	(void)state;
	assert_int_equal(in_child(level_1, replaced_during_a_wait), 0);
	assert_int_equal(in_child(level_1, a_handle_that_is_used_again), 0);
	assert_int_equal(in_child(level_1, the_legacy_stream_has_two_names), 0);
}

static void test_options(void **state)
{
	static const char *const stall[] = { "XSCHED_STALL_MS=30", NULL };
	static const char *const off[] = { PATIENT, "XSCHED_AUTO_XQUEUE=OFF", NULL };
	static const char *const app[] = { PATIENT, UNASKED, "XSCHED_SCHEDULER=APP", NULL };
	static const char *const unasked[] = { PATIENT, UNASKED, NULL };
	static const char *const unasked_2[] = { PATIENT, UNASKED, "XSCHED_AUTO_XQUEUE_LEVEL=2",
		NULL };
	static const char *const bounded[] = { PATIENT, "XSCHED_AUTO_XQUEUE_THRESHOLD=4",
		"XSCHED_AUTO_XQUEUE_BATCH_SIZE=2", NULL };

	(void)state;
	assert_int_equal(in_child(stall, a_stalled_high_stream_lets_low_go), 0);
	assert_int_equal(in_child(off, nobody_waits), 0);
	assert_int_equal(in_child(app, nobody_waits), 0);
	assert_int_equal(in_child(unasked, low_is_not_forgotten), 0);
	assert_int_equal(in_child(unasked_2, low_is_not_forgotten), 0);
	assert_int_equal(in_child(bounded, low_waits_for_high), 0);
	assert_int_equal(in_child(bounded, high_waits_for_an_event_of_low), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_low_waits_for_high),
		cmocka_unit_test(test_default_stream_waits_for_high),
		cmocka_unit_test(test_per_thread_stream_waits_for_high),
		cmocka_unit_test(test_low_goes_on_when_high_is_silent),
		cmocka_unit_test(test_low_goes_on_when_high_is_destroyed),
		cmocka_unit_test(test_high_never_waits),
		cmocka_unit_test(test_the_feeder_of_high_does_not_sleep),
		cmocka_unit_test(test_priorities_change),
		cmocka_unit_test(test_priorities_are_copied),
		cmocka_unit_test(test_first_used_with_another_context),
		cmocka_unit_test(test_replaced_during_a_wait),
		cmocka_unit_test(test_high_waits_for_an_event_of_low),
		cmocka_unit_test(test_high_waits_for_low_that_was_held),
		cmocka_unit_test(test_high_waits_for_an_event_that_is_done),
		cmocka_unit_test(test_high_waits_for_low_through_the_legacy_stream),
		cmocka_unit_test(test_the_feeder_of_high_waits_for_low),
		cmocka_unit_test(test_frees_and_context_waits),
		cmocka_unit_test(test_the_feeder_of_high_waits_for_many),
		cmocka_unit_test(test_a_captured_record_tells_nothing),
		cmocka_unit_test(test_a_capture_on_low_goes_on),
		cmocka_unit_test(test_a_capture_goes_wrong),
		cmocka_unit_test(test_captures_on_high_beside_low),
		cmocka_unit_test(test_a_new_stream_beside_a_capture_is_scheduled),
		cmocka_unit_test(test_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
