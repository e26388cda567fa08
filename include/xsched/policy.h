/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of one's own for xserver: a shared object that exports one structure.
 *
 *   #include <xsched/policy.h>
 *
 *   static uint64_t choose(struct xsched_policy_device *device)
 *   {
 *       for (uint32_t i = 0; i < device->unit_count; i++)
 *           device->units[i].run = 1;
 *       return 0;
 *   }
 *   const struct xsched_policy xsched_policy = {
 *       .version = XSCHED_POLICY_VERSION, .name = "everybody",
 *       .summary = "whoever is ready runs", .choose = choose,
 *   };
 *
 *   cc -shared -fPIC -o everybody.so everybody.c        xserver --policy ./everybody.so
 *
 * It runs in a process of its own with one thread, so it may do what it likes with its memory, and
 * its end is not the daemon's. It is asked after each change of a device and has a millisecond of
 * processor time (--plugin-limit) for the answer; one that is late, ends or crashes is replaced by HPF
 * until the daemon starts again. Idle queues, stalled ones, lent priorities, budgets and timers are
 * the scheduler's business. doc/policies.md has more.
 *
 * The layout never changes within a version; a later one is another number.
 */
#ifndef XSCHED_POLICY_H
#define XSCHED_POLICY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XSCHED_POLICY_VERSION 1u
#define XSCHED_POLICY_PARAMS  8u /* at most */

/* What runs or stops as a whole on one device. */
enum {
	XSCHED_UNIT_PROCESS = 0, /* all queues of a process */
	XSCHED_UNIT_QUEUE = 1,   /* each queue for itself */
};

/* Which hints a unit has; the fields of the others are zero. */
enum {
	XSCHED_HAS_UTILIZATION = 1u << 0,
	XSCHED_HAS_TIMESLICE = 1u << 1,
	XSCHED_HAS_DEADLINE = 1u << 2,
	XSCHED_HAS_KDEADLINE = 1u << 3,
	XSCHED_HAS_LAXITY = 1u << 4,
	XSCHED_HAS_REQUEST = 1u << 5,
	XSCHED_HAS_LIMIT = 1u << 6,
	XSCHED_HAS_TARGET = 1u << 7,
	XSCHED_WINDOW_ACTIVE = 1u << 8, /* owns the active window of a display */
};

/* A unit that wants to run. Times in nanoseconds. */
struct xsched_policy_unit {
	uint64_t id;                /* of the unit, for as long as it exists */
	uint64_t process;           /* the same for all units of a process */
	uint64_t runnable_since_ns; /* on the clock of now_ns */
	uint64_t used_ns;           /* device time used since it was shown last */
	uint64_t timeslice_ns, deadline_ns, laxity_ns, target_ns;
	int32_t priority;                    /* larger is more important; with what waiters lent */
	int32_t base_priority;               /* without */
	int32_t cpu_priority;                /* -nice, or 100 + real-time priority */
	int32_t utilization, request, limit; /* percent */
	int32_t kdeadline, lax_priority, crit_priority;
	uint32_t has;       /* XSCHED_HAS_* */
	uint32_t running;   /* it ran until now */
	uint32_t run;       /* the answer: 1 to let it run; 0 when it is asked */
	char name[64];      /* of the process */
	uint64_t memory[8]; /* the policy's own; zero when the unit is new */
	uint64_t reserved[5];
};

/* A device on which at least one unit wants to run. */
struct xsched_policy_device {
	uint64_t id;
	uint64_t now_ns;                  /* CLOCK_MONOTONIC; a policy needs no other clock */
	struct xsched_policy_unit *units; /* in the order in which they became runnable */
	uint32_t unit_count;
	uint32_t hidden;                      /* units beyond the 4096 that are shown; they wait */
	int64_t params[XSCHED_POLICY_PARAMS]; /* values, in the order of the policy's table */
	uint64_t memory[16];                  /* the policy's own; zero when the device is new */
	uint64_t reserved[4];
};

/* A number that can be set at the start, in the configuration and by xcli. */
struct xsched_policy_param {
	const char *name; /* at most 31 bytes */
	const char *unit; /* "us", "%", or NULL */
	const char *doc;  /* one line, or NULL */
	int64_t min, max, def;
};

struct xsched_policy {
	uint32_t version;    /* XSCHED_POLICY_VERSION */
	uint32_t unit;       /* XSCHED_UNIT_* */
	const char *name;    /* letters, digits, '-' and '_', at most 31, and no built-in one's */
	const char *summary; /* one line */
	const struct xsched_policy_param *params; /* or NULL */
	uint32_t param_count;
	uint32_t reserved_flags; /* 0 */

	/*
	 * Sets run of the units that may run now; the others stop. Returns when to be asked again
	 * though nothing changed, on the clock of now_ns, or 0. What it stores in memory is there
	 * again the next time.
	 */
	uint64_t (*choose)(struct xsched_policy_device *device);
	void *reserved[4]; /* NULL */
};

/* What a plug-in exports under this name. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct xsched_policy xsched_policy;

#ifdef __cplusplus
}
#endif

#endif
