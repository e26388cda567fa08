/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler: one object without I/O, clock, locks or threads. Events go in (a process, a queue,
 * ready, idle, a hint, a timer), decisions come out through one callback. The same object runs
 * inside an application under one mutex and inside the daemon in its loop.
 *
 * Processes, queues and devices are known by 64-bit numbers that the caller makes up; devices exist
 * while a queue is on them. Whatever may change a decision takes the time, which the caller reads
 * from one monotonic clock. Times in nanoseconds, unless a name says otherwise.
 *
 * Every call returns 0 or -errno and changes nothing when it fails: -ENOENT for a number (or a
 * name) that is not known, -EEXIST for one that is taken, -EINVAL or -ERANGE for a bad value,
 * -ENOMEM. Only the calls that add something or change the policy allocate memory.
 *
 * The cost of an event grows with the runnable queues of its device, never with all queues or all
 * devices. Only where devices belong together it grows with what goes on on those: policies that compare
 * across devices, and gangs.
 */
#ifndef XS_SCHED_SCHED_H
#define XS_SCHED_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/param.h"

struct xs_sched;

/*
 * What a queue may do.
 *
 *   run      the gate is open
 *   paced    somebody who could preempt this queue is registered on its device: only a bounded
 *            budget of device time may be in flight, so that a later stop takes effect soon
 *   tracked  somebody is let through when this queue goes idle, so idle has to be reported exactly
 *            and at once. When it becomes true, the caller reports the present state of the queue.
 *
 * A queue that is neither paced nor tracked need not report at all: it is alone. A paced queue
 * reports ready, and idle at its leisure.
 *
 * An idle queue usually has its gate open, because its next command would be let through; a closed
 * one opens no later than when the device has nothing to do. Becoming ready always gets it a fresh
 * verdict before xs_sched_queue_ready() returns.
 */
struct xs_decision {
	bool run;
	bool paced;
	bool tracked;
};

struct xs_sched_ops {
	/*
	 * Called when the decision for a queue changes, and once when the queue is added; never for
	 * a queue that has been removed. Closed gates are announced before opened ones. It must not
	 * call back into the scheduler.
	 */
	void (*decide)(void *ctx, uint64_t queue, struct xs_decision decision);

	/*
	 * May be NULL. The timer of a device fired, which is about to choose again: the moment to
	 * call xs_sched_usage() for its queues, and nothing else.
	 */
	void (*sample)(void *ctx, uint64_t device);
};

/* The ops are copied. NULL or "" as policy name: HPF. Names in any case. */
int xs_sched_create(
	struct xs_sched **out, const struct xs_sched_ops *ops, void *ctx, const char *policy);

/* Frees everything without a further decision. NULL is allowed. */
void xs_sched_destroy(struct xs_sched *s);

/* The name is for display; it is copied, cut to 63 bytes; NULL is allowed. */
int xs_sched_process_add(struct xs_sched *s, uint64_t process, const char *name, uint64_t now_ns);

/* Removes its queues too, in any state. */
int xs_sched_process_remove(struct xs_sched *s, uint64_t process, uint64_t now_ns);

/*
 * A queue starts idle. The offset is added to the priority of the process as long as the queue has
 * no priority of its own: minus the stream's priority number. It is held within -49..49, so that it
 * orders the streams of a process without leaving the class of the process.
 */
int xs_sched_queue_add(struct xs_sched *s, uint64_t process, uint64_t queue, uint64_t device,
	int stream_offset, uint64_t now_ns);

/* The stream was given another priority number; the offset means what it means above. */
int xs_sched_queue_offset(struct xs_sched *s, uint64_t queue, int stream_offset, uint64_t now_ns);

int xs_sched_queue_remove(struct xs_sched *s, uint64_t queue, uint64_t now_ns);

/* Reporting the present state once more changes nothing. Idle ends a stall. */
int xs_sched_queue_ready(struct xs_sched *s, uint64_t queue, bool ready, uint64_t now_ns);

/*
 * A ready queue that made no progress while it was running. It runs unless somebody more important
 * wants to, but holds nobody else back, until it progresses (false) or goes idle. Ignored for a queue that
 * is idle. That it was stopped is no reason to say this, and takes nothing back either: whoever says it
 * may learn late that the queue has just been stopped, and does not say it again after the release.
 */
int xs_sched_queue_stalled(struct xs_sched *s, uint64_t queue, bool stalled, uint64_t now_ns);

/*
 * Somebody of this priority waits for the queue: until further notice it counts as at least that
 * important, and under policies that take turns it runs whenever its process does. With several
 * waiters the caller passes the highest; XS_LEND_NONE ends it.
 */
#define XS_LEND_NONE INT32_MIN
int xs_sched_queue_lend(struct xs_sched *s, uint64_t queue, int priority, uint64_t now_ns);

/*
 * Adds measured device time. It changes no decision by itself; the next event or timer looks at it.
 */
int xs_sched_usage(struct xs_sched *s, uint64_t queue, uint64_t device_ns);

/*
 * Hints belong to the scheduler, not to the policy: they survive a change of policy, and a policy
 * that has no use for one ignores it. The nearest one counts: of the queue, of the process, of all.
 * Times are cut to half an hour (INT32_MAX microseconds). The kinds from XS_HINT_WINDOW_ACTIVE on are
 * for processes only.
 */
enum xs_hint_kind {
	XS_HINT_PRIORITY,      /* -255..255, clamped; XS_PRIORITY_NO_EXECUTE: never runs */
	XS_HINT_UTILIZATION,   /* percent, clamped to 0..100 */
	XS_HINT_TIMESLICE_US,  /* clamped to 100 us..10 s */
	XS_HINT_DEADLINE_US,   /* after becoming ready; negative: none */
	XS_HINT_KDEADLINE,     /* how many run at a time under KEDF; below 1: -EINVAL */
	XS_HINT_LAXITY_US,     /* after becoming ready, with both priorities; negative: none */
	XS_HINT_WINDOW_ACTIVE, /* 1: the process owns the active window of the display */
	XS_HINT_CPU_PRIORITY,  /* of the process; see xs_cpu_priority() */
	XS_HINT_REQUEST,       /* guaranteed share in percent, clamped to 0..100 */
	XS_HINT_LIMIT,         /* most that it may use in percent, clamped to 1..100 */
	XS_HINT_TARGET_US,     /* target for the time from ready to idle; negative: none */
	XS_HINT_GANG,          /* 1: it runs on all devices on which it has work, or on none */
	XS_HINT_KINDS,
};

#define XS_PRIORITY_NO_EXECUTE (-256)
#define XS_PRIORITY_MIN        (-255)
#define XS_PRIORITY_MAX        255

struct xs_hint {
	enum xs_hint_kind kind;
	bool clear; /* forget this hint; the value is not looked at */
	int64_t value;
	int lax_prio;     /* of XS_HINT_LAXITY_US: priority until ready time + laxity, */
	int crit_prio;    /* and from then on */
	uint64_t display; /* of XS_HINT_WINDOW_ACTIVE; each display has one active process */
};

/* For whom a hint is: a queue, a process, or everybody who has no hint of his own. */
enum xs_hint_scope { XS_HINT_QUEUE, XS_HINT_PROCESS, XS_HINT_ALL };

/*
 * The id of scope XS_HINT_ALL is not looked at. Window, CPU priority, request, limit, target and
 * gang are for processes; window, CPU priority and gang not for all. Anything else: -EINVAL. -ENOSPC: a
 * process is active on too many displays.
 */
int xs_sched_hint(struct xs_sched *s, enum xs_hint_scope scope, uint64_t id,
	const struct xs_hint *hint, uint64_t now_ns);

/* Calls each() for every hint that was given in that scope and is not forgotten, windows excepted;
 * each() must not change the scheduler. 0 or -ENOENT. */
int xs_sched_each_hint(struct xs_sched *s, enum xs_hint_scope scope, uint64_t id,
	void (*each)(void *ctx, const struct xs_hint *hint), void *ctx);

/*
 * The value of XS_HINT_CPU_PRIORITY: larger is more important, any real-time priority (1..99) is
 * above any nice value. The scheduler reads no files: whoever runs it samples this, at most every
 * 100 ms.
 */
static inline int xs_cpu_priority(bool realtime, int rt_priority, int nice)
{
	return realtime ? 100 + rt_priority : -nice;
}

/* The names of all policies are in policy/param.h. Setting the present one changes nothing. */
int xs_sched_set_policy(struct xs_sched *s, const char *name, uint64_t now_ns);
const char *xs_sched_policy(const struct xs_sched *s);

/*
 * Parameters: of the named policy, whether it is the present one or not, or of the scheduler itself
 * when policy is NULL. The tables with names, ranges and documentation are xs_policy_info() and
 * this.
 */
extern const struct xs_param xs_sched_params[];
extern const size_t xs_sched_param_count;

int xs_sched_param_set(
	struct xs_sched *s, const char *policy, const char *name, int64_t value, uint64_t now_ns);
int xs_sched_param_get(
	const struct xs_sched *s, const char *policy, const char *name, int64_t *value);

/* Runs what is due and returns when to call again (0: no need). */
uint64_t xs_sched_tick(struct xs_sched *s, uint64_t now_ns);

/* The same time without running anything: after a batch of events, set the timer to it. */
uint64_t xs_sched_next_wake_ns(const struct xs_sched *s);

/* The effective priority of a queue, without what is lent. */
int xs_sched_queue_priority(const struct xs_sched *s, uint64_t queue, int *priority);

/* One queue, for a table of who runs, who waits and what it cost. */
struct xs_sched_row {
	uint64_t queue;
	uint64_t process;
	uint64_t device;
	const char *process_name; /* valid during the callback */
	uint64_t device_ns;       /* measured device time since the queue was added */
	uint64_t since_ns;        /* when it became ready or idle */
	int priority;             /* effective, without what is lent */
	int inherited;            /* what it would be without a hint for the queue itself */
	int lent;                 /* or XS_LEND_NONE */
	bool ready;
	bool stalled;
	struct xs_decision decision;
};

/*
 * Calls row() for every queue, process by process, each in the order of adding; row() must not
 * change the scheduler.
 */
void xs_sched_snapshot(const struct xs_sched *s,
	void (*row)(void *ctx, const struct xs_sched_row *row), void *ctx);

struct xs_sched_stats {
	uint64_t events;    /* calls that had something to change */
	uint64_t decisions; /* calls of decide() */
	uint64_t visits;    /* queues, units and devices looked at: the cost, independent of the
			       machine */
	uint32_t processes, queues, devices;
};

void xs_sched_get_stats(const struct xs_sched *s, struct xs_sched_stats *stats);

#endif
