/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the C API and the handles around them: order, waits, drops, races, errors. */
#include "fake_hal.h"

#include <pthread.h>
#include <string.h>

#include "preempt/commands.h"
#include "preempt/handle.h"
#include "preempt/hwqueue.h"
#include "xsched/xsched.h"

#define MANY 3000

static HwQueueHandle hwq;
static XQueueHandle xq;
static _Atomic unsigned int launched;
static unsigned int order[4 * MANY];
static _Atomic bool in_callback, leave_callback;
static _Atomic int callback_result;

static void open_queue(int64_t flags)
{
	struct xs_stream stream = fake_stream(1);

	xs_store_relaxed(&fake_runs_by_itself, true);
	CHECK_EQUAL(xs_hwqueue_create(&hwq, &fake_hal, &stream), kXSchedSuccess);
	CHECK_EQUAL(XQueueCreate(&xq, hwq, kPreemptLevelBlock, flags), kXSchedSuccess);
}

static XResult note(HwQueueHandle queue, void *data)
{
	struct xs_stream stream = fake_stream(1);
	XResult result =
		(XResult)xs_load_full(&callback_result); /* who sees the launch may change it */

	CHECK(queue == hwq);
	fake_launch(&stream);
	order[xs_add_full(&launched, 1)] = (unsigned int)(uintptr_t)data;
	return result;
}

static XResult block(HwQueueHandle queue, void *data)
{
	xs_store_full(&in_callback, true);
	while (!xs_load_full(&leave_callback))
		usleep(100);
	xs_store_full(&in_callback, false);
	return note(queue, data);
}

static HwCommandHandle command(LaunchCallback launch, uintptr_t data)
{
	HwCommandHandle handle = 0;

	CHECK_EQUAL(HwCommandCreateCallback(&handle, launch, (void *)data), kXSchedSuccess);
	return handle;
}

static HwCommandHandle submit(LaunchCallback launch, uintptr_t data)
{
	HwCommandHandle handle = command(launch, data);

	CHECK_EQUAL(XQueueSubmit(xq, handle), kXSchedSuccess);
	return handle;
}

/* One call on a thread of its own. */
struct call {
	XResult (*run)(struct call *call);
	HwCommandHandle command;
	XResult result;
	_Atomic bool done;
	pthread_t thread;
};

static void *call_run(void *argument)
{
	struct call *call = argument;

	call->result = call->run(call);
	xs_store_full(&call->done, true);
	return NULL;
}

static void call_start(struct call *call)
{
	CHECK(pthread_create(&call->thread, NULL, call_run, call) == 0);
}

static XResult call_join(struct call *call)
{
	pthread_join(call->thread, NULL);
	return call->result;
}

static bool call_blocks(struct call *call)
{
	fake_sleep_ms(30);
	return !xs_load_full(&call->done);
}

static XResult wait_for(struct call *call)
{
	return XQueueWait(xq, call->command);
}

static XResult submit_it(struct call *call)
{
	return XQueueSubmit(xq, call->command);
}

static XResult wait_all(struct call *call)
{
	(void)call;
	return XQueueWaitAll(xq);
}

static XResult destroy(struct call *call)
{
	(void)call;
	return XQueueDestroy(xq);
}

/* --- order and number ---------------------------------------------------------------------------- */

TEST(launched_in_order)
{
	open_queue(0);
	for (uintptr_t i = 0; i < MANY; i++)
		submit(note, i);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		CHECK_EQUAL(order[i], i);
}

static void *submit_many(void *thread)
{
	for (uintptr_t i = 0; i < MANY; i++)
		submit(note, (uintptr_t)thread << 16 | i);
	return NULL;
}

TEST(each_thread_in_its_order)
{
	unsigned int next[4] = { 0 };
	pthread_t threads[4];

	open_queue(0);
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, submit_many, (void *)i);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, 4 * MANY);
	for (unsigned int i = 0; i < 4 * MANY; i++)
		CHECK_EQUAL(order[i] & 0xffff, next[order[i] >> 16]++);
	int64_t count;
	CHECK_EQUAL(XQueueProfileHwCommandCount(xq, &count), kXSchedSuccess);
	CHECK_EQUAL(count, 4 * MANY);
}

/* The launcher ends when it has nothing to do, and a new one comes. */
TEST(after_a_long_pause)
{
	open_queue(0);
	for (uintptr_t i = 0; i < 3; i++) {
		CHECK_EQUAL(XQueueWait(xq, submit(note, i)), kXSchedSuccess);
		fake_sleep_ms(i ? 1 : 300);
	}
	CHECK_EQUAL(launched, 3);
}

/* --- waits --------------------------------------------------------------------------------------- */

TEST(wait_for_long_completed)
{
	HwCommandHandle handles[MANY];

	open_queue(0);
	for (uintptr_t i = 0; i < MANY; i++)
		handles[i] = submit(note, i);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	for (int i = 0; i < MANY; i++)
		CHECK_EQUAL(XQueueWait(xq, handles[i]), kXSchedSuccess);
}

TEST(waits_that_find_nothing)
{
	open_queue(0);
	HwCommandHandle never = command(note, 0), twice = submit(note, 1);
	CHECK_EQUAL(XQueueWait(xq, never), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueWait(xq, 0), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueWait(xq, UINT64_MAX), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueSubmit(xq, twice), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueWait(xq, twice), kXSchedSuccess);
	CHECK_EQUAL(HwCommandDestroy(never), kXSchedSuccess);
	CHECK_EQUAL(HwCommandDestroy(never), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueSubmit(xq, never), kXSchedErrorNotFound);
}

TEST(no_wait_ends_early)
{
	open_queue(0);
	struct call call = { .run = wait_for, .command = submit(block, 0) };
	EVENTUALLY(xs_load_full(&in_callback));
	for (uintptr_t i = 1; i <= 3; i++)
		submit(note, i);
	call_start(&call);
	CHECK(call_blocks(&call));
	/* Later commands are dropped: this one is still being launched. */
	CHECK_EQUAL(XQueueResume(xq, kQueueResumeFlagDropCommands), kXSchedSuccess);
	CHECK(call_blocks(&call));
	xs_store_full(&leave_callback, true);
	CHECK_EQUAL(call_join(&call), kXSchedSuccess);
	CHECK_EQUAL(launched, 1);
}

TEST(dropped_while_waited_for)
{
	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	struct call call = { .run = wait_for, .command = submit(note, 0) };
	struct call all = { .run = wait_all };
	HwCommandHandle other = submit(note, 1);
	call_start(&call);
	call_start(&all);
	CHECK(call_blocks(&call) && call_blocks(&all));
	CHECK_EQUAL(XQueueResume(xq, kQueueResumeFlagDropCommands), kXSchedSuccess);
	CHECK_EQUAL(call_join(&call), kXSchedErrorNotFound);
	CHECK_EQUAL(call_join(&all), kXSchedSuccess);
	CHECK_EQUAL(XQueueWait(xq, other), kXSchedErrorNotFound);
	fake_sleep_ms(10);
	CHECK_EQUAL(launched, 0);
	CHECK_EQUAL(XQueueWait(xq, submit(note, 2)), kXSchedSuccess);
}

/* --- suspend and destroy ------------------------------------------------------------------------- */

TEST(nothing_launches_while_suspended)
{
	open_queue(0);
	for (uintptr_t round = 0; round < 50; round++) {
		for (uintptr_t i = 0; i < 10; i++)
			submit(note, i);
		CHECK_EQUAL(XQueueSuspend(xq, round % 2 ? 0 : kQueueSuspendFlagWaitAll),
			kXSchedSuccess);
		unsigned int before = xs_load_full(&launched);
		usleep(500);
		CHECK_EQUAL(launched, before);
		XQueueState state;
		CHECK_EQUAL(XQueueQuery(xq, &state), kXSchedSuccess);
		CHECK_EQUAL(state, before == 10 * (round + 1) ? kQueueStateIdle : kQueueStateReady);
		CHECK_EQUAL(XQueueResume(xq, 0), kXSchedSuccess);
		CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
		CHECK_EQUAL(launched, 10 * (round + 1));
	}
}

TEST(destroyed_with_commands_pending)
{
	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	for (uintptr_t i = 0; i < 100; i++)
		submit(note, i);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, 100);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueSubmit(xq, command(note, 0)), kXSchedErrorNotFound);
	CHECK_EQUAL(HwQueueDestroy(hwq), kXSchedSuccess);
	CHECK_EQUAL(HwQueueDestroy(hwq), kXSchedErrorNotFound);
}

/* A submit that comes to the ring after the destroy has begun finds no queue. */
TEST(submits_that_meet_a_destroy)
{
	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	for (uintptr_t i = 0; i < XS_COMMANDS_RING; i++)
		submit(note, i);
	struct call blocked = { .run = submit_it, .command = command(note, 0) };
	call_start(&blocked);
	CHECK(call_blocks(&blocked));
	struct call end = { .run = destroy };
	call_start(&end);
	CHECK_EQUAL(call_join(&end), kXSchedSuccess);
	CHECK_EQUAL(call_join(&blocked), kXSchedErrorNotFound);
	CHECK_EQUAL(launched, XS_COMMANDS_RING);
	CHECK_EQUAL(HwCommandDestroy(blocked.command), kXSchedSuccess); /* still the caller's */
}

/* The stream ends under the queue: what is left is dropped, whoever waits is told. */
TEST(stream_ends_with_commands_pending)
{
	struct xs_stream stream = fake_stream(1);

	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	struct call call = { .run = wait_for, .command = submit(note, 0) };
	submit(note, 1);
	call_start(&call);
	CHECK(call_blocks(&call));
	xs_queue_end(xs_registry_find(&stream));
	CHECK_EQUAL(call_join(&call), kXSchedErrorNotFound);
	HwQueueHandle old = hwq;
	open_queue(0);
	CHECK(hwq != old);
	CHECK_EQUAL(XQueueWait(xq, submit(note, 7)), kXSchedSuccess);
	fake_sleep_ms(10);
	CHECK(launched == 1 && order[0] == 7);
}

/* --- results ------------------------------------------------------------------------------------- */

TEST(errors_of_callbacks)
{
	open_queue(0);
	xs_store_full(&callback_result, kXSchedErrorHardware);
	submit(note, 0);
	EVENTUALLY(launched == 1);
	xs_store_full(&callback_result, kXSchedErrorNotSupported);
	submit(note, 1);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedErrorHardware);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
}

TEST(blocking_submit)
{
	open_queue(kQueueCreateFlagBlockingSubmit);
	submit(note, 0);
	CHECK_EQUAL(launched, 1);
	xs_store_full(&callback_result, kXSchedErrorHardware);
	CHECK_EQUAL(XQueueSubmit(xq, command(note, 1)), kXSchedErrorHardware);
	xs_store_full(&callback_result, kXSchedSuccess);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);

	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	struct call call = { .run = submit_it, .command = command(note, 2) };
	call_start(&call);
	CHECK(call_blocks(&call));
	CHECK_EQUAL(XQueueResume(xq, kQueueResumeFlagDropCommands), kXSchedSuccess);
	XResult result = call_join(&call);
	CHECK(result == kXSchedErrorNotFound || (result == kXSchedSuccess && launched == 3));
}

/* A thread that sleeps here finds, when it wakes up, that many other commands have come and gone. */
static __thread bool wakes_late;
static _Atomic unsigned int late_sleeps;

int __real_xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
int __wrap_xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);

int __wrap_xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
	if (wakes_late)
		xs_add_full(&late_sleeps, 1);
	int result = __real_xs_futex_wait(word, expected, deadline_ns);
	for (int i = 0; wakes_late && i < MANY; i++)
		CHECK_EQUAL(HwCommandDestroy(command(note, 0)), kXSchedSuccess);
	return result;
}

static XResult submit_and_wake_late(struct call *call)
{
	wakes_late = true;
	return XQueueSubmit(xq, call->command);
}

TEST(result_for_a_late_submitter)
{
	open_queue(kQueueCreateFlagBlockingSubmit);
	xs_store_full(&callback_result, kXSchedErrorHardware);
	struct call call = { .run = submit_and_wake_late, .command = command(block, 0) };
	call_start(&call);
	EVENTUALLY(xs_load_full(&in_callback) && xs_load_full(&late_sleeps));
	xs_store_full(&leave_callback, true);
	CHECK_EQUAL(call_join(&call), kXSchedErrorHardware);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess); /* the submitter has it already */
	CHECK_EQUAL(XQueueWait(xq, call.command), kXSchedSuccess);
}

/* --- from inside a callback ---------------------------------------------------------------------- */

static XResult inside(HwQueueHandle queue, void *data)
{
	HwCommandHandle own = command(note, 0);

	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedErrorNotAllowed);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedErrorNotAllowed);
	CHECK_EQUAL(XQueueWait(xq, own), kXSchedErrorNotAllowed);
	CHECK_EQUAL(XQueueSuspend(xq, kQueueSuspendFlagWaitAll), kXSchedErrorNotAllowed);
	CHECK_EQUAL(XQueueSubmit(xq, own), kXSchedSuccess);
	for (unsigned int i = 0; i < XS_COMMANDS_RING - 2; i++)
		submit(note, i);
	HwCommandHandle more = command(note, 0);
	CHECK_EQUAL(XQueueSubmit(xq, more), kXSchedErrorNotAllowed);
	CHECK_EQUAL(HwCommandDestroy(more), kXSchedSuccess);
	return note(queue, data);
}

TEST(calls_from_inside)
{
	open_queue(0);
	submit(inside, 0);
	EVENTUALLY(launched == XS_COMMANDS_RING);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
}

TEST(full_ring_holds_back)
{
	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	for (uintptr_t i = 0; i < XS_COMMANDS_RING; i++)
		submit(note, i);
	struct call call = { .run = submit_it, .command = command(note, 0) };
	call_start(&call);
	CHECK(call_blocks(&call));
	CHECK_EQUAL(XQueueResume(xq, 0), kXSchedSuccess);
	CHECK_EQUAL(call_join(&call), kXSchedSuccess);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, XS_COMMANDS_RING + 1);
}

TEST(handles_given_up)
{
	open_queue(0);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	HwCommandHandle handle = submit(note, 0);
	CHECK_EQUAL(HwCommandDestroy(handle), kXSchedSuccess);
	CHECK_EQUAL(HwCommandDestroy(handle), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueWait(xq, handle), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueResume(xq, 0), kXSchedSuccess);
	EVENTUALLY(launched == 1);
}

/* --- handles ------------------------------------------------------------------------------------- */

TEST(stale_and_foreign_handles)
{
	XQueueState state;

	open_queue(0);
	HwCommandHandle cmd = command(note, 0);
	HwQueueHandle other_process = hwq ^ UINT64_C(1) << 32;
	uint64_t bad[] = { 0, UINT64_MAX, cmd, xq, xq ^ UINT64_C(1) << 32, xq ^ UINT64_C(1) << 54,
		xq ^ 1, xq ^ 1 << 12, hwq ^ 1, hwq ^ 1 << 12, other_process };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		XQueueHandle got;
		CHECK_EQUAL(XQueueGet(&got, bad[i]), kXSchedErrorNotFound);
		CHECK_EQUAL(HwQueueDestroy(bad[i]), kXSchedErrorNotFound);
		CHECK_EQUAL(HwQueueSynchronize(bad[i]), kXSchedErrorNotFound);
		if (bad[i] != xq)
			CHECK_EQUAL(XQueueQuery(bad[i], &state), kXSchedErrorNotFound);
		if (bad[i] != cmd)
			CHECK_EQUAL(HwCommandDestroy(bad[i]), kXSchedErrorNotFound);
	}
	CHECK_EQUAL(XQueueQuery(hwq, &state), kXSchedErrorNotFound);
	CHECK_EQUAL(HwQueueDestroy(hwq), kXSchedErrorNotAllowed);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	XQueueHandle old = xq;
	CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	CHECK(xq != old);
	CHECK_EQUAL(XQueueQuery(old, &state), kXSchedErrorNotFound);
	CHECK_EQUAL(XQueueQuery(xq, &state), kXSchedSuccess);
}

/* Those of one hardware queue, and of others that had the same slot. */
TEST(handles_of_former_lives)
{
	enum { LIVES = 2000 };
	XQueueHandle old[LIVES];
	XQueueState state;

	setenv("XLOG_LEVEL", "ERRO", 1);
	for (int i = 0; i < LIVES; i++) {
		if (i % 700 == 0) {
			if (i)
				CHECK_EQUAL(HwQueueDestroy(hwq), kXSchedSuccess);
			open_queue(0);
		} else {
			CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
		}
		old[i] = xq;
		CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	}
	CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	for (int i = 0; i < LIVES; i++) {
		CHECK(old[i] != xq);
		CHECK_EQUAL(XQueueQuery(old[i], &state), kXSchedErrorNotFound);
	}
}

/* --- races --------------------------------------------------------------------------------------- */

static void *create_and_destroy(void *unused)
{
	(void)unused;
	for (int i = 0; i < 2000; i++) {
		XQueueHandle mine;
		if (XQueueCreate(&mine, hwq, 1, 0) == kXSchedSuccess)
			XQueueDestroy(mine);
	}
	return NULL;
}

/* Whoever creates while another thread destroys has a queue that is scheduled, or none. */
TEST(create_meets_destroy)
{
	struct xs_stream stream = fake_stream(1);
	pthread_t threads[3];

	setenv("XLOG_LEVEL", "ERRO", 1);
	open_queue(0);
	struct xs_queue *queue = xs_registry_find(&stream);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, create_and_destroy, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	XResult result = XQueueGet(&xq, hwq);
	CHECK_EQUAL(queue->scheduled, result == kXSchedSuccess);
	if (result != kXSchedSuccess)
		CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	CHECK(queue->scheduled);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	CHECK(!queue->scheduled);
}

static void *create_hwqueue(void *unused)
{
	struct xs_stream stream = fake_stream(1);

	(void)unused;
	for (int i = 0; i < 2000; i++) {
		HwQueueHandle handle;
		XQueueHandle mine;
		CHECK_EQUAL(xs_hwqueue_create(&handle, &fake_hal, &stream), kXSchedSuccess);
		if (XQueueCreate(&mine, handle, 1, 0) == kXSchedSuccess)
			XQueueDestroy(mine);
		HwQueueDestroy(handle);
	}
	return NULL;
}

/* Afterwards nobody is left in the scheduler. */
TEST(hwqueue_destroy_meets_create)
{
	pthread_t threads[3];

	setenv("XLOG_LEVEL", "ERRO", 1);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, create_hwqueue, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	create_hwqueue(NULL);
	for (size_t i = 0; i < xs_registry_limit(); i++)
		CHECK(!xs_registry_at(i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(launched_in_order),
		cmocka_unit_test(each_thread_in_its_order),
		cmocka_unit_test(after_a_long_pause),
		cmocka_unit_test(wait_for_long_completed),
		cmocka_unit_test(waits_that_find_nothing),
		cmocka_unit_test(no_wait_ends_early),
		cmocka_unit_test(dropped_while_waited_for),
		cmocka_unit_test(nothing_launches_while_suspended),
		cmocka_unit_test(destroyed_with_commands_pending),
		cmocka_unit_test(submits_that_meet_a_destroy),
		cmocka_unit_test(stream_ends_with_commands_pending),
		cmocka_unit_test(errors_of_callbacks),
		cmocka_unit_test(blocking_submit),
		cmocka_unit_test(result_for_a_late_submitter),
		cmocka_unit_test(calls_from_inside),
		cmocka_unit_test(full_ring_holds_back),
		cmocka_unit_test(handles_given_up),
		cmocka_unit_test(stale_and_foreign_handles),
		cmocka_unit_test(handles_of_former_lives),
		cmocka_unit_test(create_meets_destroy),
		cmocka_unit_test(hwqueue_destroy_meets_create),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
