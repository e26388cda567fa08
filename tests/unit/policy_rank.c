/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that put the most important first: HHPF, CHPF, KEDF, LAX, AWF, SLO. */
#include "sched_kit.h"

#include <errno.h>

static void start(struct kit *kit, const char *policy, unsigned int queues)
{
	kit_start(kit, policy);
	for (unsigned int i = 0; i < queues; i++)
		kit_pair(kit, i, 0);
	kit_trace(kit);
}

static void hhpf_looks_at_all_devices(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, "HHPF");
	kit_pair(&kit, 0, 0);
	kit_pair(&kit, 1, 1);
	kit_pair(&kit, 2, 2);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 3);
	assert_true(kit.queues[0].is.paced && kit.queues[2].is.tracked);
	kit_ready(&kit, 0);
	kit_ready(&kit, 1);
	kit_trace(&kit);
	kit_ready(&kit, 2);
	assert_string_equal(kit_trace(&kit), "-0 -1");
	assert_int_equal(xs_sched_set_policy(kit.s, "hpf", kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+0 +1");
	assert_false(kit.queues[0].is.paced);
	assert_int_equal(xs_sched_set_policy(kit.s, "hhpf", kit.now), 0);
	assert_string_equal(kit_trace(&kit), "-0 -1");
	assert_int_equal(xs_sched_process_remove(kit.s, 2, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+0 +1");
	kit_stop(&kit);
}

/* A device with nothing to do does not open to what another device keeps out. */
static void hhpf_keeps_idle_gates_shut(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "HHPF", 2);
	kit_queue(&kit, 0, 2, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 1);
	kit_trace(&kit);
	kit_ready(&kit, 1);
	kit_ready(&kit, 2);
	assert_string_equal(kit_trace(&kit), "-2");
	kit_idle(&kit, 2);
	kit_queue(&kit, 0, 3, 1);
	assert_string_equal(kit_trace(&kit), "-3");
	kit_ready(&kit, 3);
	kit_idle(&kit, 3);
	assert_string_equal(kit_trace(&kit), "");
	kit_idle(&kit, 1);
	assert_string_equal(kit_trace(&kit), "+2 +3");
	kit_stop(&kit);
}

static void chpf_follows_the_cpu(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "CHPF", 4);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 200); /* plays no part */
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_CPU_PRIORITY, xs_cpu_priority(false, 0, -5));
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_CPU_PRIORITY, xs_cpu_priority(true, 1, 0));
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_CPU_PRIORITY, xs_cpu_priority(true, 2, 0));
	kit_ready(&kit, 0);
	kit_ready(&kit, 1);
	assert_string_equal(kit_trace(&kit), "-0");
	kit_ready(&kit, 2);
	assert_string_equal(kit_trace(&kit), "-1");
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "-2");
	assert_false(kit.queues[3].is.paced);
	assert_true(kit.queues[2].is.paced);
	kit_stop(&kit);
}

static void kedf_runs_the_earliest(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "KEDF", 5);
	kit_ready(&kit, 0);
	kit_ready(&kit, 1);
	assert_string_equal(kit_trace(&kit), ""); /* nobody is in a hurry */
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_DEADLINE_US, 5000);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_DEADLINE_US, 1000);
	kit_trace(&kit);
	kit_ready(&kit, 2);
	assert_string_equal(kit_trace(&kit), "-0 -1 +2");
	kit.now += MS;
	kit_ready(&kit, 3);
	assert_string_equal(kit_trace(&kit), "-2 +3");
	kit_hint(&kit, XS_HINT_ALL, 0, XS_HINT_KDEADLINE, 3);
	assert_true(kit_runs(&kit, 3) && kit_runs(&kit, 2) && kit_runs(&kit, 0));
	assert_false(kit_runs(&kit, 1));
	/*
	 * No deadline is not the earliest one (D83), and the other device is its own (per device).
	 */
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_DEADLINE_US, -1);
	kit_param(&kit, "KEDF", "k", 2);
	assert_true(kit_runs(&kit, 2));
	kit_queue(&kit, 4, 5, 1);
	kit_ready(&kit, 5);
	assert_true(kit_runs(&kit, 5));
	kit_stop(&kit);
}

/* Since when one has been waiting counts, and no deadline is ever forgotten. */
static void kedf_counts_from_ready(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "KEDF", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_DEADLINE_US, 5000);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_DEADLINE_US, 2000);
	kit_ready(&kit, 0);
	kit.now += 4 * MS;
	kit_trace(&kit);
	kit_ready(&kit, 1);
	assert_string_equal(kit_trace(&kit), "-1"); /* 5 ms is before 4 + 2 ms */
	kit_pass(&kit, 100 * MS, NULL, 0);
	assert_string_equal(kit_trace(&kit), ""); /* late, not unimportant */
	kit_stop(&kit);
}

static void kedf_takes_the_largest_k(void **state)
{
	(void)state;
	for (unsigned int largest = 0; largest < 4; largest++) {
		unsigned int running = 0;
		struct kit kit;

		start(&kit, "KEDF", 4);
		for (unsigned int i = 0; i < 4; i++) {
			kit_hint(&kit, XS_HINT_PROCESS, i, XS_HINT_DEADLINE_US, 1000);
			kit_hint(&kit, XS_HINT_PROCESS, i, XS_HINT_KDEADLINE, i == largest ? 3 : 2);
			kit_ready(&kit, i);
		}
		for (unsigned int i = 0; i < 4; i++)
			running += kit_runs(&kit, i);
		assert_int_equal(running, 3);
		kit_stop(&kit);
	}
}

static void window(struct kit *kit, uint64_t process, uint64_t display, bool active)
{
	const struct xs_hint hint = {
		.kind = XS_HINT_WINDOW_ACTIVE, .value = active, .display = display
	};

	assert_int_equal(xs_sched_hint(kit->s, XS_HINT_PROCESS, process, &hint, kit->now), 0);
}

/* One that works in small pieces does not slip one in at each of them, whatever makes the other important. */
static void idle_gates_stay_shut(void **state)
{
	static const char *const policies[] = { "CHPF", "LAX", "AWF", "SLO" };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct kit kit;

		start(&kit, policies[i], 2);
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 1);
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_CPU_PRIORITY, 1);
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_TARGET_US, 1000000);
		window(&kit, 1, 0, true);
		kit_ready(&kit, 1);
		kit_ready(&kit, 0);
		assert_string_equal(kit_trace(&kit), "-0");
		kit_idle(&kit, 0);
		kit_ready(&kit, 0);
		kit_idle(&kit, 0);
		assert_string_equal(kit_trace(&kit), "");
		kit_pair(&kit, 2, 0);
		assert_string_equal(kit_trace(&kit), "-2");
		kit_idle(&kit, 1);
		assert_string_equal(kit_trace(&kit), "+0 +2");
		kit_stop(&kit);
	}
}

/* Whoever waits for lax work does not wait for its laxity. */
static void lax_work_can_be_lent_to(void **state)
{
	const struct xs_hint lax = {
		.kind = XS_HINT_LAXITY_US, .value = 2000, .lax_prio = -1, .crit_prio = 10
	};
	struct kit kit;

	(void)state;
	start(&kit, "LAX", 3);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 5);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &lax, kit.now), 0);
	for (unsigned int i = 0; i < 3; i++)
		kit_ready(&kit, i);
	assert_true(kit_runs(&kit, 0) && !kit_runs(&kit, 1) && !kit_runs(&kit, 2));
	assert_int_equal(xs_sched_queue_lend(kit.s, 1, 5, kit.now), 0);
	assert_true(kit_runs(&kit, 0) && kit_runs(&kit, 1) && !kit_runs(&kit, 2));
	assert_int_equal(xs_sched_queue_lend(kit.s, 1, XS_LEND_NONE, kit.now), 0);
	assert_false(kit_runs(&kit, 1));
	kit_stop(&kit);
}

static void lax_becomes_critical(void **state)
{
	struct xs_hint lax = {
		.kind = XS_HINT_LAXITY_US, .value = 2000, .lax_prio = -1, .crit_prio = 10
	};
	struct kit kit;

	(void)state;
	start(&kit, "LAX", 2);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &lax, kit.now), 0);
	kit_ready(&kit, 1);
	kit_ready(&kit, 0);
	assert_string_equal(kit_trace(&kit), "-1");
	kit_pass(&kit, 2 * MS - 1, NULL, 0);
	assert_string_equal(kit_trace(&kit), "");
	kit_pass(&kit, 1, NULL, 0);
	assert_string_equal(kit_trace(&kit), "-0 +1");
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 0);
	lax.value = -1; /* none: not critical at once (D84) */
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &lax, kit.now), 0);
	assert_true(kit_runs(&kit, 0) && kit_runs(&kit, 1));
	lax.value = INT64_MAX; /* cut to INT32_MAX */
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &lax, kit.now), 0);
	assert_true(kit_runs(&kit, 0) && !kit_runs(&kit, 1));
	assert_int_equal(xs_sched_next_wake_ns(kit.s), 1002 * MS - 2 * MS + INT32_MAX * US);
	kit_stop(&kit);
}

static void awf_puts_the_window_in_front(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "AWF", 3);
	for (unsigned int i = 0; i < 3; i++)
		kit_ready(&kit, i);
	assert_string_equal(kit_trace(&kit), "");
	assert_false(kit.queues[0].is.paced);
	window(&kit, 1, 100, true);
	assert_string_equal(kit_trace(&kit), "-0 -2");
	assert_true(kit.queues[0].is.paced && !kit.queues[1].is.paced);
	window(&kit, 1, 200, true);
	window(&kit, 2, 100, true); /* 1 loses this display and keeps the other (D85) */
	assert_string_equal(kit_trace(&kit), "+2");
	window(&kit, 1, 100, false); /* no longer his to give up */
	assert_true(kit_runs(&kit, 1) && kit_runs(&kit, 2));
	window(&kit, 2, 200, true);
	assert_string_equal(kit_trace(&kit), "-1");
	assert_int_equal(xs_sched_process_remove(kit.s, 2, kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+0 +1");
	/* A new process with the same number is not active, but may become so. */
	kit_pair(&kit, 2, 0);
	kit_ready(&kit, 2);
	assert_true(kit_runs(&kit, 0));
	window(&kit, 2, 200, true);
	assert_true(!kit_runs(&kit, 0) && kit_runs(&kit, 2));
	/* Displays of others stay theirs. */
	window(&kit, 0, 300, true);
	assert_int_equal(xs_sched_process_remove(kit.s, 2, kit.now), 0);
	assert_true(kit_runs(&kit, 0) && !kit_runs(&kit, 1));
	window(&kit, 0, 300, false);
	assert_true(kit_runs(&kit, 0) && kit_runs(&kit, 1));
	kit_stop(&kit);
}

/* Each display is kept in mind, so nobody may name as many as he likes. */
static void awf_bounds_displays(void **state)
{
	struct xs_hint hint = { .kind = XS_HINT_WINDOW_ACTIVE, .value = 1 };
	struct kit kit;

	(void)state;
	start(&kit, "AWF", 3);
	for (; hint.display < 16; hint.display++)
		window(&kit, 1, hint.display, true);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, 1, &hint, kit.now), -ENOSPC);
	window(&kit, 1, 0, true); /* it has that one */
	window(&kit, 2, hint.display, true);
	window(&kit, 1, 0, false);
	window(&kit, 1, hint.display, true);
	kit_stop(&kit);
}

/* A request each 10 ms of which the best effort leaves so much for it. */
static uint64_t serve(struct kit *kit, unsigned int requests)
{
	uint64_t ran[2] = { 0, 0 }, total = 0;

	for (unsigned int i = 0; i < requests; i++) {
		uint64_t before = ran[1], work = 4 * MS, spent = 0;

		kit_ready(kit, 0);
		/* While the other one runs too, the request advances at half the speed. */
		while (work > 0) {
			uint64_t step = 100 * US;

			kit_pass(kit, step, ran, 2);
			work -= work < step ? work : ran[1] > before ? step / 2 : step;
			before = ran[1];
			spent += step;
		}
		kit_idle(kit, 0);
		total += spent;
		kit_pass(kit, 1 * MS, ran, 2);
	}
	return total / requests;
}

static void slo_holds_the_target(void **state)
{
	uint64_t ran[2] = { 0, 0 }, latency_ns;
	struct kit kit;

	(void)state;
	start(&kit, "SLO", 2);
	kit_ready(&kit, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_TARGET_US, 6000);
	assert_true(kit.queues[1].is.paced && !kit.queues[0].is.paced);
	serve(&kit, 300);
	latency_ns = serve(&kit, 100);
	assert_true(latency_ns <= 6 * MS);
	assert_true(latency_ns > 4200 * US); /* and the rest is not wasted */
	/* A service that is never done keeps the device, but for the least duty. */
	kit_ready(&kit, 0);
	kit_pass(&kit, 100 * MS, NULL, 0);
	kit_pass(&kit, 1000 * MS, ran, 2);
	assert_int_equal(ran[0], 1000 * MS);
	assert_in_range(ran[1], 9 * MS, 11 * MS);
	kit_stop(&kit);
}

/* How long best effort runs beside the first millisecond of requests that take so long. */
static uint64_t beside(struct kit *kit, uint64_t latency_ns, unsigned int requests)
{
	uint64_t ran[2] = { 0, 0 };

	for (unsigned int i = 0; i < requests; i++) {
		kit_ready(kit, 0);
		if (i == requests - 1)
			memset(ran, 0, sizeof(ran));
		kit_pass(kit, latency_ns < 1 * MS ? latency_ns : 1 * MS, ran, 2);
		if (latency_ns > 1 * MS)
			kit_pass(kit, latency_ns - 1 * MS, NULL, 0);
		kit_idle(kit, 0);
		kit->now += 10 * MS - (kit->now % (5 * MS));
	}
	return ran[1];
}

static void slo_learns_from_latencies(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "SLO", 2);
	kit_ready(&kit, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_TARGET_US, 4000);
	assert_int_equal(beside(&kit, 500 * US, 1), 0);
	assert_int_equal(beside(&kit, 500 * US, 60), 500 * US);
	assert_int_equal(beside(&kit, 3500 * US, 5), 1 * MS); /* neither good nor bad */
	assert_int_equal(beside(&kit, 5000 * US, 8), 0);
	kit_stop(&kit);
}

/* D90, D91: a change of policy keeps the hints and tells what changed, nothing else. */
static void hints_survive_a_change_of_policy(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "HPF", 3);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 9);
	kit_hint(&kit, XS_HINT_QUEUE, 2, XS_HINT_UTILIZATION, 100);
	for (unsigned int i = 0; i < 3; i++)
		kit_ready(&kit, i);
	kit_trace(&kit);
	for (unsigned int round = 0; round < 3; round++) {
		assert_int_equal(xs_sched_set_policy(kit.s, "KEDF", kit.now), 0);
		assert_string_equal(kit_trace(&kit), "+0 +2");
		assert_int_equal(xs_sched_set_policy(kit.s, "HPF", kit.now), 0);
		assert_string_equal(kit_trace(&kit), "-0 -2");
	}
	assert_int_equal(xs_sched_set_policy(kit.s, "UP", kit.now), 0);
	kit_trace(&kit);
	kit_pass(&kit, 100 * MS, NULL, 0);
	kit_trace(&kit);
	assert_int_equal(xs_sched_set_policy(kit.s, "HPF", kit.now), 0);
	assert_true(!kit_runs(&kit, 0) && kit_runs(&kit, 1) && !kit_runs(&kit, 2));
	kit_stop(&kit);
}

/* Of one process and one queue with all hints that there are, as text. */
static void note(void *ctx, const struct xs_hint *hint)
{
	char *text = ctx;
	size_t used = strlen(text);

	snprintf(text + used, 512 - used, "%d=%d,%d,%d ", (int)hint->kind, (int)hint->value,
		hint->lax_prio, hint->crit_prio);
}

static const char *all_hints(struct kit *kit)
{
	static char text[512];

	text[0] = '\0';
	xs_sched_each_hint(kit->s, XS_HINT_ALL, 0, note, text);
	assert_int_equal(xs_sched_each_hint(kit->s, XS_HINT_PROCESS, 1, note, text), 0);
	assert_int_equal(xs_sched_each_hint(kit->s, XS_HINT_QUEUE, 1, note, text), 0);
	return text;
}

static void every_hint_survives_every_policy(void **state)
{
	const struct xs_policy_info *info;
	char before[512];
	struct kit kit;

	(void)state;
	start(&kit, "HPF", 2);
	for (int kind = 0; kind < XS_HINT_KINDS; kind++) {
		struct xs_hint hint = {
			.kind = (enum xs_hint_kind)kind, .lax_prio = 3, .crit_prio = 4
		};

		for (int scope = XS_HINT_QUEUE; scope <= XS_HINT_ALL; scope++) {
			hint.value = 1 + 10 * scope + kind;
			if (kind != XS_HINT_WINDOW_ACTIVE)
				xs_sched_hint(kit.s, (enum xs_hint_scope)scope, 1, &hint, kit.now);
		}
	}
	kit_ready(&kit, 1);
	snprintf(before, sizeof(before), "%s", all_hints(&kit));
	assert_true(strlen(before) > 200);
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		assert_int_equal(xs_sched_set_policy(kit.s, info->name, kit.now), 0);
		kit_pass(&kit, 10 * MS, NULL, 0);
		assert_string_equal(all_hints(&kit), before);
	}
	kit_stop(&kit);
}

static void idle_gates_are_judged_by_the_new_policy(void **state)
{
	struct kit kit;

	(void)state;
	start(&kit, "HPF", 2);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 1);
	kit_ready(&kit, 1);
	kit_ready(&kit, 0);
	kit_idle(&kit, 0);
	assert_string_equal(kit_trace(&kit), "-0");
	assert_int_equal(xs_sched_set_policy(kit.s, "AWF", kit.now), 0);
	assert_string_equal(kit_trace(&kit), "+0");
	assert_int_equal(xs_sched_set_policy(kit.s, "HPF", kit.now), 0);
	assert_string_equal(kit_trace(&kit), "-0");
	assert_int_equal(xs_sched_set_policy(kit.s, "LAX", kit.now), 0);
	assert_string_equal(kit_trace(&kit), "");
	kit_idle(&kit, 1);
	assert_string_equal(kit_trace(&kit), "+0");
	kit_stop(&kit);
}

static void hints_for_processes_only(void **state)
{
	struct xs_hint hint = { .kind = XS_HINT_LIMIT, .value = 10 };
	struct kit kit;

	(void)state;
	start(&kit, "SHARE", 1);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_QUEUE, 0, &hint, kit.now), -EINVAL);
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_ALL, 0, &hint, kit.now), 0);
	hint.kind = XS_HINT_WINDOW_ACTIVE;
	assert_int_equal(xs_sched_hint(kit.s, XS_HINT_ALL, 0, &hint, kit.now), -EINVAL);
	kit_stop(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hhpf_looks_at_all_devices),
		cmocka_unit_test(hhpf_keeps_idle_gates_shut),
		cmocka_unit_test(chpf_follows_the_cpu),
		cmocka_unit_test(kedf_runs_the_earliest),
		cmocka_unit_test(kedf_counts_from_ready),
		cmocka_unit_test(kedf_takes_the_largest_k),
		cmocka_unit_test(idle_gates_stay_shut),
		cmocka_unit_test(lax_work_can_be_lent_to),
		cmocka_unit_test(lax_becomes_critical),
		cmocka_unit_test(awf_puts_the_window_in_front),
		cmocka_unit_test(awf_bounds_displays),
		cmocka_unit_test(slo_holds_the_target),
		cmocka_unit_test(slo_learns_from_latencies),
		cmocka_unit_test(hints_survive_a_change_of_policy),
		cmocka_unit_test(every_hint_survives_every_policy),
		cmocka_unit_test(idle_gates_are_judged_by_the_new_policy),
		cmocka_unit_test(hints_for_processes_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
