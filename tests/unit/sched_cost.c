/* SPDX-License-Identifier: Apache-2.0 */
/* The cost of an event, counted in visits: it must not grow with the number of all queues or devices. */
#include "sched_kit.h"

#include "policy/param.h"

#define PROCESSES 256
#define EACH      8

static uint64_t visits(const struct kit *kit)
{
	struct xs_sched_stats stats;

	xs_sched_get_stats(kit->s, &stats);
	return stats.visits;
}

/* The largest cost of a transition among many, with so many queues registered and few ready. */
static uint64_t worst_transition(const char *policy, unsigned int processes)
{
	static struct kit kit;
	uint64_t seed = 42, worst = 0;

	kit_start(&kit, policy);
	for (unsigned int p = 0; p < processes; p++) {
		kit_process(&kit, p);
		for (unsigned int q = 0; q < EACH; q++)
			kit_queue(&kit, p, p * EACH + q, q % 2);
		kit_hint(&kit, XS_HINT_PROCESS, p, XS_HINT_PRIORITY, p % 5);
	}
	kit_ready(&kit, 0);
	kit_ready(&kit, 1);
	for (unsigned int i = 0; i < 5000; i++) {
		uint64_t queue = 2 + kit_random(&seed) % (processes * EACH - 2);
		uint64_t before = visits(&kit);

		kit_ready(&kit, queue);
		if (visits(&kit) - before > worst)
			worst = visits(&kit) - before;
		kit.now += 50 * US;
		before = visits(&kit);
		kit_idle(&kit, queue);
		if (visits(&kit) - before > worst)
			worst = visits(&kit) - before;
		kit.trace[0] = '\0';
	}
	kit_stop(&kit);
	return worst;
}

static void transitions_do_not_see_idle_queues(void **state)
{
	const struct xs_policy_info *info;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		uint64_t small = worst_transition(info->name, 4);
		uint64_t large = worst_transition(info->name, PROCESSES);

		/* Two ready queues on two devices: a handful of visits, whatever else there is. */
		if (large > small + 4 || large > 60)
			fail_msg("%s: %u visits among %u queues, %u among %u", info->name,
				(unsigned int)small, 4 * EACH, (unsigned int)large,
				PROCESSES * EACH);
	}
}

/*
 * Gates that were shut open when the device runs dry; each of them was shut by an event of its own.
 */
static void openings_are_paid_by_closings(void **state)
{
	static struct kit kit;
	uint64_t events = 0, seed = 7;

	(void)state;
	kit_start(&kit, "HPF");
	kit_pair(&kit, 0, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 0, XS_HINT_PRIORITY, 100);
	for (unsigned int i = 1; i < PROCESSES * EACH; i++)
		kit_pair(&kit, i, 0);
	kit.calls = 0;
	for (unsigned int round = 0; round < 300; round++) {
		kit_ready(&kit, 0);
		for (unsigned int i = 0; i < 5; i++) {
			uint64_t queue = 1 + kit_random(&seed) % (PROCESSES * EACH - 1);

			kit_ready(&kit, queue);
			kit_idle(&kit, queue);
			events += 2;
		}
		kit_idle(&kit, 0);
		events += 2;
		kit.trace[0] = '\0';
	}
	assert_true(kit.calls <= events);
	assert_true(kit.calls > 0);
	kit_stop(&kit);
}

/* A second process of the same rank changes nobody's pacing; a higher one changes everybody's. */
static void registration_visits_only_what_changes(void **state)
{
	static struct kit kit;
	unsigned int before;
	uint64_t seen;

	(void)state;
	kit_start(&kit, "HPF");
	for (unsigned int i = 0; i < 1000; i++)
		kit_pair(&kit, i, 0);
	before = kit.calls;
	seen = visits(&kit);
	kit_pair(&kit, 1000, 0);
	assert_int_equal(kit.calls, before + 1);
	assert_true(visits(&kit) - seen < 10);
	kit_hint(&kit, XS_HINT_PROCESS, 1000, XS_HINT_PRIORITY, 1);
	assert_int_equal(kit.calls, before + 1 + 1001);
	before = kit.calls;
	kit_pair(&kit, 1001, 0);
	kit_hint(&kit, XS_HINT_PROCESS, 1001, XS_HINT_PRIORITY, 2);
	/* Paced: the new one at first, and then the former highest. */
	assert_in_range(kit.calls - before, 2, 4);
	kit_stop(&kit);
}

/* --- devices of others --------------------------------------------------------------------------- */

enum foreign { IDLE, READY, GANGS };

/* Two processes with a queue on each of so many devices, which nobody else uses; device 0 is ours. */
static void make_foreign(struct kit *kit, unsigned int devices, enum foreign what)
{
	for (unsigned int p = 100; p < 102; p++) {
		kit_process(kit, p);
		if (what == GANGS)
			kit_hint(kit, XS_HINT_PROCESS, p, XS_HINT_GANG, 1);
		for (unsigned int d = 0; d < devices; d++) {
			uint64_t queue = 10 + 2 * d + (p - 100);

			kit_queue(kit, p, queue, 1 + d);
			if (what != IDLE)
				kit_ready(kit, queue);
		}
	}
	kit->trace[0] = '\0';
}

static uint64_t worst(struct kit *kit, uint64_t *before, uint64_t worst)
{
	uint64_t cost = visits(kit) - *before;

	*before = visits(kit);
	return cost > worst ? cost : worst;
}

/* The largest cost of what happens to two processes of our own: ready, idle, a hint, a new queue, a turn
 * that ends. */
static uint64_t worst_beside(const char *policy, unsigned int devices, enum foreign what)
{
	static struct kit kit;
	uint64_t before, most = 0, wake;

	kit_start(&kit, policy);
	make_foreign(&kit, devices, what);
	kit_pair(&kit, 0, 0);
	kit_pair(&kit, 1, 0);
	kit_process(&kit, 2);
	before = visits(&kit);
	for (unsigned int i = 0; i < 200; i++) {
		kit_ready(&kit, 0);
		most = worst(&kit, &before, most);
		kit_ready(&kit, 1);
		most = worst(&kit, &before, most);
		kit_hint(&kit, XS_HINT_PROCESS, 1, XS_HINT_CPU_PRIORITY, i % 3);
		most = worst(&kit, &before, most);
		kit_queue(&kit, 2, 2, 0);
		most = worst(&kit, &before, most);
		xs_sched_queue_remove(kit.s, 2, kit.now);
		kit.queues[2].known = false;
		most = worst(&kit, &before, most);
		/* Timers of others may be due, too: by the way, none is due twice at a time. */
		kit.now += 50 * US;
		wake = xs_sched_tick(kit.s, kit.now);
		assert_true(!wake || wake > kit.now);
		before = visits(&kit);
		kit_idle(&kit, 0);
		most = worst(&kit, &before, most);
		kit_idle(&kit, 1);
		most = worst(&kit, &before, most);
		kit.trace[0] = '\0';
	}
	kit_stop(&kit);
	return most;
}

static void check_beside(const char *policy, enum foreign what, unsigned int slack)
{
	uint64_t few = worst_beside(policy, 2, what);
	uint64_t many = worst_beside(policy, 300, what);

	if (many > few + slack)
		fail_msg("%s, %d: %u visits beside 2 devices, %u beside 300", policy, (int)what,
			(unsigned int)few, (unsigned int)many);
}

/* Whoever names many devices slows nobody down: timers cost a logarithm, all else nothing. */
static void devices_of_others_cost_nothing(void **state)
{
	const struct xs_policy_info *info;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		check_beside(info->name, IDLE, 0);
		if (strcmp(info->name, "HHPF") == 0)
			continue; /* which compares what is ready, wherever it is */
		check_beside(info->name, READY, 24);
		check_beside(info->name, GANGS, 24);
	}
}

/* A gang with many devices of its own asks each of them once when something changes for all. */
static void a_gang_chooses_each_device_once(void **state)
{
	static struct kit kit;
	uint64_t before, few = 0;

	(void)state;
	for (unsigned int devices = 10; devices <= 100; devices *= 10) {
		kit_start(&kit, "HPF");
		make_foreign(&kit, devices, GANGS);
		before = visits(&kit);
		kit_hint(&kit, XS_HINT_PROCESS, 100, XS_HINT_PRIORITY, 5);
		if (devices == 10)
			few = visits(&kit) - before;
		else
			assert_in_range(visits(&kit) - before, 1, 12 * few);
		kit_stop(&kit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transitions_do_not_see_idle_queues),
		cmocka_unit_test(openings_are_paid_by_closings),
		cmocka_unit_test(registration_visits_only_what_changes),
		cmocka_unit_test(a_gang_chooses_each_device_once),
		cmocka_unit_test(devices_of_others_cost_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
