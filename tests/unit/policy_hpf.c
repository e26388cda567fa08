/* SPDX-License-Identifier: Apache-2.0 */
/* HPF, and through it what the scheduler does for every policy: decisions, hints, pacing. */
#include "sched_kit.h"

#include <errno.h>

/* Queues 1 and 2, each of the process of its number; 2 is the more important one. */
static void start_two(struct kit *kit)
{
	kit_start(kit, NULL);
	kit_pair(kit, 1, 0);
	kit_pair(kit, 2, 0);
	kit_hint(kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 1);
}

static void higher_stops_lower_on_its_device_only(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, "hpf");
	kit_pair(&kit, 1, 0);
	kit_pair(&kit, 2, 0);
	kit_pair(&kit, 3, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 100);
	assert_string_equal(kit_trace(&kit), "+1 +2 +3");
	kit_ready(&kit, 1);
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "");
	kit_ready(&kit, 2);
	assert_string_equal(kit_trace(&kit), "-1");
	kit_idle(&kit, 2);
	assert_string_equal(kit_trace(&kit), "+1");
	kit_stop(&kit);
}

static void equals_run_together(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	assert_string_equal(xs_sched_policy(kit.s), "HPF");
	for (unsigned int i = 0; i < 4; i++) {
		kit_pair(&kit, i, 0);
		kit_ready(&kit, i);
	}
	assert_string_equal(kit_trace(&kit), "+0 +1 +2 +3");
	kit_hint(&kit, XS_HINT_QUEUE, 0, XS_HINT_PRIORITY, 5);
	assert_string_equal(kit_trace(&kit), "-1 -2 -3");
	kit_hint(&kit, XS_HINT_QUEUE, 2, XS_HINT_PRIORITY, 5);
	assert_string_equal(kit_trace(&kit), "+2");
	assert_int_equal(xs_sched_queue_remove(kit.s, 0, kit.now), 0);
	assert_int_equal(xs_sched_process_remove(kit.s, 2, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+1 +3");
	kit_stop(&kit);
}

/* A lower queue that works in small pieces does not slip one in at each of them. */
static void gate_stays_shut_while_idle(void **state)
{
	struct kit kit;

	(void)state;
	start_two(&kit);
	kit_ready(&kit, 2);
	kit_ready(&kit, 1);
	kit_trace(&kit);
	kit_idle(&kit, 1);
	kit_ready(&kit, 1);
	kit_idle(&kit, 1);
	assert_string_equal(kit_trace(&kit), "");
	kit_pair(&kit, 3, 0);
	assert_string_equal(kit_trace(&kit), "-3");
	kit_idle(&kit, 2);
	assert_string_equal(kit_trace(&kit), "+1 +3");
	kit_stop(&kit);
}

static void no_execute_never_runs(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	kit_pair(&kit, 1, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, XS_PRIORITY_NO_EXECUTE);
	kit_ready(&kit, 1);
	assert_false(kit_runs(&kit, 1));
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, -1000);
	assert_true(kit_runs(&kit, 1));
	kit_hint(&kit, XS_HINT_QUEUE, 1, XS_HINT_PRIORITY, XS_PRIORITY_NO_EXECUTE);
	assert_false(kit_runs(&kit, 1));
	/* The stream offset does not lead out of it. */
	assert_int_equal(xs_sched_process_add(kit.s, 2, NULL, kit.now), 0);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, XS_PRIORITY_NO_EXECUTE);
	assert_int_equal(xs_sched_queue_add(kit.s, 2, 2, 0, 5, kit.now), 0);
	kit_ready(&kit, 2);
	assert_false(kit_runs(&kit, 2));
	kit_stop(&kit);
}

static int priority_of;

static void find_priority(void *ctx, const struct xs_sched_row *row)
{
	if (row->queue == *(uint64_t *)ctx)
		priority_of = row->priority;
}

static int priority(struct kit *kit, uint64_t queue)
{
	xs_sched_snapshot(kit->s, find_priority, &queue);
	return priority_of;
}

static void effective_priority(void **state)
{
	struct xs_hint clear = { .kind = XS_HINT_PRIORITY, .clear = true };
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	kit_process(&kit, 1);
	assert_int_equal(xs_sched_queue_add(kit.s, 1, 1, 0, 5, kit.now), 0);
	assert_int_equal(xs_sched_queue_add(kit.s, 1, 2, 0, -1000, kit.now), 0);
	assert_int_equal(priority(&kit, 1), 5);
	assert_int_equal(priority(&kit, 2), -49);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 100);
	assert_int_equal(priority(&kit, 1), 105);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 255);
	assert_int_equal(priority(&kit, 1), 255);
	kit_hint(&kit, XS_HINT_QUEUE, 1, XS_HINT_PRIORITY, -7);
	assert_int_equal(priority(&kit, 1), -7);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_QUEUE, 1, &clear, kit.now), 0);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &clear, kit.now), 0);
	kit_hint(&kit, XS_HINT_ALL, 0, XS_HINT_PRIORITY, -20);
	assert_int_equal(priority(&kit, 1), -15);
	kit_stop(&kit);
}

static void pacing(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	kit_pair(&kit, 1, 0);
	assert_false(kit.queues[1].is.paced || kit.queues[1].is.tracked);
	kit_pair(&kit, 2, 0);
	assert_false(kit.queues[1].is.paced || kit.queues[1].is.tracked);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 10);
	assert_true(kit.queues[1].is.paced && !kit.queues[1].is.tracked);
	assert_true(!kit.queues[2].is.paced && kit.queues[2].is.tracked);
	kit_pair(&kit, 3, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_PRIORITY, 5);
	assert_true(kit.queues[3].is.paced && kit.queues[3].is.tracked);
	/* Somebody who never runs is in nobody's way. */
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, XS_PRIORITY_NO_EXECUTE);
	assert_true(kit.queues[3].is.paced && !kit.queues[3].is.tracked);
	assert_int_equal(xs_sched_process_remove(kit.s, 2, kit.now), 0);
	assert_false(kit.queues[3].is.paced || kit.queues[3].is.tracked);
	kit_stop(&kit);
}

static void stalled_queue_holds_nobody_back(void **state)
{
	struct kit kit;

	(void)state;
	start_two(&kit);
	kit_ready(&kit, 1);
	kit_ready(&kit, 2);
	kit_trace(&kit);
	assert_int_equal(xs_sched_queue_stalled(kit.s, 2, true, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+1");
	assert_true(kit_runs(&kit, 2));
	assert_int_equal(xs_sched_queue_stalled(kit.s, 2, false, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "-1");
	/* A stall is no way around somebody more important. */
	assert_int_equal(xs_sched_queue_stalled(kit.s, 1, true, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "");
	assert_int_equal(xs_sched_queue_stalled(kit.s, 2, true, kit.now), 0);
	kit_pair(&kit, 3, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_PRIORITY, 2);
	kit_trace(&kit);
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "-1 -2");
	kit_idle(&kit, 3);
	assert_string_equal(kit_trace(&kit), "+1 +2");
	kit_idle(&kit, 2);
	kit_ready(&kit, 2);
	assert_false(kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* The one who said so did not know yet that the queue had been stopped, and will not say it again. */
static void stall_of_a_stopped_queue_counts_after_its_release(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	for (uint64_t i = 1; i <= 3; i++) {
		kit_pair(&kit, i, 0);
		kit_hint(&kit, XS_HINT_PROCESS, i, XS_HINT_PRIORITY, (int64_t)i);
		kit_ready(&kit, i);
	}
	kit_trace(&kit);
	assert_int_equal(xs_sched_queue_stalled(kit.s, 2, true, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "");
	kit_idle(&kit, 3);
	assert_string_equal(kit_trace(&kit), "+1 +2");
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "-1 -2");
	/* It moved after all, and is stopped all the same. */
	assert_int_equal(xs_sched_queue_stalled(kit.s, 2, false, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "");
	kit_idle(&kit, 3);
	assert_string_equal(kit_trace(&kit), "+2");
	kit_stop(&kit);
}

static void lent_priority(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	for (unsigned int i = 1; i <= 3; i++) {
		kit_pair(&kit, i, 0);
		kit_hint(&kit, XS_HINT_PROCESS, i, XS_HINT_PRIORITY, (int)i);
		kit_ready(&kit, i);
	}
	assert_false(kit_runs(&kit, 1) || kit_runs(&kit, 2));
	assert_int_equal(xs_sched_queue_lend(kit.s, 1, 3, kit.now), 0);
	assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 2) && kit_runs(&kit, 3));
	assert_true(kit.queues[1].is.tracked);
	kit_idle(&kit, 3);
	assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 2));
	assert_int_equal(xs_sched_queue_lend(kit.s, 1, XS_LEND_NONE, kit.now), 0);
	assert_true(!kit_runs(&kit, 1) && kit_runs(&kit, 2));
	kit_stop(&kit);
}

static void floor_admits_lower_queues(void **state)
{
	uint64_t ran[3] = { 0 };
	struct kit kit;

	(void)state;
	start_two(&kit);
	kit_ready(&kit, 1);
	kit_ready(&kit, 2);
	kit_pass(&kit, 1000 * MS, ran, 3);
	assert_int_equal(ran[1], 0);
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_param(&kit, "HPF", "floor", 10);
	kit_pass(&kit, 1000 * MS, ran, 3);
	assert_in_range(ran[1], 95 * MS, 105 * MS);
	assert_int_equal(ran[2], 2000 * MS);
	kit_param(&kit, "HPF", "floor", 0);
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	assert_false(kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* All lower ones together have the floor, in turn. */
static void floor_is_shared_by_the_lower_queues(void **state)
{
	uint64_t ran[4] = { 0 };
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	for (uint64_t i = 1; i < 4; i++) {
		kit_pair(&kit, i, 0);
		kit_ready(&kit, i);
	}
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 1);
	kit_param(&kit, "HPF", "floor", 10);
	kit_pass(&kit, 1000 * MS, ran, 4);
	assert_in_range(ran[1], 45 * MS, 55 * MS);
	assert_in_range(ran[3], 45 * MS, 55 * MS);
	kit_stop(&kit);
}

/* Below one that never rests everybody has his turn, newcomers too. */
static void floor_bounds_the_wait(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, NULL);
	for (uint64_t i = 0; i < 6; i++)
		kit_pair(&kit, i, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 1);
	kit_param(&kit, "HPF", "floor", 5);
	for (uint64_t i = 0; i < 5; i++)
		kit_ready(&kit, i);
	kit_pass(&kit, 1000 * MS, NULL, 0);
	kit_ready(&kit, 5);
	kit_pass_bounded(&kit, 6, 20000, 100 * US, 100 * MS);
	kit_stop(&kit);
}

/* Whoever gets more than the floor without it gets no turn on top. */
static void floor_counts_what_was_left_anyway(void **state)
{
	uint64_t beside_ns = 0, alone_ns = 0;
	struct kit kit;

	(void)state;
	start_two(&kit);
	kit_param(&kit, "HPF", "floor", 10);
	kit_ready(&kit, 1);
	for (int i = 0; i < 100; i++) {
		uint64_t ran[3] = { 0 };

		kit_ready(&kit, 2);
		kit_pass(&kit, 5 * MS, ran, 3);
		beside_ns += i < 10 ? 0 : ran[1];
		kit_idle(&kit, 2);
		ran[1] = 0;
		kit_pass(&kit, 5 * MS, ran, 3);
		alone_ns += ran[1];
	}
	assert_int_equal(beside_ns, 0);
	assert_int_equal(alone_ns, 500 * MS);
	kit_stop(&kit);
}

/* Queue 1 below a busy queue 2, with a floor of 10 % in turns of 1.2 ms. */
struct below {
	struct kit kit;
	uint64_t used_ns, longest_open_ns, open_ns, owed_ns;
	unsigned int turns;
};

#define STEP (10 * US) /* less than the shortest turn */

static void start_below(struct below *below)
{
	memset(below, 0, sizeof(*below));
	kit_start(&below->kit, NULL);
	kit_pair(&below->kit, 1, 0);
	kit_pair(&below->kit, 2, 0);
	kit_hint(&below->kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 1);
	kit_param(&below->kit, "HPF", "floor", 10);
	kit_ready(&below->kit, 1);
	kit_ready(&below->kit, 2);
}

/* Whenever its gate opens it submits so much, and while it is open so many times what the device can do in that
 * time. What it used is reported when the gate has closed. */
static void pass_below(struct below *below, uint64_t ns, uint64_t once_ns, unsigned int times)
{
	struct kit *kit = &below->kit;

	below->used_ns = below->longest_open_ns = 0;
	below->turns = 0;
	for (uint64_t end = kit->now + ns; kit->now < end;) {
		bool open = kit_runs(kit, 1);

		if (open && !below->open_ns) {
			below->turns++;
			below->owed_ns += once_ns;
		}
		below->open_ns = open ? below->open_ns + STEP : 0;
		if (below->open_ns > below->longest_open_ns)
			below->longest_open_ns = below->open_ns;
		below->owed_ns += open ? times * STEP : 0;
		kit_pass(kit, STEP, NULL, 0);
		if (below->owed_ns && !kit_runs(kit, 1)) {
			assert_int_equal(xs_sched_usage(kit->s, 1, below->owed_ns), 0);
			below->used_ns += below->owed_ns;
			below->owed_ns = 0;
		}
	}
}

/* Kernels longer than a turn: the next one comes later. */
static void floor_remembers_what_was_owed(void **state)
{
	static struct below below;

	(void)state;
	start_below(&below);
	pass_below(&below, 1000 * MS, 6 * MS, 0);
	pass_below(&below, 4000 * MS, 6 * MS, 0);
	assert_in_range(below.used_ns, 360 * MS, 440 * MS);
	/* But not for ever: what one has owed at most is 200 turns, 2.4 seconds. */
	pass_below(&below, 100 * MS, 100000 * MS, 0);
	pass_below(&below, 3000 * MS, 1 * MS, 0);
	assert_true(below.turns > 0);
	kit_stop(&below.kit);
}

/* What was submitted during a turn goes on after it. */
static void floor_learns_how_long_to_open(void **state)
{
	static struct below below;

	(void)state;
	start_below(&below);
	pass_below(&below, 2000 * MS, 0, 4);
	pass_below(&below, 1000 * MS, 0, 4);
	assert_true(below.longest_open_ns <= 600 * US);
	assert_in_range(below.used_ns, 80 * MS, 120 * MS);
	/* And learns anew. */
	pass_below(&below, 2000 * MS, 0, 1);
	pass_below(&below, 1000 * MS, 0, 1);
	assert_true(below.longest_open_ns >= 1000 * US);
	assert_in_range(below.used_ns, 80 * MS, 120 * MS);
	kit_stop(&below.kit);
}

static void bad_arguments(void **state)
{
	const struct xs_sched_ops ops = { .decide = kit_decide };
	struct xs_hint hint = { .kind = XS_HINT_KDEADLINE, .value = 0 };
	struct xs_sched *s;
	struct kit kit;
	int64_t value;

	(void)state;
	assert_int_equal(xs_sched_create(&s, &ops, NULL, "AMG"), -ENOENT);
	assert_int_equal(xs_sched_create(&s, NULL, NULL, "HPF"), -EINVAL);
	kit_start(&kit, "");
	kit_pair(&kit, 1, 0);
	assert_int_equal(xs_sched_process_add(kit.s, 1, "", kit.now), -EEXIST);
	assert_int_equal(xs_sched_queue_add(kit.s, 1, 1, 0, 0, kit.now), -EEXIST);
	assert_int_equal(xs_sched_queue_add(kit.s, 9, 2, 0, 0, kit.now), -ENOENT);
	assert_int_equal(xs_sched_queue_ready(kit.s, 9, true, kit.now), -ENOENT);
	assert_int_equal(xs_sched_usage(kit.s, 9, 1), -ENOENT);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_ALL, 0, &hint, kit.now), -EINVAL);
	hint.kind = (enum xs_hint_kind)77;
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_QUEUE, 1, &hint, kit.now), -EINVAL);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_QUEUE, 9, &hint, kit.now), -ENOENT);
	assert_int_equal(xs_sched_set_policy(kit.s, "AMG", kit.now), -ENOENT);
	assert_int_equal(xs_sched_param_set(kit.s, "HPF", "floor", 51, kit.now), -ERANGE);
	assert_int_equal(xs_sched_param_set(kit.s, "HPF", "roof", 5, kit.now), -ENOENT);
	assert_int_equal(xs_sched_param_get(kit.s, NULL, "unit", &value), 0);
	assert_int_equal(value, 1);
	kit_stop(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(higher_stops_lower_on_its_device_only),
		cmocka_unit_test(equals_run_together),
		cmocka_unit_test(gate_stays_shut_while_idle),
		cmocka_unit_test(no_execute_never_runs),
		cmocka_unit_test(effective_priority),
		cmocka_unit_test(pacing),
		cmocka_unit_test(stalled_queue_holds_nobody_back),
		cmocka_unit_test(stall_of_a_stopped_queue_counts_after_its_release),
		cmocka_unit_test(lent_priority),
		cmocka_unit_test(floor_admits_lower_queues),
		cmocka_unit_test(floor_is_shared_by_the_lower_queues),
		cmocka_unit_test(floor_bounds_the_wait),
		cmocka_unit_test(floor_counts_what_was_left_anyway),
		cmocka_unit_test(floor_remembers_what_was_owed),
		cmocka_unit_test(floor_learns_how_long_to_open),
		cmocka_unit_test(bad_arguments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
