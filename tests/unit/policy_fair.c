/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that share out time: how much everybody gets, and how long he waits for it. */
#include "sched_kit.h"

#define SECOND (1000 * MS)

static uint64_t ran[8];

/* Within so many permille of the whole second. */
static void assert_part(unsigned int queue, uint64_t percent, uint64_t permille)
{
	uint64_t expected = percent * 10 * MS;

	if (ran[queue] + permille * MS < expected || ran[queue] > expected + permille * MS)
		fail_msg("queue %u ran %u us of a second, not %u %%", queue,
			(unsigned int)(ran[queue] / US), (unsigned int)percent);
}

static void pass(struct kit *kit, uint64_t ns)
{
	memset(ran, 0, sizeof(ran));
	kit_pass(kit, ns, ran, 8);
}

static void start(struct kit *kit, const char *policy, unsigned int queues)
{
	kit_start(kit, policy);
	for (unsigned int i = 0; i < queues; i++) {
		kit_pair(kit, i, 0);
		kit_ready(kit, i);
	}
}

static const char *const sharing[] = { "UP", "PUP", "CFS", "MLFQ", "SHARE" };

#define for_each_sharing(policy)                                                                   \
	for (const char *const *policy = sharing; policy < sharing + 5; policy++)

static void equal_parts(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		struct kit kit;

		start(&kit, *policy, 4);
		pass(&kit, SECOND);
		/* On the lowest level of MLFQ a turn is 80 ms. */
		for (unsigned int i = 0; i < 4; i++)
			assert_part(i, 25, strcmp(*policy, "MLFQ") ? 20 : 80);
		kit_stop(&kit);
	}
}

/* D86: a newcomer must not get all the time that the others had before it came. */
static void newcomer_gets_its_part(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		struct kit kit;

		start(&kit, *policy, 1);
		pass(&kit, 300 * MS);
		assert_int_equal(ran[0], 300 * MS);
		kit_pair(&kit, 1, 0);
		kit_ready(&kit, 1);
		pass(&kit, SECOND);
		assert_part(0, 50, 60);
		assert_part(1, 50, 60);
		kit_stop(&kit);
	}
}

/* D87: the same for one that slept, also while nobody else was awake. */
static void sleeper_gets_its_part(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		struct kit kit;

		start(&kit, *policy, 2);
		pass(&kit, 100 * MS);
		kit_idle(&kit, 1);
		pass(&kit, SECOND);
		assert_int_equal(ran[0], SECOND);
		kit_idle(&kit, 0);
		kit.now += 300 * MS;
		kit_ready(&kit, 1);
		kit_ready(&kit, 0);
		pass(&kit, SECOND);
		assert_part(0, 50, 60);
		assert_part(1, 50, 60);
		kit_stop(&kit);
	}
}

static void devices_are_independent(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		struct kit kit;

		start(&kit, *policy, 2);
		kit_queue(&kit, 0, 2, 1);
		kit_pair(&kit, 3, 2);
		kit_ready(&kit, 2);
		kit_ready(&kit, 3);
		pass(&kit, SECOND);
		assert_int_equal(ran[2], SECOND);
		assert_int_equal(ran[3], SECOND);
		assert_part(0, 50, 40);
		kit_stop(&kit);
	}
}

/* Several streams buy nothing, and never wait for each other. */
static void processes_run_as_a_whole(void **state)
{
	static const char *const policies[] = { "PUP", "CFS", "MLFQ", "SHARE" };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct kit kit;

		start(&kit, policies[i], 2);
		kit_queue(&kit, 0, 2, 0);
		kit_queue(&kit, 0, 3, 0);
		kit_ready(&kit, 2);
		kit_ready(&kit, 3);
		for (unsigned int step = 0; step < 200; step++) {
			kit_pass(&kit, 500 * US, NULL, 0);
			assert_int_equal(kit_runs(&kit, 0), kit_runs(&kit, 2));
			assert_int_equal(kit_runs(&kit, 0), kit_runs(&kit, 3));
			assert_int_not_equal(kit_runs(&kit, 0), kit_runs(&kit, 1));
		}
		pass(&kit, SECOND);
		assert_part(0, 50, 60);
		kit_stop(&kit);
	}
}

static void unit_parameter(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	kit_queue(&kit, 0, 2, 0);
	kit_queue(&kit, 0, 3, 0);
	kit_ready(&kit, 2);
	kit_ready(&kit, 3);
	kit_param(&kit, NULL, "unit", 0);
	pass(&kit, SECOND);
	for (unsigned int i = 0; i < 4; i++)
		assert_part(i, 25, 20);
	kit_stop(&kit);
}

static void utilization(void **state)
{
	static const char *const policies[] = { "UP", "PUP", "SHARE" };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct kit kit;

		start(&kit, policies[i], 3);
		kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 60);
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 30);
		pass(&kit, SECOND);
		assert_part(0, 60, 25);
		assert_part(1, 30, 25);
		assert_part(2, 10, 25); /* D80: no hint is no death sentence */
		kit_idle(&kit, 0);
		pass(&kit, SECOND);
		assert_part(1, 30, 25);
		assert_part(2, 70, 25);
		/* A part of nothing is run only when nobody else wants to. */
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 0);
		pass(&kit, SECOND);
		assert_int_equal(ran[1], 0);
		kit_idle(&kit, 2);
		pass(&kit, SECOND);
		assert_int_equal(ran[1], SECOND);
		kit_stop(&kit);
	}
}

static void strict_parts(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SPUP", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 30);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 50);
	pass(&kit, 100 * MS);
	pass(&kit, SECOND);
	assert_part(0, 30, 20);
	assert_part(1, 50, 20);
	kit_idle(&kit, 1);
	pass(&kit, SECOND);
	assert_part(0, 30, 20);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 0);
	pass(&kit, 100 * MS);
	pass(&kit, SECOND);
	assert_int_equal(ran[0], 0);
	kit_stop(&kit);
}

static void request_and_limit(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SHARE", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_REQUEST, 50);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_LIMIT, 60);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_REQUEST, 20);
	pass(&kit, 100 * MS);
	pass(&kit, SECOND);
	assert_part(0, 60, 20); /* 50 of 70 would be 71 %: the limit holds */
	assert_part(1, 40, 20);
	kit_idle(&kit, 1);
	pass(&kit, SECOND);
	assert_part(0, 60, 20);
	kit_ready(&kit, 1);
	kit_idle(&kit, 0);
	pass(&kit, SECOND);
	assert_int_equal(ran[1], SECOND);
	kit_stop(&kit);
}

static void weights(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 4); /* 1.2^4 = 2.07 */
	pass(&kit, SECOND);
	assert_part(0, 67, 15);
	assert_part(1, 33, 15);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 200);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, -200);
	pass(&kit, SECOND);
	/* Steps beyond 30 change nothing. */
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 30);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 255);
	pass(&kit, SECOND);
	pass(&kit, SECOND);
	assert_part(0, 50, 30);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, -30);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, -255);
	pass(&kit, SECOND);
	pass(&kit, SECOND);
	assert_part(0, 50, 30);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 200);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, -200);
	pass(&kit, SECOND);
	/* Back to equals: the past is not held against anybody. */
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 0);
	pass(&kit, SECOND);
	assert_part(0, 50, 30);
	kit_stop(&kit);
}

/* The kernels of queue 0 run over: each turn costs three times the time. */
static void measured_time_counts(void **state)
{
	uint64_t used[2] = { 0, 0 };
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	for (unsigned int step = 0; step < 4000; step++) {
		for (unsigned int i = 0; i < 2; i++) {
			uint64_t ns = !kit_runs(&kit, i) ? 0 : i == 0 ? 1500 * US : 500 * US;

			used[i] += ns;
			if (ns)
				assert_int_equal(xs_sched_usage(kit.s, i, ns), 0);
		}
		kit_pass(&kit, 500 * US, NULL, 0);
	}
	assert_in_range(used[0] * 100 / (used[0] + used[1]), 47, 53);
	kit_stop(&kit);
}

/* Not reporting any more does not keep the device. */
static void silence_is_no_advantage(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	xs_sched_usage(kit.s, 0, 1);
	pass(&kit, SECOND);
	assert_part(0, 50, 30);
	/* Not for a while either. */
	for (unsigned int i = 0; i < 10; i++) {
		pass(&kit, 100 * MS);
		assert_in_range(ran[0], 35 * MS, 65 * MS);
	}
	kit_stop(&kit);
}

static void mlfq_prefers_short_work(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "MLFQ", 1);
	pass(&kit, 100 * MS);
	for (unsigned int i = 0; i < 5; i++) {
		if (!i)
			kit_pair(&kit, 1, 0);
		kit_ready(&kit, 1);
		assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 0));
		kit_pass(&kit, 1 * MS, NULL, 0);
		kit_idle(&kit, 1);
		assert_true(kit_runs(&kit, 0));
		kit_pass(&kit, 1 * MS, NULL, 0);
	}
	kit_stop(&kit);
}

/* Queue 1 comes back after so long, while 0 is in the middle of a turn. */
static void come_back_after(struct kit *kit, uint64_t ns)
{
	kit_idle(kit, 1);
	kit_pass(kit, ns - 100 * US, NULL, 0);
	kit_idle(kit, 0);
	kit_ready(kit, 0);
	kit_pass(kit, 100 * US, NULL, 0);
	kit_ready(kit, 1);
}

/* Long sleep makes a unit new, a nap does not. */
static void mlfq_tells_sleep_from_a_nap(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "MLFQ", 2);
	pass(&kit, 500 * MS);
	come_back_after(&kit, 90 * MS);
	assert_true(kit_runs(&kit, 0) && !kit_runs(&kit, 1));
	come_back_after(&kit, 110 * MS);
	assert_true(!kit_runs(&kit, 0) && kit_runs(&kit, 1));
	kit_stop(&kit);
}

static const char *const by_virtual_time[] = { "UP", "PUP", "CFS", "SHARE" };

/* Whoever slept has credit, a slice at most, and so need not wait for the end of somebody else's turn. */
static void sleeper_takes_over_at_once(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct kit kit;

		start(&kit, by_virtual_time[i], 2);
		pass(&kit, 100 * MS);
		come_back_after(&kit, 100 * MS);
		assert_true(kit_runs(&kit, 1) && !kit_runs(&kit, 0));
		kit_stop(&kit);
	}
}

/* What was used too much is not forgotten by a nap. */
static void nap_pays_no_debt(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct kit kit;

		start(&kit, by_virtual_time[i], 2);
		pass(&kit, 100 * MS);
		assert_int_equal(xs_sched_usage(kit.s, 0, 60 * MS), 0);
		for (unsigned int nap = 0; nap < 50; nap++) {
			kit_idle(&kit, 0);
			kit_ready(&kit, 0);
			kit_pass(&kit, 1 * MS, NULL, 0);
			assert_true(nap < 5 || kit_runs(&kit, 1));
		}
		kit_stop(&kit);
	}
}

/* One without a part makes way at once, even if his turn has just begun. */
static void no_part_means_no_turn(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "PUP", 2);
	kit_idle(&kit, 0);
	kit_idle(&kit, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 0);
	kit_ready(&kit, 1);
	kit.now += 10 * US;
	kit_ready(&kit, 0);
	assert_true(kit_runs(&kit, 0) && !kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* Nothing is to be decided about one that is alone, so nobody is woken for it. */
static void no_timer_for_one_alone(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		struct kit kit;

		start(&kit, *policy, 2);
		assert_true(xs_sched_next_wake_ns(kit.s) > 0);
		kit_idle(&kit, 1);
		assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
		kit_stop(&kit);
	}
}

/* Hints that leave nothing for others, or more than all. */
static void no_hint_is_a_part_in_any_case(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "PUP", 3);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 60);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 60);
	pass(&kit, 10 * SECOND);
	assert_in_range(ran[0], 4750 * MS, 5050 * MS);
	assert_in_range(ran[1], 4750 * MS, 5050 * MS);
	assert_in_range(ran[2], 60 * MS, 110 * MS);
	kit_stop(&kit);
}

/* A limit holds for work in small pieces too, and sleep saves up no more than a slice. */
static void limits_cannot_be_avoided(void **state)
{
	static const char *const policies[] = { "SPUP", "SHARE" };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct kit kit;

		start(&kit, policies[i], 1);
		kit_hint(&kit, XS_HINT_PROCESS, 0, i ? XS_HINT_LIMIT : XS_HINT_UTILIZATION, 10);
		pass(&kit, 100 * MS);
		while (kit_runs(&kit, 0))
			kit_pass(&kit, 100 * US, NULL, 0);
		/* Its time is spent: the gate stays shut when it goes idle, and when it comes back at once. */
		kit_idle(&kit, 0);
		assert_false(kit_runs(&kit, 0));
		kit_pass(&kit, 200 * US, NULL, 0);
		kit_ready(&kit, 0);
		assert_false(kit_runs(&kit, 0));
		memset(ran, 0, sizeof(ran));
		for (unsigned int step = 0; step < 1000; step++) {
			kit_pass(&kit, 900 * US, ran, 1);
			kit_idle(&kit, 0);
			kit_pass(&kit, 100 * US, ran, 1);
			kit_ready(&kit, 0);
		}
		assert_part(0, 10, 20);
		kit_idle(&kit, 0);
		kit.now += SECOND;
		kit_ready(&kit, 0);
		pass(&kit, 100 * MS);
		assert_in_range(ran[0], 10 * MS, 17 * MS);
		kit_stop(&kit);
	}
}

/* Beside somebody's turn an idle one does not slip in: its gate is as shut as if it wanted to run. */
static void strict_idle_gates_stay_shut(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SPUP", 2);
	kit_idle(&kit, kit_runs(&kit, 0) ? 1 : 0);
	assert_int_not_equal(kit_runs(&kit, 0), kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* Whoever may run again is asked for then, not at the end of somebody's long turn. */
static void limited_one_comes_back_in_time(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SHARE", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_LIMIT, 20);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_TIMESLICE_US, 1000000);
	kit_idle(&kit, 1);
	while (kit_runs(&kit, 0))
		kit_pass(&kit, 100 * US, NULL, 0);
	kit_ready(&kit, 1);
	assert_true(kit_runs(&kit, 1));
	/* Half of its slice of 2 ms, at a fifth of the speed. */
	assert_in_range(xs_sched_next_wake_ns(kit.s), kit.now + 4 * MS, kit.now + 6 * MS);
	kit_stop(&kit);
}

/* With n units everybody runs at least once in so long. */
static void wait_is_bounded(void **state)
{
	(void)state;
	for_each_sharing(policy)
	{
		uint64_t bound = !strcmp(*policy, "MLFQ") ? 1600 * MS : 100 * MS;
		struct kit kit;

		start(&kit, *policy, 8);
		kit_pass_bounded(&kit, 8, 8000, 500 * US, bound);
		kit_stop(&kit);
	}
}

/* The same under strict parts, for those that came later and for those that had slept too. */
static void strict_wait_is_bounded(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SPUP", 8);
	kit_idle(&kit, 6);
	kit_idle(&kit, 7);
	kit_pass(&kit, 500 * MS, NULL, 0);
	kit_ready(&kit, 6);
	kit_pass(&kit, 200 * MS, NULL, 0);
	kit_idle(&kit, 6);
	kit_pass(&kit, 200 * MS, NULL, 0);
	kit_ready(&kit, 6); /* slept */
	kit_ready(&kit, 7); /* never ran */
	kit_pass_bounded(&kit, 8, 4000, 500 * US, 100 * MS);
	kit_stop(&kit);
}

/* One who may run only when nobody else wants to must not hold the clock of the others back. */
static void newcomer_beside_somebody_without_part(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "PUP", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 0);
	pass(&kit, 300 * MS);
	assert_int_equal(ran[1], 0);
	kit_pair(&kit, 2, 0);
	kit_ready(&kit, 2);
	pass(&kit, SECOND);
	assert_part(0, 50, 20);
	assert_part(2, 50, 20);
	kit_stop(&kit);
}

/* Reports that come late are not charged twice: once in advance and once when they come. */
static void late_reports(void **state)
{
	uint64_t owed = 0;
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	xs_sched_usage(kit.s, 0, 1);
	memset(ran, 0, sizeof(ran));
	for (unsigned int step = 0; step < 10000; step++) {
		uint64_t before = ran[0];

		kit_pass(&kit, 100 * US, ran, 2);
		owed += ran[0] - before;
		if (owed >= 20 * MS) {
			xs_sched_usage(kit.s, 0, owed);
			owed = 0;
		}
	}
	assert_part(0, 50, 30);
	kit_stop(&kit);
}

/* What was paid while nobody else wanted the device is no credit. */
static void silence_alone_is_no_credit(void **state)
{
	uint64_t got[2] = { 0 };
	struct kit kit;

	(void)state;
	start(&kit, "CFS", 2);
	kit_idle(&kit, 1);
	assert_int_equal(xs_sched_usage(kit.s, 0, 1000), 0);
	for (int i = 0; i < 1000; i++) {
		kit.now += 10 * MS;
		kit_idle(&kit, 0);
		kit_ready(&kit, 0);
	}
	kit_ready(&kit, 1);
	for (uint64_t end = kit.now + 1000 * MS; kit.now < end; kit.now += 100 * US) {
		uint64_t wake_ns = xs_sched_next_wake_ns(kit.s);

		for (unsigned int i = 0; i < 2; i++) {
			if (!kit_runs(&kit, i))
				continue;
			got[i] += 100 * US;
			xs_sched_usage(kit.s, i, 100 * US);
		}
		if (wake_ns && wake_ns <= kit.now)
			xs_sched_tick(kit.s, kit.now);
	}
	assert_in_range(got[0], 450 * MS, 550 * MS);
	kit_stop(&kit);
}

static void lent_queue_runs_with_its_process(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "UP", 2);
	kit_queue(&kit, 0, 2, 0);
	kit_ready(&kit, 2);
	assert_int_equal(xs_sched_queue_lend(kit.s, 2, 0, kit.now), 0);
	for (unsigned int step = 0; step < 100; step++) {
		kit_pass(&kit, 1 * MS, NULL, 0);
		assert_int_equal(kit_runs(&kit, 2), !kit_runs(&kit, 1));
	}
	kit_stop(&kit);
}

static void limited_newcomer_need_not_save_first(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SPUP", 0);
	kit_pair(&kit, 0, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 10);
	kit_ready(&kit, 0);
	assert_true(kit_runs(&kit, 0));
	kit_stop(&kit);
}

/* A stream of short visitors, each on the best level, cannot keep a long one out for ever. */
static void mlfq_boosts_the_long_one(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "MLFQ", 1);
	for (unsigned int i = 1; i <= 60; i++)
		kit_pair(&kit, i, 0);
	kit_ready(&kit, 1);
	kit_pass(&kit, 500 * MS, NULL, 0);
	memset(ran, 0, sizeof(ran));
	for (unsigned int step = 0; step < 600; step++) {
		unsigned int next = 2 + (step + 1) % 59;

		kit_ready(&kit, next);
		kit_idle(&kit, step ? 2 + step % 59 : 1);
		kit_pass(&kit, 5 * MS, ran, 1);
	}
	assert_true(ran[0] >= 10 * MS);
	assert_true(ran[0] <= 500 * MS);
	kit_stop(&kit);
}

/* Who runs at each change, with the time in microseconds since the start. */
static const char *golden(struct kit *kit, uint64_t ns)
{
	static char line[1024];
	uint64_t start_ns = kit->now, end = kit->now + ns;
	size_t used = 0;

	line[0] = '\0';
	kit_trace(kit);
	while (kit->now < end) {
		uint64_t wake = xs_sched_next_wake_ns(kit->s);

		kit_pass(kit, (wake && wake < end ? wake : end) - kit->now, NULL, 0);
		if (kit->trace[0])
			used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%d: %s",
				used ? "; " : "", (int)((kit->now - start_ns) / US),
				kit_trace(kit));
	}
	return line;
}

static void golden_traces(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "PUP", 3);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_UTILIZATION, 60);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_UTILIZATION, 30);
	assert_string_equal(golden(&kit, 30 * MS),
		"5000: -0 +1; 9500: -1 +2; 11000: -2 +0; 20000: -0 +1; 24500: -1 +2; 26000: -2 +0");
	kit_stop(&kit);
	start(&kit, "CFS", 3);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 4);
	assert_string_equal(golden(&kit, 8 * MS),
		"1000: -0 +1; 2000: -1 +2; 5000: -2 +0; 6000: -0 +1; 7000: -1 +2");
	kit_stop(&kit);
	start(&kit, "CFS", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_TIMESLICE_US, 3000);
	assert_string_equal(
		golden(&kit, 10 * MS), "1000: -0 +1; 4000: -1 +0; 7000: -0 +1; 10000: -1 +0");
	kit_stop(&kit);
	start(&kit, "MLFQ", 2);
	assert_string_equal(golden(&kit, 160 * MS),
		"10000: -0 +1; 20000: -1 +0; 40000: -0 +1; 60000: -1 +0; 100000: -0 +1; "
		"140000: -1 +0");
	kit_stop(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_parts),
		cmocka_unit_test(newcomer_gets_its_part),
		cmocka_unit_test(sleeper_gets_its_part),
		cmocka_unit_test(devices_are_independent),
		cmocka_unit_test(processes_run_as_a_whole),
		cmocka_unit_test(unit_parameter),
		cmocka_unit_test(utilization),
		cmocka_unit_test(strict_parts),
		cmocka_unit_test(request_and_limit),
		cmocka_unit_test(weights),
		cmocka_unit_test(measured_time_counts),
		cmocka_unit_test(silence_is_no_advantage),
		cmocka_unit_test(mlfq_prefers_short_work),
		cmocka_unit_test(mlfq_tells_sleep_from_a_nap),
		cmocka_unit_test(sleeper_takes_over_at_once),
		cmocka_unit_test(nap_pays_no_debt),
		cmocka_unit_test(no_part_means_no_turn),
		cmocka_unit_test(no_timer_for_one_alone),
		cmocka_unit_test(no_hint_is_a_part_in_any_case),
		cmocka_unit_test(limits_cannot_be_avoided),
		cmocka_unit_test(strict_idle_gates_stay_shut),
		cmocka_unit_test(limited_one_comes_back_in_time),
		cmocka_unit_test(wait_is_bounded),
		cmocka_unit_test(strict_wait_is_bounded),
		cmocka_unit_test(newcomer_beside_somebody_without_part),
		cmocka_unit_test(late_reports),
		cmocka_unit_test(silence_alone_is_no_credit),
		cmocka_unit_test(lent_queue_runs_with_its_process),
		cmocka_unit_test(limited_newcomer_need_not_save_first),
		cmocka_unit_test(mlfq_boosts_the_long_one),
		cmocka_unit_test(golden_traces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
