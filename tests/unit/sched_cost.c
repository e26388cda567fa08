/* SPDX-License-Identifier: Apache-2.0 */
/* The cost of an event, counted in visits: it must not grow with the number of all queues. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transitions_do_not_see_idle_queues),
		cmocka_unit_test(openings_are_paid_by_closings),
		cmocka_unit_test(registration_visits_only_what_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
