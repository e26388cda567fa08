/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LAX: work that can wait, until it cannot.
 *
 * For: requests with slack: they give way to others as long as they can still be on time.
 *
 * How: a queue with a laxity hint has its lax priority from the time it becomes ready until its
 * laxity is used up, and its critical priority from then on. A queue without one has its ordinary
 * priority. On each device the runnable queues of the highest priority run; a timer is set to the
 * next moment at which one becomes critical.
 *
 * Bad when: laxities are guesses. Too long, and the work is late; too short, and LAX is HPF.
 */
#include "policy/policies.h"

struct unit_state {
	int priority; /* at the time of the last choice */
};

struct device_state {
	int lowest; /* rank that is let through */
};

static int current(const struct xs_unit *unit)
{
	const struct unit_state *state = xs_unit_state(unit);

	return state->priority;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t next_ns = 0;

	xs_for_each_runnable(unit, device)
	{
		struct unit_state *own = xs_unit_state(unit);
		uint64_t critical_ns;
		int lent = xs_unit_priority(unit);
		int lax, critical;

		own->priority = lent;
		if (!xs_unit_laxity_ns(unit, &critical_ns, &lax, &critical))
			continue;
		critical_ns += xs_unit_runnable_since_ns(unit);
		own->priority = now_ns < critical_ns ? lax : critical;
		if (lent > xs_unit_base_priority(unit) && lent > own->priority)
			own->priority = lent;
		if (now_ns < critical_ns && (!next_ns || critical_ns < next_ns))
			next_ns = critical_ns;
	}
	state->lowest = xs_highest(device, current);
	xs_run_from(device, current, state->lowest);
	return next_ns;
}

/* An idle queue would begin lax. */
static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));
	int lax, critical;
	uint64_t laxity_ns;

	if (!xs_unit_laxity_ns(unit, &laxity_ns, &lax, &critical))
		lax = xs_unit_base_priority(unit);
	return lax >= state->lowest;
}

const struct xs_policy xs_policy_lax = {
	.info = {
		.name = "LAX",
		.summary = "a lax priority until the laxity is used up, a critical one after",
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_OTHERS,
	.device_size = sizeof(struct device_state),
	.unit_size = sizeof(struct unit_state),
	.choose = choose,
	.admits = admits,
};
