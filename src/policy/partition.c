/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UP, PUP, SPUP: partition the time of each device by utilization hints.
 *
 * For: dividing a device by contract: this one 70 %, that one 30 %. UP divides among single queues,
 * PUP among processes. Both give what one part-holder leaves unused to the others. SPUP does not: a
 * process never gets more than its part, even alone, so its speed does not depend on its
 * neighbours.
 *
 * How: turns by virtual time (fair.h) on each device, the slice of a turn being the average time
 * slice x number of runnable units x part / sum of parts, so that a round lasts as long whatever
 * the parts are. Overruns and early ends are settled in later rounds, up to a slice. Units without
 * a hint share equally what the runnable ones with hints leave, at least 1 % each. Hints that add
 * up to more than 100 are taken in proportion. A part of 0 runs when nobody else wants to; under
 * SPUP it never runs. SPUP limits each unit to its part with saved-up time of one slice at most; as
 * units without a hint have no part of their own, theirs grows and shrinks with the number of
 * runnable units.
 *
 * Bad when: requests are short and rare: whoever wakes waits for up to a round. SPUP leaves the
 * device idle on purpose.
 */
#include "policy/fair.h"
#include "policy/policies.h"

enum { TIMESLICE };

static const struct xs_param params[] = {
	[TIMESLICE] = {
		.name = "timeslice", .unit = "us", .min = 100, .max = 10000000, .def = 5000,
		.doc = "average length of a turn, unless a timeslice hint says otherwise",
	},
};

static int64_t ask(const struct xs_unit *unit)
{
	return xs_unit_utilization(unit, -1);
}

static int64_t limit_of(const struct xs_unit *unit)
{
	return xs_unit_utilization(unit, 100);
}

static uint64_t slice_of(const struct xs_unit *unit, const struct xs_shares *shares, int64_t part)
{
	int64_t average_ns =
		xs_unit_timeslice_ns(unit, xs_device_param(xs_unit_device(unit), TIMESLICE) * 1000);
	int64_t total = shares->total > 0 ? shares->total : 1;
	int64_t slice_ns = average_ns * shares->units / total * part;

	return slice_ns < 100000 ? 100000 : (uint64_t)slice_ns;
}

static uint64_t partition(struct xs_sched_device *device, uint64_t now_ns, bool strict)
{
	struct xs_shares shares = xs_shares(device, ask);
	int64_t whole = shares.total > 100 ? shares.total : 100;

	xs_for_each_runnable(unit, device)
	{
		int64_t asked = ask(unit);
		int64_t part = asked < 0 ? shares.rest : asked;
		int64_t limit = strict ? XS_FAIR_NO_LIMIT * part / whole : XS_FAIR_NO_LIMIT;

		xs_fair_set(unit, (uint32_t)(XS_FAIR_ONE / 100 * (uint64_t)part), (uint32_t)limit,
			slice_of(unit, &shares, part));
	}
	return xs_fair_choose(device, now_ns);
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	return partition(device, now_ns, false);
}

static uint64_t choose_strictly(struct xs_sched_device *device, uint64_t now_ns)
{
	return partition(device, now_ns, true);
}

#define PARTITION                                                                                  \
	.pacing = XS_PACE_OTHERS, .takes_turns = true,                                             \
	.device_size = sizeof(struct xs_fair_device), .unit_size = sizeof(struct xs_fair_unit),    \
	.wake = xs_fair_wake, .sleep = xs_fair_sleep, .charge = xs_fair_charge, .part = ask

const struct xs_policy xs_policy_up = {
	.info = {
		.name = "UP",
		.summary = "device time divided among queues by utilization",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_QUEUE,
	PARTITION,
	.choose = choose,
};

const struct xs_policy xs_policy_pup = {
	.info = {
		.name = "PUP",
		.summary = "device time divided among processes by utilization",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_PROCESS,
	PARTITION,
	.choose = choose,
};

const struct xs_policy xs_policy_spup = {
	.info = {
		.name = "SPUP",
		.summary = "as PUP, but nobody gets more than his part even when others are idle",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_PROCESS,
	PARTITION,
	.choose = choose_strictly,
	.limit = limit_of,
	.admits = xs_fair_admits,
};
