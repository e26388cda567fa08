/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pacing: markers, the estimate that they give, the budget that it bounds, and what goes wrong.
 *
 * On a clock of its own (scripted/clock.c), so device time is what the test says it is, to the
 * microsecond.
 */
#include "fake_hal.h"

#include <errno.h>
#include <pthread.h>

#include "base/options.h"
#include "preempt/agent.h"
#include "preempt/domain.h"
#include "preempt/share.h"
#include "preempt/turns.h"

/* A queue of level 1 that is paced because something more important is registered. */
static struct xs_queue *paced(void)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "1", 0);
	struct xs_queue *queue = fake_queue(1, 0);
	CHECK(fake_queue(2, -1));
	CHECK(fake_has(queue, XS_GATE_PACED));
	return queue;
}

static uint64_t budget_us(void)
{
	return (uint64_t)xs_options()->budget_us;
}

static uint64_t estimate_us(const struct xs_queue *queue)
{
	return xs_load_relaxed(&queue->pace.command_ns) / XS_NS_PER_US;
}

/* Submits one command that takes so long on the device. */
static void command(struct xs_queue *queue, unsigned int us)
{
	fake_submit(queue);
	xs_sleep_until_ns(xs_now_ns() + us * XS_NS_PER_US);
	fake_run(STREAM_OF(queue), 1);
	xs_pace_observe(queue, false);
}

TEST(estimate_converges)
{
	/* This thread is the device too, so it must not wait; and each command carries a marker. */
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "100000", 1);
	setenv("XSCHED_AUTO_XQUEUE_BATCH_SIZE", "1", 1);

	struct xs_queue *queue = paced();

	/* Back to back, so each marker but the last is seen while others are in flight. */
	fake_submit(queue);
	fake_submit(queue);
	for (int i = 0; i < 40; i++) {
		xs_sleep_until_ns(xs_now_ns() + 1000 * XS_NS_PER_US);
		fake_run(STREAM_OF(queue), 1);
		fake_submit(queue);
	}
	CHECK_EQUAL(estimate_us(queue), 1000);
	for (int i = 0; i < 40; i++) {
		xs_sleep_until_ns(xs_now_ns() + 100 * XS_NS_PER_US);
		fake_run(STREAM_OF(queue), 1);
		fake_submit(queue);
	}
	CHECK_EQUAL(estimate_us(queue), 100);
	/* All but the first command, before which nothing was known. */
	CHECK_EQUAL(xs_load_relaxed(&queue->slot->device_ns), 43 * XS_NS_PER_MS);
}

/* One at a time, the stream runs dry in between: what was not seen when it happened is no long command. */
TEST(a_late_look_is_no_long_command)
{
	setenv("XSCHED_AUTO_XQUEUE_BATCH_SIZE", "1", 1);
	struct xs_queue *queue = paced();

	for (int i = 0; i < 10; i++)
		command(queue, 100);
	CHECK_EQUAL(estimate_us(queue), 100);
	fake_submit(queue);
	fake_run(STREAM_OF(queue), 1);
	fake_sleep_ms(30);
	xs_pace_observe(queue, false);
	CHECK(estimate_us(queue) <= 100);
}

static struct xs_queue *busy;
static _Atomic unsigned int submitted;

static void *submit_many(void *count)
{
	for (uintptr_t i = 0; i < (uintptr_t)count; i++) {
		fake_submit(busy);
		xs_add_full(&submitted, 1);
	}
	return NULL;
}

/*
 * The most commands that may be in flight: what fits into the budget, and one that reaches beyond it.
 * Of what runs, as much as a command or the first mark's quarter may have been done already. Of several
 * threads each may find that there is room before the others have used it.
 */
static unsigned int allowed(uint64_t command_us, int threads)
{
	uint64_t quarter = budget_us() / 4;
	uint64_t ran = command_us > quarter ? command_us : quarter;

	return (unsigned int)((budget_us() + ran - 1) / command_us) + (unsigned int)threads;
}

/*
 * The device runs a command after the other. Once the estimate is known, no more is in flight than
 * the least estimate up to then allows. Of several threads the first estimate may be wrong by half: a
 * command of another one may stand before a mark that does not count it yet. Returns the most that was.
 */
static unsigned int most_in_flight(unsigned int us, uintptr_t count, int threads)
{
	pthread_t thread[8];
	unsigned int most = 0;
	uint64_t least_us = UINT64_MAX;

	xs_store_full(&submitted, 0);
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, submit_many, (void *)count);
	for (unsigned int i = 0; i < count * (unsigned int)threads; i++) {
		EVENTUALLY(fake_pending(STREAM_OF(busy)));
		xs_sleep_until_ns(xs_now_ns() + us * XS_NS_PER_US);
		uint64_t estimate = estimate_us(busy);
		if (estimate && estimate < least_us)
			least_us = estimate;
		if (i > 10) {
			unsigned int pending = fake_pending(STREAM_OF(busy));

			CHECK(estimate > us / 2 && estimate < us * 2);
			CHECK(least_us >= us / 2);
			CHECK(pending <= allowed(least_us, threads));
			most = pending > most ? pending : most;
		}
		CHECK_EQUAL(fake_run(STREAM_OF(busy), 1), 1);
	}
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return most;
}

/* Commands longer than the budget: the next one is there when the first ends, and no more than that. */
TEST(long_commands_follow_each_other)
{
	busy = paced();
	unsigned int most = most_in_flight(3000, 40, 1);
	CHECK_EQUAL(most, 2);
}

TEST(budget_is_respected)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "10000", 1);
	busy = paced();
	unsigned int most = most_in_flight(1000, 100, 1);
	CHECK(most >= 10);
}

TEST(budget_is_respected_by_several_threads)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "10000", 1);
	busy = paced();
	unsigned int most = most_in_flight(1000, 30, 4);
	CHECK(most >= 10);
	CHECK_EQUAL(xs_queue_submitted(busy), 120);
}

TEST(threshold_bounds_the_commands)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "1000000", 1);
	setenv("XSCHED_AUTO_XQUEUE_THRESHOLD", "4", 1);
	setenv("XSCHED_AUTO_XQUEUE_BATCH_SIZE", "2", 1);
	busy = paced();
	CHECK_EQUAL(xs_load_relaxed(&busy->threshold), 4);
	unsigned int most = most_in_flight(300, 100, 1);
	CHECK_EQUAL(most, 4);
}

/* Where marks are rare, the last command before a wait has one all the same. */
TEST(who_waits_marks_the_tail)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "1000000", 1);
	setenv("XSCHED_AUTO_XQUEUE_THRESHOLD", "4", 1);
	busy = paced();
	uint64_t before = xs_now_ns();
	CHECK_EQUAL(most_in_flight(300, 100, 1), 4);
	/* 30 ms of work. Otherwise the stream runs dry until the watcher asks. */
	CHECK(xs_now_ns() - before < 36 * XS_NS_PER_MS);
}

TEST(markers_are_spaced)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "100000", 1);
	struct xs_queue *queue = paced();

	for (int i = 0; i < 20; i++)
		command(queue, 100);
	CHECK_EQUAL(estimate_us(queue), 100);
	/* A quarter of the budget is 25 ms: 250 of these. */
	uint32_t before = xs_load_relaxed(&fake_count.marks);
	for (int i = 0; i < 1000; i++)
		command(queue, 100);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.marks) - before, 4);

	xs_store_relaxed(&queue->batch, 10);
	before = xs_load_relaxed(&fake_count.marks);
	for (int i = 0; i < 100; i++)
		command(queue, 100);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.marks) - before, 10);
}

TEST(markers_wrap_around)
{
	setenv("XSCHED_AUTO_XQUEUE_BATCH_SIZE", "1", 1);
	struct xs_queue *queue = paced();

	queue->pace.issued = UINT32_MAX - 10;
	xs_store_relaxed(&queue->slot->progress, UINT32_MAX - 10);
	for (int i = 0; i < 20; i++) {
		fake_submit(queue);
		command(queue, 200);
		CHECK_EQUAL(fake_run(STREAM_OF(queue), 1), 1);
		xs_pace_observe(queue, false);
		CHECK_EQUAL(xs_load_relaxed(&queue->pace.count), 0);
		CHECK_EQUAL(xs_load_relaxed(&queue->slot->covered), 2 * (unsigned int)i + 2);
	}
	CHECK(queue->pace.issued < 40);
	CHECK(estimate_us(queue) > 80 && estimate_us(queue) < 120); /* 200 us for two of them */
}

TEST(no_markers_when_nobody_is_more_important)
{
	struct xs_queue *queue = fake_queue(1, 0);

	for (int i = 0; i < 1000; i++)
		fake_submit(queue);
	CHECK(fake_queue(2, 0));
	for (int i = 0; i < 1000; i++)
		fake_submit(queue);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.marks), 0);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.shares), 0);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.queries), 0);
}

/* --- a thread that comes back from its budget ---------------------------------------------------- */

static void *submit_one(void *queue)
{
	fake_submit(queue);
	xs_add_full(&submitted, 1);
	return NULL;
}

TEST(ready_again_after_running_dry_in_the_wait)
{
	pthread_t thread;
	struct xs_queue *queue = paced();

	xs_store_relaxed(&queue->pace.command_ns, 50 * XS_NS_PER_MS);
	fake_submit(queue);
	fake_submit(queue);
	pthread_create(&thread, NULL, submit_one, queue);
	fake_sleep_ms(5);
	CHECK_EQUAL(xs_load_full(&submitted), 0); /* no room in the budget */
	CHECK_EQUAL(fake_run(STREAM_OF(queue), 2), 2);
	pthread_join(thread, NULL);
	CHECK_EQUAL(fake_pending(STREAM_OF(queue)), 1);
	CHECK(fake_has(queue, XS_GATE_READY)); /* idle with a command in flight otherwise */
}

/* --- several threads at one queue ---------------------------------------------------------------- */

enum kind { SHORT, LONG };

/* What the device was given, in that order. */
static struct {
	pthread_mutex_t lock; /* the stream has the commands in the order in which they are noted */
	enum kind kinds[4096];
	unsigned int count;
	unsigned int us[2]; /* what the device takes for one of each kind */
	_Atomic unsigned int of_kind[2];
	_Atomic bool over;
	pthread_t device, other;
} line = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void submit_kind(enum kind kind)
{
	xs_queue_enter(busy);
	pthread_mutex_lock(&line.lock);
	CHECK(line.count < sizeof(line.kinds) / sizeof(*line.kinds));
	line.kinds[line.count++] = kind;
	fake_launch(STREAM_OF(busy));
	pthread_mutex_unlock(&line.lock);
	xs_queue_leave(busy);
	xs_add_full(&line.of_kind[kind], 1);
}

static void *submit_long_ones(void *unused)
{
	(void)unused;
	while (!xs_load_full(&line.over))
		submit_kind(LONG);
	return NULL;
}

static void *run_line(void *unused)
{
	(void)unused;
	for (unsigned int done = 0; !xs_load_full(&line.over) || fake_pending(STREAM_OF(busy));) {
		uint64_t us = 10;
		bool idle = !fake_pending(STREAM_OF(busy));

		if (!idle) {
			pthread_mutex_lock(&line.lock);
			us = line.us[line.kinds[done]];
			pthread_mutex_unlock(&line.lock);
		}
		xs_sleep_until_ns(xs_now_ns() + us * XS_NS_PER_US);
		if (!idle)
			done += fake_run(STREAM_OF(busy), 1);
	}
	return NULL;
}

/* Another thread submits long commands until the line ends. One thread begins after the other, so the
 * clock makes the same of it each time. */
static void begin_line(unsigned int short_us, unsigned int long_us)
{
	line.us[SHORT] = short_us;
	line.us[LONG] = long_us;
	pthread_create(&line.device, NULL, run_line, NULL);
	fake_sleep_ms(1);
	pthread_create(&line.other, NULL, submit_long_ones, NULL);
	EVENTUALLY(xs_load_full(&line.of_kind[LONG]) > 10);
}

/* Submits so many of a kind. Returns how many long ones of the other thread came meanwhile. */
static unsigned int others_beside(enum kind kind, unsigned int count)
{
	unsigned int before = xs_load_full(&line.of_kind[LONG]);

	for (unsigned int i = 0; i < count; i++)
		submit_kind(kind);
	unsigned int passed = xs_load_full(&line.of_kind[LONG]) - before;
	return kind == LONG ? passed - count : passed;
}

static void end_line(void)
{
	xs_store_full(&line.over, true);
	pthread_join(line.other, NULL);
	pthread_join(line.device, NULL);
}

/* Room goes by device time: short commands do not each wait for a long one of another thread. Both
 * threads have about as much of the device. */
TEST(short_commands_do_not_wait_in_turn_with_long_ones)
{
	setenv("XSCHED_AUTO_XQUEUE_BUDGET", "4000", 1);
	busy = paced();
	begin_line(100, 4000);
	unsigned int passed = others_beside(SHORT, 400);
	end_line();
	CHECK(passed >= 10 && passed <= 20); /* ten take as long as all the short ones */
}

/* And nobody starves who submits as much as others. */
TEST(long_commands_of_two_threads_take_turns)
{
	busy = paced();
	begin_line(0, 2000);
	unsigned int theirs = others_beside(LONG, 60);
	end_line();
	CHECK(theirs > 50 && theirs < 70);
}

/* A thread is narrowed by one that submits beside it, not by one that did so a while ago. */
TEST(only_threads_of_the_moment_share)
{
	pthread_t other;

	xs_store_relaxed(&fake_runs_by_itself, true);
	busy = paced();
	fake_submit(busy); /* with it pacing begins */
	fake_submit(busy);
	pthread_create(&other, NULL, submit_one, busy);
	pthread_join(other, NULL);
	fake_submit(busy);

	struct xs_turns *turns = xs_turns_of(busy);
	CHECK(turns);
	struct xs_feeder *mine = xs_turns_feeder(turns, 1);
	xs_add_relaxed(&mine->used_ns, XS_NS_PER_S); /* more than the other one had */
	fake_sleep_ms(3);
	CHECK_EQUAL(xs_turns_share(turns, mine, XS_NS_PER_MS), XS_NS_PER_MS);
	uint64_t long_ago = 1000 * XS_NS_PER_S;
	CHECK_EQUAL(xs_turns_share(turns, mine, long_ago), long_ago / 4);
}

/* --- what the device refuses --------------------------------------------------------------------- */

/* A thousand commands pass without ever being done, and no more than so many wait for the stall time. */
static void runs_freely(struct xs_queue *queue, unsigned int waits)
{
	uint64_t before = xs_now_ns();

	for (int i = 0; i < 1000; i++)
		fake_submit(queue);
	CHECK_EQUAL(xs_now_ns() - before, waits * (uint64_t)xs_options()->stall_ms * XS_NS_PER_MS);
	CHECK_EQUAL(fake_pending(STREAM_OF(queue)), 1000);
}

static void marks_fail(void)
{
	xs_store_relaxed(&fake_mark_error, -EIO);
	runs_freely(paced(), 0);
	runs_freely(fake_queue(3, 0), 0);
}

static void marks_fail_later(void)
{
	xs_store_relaxed(&fake_fail_mark_after, 3);
	runs_freely(paced(),
		2); /* the third and the fourth command, before whose mark nothing is known */
}

static void share_fails(void)
{
	xs_store_relaxed(&fake_share_error, -EIO);
	runs_freely(paced(), 0);
	runs_freely(fake_queue(3, 0), 0);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.shares), 1);
}

/* With the context that it was registered in. */
TEST(the_page_is_shared_anew)
{
	struct xs_queue *queue = paced();

	fake_submit(queue);
	fake_submit(queue);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.shares), 1);
	xs_share_ended(xs_load_relaxed(&queue->key.context));
	fake_submit(queue);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.shares), 2);
	CHECK(!xs_load_relaxed(&queue->pace.broken));
}

static void warns_once(void (*body)(void))
{
	int warnings;

	assert_int_equal(fake_run_child(body, &warnings), 0);
	assert_int_equal(warnings, 1);
}

static void refusals_fail_open(void **state)
{
	(void)state;
	warns_once(marks_fail);
	warns_once(marks_fail_later);
	warns_once(share_fails);
}

/* --- level 2 ------------------------------------------------------------------------------------- */

TEST(level_1_is_never_armed)
{
	struct xs_queue *queue = paced();

	fake_submit(queue);
	CHECK(xs_load_relaxed(&fake_count.marks) == 1);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.waiting_marks), 0);
	CHECK(!xs_load_relaxed(&queue->pace.armed));
}

TEST(level_2_waits_at_the_gate)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "2", 1);

	struct xs_queue *low = fake_queue(1, 0), *high = fake_queue(2, -1);
	fake_submit(low);
	CHECK(xs_load_relaxed(&low->pace.armed));
	CHECK_EQUAL(xs_load_relaxed(&fake_count.waiting_marks), 1);
	fake_run(STREAM_OF(low), 1);
	fake_submit(low);
	fake_submit(low);
	fake_submit(high);
	CHECK(!fake_has(low, XS_GATE_OPEN));
	/* What comes behind a marker does not start. */
	CHECK_EQUAL(fake_run(STREAM_OF(low), 10), 1);
	CHECK_EQUAL(fake_run(STREAM_OF(low), 10), 0);
	CHECK_EQUAL(fake_pending(STREAM_OF(low)), 1);

	fake_run(STREAM_OF(high), 1);
	CHECK(xs_queue_synchronize(high) == 0);
	EVENTUALLY(fake_has(low, XS_GATE_OPEN));
	CHECK_EQUAL(fake_run(STREAM_OF(low), 10), 1);
}

TEST(places_are_given_back)
{
	setenv("XSCHED_AUTO_XQUEUE_LEVEL", "2", 1);

	struct xs_queue *low[4], *high = fake_queue(10, -1);
	xs_store_relaxed(&fake_runs_by_itself, true);
	for (int round = 0; round < 10; round++) {
		for (unsigned int i = 0; i < 4; i++) {
			low[i] = fake_queue(i, 0);
			fake_submit(low[i]);
			CHECK(xs_load_relaxed(&low[i]->pace.armed));
		}
		struct xs_queue *fifth = fake_queue(5, 0);
		fake_submit(fifth);
		CHECK(!xs_load_relaxed(&fifth->pace.armed));
		if (round & 1) {
			xs_queue_end(high);
			for (int i = 0; i < 4; i++) {
				xs_queue_unschedule(low[i]);
				CHECK(!xs_load_relaxed(&low[i]->pace.armed));
			}
			high = fake_queue(10, -1);
		}
		for (int i = 0; i < 4; i++)
			xs_queue_end(low[i]);
		xs_queue_end(fifth);
	}
}

/* Arming meets the end of pacing: whoever comes last leaves it disarmed. */
TEST(not_armed_when_pacing_has_ended)
{
	struct xs_queue *queue = fake_queue(1, 0);
	for (int i = 0; i < 10; i++) {
		xs_domain_arm(queue);
		CHECK(!xs_load_relaxed(&queue->pace.armed));
	}
	xs_store_relaxed(&queue->level, 2);
	CHECK(fake_queue(2, -1));
	fake_submit(queue);
	CHECK(xs_load_relaxed(&queue->pace.armed));
}

TEST(pacing_begins_anew)
{
	struct xs_queue *queue = fake_queue(1, 0), *high = fake_queue(2, -1);
	for (int i = 0; i < 7; i++)
		command(queue, 50); /* the last two have no marker behind them */
	uint32_t marks = xs_load_relaxed(&fake_count.marks);
	CHECK(marks);
	xs_queue_end(high);
	CHECK(!fake_has(queue, XS_GATE_PACED));
	for (int i = 0; i < 1000; i++)
		fake_submit(queue);
	CHECK_EQUAL(xs_load_relaxed(&fake_count.marks), marks);
	CHECK_EQUAL(estimate_us(queue), 50);
	fake_sleep_ms(50);
	fake_run(STREAM_OF(queue), 1000);

	/* What happened without markers is not taken for the time of one command. */
	CHECK(fake_queue(3, -1));
	fake_submit(queue);
	xs_sleep_until_ns(xs_now_ns() + 50 * XS_NS_PER_US);
	fake_run(STREAM_OF(queue), 1);
	xs_pace_observe(queue, true);
	CHECK_EQUAL(estimate_us(queue), 50);
	for (int i = 0; i < 3; i++)
		command(queue, 50);
	CHECK(xs_load_relaxed(&fake_count.marks) > marks);
	CHECK_EQUAL(estimate_us(queue), 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimate_converges),
		cmocka_unit_test(a_late_look_is_no_long_command),
		cmocka_unit_test(long_commands_follow_each_other),
		cmocka_unit_test(budget_is_respected),
		cmocka_unit_test(budget_is_respected_by_several_threads),
		cmocka_unit_test(threshold_bounds_the_commands),
		cmocka_unit_test(who_waits_marks_the_tail),
		cmocka_unit_test(markers_are_spaced),
		cmocka_unit_test(markers_wrap_around),
		cmocka_unit_test(no_markers_when_nobody_is_more_important),
		cmocka_unit_test(ready_again_after_running_dry_in_the_wait),
		cmocka_unit_test(short_commands_do_not_wait_in_turn_with_long_ones),
		cmocka_unit_test(long_commands_of_two_threads_take_turns),
		cmocka_unit_test(only_threads_of_the_moment_share),
		cmocka_unit_test(refusals_fail_open),
		cmocka_unit_test(level_1_is_never_armed),
		cmocka_unit_test(level_2_waits_at_the_gate),
		cmocka_unit_test(places_are_given_back),
		cmocka_unit_test(not_armed_when_pacing_has_ended),
		cmocka_unit_test(pacing_begins_anew),
		cmocka_unit_test(the_page_is_shared_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
