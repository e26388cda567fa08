/* SPDX-License-Identifier: Apache-2.0 */
/* fork, exit and what the process does to us in between. */
#include "fake_hal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "preempt/handle.h"
#include "preempt/hwqueue.h"
#include "preempt/process.h"
#include "preempt/watch.h"
#include "xsched/xsched.h"

#define EXITS 200

/* A child abandons what its parent's threads may have been changing at the fork: that is no leak. And
 * it may have threads, and need not sleep for a second at each exit. */
XS_EXPORT const char *__lsan_default_options(void);
XS_EXPORT const char *__tsan_default_options(void);

const char *__lsan_default_options(void)
{
	return "detect_leaks=0";
}

const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

static struct xs_queue *low, *high;

/* A low queue that is held, the watcher running, and threads asleep at the gate. */
static void *submit_to(void *queue)
{
	fake_submit(queue);
	return NULL;
}

static void in_the_middle(int sleepers)
{
	setenv("XSCHED_STALL_MS", "60000", 1);
	low = fake_queue(1, 0);
	high = fake_queue(2, -1);
	fake_submit(low);
	fake_submit(high);
	CHECK(!fake_has(low, XS_GATE_OPEN));
	for (int i = 0; i < sleepers; i++) {
		pthread_t thread;
		CHECK(pthread_create(&thread, NULL, submit_to, low) == 0);
		pthread_detach(thread);
	}
	if (sleepers)
		EVENTUALLY(fake_has(low, XS_GATE_SLEEPERS));
}

/*
 * The same, and the watcher is at work: from there on it allocates nothing. A thread that is just beginning
 * may hold locks of an allocator that does not look after forks, as that of gcc 12's sanitizers, and in the
 * child they would stay taken.
 */
static void in_the_middle_of_watching(void)
{
	uint32_t queries = xs_load_full(&fake_count.queries);

	in_the_middle(0);
	EVENTUALLY(xs_load_full(&fake_count.queries) != queries);
}

static int in_child(void (*body)(void))
{
	int status = -1;
	pid_t child = fake_fork();

	CHECK(child >= 0);
	if (child == 0) {
		alarm(20);
		body();
		exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	return status;
}

/* --- fork ---------------------------------------------------------------------------------------- */

static HwQueueHandle parents_hwq;
static XQueueHandle parents_xq;
static HwCommandHandle parents_command;
static uint64_t parents_word;

static XResult nothing(HwQueueHandle hwq, void *data)
{
	(void)hwq;
	if (data)
		xs_add_full((_Atomic unsigned int *)data, 1);
	return kXSchedSuccess;
}

static void is_unborn(void)
{
	struct xs_stream stream = fake_stream(1);
	XQueueState state;

	CHECK(!xs_registry_find(&stream) && !xs_registry_limit() && !xs_registry_page());
	CHECK_EQUAL(XQueueQuery(parents_xq, &state), kXSchedErrorNotFound);
	CHECK_EQUAL(HwQueueSynchronize(parents_hwq), kXSchedErrorNotFound);
	CHECK_EQUAL(HwCommandDestroy(parents_command), kXSchedErrorNotFound);
	CHECK(!xs_self.feeds && !xs_self.depth);

	/* A pointer that the program kept reaches nothing of the parent's. */
	xs_gate_apply(low->slot, XS_GATE_RELEASE);
	xs_gate_apply(low->slot, XS_GATE_RETIRE);
}

static void schedules_its_own(void)
{
	_Atomic unsigned int launched = 0;
	uint32_t shares = xs_load_relaxed(&fake_count.shares);
	HwCommandHandle command;
	HwQueueHandle hwq;
	XQueueHandle xq;

	in_the_middle(1);
	CHECK(xs_registry_page());
	CHECK_EQUAL(xs_load_relaxed(&fake_count.shares),
		shares + 1); /* the device knows the parent's */
	fake_run(STREAM_OF(high), 10);
	EVENTUALLY(fake_has(low, XS_GATE_OPEN)); /* it has a watcher of its own */

	struct xs_stream stream = fake_stream(5);
	CHECK_EQUAL(xs_hwqueue_create(&hwq, &fake_hal, &stream), kXSchedSuccess);
	CHECK(hwq != parents_hwq);
	CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	for (int i = 0; i < 10; i++) {
		CHECK_EQUAL(HwCommandCreateCallback(&command, nothing, &launched), kXSchedSuccess);
		CHECK(command != parents_command);
		CHECK_EQUAL(XQueueSubmit(xq, command), kXSchedSuccess);
	}
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, 10);
}

static void forks_again(void)
{
	in_the_middle_of_watching();
	CHECK_EQUAL(in_child(schedules_its_own), 0);
	CHECK(!fake_has(low, XS_GATE_OPEN));
}

TEST(forked_children)
{
	in_the_middle_of_watching();
	xs_self.feeds = high;
	parents_hwq = xs_handle_of_hwqueue(low);
	parents_xq = xs_handle_of_xqueue(low);
	CHECK_EQUAL(HwCommandCreateCallback(&parents_command, nothing, NULL), kXSchedSuccess);
	parents_word = xs_load_full(&low->slot->word);

	CHECK_EQUAL(in_child(is_unborn), 0);
	CHECK_EQUAL(xs_load_full(&low->slot->word), parents_word);
	CHECK_EQUAL(in_child(schedules_its_own), 0);
	CHECK_EQUAL(in_child(forks_again), 0);
	CHECK_EQUAL(xs_load_full(&low->slot->word), parents_word);
	CHECK(xs_registry_find(STREAM_OF(low)) == low);
	fake_run(STREAM_OF(high), 1);
	EVENTUALLY(fake_has(low, XS_GATE_OPEN));
}

static _Atomic bool stop;

static void *make_and_submit(void *argument)
{
	unsigned int number = (unsigned int)(uintptr_t)argument;

	while (!xs_load_relaxed(&stop)) {
		struct xs_queue *queue = fake_queue(number, number & 1 ? 0 : -1);
		fake_submit(queue);
		xs_queue_covered(queue, xs_queue_submitted(queue));
		xs_queue_end(queue);
	}
	return NULL;
}

static void one_of_its_own(void)
{
	_exit(0); /* what a fork in the middle of malloc leaves is the program's own affair */
}

/* Locks that other threads held are free again in the child. */
static void uses_the_registry(void)
{
	struct xs_stream stream = fake_stream(50);
	const struct xs_stream_traits traits = { .hal = &fake_hal, .device = FAKE_DEVICE };

	CHECK(!xs_registry_find(&stream));
	CHECK(xs_queue_adopt(&stream, &traits, XS_HOLDER_SHIM, true));
	one_of_its_own();
}

TEST(fork_while_others_are_at_work)
{
	pthread_t threads[3];

#ifdef XS_SANITIZED
	return; /* the allocators of gcc 12's sanitizers leave their locks held in a forked child */
#endif
	xs_store_relaxed(&fake_runs_by_itself, true);
	for (uintptr_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, make_and_submit, (void *)(10 + i));
	for (int i = 0; i < 50; i++)
		CHECK_EQUAL(in_child(uses_the_registry), 0);
	xs_store_relaxed(&stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

/* --- exit ---------------------------------------------------------------------------------------- */

static void exits_in_the_middle(void)
{
	in_the_middle(3);
}

static void *exit_now(void *unused)
{
	(void)unused;
	exit(0);
}

static void exits_from_a_thread(void)
{
	pthread_t thread;

	in_the_middle(1);
	pthread_create(&thread, NULL, exit_now, NULL);
	pthread_join(thread, NULL);
	fake_submit(low);
	pause();
}

static void exits_with_commands(void)
{
	HwCommandHandle command;
	HwQueueHandle hwq;
	XQueueHandle xq;
	struct xs_stream stream = fake_stream(5);

	in_the_middle(0);
	CHECK_EQUAL(xs_hwqueue_create(&hwq, &fake_hal, &stream), kXSchedSuccess);
	CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	CHECK_EQUAL(XQueueSuspend(xq, 0), kXSchedSuccess);
	for (int i = 0; i < 10; i++) {
		CHECK_EQUAL(HwCommandCreateCallback(&command, nothing, NULL), kXSchedSuccess);
		CHECK_EQUAL(XQueueSubmit(xq, command), kXSchedSuccess);
	}
}

static _Atomic unsigned int launched_at_exit;
static XQueueHandle paused_xq;

/* Runs after ours. What was paused stays so until the application resumes it. */
static void destroy_paused(void)
{
	fake_sleep_ms(50); /* time for a launcher that thinks the gate is open */
	CHECK_EQUAL(xs_load_full(&launched_at_exit), 0);
	xs_store_relaxed(&fake_runs_by_itself, true);
	CHECK_EQUAL(XQueueDestroy(paused_xq), kXSchedSuccess);
	CHECK_EQUAL(xs_load_full(&launched_at_exit), 10);
}

TEST(paused_commands_stay_paused_at_exit)
{
	struct xs_stream stream = fake_stream(5);
	HwCommandHandle command;
	HwQueueHandle hwq;

	atexit(destroy_paused);
	CHECK_EQUAL(xs_hwqueue_create(&hwq, &fake_hal, &stream), kXSchedSuccess);
	CHECK_EQUAL(XQueueCreate(&paused_xq, hwq, 1, 0), kXSchedSuccess);
	CHECK_EQUAL(XQueueSuspend(paused_xq, 0), kXSchedSuccess);
	for (int i = 0; i < 10; i++) {
		CHECK_EQUAL(HwCommandCreateCallback(&command, nothing, &launched_at_exit),
			kXSchedSuccess);
		CHECK_EQUAL(XQueueSubmit(paused_xq, command), kXSchedSuccess);
	}
	EVENTUALLY(fake_has(xs_registry_find(&stream), XS_GATE_SLEEPERS));
}

static int never_answers(const struct xs_stream *stream)
{
	(void)stream;
	fake_sleep_ms(1000 * 1000);
	return 0;
}

/* The watcher is in the driver and does not come back. */
static void exits_with_a_hanging_driver(void)
{
	fake_hal.query = never_answers;
	in_the_middle(1);
	fake_sleep_ms(5);
}

static void repeat(void (*body)(void), int times)
{
	uint64_t before = xs_now_ns();

	for (int i = 0; i < times; i++)
		assert_int_equal(fake_run_child(body, NULL), 0);
	print_message("%d times, %.1f ms each\n", times,
		(double)(xs_now_ns() - before) / times / XS_NS_PER_MS);
}

static void exits(void **state)
{
	(void)state;
	repeat(exits_in_the_middle, EXITS);
	repeat(exits_from_a_thread, EXITS / 4);
	repeat(exits_with_commands, EXITS / 4);
	repeat(exits_with_a_hanging_driver, EXITS / 10);
}

static void late_handler(void)
{
	/* A destructor of the application: gates are open, nothing is scheduled, all goes through. */
	xs_store_relaxed(&fake_runs_by_itself, true); /* the thread at the gate submits now, too */
	fake_submit(low);
	CHECK(xs_queue_synchronize(low) == 0);
}

TEST(work_in_exit_handlers)
{
	atexit(late_handler); /* registered first, so it runs after ours */
	in_the_middle(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forked_children),
		cmocka_unit_test(fork_while_others_are_at_work),
		cmocka_unit_test(exits),
		cmocka_unit_test(paused_commands_stay_paused_at_exit),
		cmocka_unit_test(work_in_exit_handlers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
