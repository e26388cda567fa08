/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds under every policy, whatever happens: random events, reproducible by their seed, with
 * all promises checked after each one.
 */
#include "sched_kit.h"

#include "policy/param.h"

#define PROCESSES 6
#define QUEUES    24
#define DEVICES   3

struct world {
	struct kit kit;
	uint64_t seed;
	bool queues_are_units;
	bool alive[PROCESSES];
	struct xs_sched_row rows[QUEUES];
	bool present[QUEUES];
	bool seen[QUEUES];
};

static void keep(void *ctx, const struct xs_sched_row *row)
{
	struct world *world = ctx;

	world->rows[row->queue] = *row;
	world->seen[row->queue] = true;
	assert_memory_equal(
		&row->decision, &world->kit.queues[row->queue].is, sizeof(row->decision));
}

static bool is_policy(const struct world *world, const char *name)
{
	return strcmp(xs_sched_policy(world->kit.s), name) == 0;
}

static bool counts(const struct xs_sched_row *row)
{
	return row->ready && !row->stalled && row->priority != XS_PRIORITY_NO_EXECUTE;
}

static int rank(const struct xs_sched_row *row)
{
	return row->lent > row->priority ? row->lent : row->priority;
}

static bool equals_take_turns(const struct world *world)
{
	int64_t turn_us;

	assert_int_equal(xs_sched_param_get(world->kit.s, "HPF", "turn", &turn_us), 0);
	return turn_us && is_policy(world, "HPF");
}

/* Of the same rank, and competing as this one does. */
static bool are_equals(const struct xs_sched_row *row, const struct xs_sched_row *other)
{
	return other->device == row->device && counts(other) && rank(other) == rank(row) &&
	       other->lent == XS_LEND_NONE;
}

/* One process of those that count runs, with all that it has ready. */
static void check_turn(const struct world *world, const struct xs_sched_row *row)
{
	for (unsigned int i = 0; i < QUEUES; i++) {
		const struct xs_sched_row *other = &world->rows[i];

		if (!world->present[i] || !are_equals(row, other))
			continue;
		if (other->process == row->process)
			assert_int_equal(other->decision.run, row->decision.run);
		else
			assert_false(other->decision.run && row->decision.run);
	}
}

/* HPF and HHPF, computed the slow way. */
static void check_priority(const struct world *world, const struct xs_sched_row *row)
{
	bool machine_wide = is_policy(world, "HHPF");
	bool paced = false, tracked = row->lent != XS_LEND_NONE;
	int highest = -1000;

	for (unsigned int i = 0; i < QUEUES; i++) {
		const struct xs_sched_row *other = &world->rows[i];

		if (!world->present[i] || (!machine_wide && other->device != row->device) ||
			other->priority == XS_PRIORITY_NO_EXECUTE)
			continue;
		if (counts(other) && rank(other) > highest)
			highest = rank(other);
		paced |= other->priority > row->priority;
		tracked |= other->priority < row->priority;
	}
	assert_int_equal(row->decision.paced, paced);
	assert_int_equal(row->decision.tracked, tracked);
	if (row->ready && row->lent == XS_LEND_NONE) {
		if (!counts(row) || rank(row) < highest || !paced || !equals_take_turns(world))
			assert_int_equal(row->decision.run, rank(row) >= highest);
		else
			check_turn(world, row);
	}
}

/*
 * Policies under which anybody may preempt anybody: a second unit on the device, and all are paced.
 */
static void check_turns(const struct world *world, const struct xs_sched_row *row)
{
	bool by_queue = is_policy(world, "UP") || is_policy(world, "KEDF") ||
			is_policy(world, "LAX") || world->queues_are_units;
	bool others = false;

	for (unsigned int i = 0; i < QUEUES; i++) {
		const struct xs_sched_row *other = &world->rows[i];

		if (!world->present[i] || other->device != row->device || other == row ||
			other->priority == XS_PRIORITY_NO_EXECUTE)
			continue;
		others |= by_queue || other->process != row->process;
	}
	assert_int_equal(row->decision.paced, others);
	assert_int_equal(row->decision.tracked, others || row->lent != XS_LEND_NONE);
}

static bool takes_turns(const struct world *world)
{
	static const char *const policies[] = { "UP", "PUP", "SPUP", "KEDF", "LAX", "CFS", "MLFQ",
		"SHARE" };

	for (unsigned int i = 0; i < 8; i++)
		if (is_policy(world, policies[i]))
			return true;
	return false;
}

static bool may_leave_device_idle(const struct world *world)
{
	return is_policy(world, "SPUP") || is_policy(world, "SHARE") || is_policy(world, "HHPF");
}

static void check_device(const struct world *world, uint64_t device)
{
	bool wants = false, runs = false;
	unsigned int processes = 0, last = PROCESSES, queues = 0;

	for (unsigned int i = 0; i < QUEUES; i++) {
		const struct xs_sched_row *row = &world->rows[i];

		if (!world->present[i] || row->device != device || !counts(row))
			continue;
		wants = true;
		if (!row->decision.run)
			continue;
		runs = true;
		if (row->lent != XS_LEND_NONE)
			continue;
		queues++;
		if (row->process != last && processes < 2)
			processes++;
		last = (unsigned int)row->process;
	}
	if (wants && !may_leave_device_idle(world))
		assert_true(runs);
	/* Those that take turns run one unit at a time. */
	if (is_policy(world, "UP"))
		assert_true(queues <= 1);
	if (is_policy(world, "PUP") || is_policy(world, "SPUP") || is_policy(world, "SHARE"))
		assert_true(processes <= 1);
}

/* As the scheduler's parameter says, for the policies that leave it open. */
static bool queues_are_units(const struct world *world)
{
	int64_t unit;

	assert_int_equal(xs_sched_param_get(world->kit.s, NULL, "unit", &unit), 0);
	return unit == 0 && (is_policy(world, "CFS") || is_policy(world, "MLFQ"));
}

static void check(struct world *world)
{
	memset(world->seen, 0, sizeof(world->seen));
	xs_sched_snapshot(world->kit.s, keep, world);
	assert_memory_equal(world->seen, world->present, sizeof(world->seen));
	assert_int_equal(world->kit.doubled, 0);
	world->queues_are_units = queues_are_units(world);
	for (unsigned int i = 0; i < QUEUES; i++) {
		const struct xs_sched_row *row = &world->rows[i];

		if (!world->present[i])
			continue;
		if (row->priority == XS_PRIORITY_NO_EXECUTE)
			assert_true(!row->decision.run && !row->decision.paced);
		else if (row->stalled && takes_turns(world))
			assert_true(row->decision.run);
		if (row->priority == XS_PRIORITY_NO_EXECUTE)
			continue;
		if (is_policy(world, "HPF") || is_policy(world, "HHPF"))
			check_priority(world, row);
		else if (takes_turns(world))
			check_turns(world, row);
	}
	for (uint64_t device = 0; device < DEVICES; device++)
		check_device(world, device);
}

static uint64_t pick(struct world *world, uint64_t below)
{
	return kit_random(&world->seed) % below;
}

static void come_or_go(struct world *world)
{
	struct kit *kit = &world->kit;
	uint64_t process = pick(world, PROCESSES);
	uint64_t queue = pick(world, QUEUES);
	int rc;

	if (pick(world, 12) == 0 && world->alive[process]) {
		/* A process dies with its queues in any state. */
		assert_int_equal(xs_sched_process_remove(kit->s, process, kit->now), 0);
		world->alive[process] = false;
		for (unsigned int i = 0; i < QUEUES; i++)
			if (world->present[i] && world->rows[i].process == process)
				world->present[i] = kit->queues[i].known = false;
		return;
	}
	rc = xs_sched_process_add(kit->s, process, NULL, kit->now);
	assert_int_equal(rc == 0, !world->alive[process]);
	world->alive[process] = true;
	if (world->present[queue] && pick(world, 3) == 0) {
		assert_int_equal(xs_sched_queue_remove(kit->s, queue, kit->now), 0);
		world->present[queue] = kit->queues[queue].known = false;
	} else if (!world->present[queue]) {
		kit->queues[queue].known = false;
		world->present[queue] = true;
		assert_int_equal(xs_sched_queue_add(kit->s, process, queue, pick(world, DEVICES),
					 (int)pick(world, 5) - 2, kit->now),
			0);
		assert_true(kit->queues[queue].known);
	}
}

static void give_hint(struct world *world)
{
	static const int64_t priorities[] = { -256, -300, -5, 0, 0, 1, 7, 255, 999 };
	struct kit *kit = &world->kit;
	struct xs_hint hint = {
		/* Gangs tie devices together; sched_gang.c has them. */
		.kind = (enum xs_hint_kind)pick(world, XS_HINT_GANG),
		.clear = pick(world, 4) == 0,
		.value = (int64_t)pick(world, 120) - 10,
		.lax_prio = (int)pick(world, 20) - 10,
		.crit_prio = (int)pick(world, 20),
		.display = pick(world, 2),
	};

	if (hint.kind == XS_HINT_PRIORITY)
		hint.value = priorities[pick(world, 9)];
	if (hint.kind == XS_HINT_DEADLINE_US || hint.kind == XS_HINT_LAXITY_US)
		hint.value *= 100;
	xs_sched_hint(kit->s, (enum xs_hint_scope)pick(world, pick(world, 20) ? 2 : 3),
		pick(world, PROCESSES), &hint, kit->now);
}

static void step(struct world *world, bool switches)
{
	struct kit *kit = &world->kit;
	uint64_t queue = pick(world, QUEUES);
	const struct xs_policy_info *info;

	kit->now += pick(world, 3) ? pick(world, 300 * US) : pick(world, 20 * MS);
	switch (pick(world, 16)) {
	case 0:
		come_or_go(world);
		break;
	case 1:
		give_hint(world);
		break;
	case 2:
		xs_sched_queue_stalled(kit->s, queue, pick(world, 2), kit->now);
		break;
	case 3:
		xs_sched_queue_lend(kit->s, queue,
			pick(world, 2) ? XS_LEND_NONE : (int)pick(world, 20), kit->now);
		break;
	case 4:
	case 5:
		xs_sched_usage(kit->s, queue, pick(world, 2 * MS));
		break;
	case 6:
	case 7:
		xs_sched_tick(kit->s, kit->now);
		break;
	case 8:
		info = xs_policy_info(pick(world, 16));
		if (switches && info)
			assert_int_equal(xs_sched_set_policy(kit->s, info->name, kit->now), 0);
		if (switches && pick(world, 3) == 0)
			kit_param(kit, NULL, "unit", (int64_t)pick(world, 2));
		if (switches && pick(world, 3) == 0)
			kit_param(kit, "HPF", "turn", (int64_t)pick(world, 2) * 2000);
		break;
	default:
		xs_sched_queue_ready(kit->s, queue, pick(world, 2), kit->now);
	}
}

static void run(
	const char *policy, uint64_t seed, unsigned int steps, bool switches, int64_t turn_us)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.seed = seed * 0x9e3779b97f4a7c15ull + 1;
	kit_start(&world.kit, policy);
	kit_param(&world.kit, "HPF", "turn", turn_us);
	for (unsigned int i = 0; i < steps; i++) {
		step(&world, switches);
		world.kit.trace[0] = '\0';
		check(&world);
	}
	kit_stop(&world.kit);
}

static void every_policy(void **state)
{
	const struct xs_policy_info *info;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++)
		for (uint64_t seed = 1; seed <= 20; seed++)
			run(info->name, seed + 100 * i, 1500, false, 0);
}

/* --- per device ---------------------------------------------------------------------------------- */

#define HERE                                                                                       \
	6 /* queues on the device that is looked at, two to a process; as many on the other one */

/* The same hint for a process on either device. */
static void hint_both(struct kit *const *kits, uint64_t *seed, uint64_t process)
{
	static const enum xs_hint_kind kinds[] = { XS_HINT_PRIORITY, XS_HINT_UTILIZATION,
		XS_HINT_DEADLINE_US, XS_HINT_LAXITY_US, XS_HINT_REQUEST, XS_HINT_LIMIT,
		XS_HINT_TARGET_US, XS_HINT_WINDOW_ACTIVE, XS_HINT_CPU_PRIORITY };
	const struct xs_hint hint = {
		.kind = kinds[kit_random(seed) % 9],
		.value = (int64_t)(kit_random(seed) % 100),
		.crit_prio = (int)(kit_random(seed) % 20),
		.display = process / 3,
	};

	for (int i = 0; i < 2; i++)
		xs_sched_hint(kits[i]->s, XS_HINT_PROCESS, process, &hint, kits[i]->now);
}

static void event_on(struct kit *kit, uint64_t what, uint64_t queue, uint64_t value)
{
	switch (what % 8) {
	case 0:
		xs_sched_usage(kit->s, queue, value % (2 * MS));
		break;
	case 1:
		xs_sched_queue_stalled(kit->s, queue, value % 2, kit->now);
		break;
	case 2:
		xs_sched_queue_lend(
			kit->s, queue, value % 2 ? XS_LEND_NONE : (int)(value % 20), kit->now);
		break;
	default:
		xs_sched_queue_ready(kit->s, queue, value % 2, kit->now);
	}
}

/* Whatever happens on another device, decisions here are those of a scheduler that has only this one. */
static void look_at_one_device(const char *policy, uint64_t seed)
{
	static struct kit alone, both;
	struct kit *const kits[2] = { &alone, &both };

	for (int i = 0; i < 2; i++) {
		kit_start(kits[i], policy);
		for (uint64_t process = 0; process < 6; process++)
			kit_process(kits[i], process);
		for (uint64_t queue = 0; queue < (i ? 2 : 1) * HERE; queue++)
			kit_queue(kits[i], queue / 2, queue, queue / HERE);
	}
	for (int step = 0; step < 2000; step++) {
		uint64_t what = kit_random(&seed), queue = kit_random(&seed) % HERE;
		uint64_t value = kit_random(&seed);

		alone.now = both.now = both.now + value % (3 * MS);
		if (what % 16 == 15)
			hint_both(kits, &seed, value % 6);
		for (int i = 0; i < 2; i++) {
			event_on(kits[i], what, queue, value);
			xs_sched_tick(kits[i]->s, kits[i]->now);
			kits[i]->trace[0] = '\0';
		}
		event_on(&both, kit_random(&seed), HERE + kit_random(&seed) % HERE, value >> 8);
		for (queue = 0; queue < HERE; queue++) {
			if (memcmp(&alone.queues[queue].is, &both.queues[queue].is,
				    sizeof(struct xs_decision)) != 0)
				fail_msg("%s: queue %d, step %d", policy, (int)queue, step);
		}
	}
	kit_stop(&alone);
	kit_stop(&both);
}

static void devices_do_not_disturb_each_other(void **state)
{
	const struct xs_policy_info *info;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		for (uint64_t seed = 1; strcmp(info->name, "HHPF") != 0 && seed <= 10; seed++)
			look_at_one_device(info->name, seed * 0x9e3779b97f4a7c15ull + i);
	}
}

static void hpf_in_turns(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run("HPF", seed, 1500, false, 2000);
}

static void changing_policies(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run("HPF", seed, 1500, true, 0);
}

static void names(void **state)
{
	static const char *const expected[] = { "HPF", "HHPF", "CHPF", "UP", "PUP", "SPUP", "KEDF",
		"LAX", "AWF", "CFS", "MLFQ", "SHARE", "SLO" };

	(void)state;
	for (size_t i = 0; i < 13; i++) {
		const struct xs_policy_info *info = xs_policy_info(i);

		assert_string_equal(info->name, expected[i]);
		assert_true(strlen(info->summary) > 10);
		for (size_t j = 0; j < info->param_count; j++) {
			const struct xs_param *param = &info->params[j];

			assert_true(param->min <= param->def && param->def <= param->max);
			assert_true(strlen(param->doc) > 10 && param->unit);
		}
	}
	assert_null(xs_policy_info(13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(every_policy),
		cmocka_unit_test(devices_do_not_disturb_each_other),
		cmocka_unit_test(hpf_in_turns),
		cmocka_unit_test(changing_policies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
