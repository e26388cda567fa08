/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler in the process, end to end: two queues, their threads, the watcher, lending and
 * default-stream domains. Streams are of level 1 unless a test says otherwise. The clock is the test's
 * own (scripted/clock.c): it stands still until every thread waits.
 */
#include "fake_hal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "preempt/agent.h"
#include "preempt/handle.h"
#include "preempt/lend.h"
#include "preempt/process.h"
#include "preempt/watch.h"
#include "xsched/hint.h"
#include "xsched/xqueue.h"

static struct xs_queue *lowest, *low, *high;
static _Atomic unsigned int submitted;

static bool is_open(const struct xs_queue *queue)
{
	return fake_has(queue, XS_GATE_OPEN);
}

static void two_queues(const char *level)
{
	if (level)
		setenv("XSCHED_AUTO_XQUEUE_LEVEL", level, 1);
	low = fake_queue(1, 0);
	high = fake_queue(2, -1);
	CHECK(low && high);
}

/* An idle queue stays open: its next command is judged when it comes. So low has one in flight. */
static void two_ready(void)
{
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	CHECK(!is_open(low));
}

/* All that was submitted is done, and a synchronise has told so. */
static void finish(struct xs_queue *queue)
{
	fake_run(STREAM_OF(queue), UINT32_MAX);
	CHECK_EQUAL(xs_queue_synchronize(queue), 0);
}

static void *submit_to(void *queue)
{
	fake_submit(queue);
	xs_add_full(&submitted, 1);
	return NULL;
}

static pthread_t start(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, run, argument) == 0);
	return thread;
}

/* Whether the thread that was started still waits when all that was to happen has happened. */
static bool sleeps(const struct xs_queue *queue)
{
	EVENTUALLY(fake_has(queue, XS_GATE_SLEEPERS));
	fake_sleep_ms(10);
	return xs_load_full(&submitted) == 0;
}

/* --- ready and idle ------------------------------------------------------------------------------ */

TEST(high_ready_closes_low)
{
	two_queues("1");
	CHECK(is_open(low) && is_open(high));
	fake_submit(low);
	CHECK(is_open(low));
	for (int i = 0; i < 100; i++) {
		fake_submit(high);
		CHECK(!is_open(low) && is_open(high));
		fake_sleep_ms(1);
		finish(high);
		CHECK(is_open(low));
	}
	CHECK_EQUAL(xs_load_relaxed(&low->slot->holds), 100);
	CHECK_EQUAL(xs_load_relaxed(&low->slot->held_ns), 100 * XS_NS_PER_MS);
	CHECK_EQUAL(xs_load_relaxed(&low->slot->held_since_ns), 0);
}

TEST(a_sleeping_thread_wakes)
{
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	CHECK_EQUAL(xs_queue_submitted(low), 1);
	finish(high);
	pthread_join(thread, NULL);
	CHECK_EQUAL(xs_queue_submitted(low), 2);
	CHECK(xs_load_relaxed(&low->slot->waited_ns) >= 10 * XS_NS_PER_MS);
	CHECK(xs_load_relaxed(&low->slot->waited_ns) <= 11 * XS_NS_PER_MS);
}

/* It was alone, so it never told that it is ready. */
TEST(low_was_there_first)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 1);
	low = fake_queue(1, 0);
	fake_submit(low);
	fake_submit(low);
	high = fake_queue(2, -1);
	fake_submit(high);
	CHECK(!is_open(low));
	finish(high);
	CHECK(is_open(low));
}

TEST(new_in_the_middle)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 1);
	struct xs_queue *queues[5];

	/* Whoever came before was the most important, and then is not any more. */
	for (unsigned int i = 0; i < 5; i++) {
		queues[i] = fake_queue(i, -(int)i);
		fake_submit(queues[i]);
		for (unsigned int j = 0; j < i; j++)
			CHECK(!is_open(queues[j]));
		CHECK(is_open(queues[i]));
	}
	for (int i = 4; i >= 0; i--) {
		CHECK(is_open(queues[i]));
		finish(queues[i]);
	}
}

/* Others of its process wait for a stream while a thread of it sleeps at the gate. */
TEST(a_sleeper_keeps_its_queue_ready)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 1);
	two_queues("1");
	lowest = fake_queue(3, 1);

	fake_submit(lowest);
	fake_submit(low);
	fake_submit(high);
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	finish(low);
	CHECK(fake_has(low, XS_GATE_READY));
	finish(high);
	pthread_join(thread, NULL);
	CHECK(!is_open(lowest)); /* it is the turn of low, which has a command in flight */
	finish(low);
	CHECK(is_open(lowest));
}

TEST(retired_queues_let_go)
{
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	xs_queue_end(high);
	pthread_join(thread, NULL);
	high = fake_queue(2, -1);
	fake_submit(high);
	xs_store_full(&submitted, 0);
	thread = start(submit_to, low);
	CHECK(sleeps(low));
	xs_queue_end(
		low); /* the application destroys a stream that it launches into: nothing hangs */
	pthread_join(thread, NULL);
}

/* --- who feeds whom ------------------------------------------------------------------------------ */

TEST(who_feeds_the_better_queue_does_not_sleep)
{
	two_ready();
	xs_self.feeds = high;
	xs_self.feeds_id = xs_load_relaxed(&high->id);
	xs_store_relaxed(&low->pace.command_ns, XS_NS_PER_S);
	fake_submit(low);
	fake_submit(low);
	fake_submit(low);
	CHECK_EQUAL(fake_pending(STREAM_OF(low)), 4);

	xs_queue_end(high); /* and it was the best that it fed */
	struct xs_queue *other = fake_queue(3, -2);
	fake_submit(other);
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	finish(other);
	finish(low);
	pthread_join(thread, NULL);
}

static void *feed_and_submit(void *unused)
{
	(void)unused;
	xs_self.feeds = high;
	xs_self.feeds_id = xs_load_relaxed(&high->id);
	return submit_to(low);
}

static void *feed_low_and_submit(void *unused)
{
	(void)unused;
	xs_self.feeds = low;
	xs_self.feeds_id = xs_load_relaxed(&low->id);
	return submit_to(lowest);
}

/* The queue that it feeds is held itself: it waits until that is open, and no longer. */
TEST(who_feeds_a_held_queue_sleeps)
{
	two_queues("1");
	lowest = fake_queue(3, 1);
	fake_submit(lowest);
	fake_submit(low);
	fake_submit(high);
	CHECK(!is_open(low) && !is_open(lowest));
	pthread_t thread = start(feed_low_and_submit, NULL);
	CHECK(sleeps(lowest));
	CHECK_EQUAL(fake_pending(STREAM_OF(lowest)), 1);
	finish(high);
	pthread_join(thread, NULL);
	CHECK(is_open(low) && !is_open(lowest));
	CHECK_EQUAL(fake_pending(STREAM_OF(lowest)), 2);
}

/* Nothing passes what the application paused itself, not even such a thread. */
TEST(a_pause_stops_everybody)
{
	two_queues("1");
	fake_submit(high);
	xs_queue_pause(low);
	pthread_t thread = start(feed_and_submit, NULL);
	CHECK(sleeps(low));
	CHECK_EQUAL(fake_pending(STREAM_OF(low)), 0);
	xs_queue_resume(low);
	pthread_join(thread, NULL);
}

TEST(captures_are_left_alone)
{
	two_ready();
	uint32_t marks = xs_load_relaxed(&fake_count.marks);
	xs_store_relaxed(&fake_capturing, true);
	xs_store_relaxed(&xs_process_capture_count, 1);
	fake_submit(low);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.marks), marks);
}

/* --- signals ------------------------------------------------------------------------------------- */

static _Atomic unsigned int handled;

static void handler(int number)
{
	(void)number;
	xs_add_full(&handled, 1);
}

static void signals(int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
	setenv("XSCHED_STALL_MS", "5000", 1);
	two_ready();
	pthread_t thread = start(submit_to, low);
	for (unsigned int i = 0; i < 10; i++) {
		CHECK(sleeps(low));
		/* Outside the clock, which stands still meanwhile. Again and again: the thread sanitizer
		 * keeps a signal that comes just before the sleep until the next one ends it. */
		unsigned int before = xs_load_full(&handled);
		do {
			pthread_kill(thread, SIGUSR1);
			usleep(100);
		} while (xs_load_full(&handled) == before);
	}
	CHECK(sleeps(low));
	CHECK_EQUAL(xs_queue_submitted(low), 1);
	finish(high);
	pthread_join(thread, NULL);
	CHECK_EQUAL(xs_queue_submitted(low), 2);
}

TEST(handlers_run_and_the_sleep_goes_on)
{
	signals(0);
}

/* The kernel takes the sleep up again. The thread sanitizer holds signals back until its next look at
 * the thread, which does not come then. */
TEST(the_same_with_restart)
{
#if !defined(__SANITIZE_THREAD__)
	signals(SA_RESTART);
#endif
}

/* --- the watcher --------------------------------------------------------------------------------- */

TEST(silent_queue_is_found_idle)
{
	two_queues("1");
	fake_submit(low);
	for (int i = 0; i < 5; i++) {
		fake_submit(high);
		CHECK(!is_open(low));
		fake_run(STREAM_OF(high), 1); /* and nobody asks */
		EVENTUALLY(is_open(low));
		CHECK(!fake_has(high, XS_GATE_READY));
		fake_sleep_ms(1);
	}
	finish(low);
	fake_sleep_ms(250); /* the watcher falls asleep deeply */
	fake_submit(low);
	fake_submit(high);
	CHECK(!is_open(low));
	fake_run(STREAM_OF(high), 1);
	EVENTUALLY(is_open(low));
}

/* Nobody waits for it: however long its kernel takes, it is stopped when somebody comes. */
TEST(long_commands_of_the_least_are_no_stall)
{
	setenv("XSCHED_STALL_MS", "20", 1);
	two_queues("1");
	fake_submit(low);
	fake_submit(high); /* the watcher is there from now on */
	finish(high);
	fake_sleep_ms(60);
	fake_submit(high);
	CHECK(!is_open(low));
}

TEST(busy_queue_is_asked_ever_more_rarely)
{
	setenv("XSCHED_STALL_MS", "5000", 1);
	two_ready();
	fake_sleep_ms(400);
	CHECK(!is_open(low));
	uint32_t queries = xs_load_relaxed(&fake_count.queries);
	CHECK(queries > 150 && queries < 250); /* at the end one each 2 ms */
}

TEST(stalled_queue_lets_others_go)
{
	setenv("XSCHED_STALL_MS", "50", 1);
	two_queues("1");
	fake_submit(low);
	uint64_t before = xs_now_ns();
	fake_submit(high);
	fake_submit(high);
	CHECK(!is_open(low));
	EVENTUALLY(is_open(low));
	CHECK(xs_now_ns() - before >= 50 * XS_NS_PER_MS);
	CHECK(xs_now_ns() - before <= 52 * XS_NS_PER_MS);
	CHECK(fake_has(high, XS_GATE_READY));
	fake_submit(high); /* that is progress */
	EVENTUALLY(!is_open(low));
	EVENTUALLY(is_open(low));
	finish(high);
	CHECK(is_open(low));
	fake_submit(high);
	CHECK(!is_open(low));
}

/* The scheduler does not know of pauses: a paused queue that has work is one that stalls. */
TEST(paused_queue_does_not_hold_up_others)
{
	setenv("XSCHED_STALL_MS", "50", 1);
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	CHECK(!is_open(low));
	xs_queue_pause(high);
	pthread_t thread = start(submit_to, high);
	EVENTUALLY(is_open(low));
	fake_run(STREAM_OF(high), 1);
	CHECK(sleeps(high));
	xs_queue_resume(high);
	pthread_join(thread, NULL);
	EVENTUALLY(!is_open(low));
	finish(high);
	CHECK(is_open(low));
}

/* A paused queue became idle with a thread asleep, and is held at the time of the resume. */
TEST(resumed_while_held)
{
	two_queues("1");
	lowest = fake_queue(3, 1);

	fake_submit(lowest);
	fake_submit(low);
	xs_queue_pause(low);
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	finish(low);
	CHECK(!fake_has(low, XS_GATE_READY));
	fake_submit(high);
	xs_queue_resume(low);
	if (fake_has(low, XS_GATE_HELD))
		CHECK(fake_has(low, XS_GATE_READY));
	finish(high);
	pthread_join(thread, NULL);
	CHECK(!is_open(lowest));
	finish(low);
}

static _Atomic bool in_query, leave_query;

static int slow_query(const struct xs_stream *stream)
{
	(void)stream;
	xs_store_full(&in_query, true);
	while (!xs_load_full(&leave_query))
		xs_sleep_until_ns(xs_now_ns() + 100 * XS_NS_PER_US);
	xs_store_full(&in_query, false);
	return -EBUSY;
}

static void *end_queue(void *queue)
{
	xs_queue_end(queue);
	xs_add_full(&submitted, 1);
	return NULL;
}

TEST(the_watcher_is_out_of_a_stream_that_ends)
{
	fake_hal.query = slow_query;
	two_queues("1");
	fake_submit(high);
	EVENTUALLY(xs_load_full(&in_query));
	pthread_t thread = start(end_queue, high);
	fake_sleep_ms(20);
	CHECK_EQUAL(xs_load_full(&submitted), 0);
	xs_store_full(&leave_query, true);
	pthread_join(thread, NULL);
	CHECK(!xs_load_full(&in_query));
}

static void *begin_capture(void *unused)
{
	(void)unused;
	xs_watch_ask_nothing();
	xs_add_full(&submitted, 1);
	return NULL;
}

/* A question would spoil the capture that begins after the watcher looked whether there is one. */
TEST(a_capture_begins_after_the_watchers_question)
{
	fake_hal.query = slow_query;
	two_queues("1");
	fake_submit(high);
	EVENTUALLY(xs_load_full(&in_query));
	pthread_t thread = start(begin_capture, NULL);
	fake_sleep_ms(20);
	CHECK_EQUAL(xs_load_full(&submitted), 0);
	xs_store_full(&leave_query, true);
	pthread_join(thread, NULL);
	CHECK(!xs_load_full(&in_query));
}

TEST(the_watcher_asks_nothing_while_a_capture_begins)
{
	two_queues("1");
	fake_submit(high);
	EVENTUALLY(xs_load_full(&fake_count.queries) > 0);
	xs_watch_ask_nothing();
	xs_watch_ask_nothing();
	uint32_t queries = xs_load_full(&fake_count.queries);
	fake_sleep_ms(20);
	xs_watch_ask_again();
	fake_sleep_ms(20);
	CHECK_EQUAL(xs_load_full(&fake_count.queries), queries);
	xs_watch_ask_again();
	EVENTUALLY(xs_load_full(&fake_count.queries) > queries);
}

TEST(a_stuck_watcher_holds_no_capture_up)
{
	fake_hal.query = slow_query;
	two_queues("1");
	fake_submit(high);
	EVENTUALLY(xs_load_full(&in_query));
	begin_capture(NULL);
	CHECK(xs_load_full(&in_query));
	xs_store_full(&leave_query, true);
}

/* The driver keeps the watcher: a destroy comes back, and the queue is not used again meanwhile. */
TEST(a_stuck_watcher_holds_nobody_up)
{
	fake_hal.query = slow_query;
	two_queues("1");
	fake_submit(high);
	EVENTUALLY(xs_load_full(&in_query));
	xs_queue_end(high);
	CHECK(xs_load_full(&in_query));
	struct xs_queue *other = fake_queue(3, 0);
	CHECK(other != high);
	xs_store_full(&leave_query, true);
	EVENTUALLY(!xs_load_full(&in_query));

	/* Then it is. */
	struct xs_queue *again = NULL;
	for (unsigned int number = 4; again != high && number < 4000; number++) {
		again = fake_queue(number, 0);
		if (again != high)
			xs_queue_end(again);
		usleep(100);
	}
	CHECK(again == high);
}

/* The environment belongs to the application, which may be changing it at that moment. */
TEST(connections_are_counted_once)
{
	setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32", 1);
	two_queues("2");
	unsetenv("CUDA_DEVICE_MAX_CONNECTIONS");
	for (unsigned int number = 3; number < 13; number++) {
		struct xs_queue *queue = fake_queue(number, 0);
		fake_submit(queue);
		CHECK(xs_load_relaxed(&queue->pace.armed));
	}
}

/* PRIORITY_NO_EXECUTE in the environment is what it is in the C API (D75, D104). */
static void does_not_run_until_hinted(const char *policy)
{
	setenv("XSCHED_POLICY", policy, 1);
	setenv("XSCHED_AUTO_XQUEUE_PRIORITY", "-256", 1);
	two_queues("1");
	pthread_t thread = start(submit_to, low);
	CHECK(sleeps(low));
	CHECK_EQUAL(XHintPriority(xs_handle_of_xqueue(low), PRIORITY_MIN), kXSchedSuccess);
	pthread_join(thread, NULL);
	CHECK_EQUAL(fake_pending(STREAM_OF(low)), 1);
}

TEST(no_execute_in_the_environment)
{
	does_not_run_until_hinted("HPF");
}

TEST(no_execute_whatever_the_policy)
{
	does_not_run_until_hinted("UP");
}

/* --- lending ------------------------------------------------------------------------------------- */

/* A low queue of level 2 with one command behind a marker, and held. */
static void held_on_the_device(void)
{
	setenv("XSCHED_STALL_MS", "5000", 1);
	two_queues("2");
	fake_submit(low);
	CHECK(xs_load_relaxed(&low->pace.armed));
	fake_submit(high);
	fake_launch(STREAM_OF(low));
	CHECK(!is_open(low));
}

TEST(loan_ends_when_covered)
{
	held_on_the_device();
	pthread_t thread = start(submit_to, low); /* so it stays ready */
	CHECK(sleeps(low));
	CHECK(xs_lend_needed(low, xs_load_relaxed(&high->priority)));
	CHECK(!xs_lend_needed(high, xs_load_relaxed(&low->priority)));
	xs_lend_until_done(low, high);
	/* What was submitted goes on, and nothing follows it. */
	CHECK(fake_has(low, XS_GATE_FLOWS) && !is_open(low));
	CHECK(fake_run(STREAM_OF(low), 10) == 2);
	xs_pace_observe(low, true);
	EVENTUALLY(!(xs_load_full(&low->slot->word) & XS_GATE_LENDERS));
	CHECK(fake_has(low, XS_GATE_READY) && !is_open(low));
	finish(high);
	pthread_join(thread, NULL);
}

TEST(loan_ends_when_the_waiter_is_idle)
{
	held_on_the_device();
	xs_lend_until_done(low, high);
	finish(high);
	EVENTUALLY(!(xs_load_full(&low->slot->word) & XS_GATE_LENDERS));
	CHECK(is_open(low));
}

TEST(loan_ends_when_the_waiter_is_gone)
{
	held_on_the_device();
	xs_lend_until_done(low, high);
	xs_queue_end(high);
	EVENTUALLY(!(xs_load_full(&low->slot->word) & XS_GATE_LENDERS));
}

TEST(loan_ends_with_the_queue)
{
	held_on_the_device();
	uint64_t id = xs_load_relaxed(&low->id);
	xs_lend_until_done(low, high);
	xs_queue_end(low);
	EVENTUALLY(!xs_lend_review());
	fake_run(STREAM_OF(low), UINT32_MAX);
	struct xs_queue *next = fake_queue(3, 0);
	CHECK(next && xs_load_relaxed(&next->id) != id);
	CHECK(!(xs_load_full(&next->slot->word) & XS_GATE_LENDERS));
}

TEST(loans_are_bounded)
{
	setenv("XLOG_LEVEL", "ERRO", 1);
	held_on_the_device();
	for (int i = 0; i < 300; i++)
		xs_lend_until_done(low, high);
	CHECK(fake_has(low, XS_GATE_FLOWS));
	finish(high);
	EVENTUALLY(!(xs_load_full(&low->slot->word) & XS_GATE_LENDERS));
}

static void *lend_often(void *unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++)
		xs_lend_until_done(low, high);
	return NULL;
}

/* The waiter is idle, so each loan is due at once, and the watcher takes it back meanwhile. */
TEST(no_loan_is_left_over)
{
	setenv("XLOG_LEVEL", "ERRO", 1);
	two_queues("2");
	pthread_t threads[2] = { start(lend_often, NULL), start(lend_often, NULL) };
	for (int i = 0; i < 20000; i++)
		xs_lend_review();
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	while (xs_lend_review())
		continue;
	CHECK(!(xs_load_full(&low->slot->word) & XS_GATE_LENDERS));
}

/* --- default-stream domains ---------------------------------------------------------------------- */

TEST(domain_is_stopped_on_the_host)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "2", 1);

	struct xs_stream legacy_name = { .context = FAKE_CONTEXT }, name = fake_stream(1);
	struct xs_stream free_name = fake_stream(2);
	struct xs_queue *blocking = fake_queue_of(&name, 0, true);
	struct xs_queue *free_queue = fake_queue_of(&free_name, 0, false);
	struct xs_queue *top = fake_queue(9, -5);
	xs_store_relaxed(&fake_runs_by_itself, true);
	fake_submit(blocking);
	fake_submit(free_queue);
	CHECK(xs_load_relaxed(&blocking->pace.armed) && xs_load_relaxed(&free_queue->pace.armed));

	/* A more important legacy stream waits for the blocking one, so that is armed no more. */
	struct xs_queue *legacy = fake_queue_of(&legacy_name, -1, true);
	CHECK(!xs_load_relaxed(&blocking->pace.armed) && xs_load_relaxed(&free_queue->pace.armed));
	fake_submit(legacy);
	CHECK(!xs_load_relaxed(&blocking->pace.armed));
	/* The legacy stream outranks nobody that it would wait for: it may be stopped itself. */
	CHECK(xs_load_relaxed(&legacy->pace.armed));
	xs_queue_end(top);
}

/* Where nobody asked for level 2, nothing stands still on the device beside something better: the
 * driver would wait for it, in calls and with locks of the important thread. */
TEST(own_process_is_stopped_on_the_host)
{
	struct xs_stream name = fake_stream(1);
	struct xs_queue *lesser = fake_queue_of(&name, 0, false);

	xs_store_relaxed(&fake_runs_by_itself, true);
	low = fake_queue(2, -1);
	fake_submit(lesser);
	CHECK(fake_has(lesser, XS_GATE_PACED) && !xs_load_relaxed(&lesser->pace.armed));
}

/* --- who decides --------------------------------------------------------------------------------- */

TEST(hints_survive_a_change_of_scheduler)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 1);
	low = fake_queue(1, 0);
	high = fake_queue(2, 0);
	CHECK(XHintPriority(xs_handle_of_xqueue(high), 10) == kXSchedSuccess);
	CHECK_EQUAL(xs_load_relaxed(&high->priority), 10);
	for (int i = 0; i < 3; i++) {
		fake_submit(low);
		fake_submit(high);
		CHECK(!is_open(low));
		CHECK(XHintSetScheduler(kSchedulerAppManaged, kPolicyUnknown) == kXSchedSuccess);
		CHECK(is_open(low) && is_open(high));
		CHECK(!fake_has(low, XS_GATE_PACED));
		finish(high);
		fake_submit(high); /* reports nothing now */
		CHECK(is_open(low));
		CHECK(XHintSetScheduler(kSchedulerLocal, kPolicyHighestPriorityFirst) ==
			kXSchedSuccess);
		CHECK(!is_open(low) && is_open(high));
		CHECK_EQUAL(xs_load_relaxed(&high->priority), 10);
		finish(high);
		CHECK(is_open(low));
		finish(low);
	}
}

TEST(timers_of_a_policy_run)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 1);
	setenv("XSCHED_POLICY", "LAX", 1);
	setenv("XSCHED_STALL_MS", "60000", 1);
	low = fake_queue(1, 0);
	high = fake_queue(2, 0);
	CHECK(XHintLaxity(xs_handle_of_xqueue(high), 10, 20, 20) == kXSchedSuccess);
	CHECK(XHintLaxity(xs_handle_of_xqueue(low), 200300, 0, 50) == kXSchedSuccess);
	fake_submit(high);
	uint64_t before = xs_now_ns();
	pthread_t thread = start(submit_to, low);
	/* After its laxity the other one is more important, although nothing else happens. */
	pthread_join(thread, NULL);
	CHECK_EQUAL(xs_now_ns() - before, 200300 * XS_NS_PER_US);
	CHECK(!is_open(high));
}

/* --- options ------------------------------------------------------------------------------------- */

TEST(option_app)
{
	unsetenv("XSCHED_POLICY");
	setenv("XSCHED_SCHEDULER", "APP", 1);
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	CHECK(is_open(low) && !fake_has(low, XS_GATE_PACED));
}

TEST(option_priority)
{
	setenv("XSCHED_AUTO_XQUEUE_PRIORITY", "100", 1);
	two_queues("1");
	CHECK_EQUAL(xs_load_relaxed(&low->priority), 100);
	CHECK_EQUAL(xs_load_relaxed(&high->priority), 101);
}

TEST(option_level)
{
	two_queues("3"); /* lowered to what there is */
	fake_submit(low);
	CHECK(xs_load_relaxed(&low->pace.armed));
	fake_hal.max_level = 1;
	struct xs_queue *shallow = fake_queue(5, 0);
	fake_submit(shallow);
	CHECK(!xs_load_relaxed(&shallow->pace.armed));
}

TEST(option_policy)
{
	setenv("XSCHED_SCHEDULER", "APP", 1);
	setenv("XSCHED_POLICY", "HPF", 1); /* implies LCL */
	two_queues("1");
	fake_submit(low);
	fake_submit(high);
	CHECK(!is_open(low));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(high_ready_closes_low),
		cmocka_unit_test(a_sleeping_thread_wakes),
		cmocka_unit_test(low_was_there_first),
		cmocka_unit_test(new_in_the_middle),
		cmocka_unit_test(a_sleeper_keeps_its_queue_ready),
		cmocka_unit_test(retired_queues_let_go),
		cmocka_unit_test(who_feeds_the_better_queue_does_not_sleep),
		cmocka_unit_test(who_feeds_a_held_queue_sleeps),
		cmocka_unit_test(a_pause_stops_everybody),
		cmocka_unit_test(captures_are_left_alone),
		cmocka_unit_test(handlers_run_and_the_sleep_goes_on),
		cmocka_unit_test(the_same_with_restart),
		cmocka_unit_test(silent_queue_is_found_idle),
		cmocka_unit_test(long_commands_of_the_least_are_no_stall),
		cmocka_unit_test(busy_queue_is_asked_ever_more_rarely),
		cmocka_unit_test(stalled_queue_lets_others_go),
		cmocka_unit_test(paused_queue_does_not_hold_up_others),
		cmocka_unit_test(resumed_while_held),
		cmocka_unit_test(the_watcher_is_out_of_a_stream_that_ends),
		cmocka_unit_test(a_capture_begins_after_the_watchers_question),
		cmocka_unit_test(the_watcher_asks_nothing_while_a_capture_begins),
		cmocka_unit_test(a_stuck_watcher_holds_no_capture_up),
		cmocka_unit_test(a_stuck_watcher_holds_nobody_up),
		cmocka_unit_test(connections_are_counted_once),
		cmocka_unit_test(no_execute_in_the_environment),
		cmocka_unit_test(no_execute_whatever_the_policy),
		cmocka_unit_test(loan_ends_when_covered),
		cmocka_unit_test(loan_ends_when_the_waiter_is_idle),
		cmocka_unit_test(loan_ends_when_the_waiter_is_gone),
		cmocka_unit_test(loan_ends_with_the_queue),
		cmocka_unit_test(loans_are_bounded),
		cmocka_unit_test(no_loan_is_left_over),
		cmocka_unit_test(domain_is_stopped_on_the_host),
		cmocka_unit_test(own_process_is_stopped_on_the_host),
		cmocka_unit_test(hints_survive_a_change_of_scheduler),
		cmocka_unit_test(timers_of_a_policy_run),
		cmocka_unit_test(option_app),
		cmocka_unit_test(option_priority),
		cmocka_unit_test(option_level),
		cmocka_unit_test(option_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
