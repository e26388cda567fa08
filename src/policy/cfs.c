/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CFS: completely fair, in proportion to weights that follow from priorities.
 *
 * For: several users of one device who should all get on, some faster than others.
 *
 * How: units take turns by virtual time (fair.h) with a weight of 1.2 to the power of the priority:
 * one step of priority is 20 % more device time. A unit is a process, so that opening more streams
 * does not buy a larger part, unless the scheduler's parameter "unit" says otherwise. What counts
 * is the device time that is measured, or the time of running where nothing is measured.
 *
 * Bad when: somebody needs an answer now: whoever wakes waits for the slice of the running one to
 * end. Programs that wait for each of their kernels give up the rest of their turn each time, and
 * get less than their part from those that never do. Priorities beyond -30..30 count as these: a
 * factor of 237 up or down, because 1.2 to the power of 255 is no fairness.
 */
#include "policy/fair.h"
#include "policy/policies.h"

#define STEPS 30

enum { SLICE };

static const struct xs_param params[] = {
	[SLICE] = {
		.name = "slice", .unit = "us", .min = 100, .max = 1000000, .def = 1000,
		.doc = "length of a turn, unless a timeslice hint says otherwise",
	},
};

static uint32_t weight_of(int priority)
{
	uint64_t weight = XS_FAIR_ONE;

	for (int i = 0; i < priority && i < STEPS; i++)
		weight = weight * 6 / 5;
	for (int i = 0; i > priority && i > -STEPS; i--)
		weight = weight * 5 / 6;
	return (uint32_t)weight;
}

static int64_t part(const struct xs_unit *unit)
{
	return weight_of(xs_unit_priority(unit));
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	xs_for_each_runnable(unit, device)
	{
		uint64_t slice_ns =
			(uint64_t)xs_unit_timeslice_ns(unit, xs_device_param(device, SLICE) * 1000);

		xs_fair_set(unit, weight_of(xs_unit_priority(unit)), XS_FAIR_NO_LIMIT, slice_ns);
	}
	return xs_fair_choose(device, now_ns);
}

const struct xs_policy xs_policy_cfs = {
	.info = {
		.name = "CFS",
		.summary = "fair turns, weighted by 1.2 to the power of the priority",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_ANY,
	.pacing = XS_PACE_OTHERS,
	.takes_turns = true,
	.device_size = sizeof(struct xs_fair_device),
	.unit_size = sizeof(struct xs_fair_unit),
	.wake = xs_fair_wake,
	.sleep = xs_fair_sleep,
	.charge = xs_fair_charge,
	.choose = choose,
	.part = part,
};
