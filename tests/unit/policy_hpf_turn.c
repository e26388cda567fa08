/* SPDX-License-Identifier: Apache-2.0 */
/* HPF with the parameter "turn": equals that may have to yield run one process at a time. */
#include "sched_kit.h"

/* Queue 0 is idle and more important than the others, up to so many, which are ready. */
static void start_equals(struct kit *kit, uint64_t count, int64_t turn_us)
{
	kit_start(kit, NULL);
	kit_param(kit, "HPF", "turn", turn_us);
	for (uint64_t i = 0; i <= count; i++)
		kit_pair(kit, i, 0);
	kit_hint(kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 1);
	for (uint64_t i = 1; i <= count; i++)
		kit_ready(kit, i);
}

/* Lets one turn pass, and says what changed at its end. */
static const char *after_turn(struct kit *kit, uint64_t turn_ns)
{
	kit_trace(kit);
	kit_pass(kit, turn_ns - US, NULL, 0);
	assert_string_equal(kit_trace(kit), "");
	kit_pass(kit, US, NULL, 0);
	return kit_trace(kit);
}

static void equals_take_turns(void **state)
{
	uint64_t ran[4] = { 0 };
	struct kit kit;

	(void)state;
	start_equals(&kit, 3, 5000);
	assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 2) && !kit_runs(&kit, 3));
	assert_string_equal(after_turn(&kit, 5 * MS), "-1 +2");
	assert_string_equal(after_turn(&kit, 5 * MS), "-2 +3");
	assert_string_equal(after_turn(&kit, 5 * MS), "-3 +1");
	kit_pass(&kit, 300 * MS, ran, 4);
	for (int i = 1; i < 4; i++)
		assert_int_equal(ran[i], 100 * MS);
	/* Only who has the turn is stopped for somebody more important, and only he goes on. */
	kit_trace(&kit);
	kit_ready(&kit, 0);
	assert_string_equal(kit_trace(&kit), "-1");
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_idle(&kit, 0);
	assert_string_equal(kit_trace(&kit), "+1");
	kit_stop(&kit);
}

/* Who is idle loses his turn, comes back behind a closed gate, and is then the next. */
static void turn_of_an_idle_one_passes_on(void **state)
{
	struct kit kit;

	(void)state;
	start_equals(&kit, 3, 5000);
	kit_pass(&kit, 1 * MS, NULL, 0);
	kit_trace(&kit);
	kit_idle(&kit, 1);
	assert_string_equal(kit_trace(&kit), "+2 -1");
	assert_string_equal(after_turn(&kit, 5 * MS), "-2 +3");
	kit_ready(&kit, 1);
	assert_string_equal(kit_trace(&kit), "");
	assert_string_equal(after_turn(&kit, 5 * MS), "-3 +1");
	kit_idle(&kit, 2);
	kit_idle(&kit, 3);
	/* Alone it has no turns and no timer, and its own is over when somebody comes. */
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_pass(&kit, 50 * MS, NULL, 0);
	kit_trace(&kit);
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "-1 +3");
	kit_idle(&kit, 3);
	kit_idle(&kit, 1);
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 2) && kit_runs(&kit, 3));
	kit_stop(&kit);
}

/* Those whom nobody can preempt run together, and so do all when the only one who could has gone. */
static void highest_take_no_turns(void **state)
{
	struct kit kit;

	(void)state;
	start_equals(&kit, 3, 5000);
	kit_pair(&kit, 4, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 4, XS_HINT_PRIORITY, 1);
	kit_ready(&kit, 4);
	kit_ready(&kit, 0);
	assert_true(kit_runs(&kit, 0) && kit_runs(&kit, 4) && !kit_runs(&kit, 1));
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_idle(&kit, 4);
	assert_true(kit_runs(&kit, 4));
	assert_int_equal(xs_sched_process_remove(kit.s, 4, kit.now), 0);
	kit_idle(&kit, 0);
	assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 2));
	assert_int_equal(xs_sched_process_remove(kit.s, 0, kit.now), 0);
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 2) && kit_runs(&kit, 3));
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	/* From the moment on at which somebody could preempt them, they take turns. */
	kit_pair(&kit, 5, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 5, XS_HINT_PRIORITY, 1);
	assert_int_equal(kit_runs(&kit, 1) + kit_runs(&kit, 2) + kit_runs(&kit, 3), 1);
	kit_stop(&kit);
}

static void without_a_turn_equals_run_together(void **state)
{
	struct kit kit;

	(void)state;
	start_equals(&kit, 3, 0);
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 2) && kit_runs(&kit, 3));
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_param(&kit, "HPF", "turn", 5000);
	assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 2) && !kit_runs(&kit, 3));
	kit_param(&kit, "HPF", "turn", 0);
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 2) && kit_runs(&kit, 3));
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	kit_stop(&kit);
}

/* The streams of a process have one turn together, so that more of them buy nothing. */
static void turns_are_those_of_processes(void **state)
{
	uint64_t ran[5] = { 0 };
	struct kit kit;

	(void)state;
	start_equals(&kit, 2, 5000);
	kit_queue(&kit, 1, 3, 0);
	kit_queue(&kit, 1, 4, 0);
	kit_ready(&kit, 3);
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 3) && kit_runs(&kit, 4));
	kit_ready(&kit, 4);
	kit_pass(&kit, 1000 * MS, ran, 5);
	assert_in_range(ran[2], 495 * MS, 505 * MS);
	for (int i = 1; i < 5; i++)
		assert_int_equal(ran[i], i == 2 ? ran[2] : 1000 * MS - ran[2]);
	kit_stop(&kit);
}

/* It is in nobody's way, has no turn and is left open, as under policies that deal out time. */
static void stalled_one_has_no_turn(void **state)
{
	struct kit kit;

	(void)state;
	start_equals(&kit, 2, 5000);
	kit_trace(&kit);
	assert_int_equal(xs_sched_queue_stalled(kit.s, 1, true, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+2");
	assert_true(kit_runs(&kit, 1));
	kit_ready(&kit, 0);
	assert_false(kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* However they come and go, who wants to run has waited for one turn of each of the others at most. */
static void turns_bound_the_wait(void **state)
{
	uint64_t seed = 7, since[7] = { 0 };
	bool ready[7] = { false, true, true, true, true, true, true };
	struct kit kit;

	(void)state;
	start_equals(&kit, 6, 2000);
	for (int i = 1; i < 7; i++)
		since[i] = kit.now;
	for (int step = 0; step < 20000; step++) {
		uint64_t i = 1 + kit_random(&seed) % 6;

		if (kit_random(&seed) % 40 == 0) {
			assert_int_equal(
				xs_sched_queue_ready(kit.s, i, ready[i] = !ready[i], kit.now), 0);
			since[i] = kit.now;
		}
		kit_pass(&kit, 100 * US, NULL, 0);
		for (i = 1; i < 7; i++) {
			since[i] = kit_runs(&kit, i) || !ready[i] ? kit.now : since[i];
			assert_true(kit.now - since[i] <= 5 * 2 * MS + 100 * US);
		}
	}
	kit_stop(&kit);
}

/* Two that take turns beside a busy one in between: the lowest keeps its floor, and the two are even. */
static void turns_beside_a_floor(void **state)
{
	uint64_t ran[4] = { 0 };
	struct kit kit;

	(void)state;
	start_equals(&kit, 3, 5000);
	kit_param(&kit, "HPF", "floor", 10);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_PRIORITY, -1);
	kit_pass(&kit, 1200 * MS, ran, 4);
	assert_in_range(ran[1], 595 * MS, 605 * MS);
	assert_int_equal(ran[1] + ran[2], 1200 * MS);
	assert_in_range(ran[3], 110 * MS, 130 * MS);
	/* The end of a turn is one of a turn, whatever the floor waits for. */
	kit_param(&kit, "HPF", "turn", 1000);
	kit_pass(&kit, 5 * MS, NULL, 0);
	kit_pass_bounded(&kit, 3, 1000, 100 * US, 1 * MS);
	kit_ready(&kit, 0);
	ran[1] = ran[2] = ran[3] = 0;
	kit_pass(&kit, 1200 * MS, ran, 4);
	for (int i = 1; i < 4; i++)
		assert_in_range(ran[i], 35 * MS, 45 * MS);
	kit_stop(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_take_turns),
		cmocka_unit_test(turn_of_an_idle_one_passes_on),
		cmocka_unit_test(highest_take_no_turns),
		cmocka_unit_test(without_a_turn_equals_run_together),
		cmocka_unit_test(turns_are_those_of_processes),
		cmocka_unit_test(stalled_one_has_no_turn),
		cmocka_unit_test(turns_bound_the_wait),
		cmocka_unit_test(turns_beside_a_floor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
