/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of the scheduler and what its files offer each other.
 *
 *   xs_sched ─┬─ process ── queues of the process
 *             ├─ device ─┬─ runnable units, in the order of waking
 *             │          ├─ levels: its queues by rank, for pacing
 *             │          └─ shut: idle queues whose gate is closed
 *             └─ party: one process on one device; exists while that process has a queue there
 *
 * Each queue and each party carries a unit; the policy in force sees one kind of them. A queue is
 * in exactly one of these states:
 *
 *   banned    priority XS_PRIORITY_NO_EXECUTE: gate closed, in no list, seen by nobody
 *   idle      in no list, or in device.shut if its gate is closed
 *   runnable  ready and not stalled: in unit.runnable, and the unit is in device.runnable
 *   stalled   ready without progress: in device.stalled; holds nobody back, but can be stopped by
 *             somebody more important
 */
#ifndef XS_SCHED_STATE_H
#define XS_SCHED_STATE_H

#include "base/list.h"
#include "policy/policy.h"
#include "sched/sched.h"
#include "sched/table.h"

#define XS_LEVELS 512 /* ranks -256..255 */

struct xs_hints {
	uint32_t set; /* bit per enum xs_hint_kind */
	int64_t value[XS_HINT_KINDS];
	int lax_prio;
	int crit_prio;
};

struct xs_unit {
	struct xs_sched_device *device;
	struct xs_party *party;
	struct xs_sched_queue *queue; /* NULL: the unit is a process */
	struct xs_list link;          /* device.runnable */
	struct xs_list runnable;      /* of xs_sched_queue.link */
	uint64_t since_ns;            /* runnable since */
	uint64_t charged_ns;          /* running time is accounted until then */
	bool chosen;
	bool running;
	bool measured;       /* usage is reported, so running time is not charged */
	bool reported;       /* since charged_ns was set */
	uint64_t advance_ns; /* running time charged in place of a late report */
	void *state;
	void *next_state; /* of the policy that is about to take over */
};

struct xs_sched_process {
	struct xs_table_node node; /* xs_sched.processes */
	struct xs_list link;       /* xs_sched.process_list */
	struct xs_list queues;     /* of xs_sched_queue.process_link */
	struct xs_list parties;    /* of xs_party.link */
	struct xs_hints hints;
	uint32_t windows; /* displays on which it owns the active window */
	char name[64];
};

struct xs_party {
	struct xs_list link; /* xs_sched_process.parties */
	struct xs_sched_process *process;
	struct xs_unit unit;
	uint32_t queues;  /* all */
	uint32_t members; /* those not banned */
	uint64_t round;   /* xs_sched_device.round when one of its units was chosen last */
};

struct xs_sched_device {
	struct xs_table_node node; /* xs_sched.devices */
	struct xs_list link;       /* xs_sched.device_list */
	struct xs_sched *sched;
	struct xs_list runnable;          /* of xs_unit.link */
	struct xs_list stalled;           /* of xs_sched_queue.link */
	struct xs_list shut;              /* of xs_sched_queue.link */
	struct xs_list levels[XS_LEVELS]; /* of xs_sched_queue.level_link */
	uint64_t used_levels[XS_LEVELS / 64];
	uint32_t queues;   /* all */
	uint32_t members;  /* those not banned */
	uint32_t parties;  /* with members */
	int paced_below;   /* queues of lower rank are paced */
	int tracked_above; /* queues of higher rank are tracked */
	uint64_t round;    /* number of choices made */
	uint64_t wake_ns;
	void *state;
	void *next_state;
};

struct xs_sched_queue {
	struct xs_table_node node;   /* xs_sched.queues */
	struct xs_list all_link;     /* xs_sched.queue_list */
	struct xs_list process_link; /* xs_sched_process.queues */
	struct xs_list level_link;   /* xs_sched_device.levels */
	struct xs_list link;         /* xs_unit.runnable or xs_sched_device.stalled or shut */
	struct xs_sched_process *process;
	struct xs_sched_device *device;
	struct xs_party *party;
	struct xs_unit unit;
	struct xs_hints hints;
	int offset;
	int priority; /* effective, without lent */
	int lent;
	int level; /* rank under the policy in force */
	bool ready;
	bool stalled;
	bool run;       /* wanted */
	bool announced; /* decision is what the caller knows */
	struct xs_decision decision;
	uint64_t since_ns;
	uint64_t device_ns;
};

struct xs_display {
	struct xs_list link; /* xs_sched.displays */
	uint64_t id;
	uint64_t process;
};

struct xs_sched {
	struct xs_sched_ops ops;
	void *ctx;
	const struct xs_policy *policy;
	bool per_process; /* the kind of unit in force */
	bool spread;      /* the other devices choose again too */
	struct xs_table processes, queues, devices;
	struct xs_list process_list, queue_list, device_list, displays;
	struct xs_hints hints; /* of everybody */
	int64_t values[XS_POLICIES_MAX][XS_PARAMS_MAX];
	int64_t own_values[XS_PARAMS_MAX];
	struct xs_sched_stats stats;
};

/* Numbers of xs_sched_params. */
enum { XS_PARAM_UNIT };

static inline bool xs_queue_banned(const struct xs_sched_queue *queue)
{
	return queue->priority == XS_PRIORITY_NO_EXECUTE;
}

static inline struct xs_unit *xs_queue_unit(struct xs_sched_queue *queue)
{
	return queue->device->sched->per_process ? &queue->party->unit : &queue->unit;
}

static inline struct xs_sched *xs_unit_sched(const struct xs_unit *unit)
{
	return unit->device->sched;
}

/* device.c: devices and parties come and go with their queues. */
struct xs_sched_device *xs_device_get(struct xs_sched *s, uint64_t id);
void xs_device_put(struct xs_sched_device *device);
struct xs_party *xs_party_get(struct xs_sched_process *process, struct xs_sched_device *device);
void xs_party_put(struct xs_party *party);
void xs_unit_init(struct xs_unit *unit, struct xs_sched_device *device, struct xs_party *party,
	struct xs_sched_queue *queue);

/* Counts a queue that is not banned in or out, by its rank. Announces nothing. */
void xs_level_enter(struct xs_sched_queue *queue);
void xs_level_leave(struct xs_sched_queue *queue);

/* Brings paced and tracked up to date after that, and announces what changed. */
void xs_levels_update(struct xs_sched_device *device);

/* decide.c */
void xs_settle(struct xs_sched_device *device, uint64_t now_ns);
void xs_choose_again(struct xs_sched_device *device, uint64_t now_ns);
void xs_publish(struct xs_sched_queue *queue);

/* Judges an idle queue, and announces nothing; leaves the others alone. */
void xs_queue_judge(struct xs_sched_queue *queue);

/* queue.c: into and out of the state that its fields ask for. */
void xs_queue_enlist(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_queue_delist(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_queue_destroy(struct xs_sched_queue *queue, uint64_t now_ns);

/* config.c: does this policy run processes as a whole? */
bool xs_sched_runs_processes(const struct xs_sched *s, const struct xs_policy *policy);

/* hint.c */
int xs_queue_priority(const struct xs_sched_queue *queue);
void xs_queue_relevel(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_process_forget_windows(struct xs_sched *s, uint64_t process);

/* Keeps a stream's priority number from leaving the class of its process. */
static inline int xs_clamp_offset(int offset)
{
	return offset < -49 ? -49 : offset > 49 ? 49 : offset;
}

#endif
