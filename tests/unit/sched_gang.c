/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gangs: on all their devices or on none, under every policy and whatever happens; no deadlock of two
 * that need each other's devices, nobody starves, and no device stands still without need.
 */
#include "sched_kit.h"

#include "policy/param.h"

#define DEVICES 4

static struct kit kit;

static void begin(const char *policy)
{
	kit_start(&kit, policy);
}

/* A gang of number n with the queues 10 n + d on the devices d of the mask; all ready. */
static void gang(uint64_t number, unsigned int devices)
{
	kit_process(&kit, number);
	kit_hint(&kit, XS_HINT_PROCESS, number, XS_HINT_GANG, 1);
	for (uint64_t device = 0; device < DEVICES; device++) {
		if (devices & 1u << device)
			kit_queue(&kit, number, 10 * number + device, device);
	}
	for (uint64_t device = 0; device < DEVICES; device++) {
		if (devices & 1u << device)
			kit_ready(&kit, 10 * number + device);
	}
}

static void single(uint64_t number, uint64_t device)
{
	kit_process(&kit, number);
	kit_queue(&kit, number, 10 * number, device);
	kit_ready(&kit, 10 * number);
}

/* Lets time pass in small steps; how long each queue ran, and how long one was kept waiting at most. */
static uint64_t ran[100], waited[100], longest[100];

static void pass(uint64_t ns)
{
	uint64_t end = kit.now + ns;

	memset(ran, 0, sizeof(ran));
	memset(waited, 0, sizeof(waited));
	memset(longest, 0, sizeof(longest));
	while (kit.now < end) {
		uint64_t wake = xs_sched_next_wake_ns(kit.s);
		uint64_t next = wake && wake < kit.now + MS ? wake : kit.now + MS;

		assert_true(!wake || wake > kit.now);
		for (unsigned int i = 0; i < 100; i++) {
			if (!kit.queues[i].known)
				continue;
			if (kit_runs(&kit, i)) {
				ran[i] += next - kit.now;
				waited[i] = 0;
				continue;
			}
			waited[i] += next - kit.now;
			longest[i] = waited[i] > longest[i] ? waited[i] : longest[i];
		}
		kit.now = next;
		xs_sched_tick(kit.s, kit.now);
	}
}

static const char *const turn_policies[] = { "CFS", "PUP", "UP", "MLFQ", "SHARE", "SPUP" };
#define TURN_POLICIES (sizeof(turn_policies) / sizeof(turn_policies[0]))

static void all_or_none_by_priority(void **state)
{
	(void)state;
	begin("HPF");
	gang(1, 3);
	assert_true(kit_runs(&kit, 10) && kit_runs(&kit, 11));
	/* Somebody more important on one device stops it on both; the other device goes to the next. */
	single(2, 1);
	single(3, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_PRIORITY, -5);
	assert_false(kit_runs(&kit, 30));
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 5);
	assert_false(kit_runs(&kit, 10) || kit_runs(&kit, 11));
	assert_true(kit_runs(&kit, 20) && kit_runs(&kit, 30));
	kit_idle(&kit, 20);
	assert_true(kit_runs(&kit, 10) && kit_runs(&kit, 11));
	assert_false(kit_runs(&kit, 30));
	/* Where it has no work it needs not run. */
	kit_ready(&kit, 20);
	assert_false(kit_runs(&kit, 10));
	kit_idle(&kit, 11);
	assert_true(kit_runs(&kit, 10));
	kit_stop(&kit);
}

/* Without the hint a process is none. */
/* The others of its priority take turns, of which a gang might never have two at once. */
static void no_part_in_turns_of_hpf(void **state)
{
	(void)state;
	begin("HPF");
	kit_param(&kit, "HPF", "turn", 5000);
	for (uint64_t number = 1; number <= 3; number++)
		single(number, number == 3);
	gang(4, 3);
	for (uint64_t device = 0; device < 2; device++)
		kit_pair(&kit, 50 + device, device);
	kit_hint(&kit, XS_HINT_PROCESS, 50, XS_HINT_PRIORITY, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 51, XS_HINT_PRIORITY, 1);
	pass(1000 * MS);
	assert_true(ran[40] == 1000 * MS && ran[41] == 1000 * MS && ran[30] == 1000 * MS);
	assert_true(ran[10] == 500 * MS && ran[20] == 500 * MS);
	kit_idle(&kit, 41);
	assert_true(kit_runs(&kit, 41));
	kit_stop(&kit);
}

static void others_are_no_gangs(void **state)
{
	(void)state;
	begin("HPF");
	gang(1, 3);
	single(2, 1);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 5);
	assert_false(kit_runs(&kit, 10));
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_GANG, 0);
	assert_true(kit_runs(&kit, 10));
	assert_false(kit_runs(&kit, 11));
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_GANG, 1);
	assert_false(kit_runs(&kit, 10));
	/* One device left: no gang any more. */
	assert_int_equal(xs_sched_queue_remove(kit.s, 11, kit.now), 0);
	assert_true(kit_runs(&kit, 10));
	kit_stop(&kit);
}

/* Each is the more important one on one of the devices that both need. */
static void crossing_gangs_do_not_deadlock(void **state)
{
	(void)state;
	begin("HPF");
	gang(1, 3);
	gang(2, 3);
	kit_hint(&kit, XS_HINT_QUEUE, 10, XS_HINT_PRIORITY, 10);
	kit_hint(&kit, XS_HINT_QUEUE, 11, XS_HINT_PRIORITY, 5);
	kit_hint(&kit, XS_HINT_QUEUE, 20, XS_HINT_PRIORITY, 5);
	kit_hint(&kit, XS_HINT_QUEUE, 21, XS_HINT_PRIORITY, 10);
	assert_true(kit_runs(&kit, 10) == kit_runs(&kit, 11));
	assert_true(kit_runs(&kit, 20) == kit_runs(&kit, 21));
	assert_true(kit_runs(&kit, 10) || kit_runs(&kit, 20));
	kit_stop(&kit);
}

/* A chain: the first cannot run, so the second can, though it is less important. */
static void the_next_gang_takes_what_is_left(void **state)
{
	(void)state;
	begin("HPF");
	single(1, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_PRIORITY, 30);
	gang(2, 3);
	kit_hint(&kit, XS_HINT_PROCESS, 2, XS_HINT_PRIORITY, 20);
	gang(3, 6);
	kit_hint(&kit, XS_HINT_PROCESS, 3, XS_HINT_PRIORITY, 10);
	gang(4, 12);
	assert_false(kit_runs(&kit, 20) || kit_runs(&kit, 21));
	assert_true(kit_runs(&kit, 31) && kit_runs(&kit, 32));
	assert_false(kit_runs(&kit, 42) || kit_runs(&kit, 43));
	kit_idle(&kit, 10);
	assert_true(kit_runs(&kit, 20) && kit_runs(&kit, 21));
	assert_false(kit_runs(&kit, 31) || kit_runs(&kit, 32));
	assert_true(kit_runs(&kit, 42) && kit_runs(&kit, 43));
	kit_stop(&kit);
}

/* Two that cross, and a process on each device: everybody gets something, and soon. */
static void in_turn_nobody_starves(void **state)
{
	(void)state;
	for (size_t i = 0; i < TURN_POLICIES; i++) {
		begin(turn_policies[i]);
		gang(1, 3);
		gang(2, 6);
		gang(3, 5);
		single(4, 0);
		single(5, 1);
		single(6, 2);
		pass(100 * MS);
		pass(2000 * MS);
		assert_true(ran[10] == ran[11] && ran[21] == ran[22] && ran[30] == ran[32]);
		for (unsigned int queue = 10; queue < 70; queue++) {
			if (!kit.queues[queue].known)
				continue;
			if (ran[queue] < 200 * MS || longest[queue] > 60 * MS)
				fail_msg("%s: queue %u ran %llu ms, waited %llu ms",
					turn_policies[i], queue,
					(unsigned long long)(ran[queue] / MS),
					(unsigned long long)(longest[queue] / MS));
		}
		kit_stop(&kit);
	}
}

/* One gang and one process on one of its devices: half each. */
static void in_turn_a_gang_gets_its_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < TURN_POLICIES; i++) {
		begin(turn_policies[i]);
		gang(1, 3);
		single(2, 0);
		pass(100 * MS);
		pass(1000 * MS);
		assert_true(ran[10] == ran[11]);
		assert_in_range(ran[10], 450 * MS, 550 * MS);
		assert_in_range(ran[20], 450 * MS, 550 * MS);
		kit_stop(&kit);
	}
}

/* What runs of 2000 ms is as it should be, within 3 points. */
static void check_part(const char *policy, unsigned int queue, unsigned int percent)
{
	int64_t off = (int64_t)ran[queue] - (int64_t)percent * 20 * (int64_t)MS;

	if (off < -60 * (int64_t)MS || off > 60 * (int64_t)MS)
		fail_msg("%s: queue %u ran %llu of 2000 ms, not %u %%", policy, queue,
			(unsigned long long)(ran[queue] / MS), percent);
}

static void hint(uint64_t process, enum xs_hint_kind kind, int64_t value)
{
	kit_hint(&kit, XS_HINT_PROCESS, process, kind, value);
}

/* Hints mean the same for a gang as for others. */
static void in_turn_hints_concern_gangs(void **state)
{
	static const struct {
		const char *policy;
		enum xs_hint_kind kind;
		int64_t first, second, single;
		unsigned int parts[3];
	} cases[] = {
		{ "SHARE", XS_HINT_REQUEST, 60, 30, 10, { 60, 30, 10 } },
		{ "SHARE", XS_HINT_REQUEST, 20, 20, 60, { 20, 20, 60 } },
		{ "SHARE", XS_HINT_REQUEST, 100, 50, 50, { 50, 25, 25 } },
		{ "UP", XS_HINT_UTILIZATION, 60, 30, 10, { 60, 30, 10 } },
		{ "PUP", XS_HINT_UTILIZATION, 20, 50, 30, { 20, 50, 30 } },
		{ "CFS", XS_HINT_PRIORITY, 4, 0, 0, { 51, 25, 25 } },
		{ "CFS", XS_HINT_PRIORITY, 0, 0, 4, { 25, 25, 51 } },
		{ "MLFQ", XS_HINT_PRIORITY, 4, 0, 0, { 33, 33, 33 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(cases[i].policy);
		gang(1, 3);
		gang(2, 3);
		single(3, 0);
		single(4, 1);
		hint(1, cases[i].kind, cases[i].first);
		hint(2, cases[i].kind, cases[i].second);
		hint(3, cases[i].kind, cases[i].single);
		hint(4, cases[i].kind, cases[i].single);
		pass(200 * MS);
		pass(2000 * MS);
		assert_true(ran[10] == ran[11] && ran[20] == ran[21]);
		for (unsigned int queue = 0; queue < 3; queue++)
			check_part(cases[i].policy, 10 * (queue + 1), cases[i].parts[queue]);
		check_part(cases[i].policy, 40, cases[i].parts[2]);
		kit_stop(&kit);
	}
}

/* Who did not ask gets an equal part of what the others leave. */
static void in_turn_a_silent_gang_gets_what_is_left(void **state)
{
	(void)state;
	begin("SHARE");
	gang(1, 3);
	single(2, 0);
	hint(2, XS_HINT_REQUEST, 80);
	pass(200 * MS);
	pass(2000 * MS);
	check_part("SHARE", 10, 20);
	check_part("SHARE", 20, 80);
	kit_stop(&kit);
}

/* Also when nobody else wants the device. */
static void in_turn_a_limit_holds_for_a_gang(void **state)
{
	(void)state;
	for (int beside = 0; beside < 2; beside++) {
		begin("SHARE");
		gang(1, 3);
		hint(1, XS_HINT_LIMIT, 30);
		if (beside)
			single(2, 0);
		pass(200 * MS);
		pass(2000 * MS);
		check_part("SHARE", 10, 30);
		if (beside)
			check_part("SHARE", 20, 70);
		kit_stop(&kit);
	}
	begin("SPUP");
	gang(1, 3);
	hint(1, XS_HINT_UTILIZATION, 40);
	pass(200 * MS);
	pass(2000 * MS);
	check_part("SPUP", 10, 40);
	kit_stop(&kit);
}

/* Nobody else: nothing is lost. Gangs without a common device run side by side. */
static void in_turn_no_device_stands_still(void **state)
{
	(void)state;
	for (size_t i = 0; i < TURN_POLICIES; i++) {
		begin(turn_policies[i]);
		gang(1, 3);
		gang(2, 12);
		pass(1000 * MS);
		assert_int_equal(ran[10], 1000 * MS);
		assert_int_equal(ran[23], 1000 * MS);
		/* Two that exclude each other: always one of them. */
		gang(3, 3);
		pass(1000 * MS);
		assert_int_equal(ran[10] + ran[30], 1000 * MS);
		assert_in_range(ran[10], 450 * MS, 550 * MS);
		assert_int_equal(ran[23], 1000 * MS);
		kit_stop(&kit);
	}
}

/* One that goes idle and comes back at once does not get more than its part. */
static void in_turn_short_work_is_no_advantage(void **state)
{
	uint64_t single_ns = 0, gang_ns = 0, end;

	(void)state;
	begin("CFS");
	gang(1, 3);
	single(2, 0);
	end = kit.now + 1000 * MS;
	while (kit.now < end) {
		bool runs = kit_runs(&kit, 10);

		kit.now += 100 * US;
		gang_ns += runs ? 100 * US : 0;
		single_ns += kit_runs(&kit, 20) ? 100 * US : 0;
		xs_sched_tick(kit.s, kit.now);
		if (runs && kit_runs(&kit, 10)) {
			kit_idle(&kit, 10);
			kit_idle(&kit, 11);
			kit_ready(&kit, 10);
			kit_ready(&kit, 11);
		}
	}
	assert_in_range(gang_ns, 400 * MS, 600 * MS);
	assert_in_range(single_ns, 400 * MS, 600 * MS);
	kit_stop(&kit);
}

/* --- whatever happens ---------------------------------------------------------------------------- */

#define PROCESSES 5
#define QUEUES    20

static struct xs_sched_row rows[QUEUES];
static bool present[QUEUES], gangs[PROCESSES];

static void keep(void *ctx, const struct xs_sched_row *row)
{
	(void)ctx;
	rows[row->queue] = *row;
	present[row->queue] = true;
}

static bool counts(unsigned int queue)
{
	return present[queue] && rows[queue].ready && !rows[queue].stalled &&
	       rows[queue].priority != XS_PRIORITY_NO_EXECUTE;
}

static bool is_gang(uint64_t process)
{
	uint64_t devices = 0;

	for (unsigned int i = 0; i < QUEUES; i++)
		devices |= present[i] && rows[i].process == process ? 1u << rows[i].device : 0;
	return gangs[process] && (devices & (devices - 1));
}

/* All that is ready of a gang runs, or nothing does; lent queues run along and are left out. */
static void check_gangs(void)
{
	for (uint64_t process = 0; process < PROCESSES; process++) {
		bool runs = false, stands = false;

		for (unsigned int i = 0; i < QUEUES; i++) {
			if (!counts(i) || rows[i].process != process)
				continue;
			runs |= rows[i].decision.run;
			stands |= !rows[i].decision.run;
		}
		if (is_gang(process))
			assert_false(runs && stands);
	}
}

/* A device with work of somebody who is no gang is used, unless the policy lets it stand still. */
static void check_work(void)
{
	const char *policy = xs_sched_policy(kit.s);

	if (strcmp(policy, "SPUP") == 0 || strcmp(policy, "SHARE") == 0 ||
		strcmp(policy, "HHPF") == 0 || strcmp(policy, "SLO") == 0)
		return;
	for (uint64_t device = 0; device < DEVICES; device++) {
		bool work = false, used = false;

		for (unsigned int i = 0; i < QUEUES; i++) {
			if (!counts(i) || rows[i].device != device)
				continue;
			used |= rows[i].decision.run;
			work |= !is_gang(rows[i].process);
		}
		assert_true(used || !work);
	}
}

static void random_step(uint64_t *seed)
{
	uint64_t queue = kit_random(seed) % QUEUES, process = kit_random(seed) % PROCESSES;
	struct xs_hint hint = { .kind = XS_HINT_GANG, .value = (int64_t)(kit_random(seed) % 2) };

	kit.now += kit_random(seed) % (3 * MS);
	switch (kit_random(seed) % 12) {
	case 0:
		assert_int_equal(xs_sched_hint(kit.s, XS_HINT_PROCESS, process, &hint, kit.now), 0);
		gangs[process] = hint.value;
		break;
	case 1:
		if (!present[queue]) {
			kit_queue(&kit, process, queue, kit_random(seed) % DEVICES);
			break;
		}
		xs_sched_queue_remove(kit.s, queue, kit.now);
		kit.queues[queue].known = false;
		break;
	case 2:
		hint.kind = XS_HINT_PRIORITY;
		hint.value = (int64_t)(kit_random(seed) % 5);
		xs_sched_hint(kit.s, XS_HINT_QUEUE, queue, &hint, kit.now);
		hint.kind = kit_random(seed) % 2 ? XS_HINT_REQUEST : XS_HINT_LIMIT;
		hint.value = (int64_t)(kit_random(seed) % 101);
		hint.clear = kit_random(seed) % 3 == 0;
		xs_sched_hint(kit.s, XS_HINT_PROCESS, process, &hint, kit.now);
		break;
	case 3:
		xs_sched_queue_stalled(kit.s, queue, kit_random(seed) % 2, kit.now);
		break;
	case 4:
		xs_sched_usage(kit.s, queue, kit_random(seed) % MS);
		break;
	case 5:
		xs_sched_set_policy(kit.s, xs_policy_info(kit_random(seed) % 13)->name, kit.now);
		kit_param(&kit, NULL, "unit", (int64_t)(kit_random(seed) % 2));
		break;
	case 6:
	case 7:
		xs_sched_tick(kit.s, kit.now);
		break;
	default:
		xs_sched_queue_ready(kit.s, queue, kit_random(seed) % 2, kit.now);
	}
}

static void whatever_happens(void **state)
{
	(void)state;
	for (uint64_t run = 1; run <= 60; run++) {
		uint64_t seed = run * 0x9e3779b97f4a7c15ull + 1;

		begin("HPF");
		memset(present, 0, sizeof(present));
		memset(gangs, 0, sizeof(gangs));
		for (uint64_t process = 0; process < PROCESSES; process++)
			kit_process(&kit, process);
		for (int i = 0; i < 3000; i++) {
			random_step(&seed);
			kit.trace[0] = '\0';
			memset(present, 0, sizeof(present));
			xs_sched_snapshot(kit.s, keep, NULL);
			check_gangs();
			check_work();
		}
		kit_stop(&kit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_or_none_by_priority),
		cmocka_unit_test(no_part_in_turns_of_hpf),
		cmocka_unit_test(others_are_no_gangs),
		cmocka_unit_test(crossing_gangs_do_not_deadlock),
		cmocka_unit_test(the_next_gang_takes_what_is_left),
		cmocka_unit_test(in_turn_nobody_starves),
		cmocka_unit_test(in_turn_a_gang_gets_its_part),
		cmocka_unit_test(in_turn_hints_concern_gangs),
		cmocka_unit_test(in_turn_a_silent_gang_gets_what_is_left),
		cmocka_unit_test(in_turn_a_limit_holds_for_a_gang),
		cmocka_unit_test(in_turn_no_device_stands_still),
		cmocka_unit_test(in_turn_short_work_is_no_advantage),
		cmocka_unit_test(whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
