/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHARE: a guaranteed part and an upper limit for each process, by measured device time.
 *
 * For: many tenants on one device, as memory and CPU are handed out to containers: a request that
 * is always there when needed, a limit that is never exceeded, and between the two whatever is
 * free.
 *
 * How: turns by virtual time (fair.h) with the request as weight, so runnable processes divide the
 * device in proportion to their requests; a process at its limit waits until time has passed.
 * Without a request hint the utilization hint counts, without both an equal part of what the others
 * leave. Without a limit hint there is no limit.
 *
 * Bad when: device time is not measured. Then the time of running stands in for it, and a process
 * that runs without using the device pays for it.
 */
#include "policy/fair.h"
#include "policy/policies.h"

enum { SLICE };

static const struct xs_param params[] = {
	[SLICE] = {
		.name = "slice", .unit = "us", .min = 100, .max = 1000000, .def = 2000,
		.doc = "length of a turn, unless a timeslice hint says otherwise",
	},
};

static int64_t ask(const struct xs_unit *unit)
{
	return xs_unit_request(unit, xs_unit_utilization(unit, -1));
}

static int64_t limit_of(const struct xs_unit *unit)
{
	return xs_unit_limit(unit, 100);
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_shares shares = xs_shares(device, ask);

	xs_for_each_runnable(unit, device)
	{
		int64_t asked = ask(unit);
		uint64_t part = (uint64_t)(asked < 0 ? shares.rest : asked);
		uint64_t limit = (uint64_t)limit_of(unit);
		uint64_t slice_ns =
			(uint64_t)xs_unit_timeslice_ns(unit, xs_device_param(device, SLICE) * 1000);

		xs_fair_set(unit, (uint32_t)(XS_FAIR_ONE / 100 * part),
			(uint32_t)(XS_FAIR_NO_LIMIT / 100 * limit), slice_ns);
	}
	return xs_fair_choose(device, now_ns);
}

const struct xs_policy xs_policy_share = {
	.info = {
		.name = "SHARE",
		.summary = "a guaranteed part and a limit for each process",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_PROCESS,
	.pacing = XS_PACE_OTHERS,
	.takes_turns = true,
	.device_size = sizeof(struct xs_fair_device),
	.unit_size = sizeof(struct xs_fair_unit),
	.wake = xs_fair_wake,
	.sleep = xs_fair_sleep,
	.charge = xs_fair_charge,
	.choose = choose,
	.part = ask,
	.limit = limit_of,
	.admits = xs_fair_admits,
};
