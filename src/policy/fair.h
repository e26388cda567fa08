/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking turns by virtual time: the common half of UP, PUP, SPUP, CFS and SHARE.
 *
 * One unit of a device runs at a time. Each has a virtual time that advances by what it is charged,
 * divided by its weight; the unit with the least runs next, for one slice. So each gets device time
 * in proportion to its weight, and one that overruns its slice waits longer for the next.
 *
 * Nobody can save up: a newcomer starts at the least virtual time of the runnable units, and one
 * that slept comes back at most a slice behind it. Therefore a runnable unit waits at most for one
 * turn of each other unit of its weight, plus what they overran.
 *
 * A unit may have a limit, a part of the device that it never exceeds whoever else is idle: running
 * spends tokens that come back at that rate, and without tokens it does not run. It can save up at
 * most one slice of them.
 *
 * The policy has a struct xs_fair_device and a struct xs_fair_unit as its states, calls
 * xs_fair_set() for every runnable unit in choose(), and then xs_fair_choose().
 */
#ifndef XS_POLICY_FAIR_H
#define XS_POLICY_FAIR_H

#include "policy/policy.h"

#define XS_FAIR_ONE      1048576u /* weight at which virtual time is real time */
#define XS_FAIR_NO_LIMIT 1000000u

struct xs_fair_device {
	uint64_t least; /* virtual time; never goes back */
	uint64_t turn_end_ns;
};

struct xs_fair_unit {
	uint64_t virtual_ns;
	uint32_t weight; /* 0: runs only when nobody else wants to */
	uint32_t limit;  /* millionths of the device */
	uint64_t slice_ns;
	int64_t tokens_ns;
	uint64_t tokens_at_ns;
	bool known;     /* has been runnable before */
	bool exhausted; /* waits for half a slice of tokens */
};

/* Weight 0: the unit runs only when nobody else wants to. The limit is in millionths. */
void xs_fair_set(struct xs_unit *unit, uint32_t weight, uint32_t limit, uint64_t slice_ns);

void xs_fair_wake(struct xs_unit *unit, uint64_t now_ns);
void xs_fair_sleep(struct xs_unit *unit, uint64_t now_ns);
void xs_fair_charge(struct xs_unit *unit, uint64_t used_ns);
uint64_t xs_fair_choose(struct xs_sched_device *device, uint64_t now_ns);

/* For policies with limits: is the device free, and has the unit tokens? */
bool xs_fair_admits(const struct xs_unit *unit);

/*
 * Shares in percent from what units ask for: the parts of those that asked (ask() >= 0), and equal
 * parts of what they leave, at least 1, for the others.
 */
struct xs_shares {
	int64_t total; /* of all parts */
	int64_t rest;  /* part of a unit that did not ask */
	int64_t units;
};

struct xs_shares xs_shares(
	struct xs_sched_device *device, int64_t (*ask)(const struct xs_unit *unit));

#endif
