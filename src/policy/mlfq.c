/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MLFQ: multi-level feedback queues: short work first, without anybody saying what is short.
 *
 * For: a mix of interactive and long-running programs of which nothing is known.
 *
 * How: a unit begins at level 0. Having used the quantum of its level (doubling from level to
 * level) it drops one level; after sleeping for a while it starts again at level 0. On each device
 * the unit that waits longest on the best level runs. A unit that wakes at a better level takes
 * over at once. Every "boost" all runnable units return to level 0, which bounds the wait of long
 * ones. A timeslice hint sets the quantum of level 0 for its unit; priorities play no part.
 *
 * Bad when: importance has nothing to do with length.
 */
#include "policy/policies.h"

#define LEVELS 4

enum { QUANTUM, IDLE, BOOST };

static const struct xs_param params[] = {
	[QUANTUM] = {
		.name = "quantum", .unit = "us", .min = 100, .max = 1000000, .def = 10000,
		.doc = "device time on level 0 before dropping; doubled on each further level",
	},
	[IDLE] = {
		.name = "idle", .unit = "us", .min = 1000, .max = 10000000, .def = 100000,
		.doc = "time of sleep after which a unit starts again at level 0",
	},
	[BOOST] = {
		.name = "boost", .unit = "us", .min = 10000, .max = 60000000, .def = 1000000,
		.doc = "period after which all runnable units return to level 0",
	},
};

struct device_state {
	uint64_t boosted_ns;
	uint64_t last_place; /* in line */
};

struct unit_state {
	unsigned int level;
	uint64_t used_ns; /* on this level */
	uint64_t place;
	uint64_t slept_ns;
};

static void wake(struct xs_unit *unit, uint64_t now_ns)
{
	struct xs_sched_device *device = xs_unit_device(unit);
	struct device_state *line = xs_device_state(device);
	struct unit_state *state = xs_unit_state(unit);
	uint64_t idle_ns = (uint64_t)xs_device_param(device, IDLE) * 1000;

	state->place = ++line->last_place;
	if (now_ns - state->slept_ns < idle_ns)
		return;
	state->level = 0;
	state->used_ns = 0;
}

static void go_to_sleep(struct xs_unit *unit, uint64_t now_ns)
{
	struct unit_state *state = xs_unit_state(unit);

	state->slept_ns = now_ns;
}

static void charge(struct xs_unit *unit, uint64_t used_ns)
{
	struct unit_state *state = xs_unit_state(unit);

	state->used_ns += used_ns;
}

static uint64_t quantum_of(const struct xs_unit *unit)
{
	const struct unit_state *state = xs_unit_state(unit);
	int64_t unset_ns = xs_device_param(xs_unit_device(unit), QUANTUM) * 1000;

	return (uint64_t)xs_unit_timeslice_ns(unit, unset_ns) << state->level;
}

static void boost(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *line = xs_device_state(device);

	if (now_ns - line->boosted_ns < (uint64_t)xs_device_param(device, BOOST) * 1000)
		return;
	line->boosted_ns = now_ns;
	xs_for_each_runnable(unit, device)
	{
		struct unit_state *state = xs_unit_state(unit);

		state->level = 0;
		state->used_ns = 0;
	}
}

/* Drops a unit that has used its quantum, to the end of the line. */
static void drop(struct xs_sched_device *device, struct xs_unit *unit)
{
	struct device_state *line = xs_device_state(device);
	struct unit_state *state = xs_unit_state(unit);

	if (state->used_ns < quantum_of(unit))
		return;
	state->used_ns = 0;
	state->place = ++line->last_place;
	if (state->level < LEVELS - 1)
		state->level++;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *line = xs_device_state(device);
	struct unit_state *best = NULL;
	struct xs_unit *next = NULL;
	unsigned int units = 0;
	uint64_t end_ns, boost_ns;

	boost(device, now_ns);
	xs_for_each_runnable(unit, device)
	{
		struct unit_state *state = xs_unit_state(unit);

		units++;
		drop(device, unit);
		if (best && (state->level > best->level ||
				    (state->level == best->level && state->place > best->place)))
			continue;
		best = state;
		next = unit;
	}
	if (!next)
		return 0;
	xs_unit_run(next);
	if (units == 1)
		return 0;
	end_ns = now_ns + quantum_of(next) - best->used_ns;
	boost_ns = line->boosted_ns + (uint64_t)xs_device_param(device, BOOST) * 1000;
	return end_ns < boost_ns ? end_ns : boost_ns;
}

const struct xs_policy xs_policy_mlfq = {
	.info = {
		.name = "MLFQ",
		.summary = "short work first, by what each used so far",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_ANY,
	.pacing = XS_PACE_OTHERS,
	.takes_turns = true,
	.device_size = sizeof(struct device_state),
	.unit_size = sizeof(struct unit_state),
	.wake = wake,
	.sleep = go_to_sleep,
	.charge = charge,
	.choose = choose,
};
