/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy is, and what it may ask. A policy is one file: an essay, a table of parameters and
 * a small table of functions, all optional but choose().
 *
 * It thinks in units. A unit is what runs or stops as a whole on one device: one queue, or all
 * queues of one process (XS_UNIT_*). A unit is runnable while one of its queues is ready, not
 * stalled and not forbidden to run. The scheduler deals with everything else: idle queues, stalled
 * queues, lent priorities, pacing, timers, forbidden queues, and memory. A policy keeps no pointer
 * outside the state that is handed to it, allocates nothing, and reads no clock.
 */
#ifndef XS_POLICY_POLICY_H
#define XS_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/param.h"

struct xs_sched_device; /* a device that has queues */
struct xs_unit;

enum xs_unit_kind {
	XS_UNIT_QUEUE,   /* each queue for itself */
	XS_UNIT_PROCESS, /* the queues of a process run and stop together */
	XS_UNIT_ANY,     /* as the scheduler's parameter "unit" says */
};

/* Who can preempt whom, which decides about pacing. */
enum xs_pacing {
	XS_PACE_RANK,   /* a unit of larger rank() preempts one of smaller rank */
	XS_PACE_OTHERS, /* any other unit of the device */
};

#define XS_RANK_MIN  (-255)
#define XS_RANK_MAX  255
#define XS_RANK_NONE (-256) /* below every rank */

struct xs_policy {
	struct xs_policy_info info;
	enum xs_unit_kind unit;
	enum xs_pacing pacing;
	bool machine_wide; /* ranks are compared across devices */
	bool takes_turns;  /* deals out time: asked again, it may choose differently */

	/*
	 * Zeroed memory that lives as long as the device or the unit, while the policy is in force.
	 */
	size_t device_size;
	size_t unit_size;

	/* The device appeared, or the policy took over. */
	void (*init)(struct xs_sched_device *device);

	/*
	 * With XS_PACE_RANK: standing of a unit by its hints alone, XS_RANK_MIN..XS_RANK_MAX. The
	 * default is its base priority. It is asked again after each hint.
	 */
	int (*rank)(const struct xs_unit *unit);

	/* The unit became runnable; it is already among the runnable ones. */
	void (*wake)(struct xs_unit *unit, uint64_t now_ns);

	/* The unit is no longer runnable, or about to disappear; it is already off the list. */
	void (*sleep)(struct xs_unit *unit, uint64_t now_ns);

	/* The unit was using the device for so long: measured, or its running time where nothing is
	 * measured. Always before choose() of the same moment. */
	void (*charge)(struct xs_unit *unit, uint64_t used_ns);

	/*
	 * Says with xs_unit_run() which runnable units of the device may run; the others stop.
	 * Called after every change on the device, when the last unit went to sleep too, and at the
	 * time that it returned (0: no timer).
	 */
	uint64_t (*choose)(struct xs_sched_device *device, uint64_t now_ns);

	/*
	 * Of those that deal out time: what the unit asks for, in percent of the device or in whatever
	 * compares with what others ask for; -1: an equal part of what others leave of 100. NULL: nobody
	 * asks. For gangs, which have turns of their own.
	 */
	int64_t (*part)(const struct xs_unit *unit);

	/* The most that it may use, in percent. NULL: there is no limit. For gangs, too. */
	int64_t (*limit)(const struct xs_unit *unit);

	/*
	 * Would this unit, which is not runnable, be let through now? The default: when nobody is.
	 */
	bool (*admits)(const struct xs_unit *unit);
};

/* The policy of that name in any case, or NULL. */
const struct xs_policy *xs_policy_find(const char *name);
const struct xs_policy *xs_policy_at(size_t index);
size_t xs_policy_index(const struct xs_policy *policy);

/*
 * Adds a policy to the table, for good: one that is not part of the program. Before any scheduler is
 * created, since that takes the defaults of all parameters. -EEXIST: the name is taken; -ENOSPC.
 */
int xs_policy_register(const struct xs_policy *policy);

/* The parameter's number in its table, or -1. */
int xs_param_index(const struct xs_param *params, size_t count, const char *name);

/* More than any policy has. */
#define XS_POLICIES_MAX 16
#define XS_PARAMS_MAX   8

/*
 * --- what the scheduler answers ------------------------------------------------------------------
 */

void *xs_device_state(const struct xs_sched_device *device);
void *xs_unit_state(const struct xs_unit *unit);
struct xs_sched_device *xs_unit_device(const struct xs_unit *unit);
const struct xs_policy *xs_device_policy(const struct xs_sched_device *device);

/* The numbers that the caller of the scheduler gave them, and the name of the process. */
uint64_t xs_device_id(const struct xs_sched_device *device);
uint64_t xs_unit_process_id(const struct xs_unit *unit);
const char *xs_unit_process_name(const struct xs_unit *unit);

/* Value of the parameter with this number in the policy's table. */
int64_t xs_device_param(const struct xs_sched_device *device, int index);

/* The largest rank that is registered on the device, runnable or not: who has it can never be preempted.
 * With XS_PACE_RANK, unless ranks are compared across devices. */
int xs_device_highest_rank(const struct xs_sched_device *device);

/* The runnable units of a device, in the order in which they became runnable; NULL at the end. */
struct xs_unit *xs_first_runnable(struct xs_sched_device *device);
struct xs_unit *xs_next_runnable(struct xs_unit *unit);

#define xs_for_each_runnable(unit, device)                                                         \
	for (struct xs_unit *unit = xs_first_runnable(device); unit; unit = xs_next_runnable(unit))

/* The devices on which anything goes on, in no particular order; NULL at the end. What they mean for
 * others is nothing where no unit is runnable, and their last choose() said so. */
struct xs_sched_device *xs_first_device(struct xs_sched_device *any);
struct xs_sched_device *xs_next_device(struct xs_sched_device *device);

/* Lets the unit run; only inside choose(). */
void xs_unit_run(struct xs_unit *unit);

/* Has the other devices chosen again after this one; only inside choose(). */
void xs_device_spread(struct xs_sched_device *device);

/* Runs since the last choose(). */
bool xs_unit_running(const struct xs_unit *unit);
uint64_t xs_unit_runnable_since_ns(const struct xs_unit *unit);

/* It is a queue that has work and makes no progress. */
bool xs_unit_stalled(const struct xs_unit *unit);

/* It runs only if its process runs on other devices too. */
bool xs_unit_of_gang(const struct xs_unit *unit);

/* Larger is more important. The base is without what waiters have lent. For a process, the highest
 * of its runnable queues; the base of all. */
int xs_unit_priority(const struct xs_unit *unit);
int xs_unit_base_priority(const struct xs_unit *unit);

/* Hints, the nearest one; false or the given default when there is none. */
int64_t xs_unit_utilization(const struct xs_unit *unit, int64_t unset);
int64_t xs_unit_timeslice_ns(const struct xs_unit *unit, int64_t unset_ns);
bool xs_unit_deadline_ns(const struct xs_unit *unit, uint64_t *deadline_ns);
int64_t xs_unit_kdeadline(const struct xs_unit *unit, int64_t unset);
bool xs_unit_laxity_ns(
	const struct xs_unit *unit, uint64_t *laxity_ns, int *lax_prio, int *crit_prio);
bool xs_unit_window_active(const struct xs_unit *unit);
int xs_unit_cpu_priority(const struct xs_unit *unit);
int64_t xs_unit_request(const struct xs_unit *unit, int64_t unset);
int64_t xs_unit_limit(const struct xs_unit *unit, int64_t unset);
bool xs_unit_target_ns(const struct xs_unit *unit, uint64_t *target_ns);

#endif
