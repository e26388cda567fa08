/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of the scheduler and what its files offer each other.
 *
 *   xs_sched ─┬─ process ── queues of the process
 *             ├─ device ─┬─ runnable units, in the order of waking
 *             │          ├─ gangs: runnable units that the policy is not shown
 *             │          ├─ ties: the gangs that have queues there
 *             │          ├─ levels: its queues by rank, for pacing
 *             │          └─ shut: idle queues whose gate is closed
 *             ├─ gangs: processes that run on all their devices or on none
 *             ├─ busy: devices on which anything goes on
 *             ├─ timers: devices in the order in which they want to be woken
 *             └─ party: one process on one device; exists while that process has a queue there
 *
 * Each queue and each party carries a unit; the policy in force sees one kind of them. A queue is
 * in exactly one of these states:
 *
 *   banned    priority XS_PRIORITY_NO_EXECUTE: gate closed, in no list, seen by nobody
 *   idle      in no list, or in device.shut if its gate is closed
 *   runnable  ready and not stalled: in device.runnable, or where whole processes run, in
 *             party.runnable, and the party's unit is in device.runnable
 *   stalled   ready without progress: in device.stalled; holds nobody back, but can be stopped by
 *             somebody more important
 *
 * Applications have thousands of queues, so what a queue takes is kept small.
 */
#ifndef XS_SCHED_STATE_H
#define XS_SCHED_STATE_H

#include "base/list.h"
#include "policy/policy.h"
#include "sched/sched.h"
#include "sched/table.h"
#include "sched/timers.h"

#define XS_LEVELS 512 /* ranks -256..255 */

/* Those before it; a queue has no room for the kinds that are for processes only. */
#define XS_QUEUE_HINT_KINDS XS_HINT_WINDOW_ACTIVE

/* Which ranks are registered. */
struct xs_levels {
	uint64_t used[XS_LEVELS / 64];
	uint32_t count[XS_LEVELS];      /* queues of each */
	bool told;                      /* all devices, to whom these are */
	int paced_below, tracked_above; /* as xs_sched_device has them */
};

struct xs_hints {
	uint16_t set; /* bit per enum xs_hint_kind */
	int16_t lax_prio;
	int16_t crit_prio;
	int32_t value[XS_QUEUE_HINT_KINDS]; /* xs_hint_place() */
};

/* Of a process, or of everybody: all kinds. */
struct xs_process_hints {
	struct xs_hints hints;
	int32_t more[XS_HINT_KINDS - XS_QUEUE_HINT_KINDS];
};

struct xs_unit {
	struct xs_list link; /* device.runnable; or of a queue, one of those in the drawing */
	uint64_t since_ns;   /* runnable since */
	uint64_t charged_ns; /* running time is accounted until then */
	uint64_t advance_ns; /* running time charged in place of a late report */
	void *state;         /* of the policy in force: own, or a block */
	uint64_t own;        /* most policies need no more, and a block takes four times as much */
	bool of_queue;       /* not of a party */
	bool chosen;
	bool running;
	bool measured; /* usage is reported, so running time is not charged */
	bool reported; /* since charged_ns was set */
};

struct xs_sched_process {
	struct xs_table_node node; /* xs_sched.processes */
	struct xs_list link;       /* xs_sched.process_list */
	struct xs_list queues;     /* of xs_sched_queue.process_link */
	struct xs_list parties;    /* of xs_party.link */
	struct xs_process_hints hints;
	uint32_t windows; /* displays on which it owns the active window */
	bool gang;        /* as its hint says */
	bool apart;       /* its units are in xs_sched_device.gangs, and no policy knows them */
	bool tied;        /* of gangs, during a choice: takes part in it, */
	bool withheld;    /* is not shown to the policy, */
	bool runs;        /* and is to run as a whole */
	bool granted;     /* of the gangs apart: it has its turn */
	int highest;      /* of gangs, during a choice: priority among its runnable units */
	int64_t part; /* the same for what they ask for, and the most that they may get (policy.h) */
	int64_t limit;
	uint64_t granted_ns, turn_ns, until_ns;
	uint64_t pause_ns;        /* until then it has no turn, whoever else is idle */
	uint64_t promised_ns;     /* when all its devices will be free for it, 0: not promised */
	struct xs_list gang_link; /* xs_sched.gangs, if it is one and on several devices */
	char name[64];
};

struct xs_party {
	struct xs_list link; /* xs_sched_process.parties */
	struct xs_list tie;  /* xs_sched_device.ties, if the process is a gang */
	struct xs_sched_process *process;
	struct xs_sched_device *device;
	struct xs_list runnable; /* of xs_unit.link of its queues, where processes run */
	struct xs_unit unit;
	uint32_t queues;  /* all */
	uint32_t members; /* those not banned */
	uint64_t round;   /* xs_sched_device.round when one of its units was chosen last */
	bool wants, gets; /* of a gang, during a choice: is runnable, was chosen */
};

/* What several ask for. */
struct xs_parts {
	int64_t asked, silent; /* the sum, and the number of those that did not say */
	int64_t count;
};

struct xs_sched_device {
	struct xs_table_node node; /* xs_sched.devices */
	struct xs_list link;       /* xs_sched.device_list */
	struct xs_list busy_link;  /* xs_sched.busy */
	struct xs_list tied_link;  /* xs_sched.tied */
	struct xs_sched *sched;
	struct xs_list runnable;          /* of xs_unit.link */
	struct xs_list stalled;           /* of xs_unit.link of queues */
	struct xs_list shut;              /* of xs_unit.link of queues */
	struct xs_list gangs;             /* of xs_unit.link of runnable units apart */
	struct xs_list ties;              /* of xs_party.tie */
	struct xs_list levels[XS_LEVELS]; /* of xs_sched_queue.level_link */
	uint64_t used_levels[XS_LEVELS / 64];
	uint32_t queues;       /* all */
	uint32_t members;      /* those not banned */
	uint32_t parties;      /* with members */
	int paced_below;       /* queues of lower rank are paced */
	int tracked_above;     /* queues of higher rank are tracked */
	uint64_t round;        /* number of choices made */
	uint64_t sweep;        /* xs_sched.sweep when it was chosen last */
	uint64_t wake_ns;      /* when the policy wants to choose again; 0: it does not */
	uint64_t gang_wake_ns; /* the same for the turns of the gangs that tie it to others */
	struct xs_timer timer; /* xs_sched.timers */
	const struct xs_sched_process *gang; /* whose turn it is, if it is that of a gang */
	const struct xs_party *gang_party;   /* the same there */
	struct xs_parts gangs_here, others;  /* gangs with work, and those that are none */
	uint64_t gang_free_ns;               /* until then it is owed to the others */
	uint64_t reserved_ns; /* when the gang that has waited longest is to have it */
	void *state;
	void *next_state;
};

struct xs_sched_queue {
	struct xs_table_node node;   /* xs_sched.queues */
	struct xs_list process_link; /* xs_sched_process.queues */
	struct xs_list level_link;   /* xs_sched_device.levels */
	struct xs_party *party;
	struct xs_unit unit;
	struct xs_hints hints;
	int lent;
	int16_t priority; /* effective, without lent */
	int16_t level;    /* rank under the policy in force */
	int8_t offset;
	bool ready;
	bool stalled;
	bool run;       /* wanted */
	bool announced; /* decision is what the caller knows */
	struct xs_decision decision;
	uint64_t since_ns;
	uint64_t device_ns;
};

_Static_assert(sizeof(struct xs_sched_queue) <= 184, "a queue is small");

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
	struct xs_list process_list, device_list, displays;
	struct xs_list busy; /* of xs_sched_device.busy_link: not all of its lists are empty */
	struct xs_list
		tied; /* of xs_sched_device.tied_link: those that choose together right now */
	struct xs_timers timers;
	uint64_t sweep;        /* number of changes that concern several devices */
	struct xs_list gangs;  /* of xs_sched_process.gang_link; the one that waits longest first */
	void *spare_states;    /* blocks for the units of the policy that is about to take over */
	uint64_t gang_wake_ns; /* during a choice: the next end or beginning of a turn */
	struct xs_levels levels;       /* of all devices together */
	struct xs_process_hints hints; /* of everybody */
	int64_t values[XS_POLICIES_MAX][XS_PARAMS_MAX];
	int64_t own_values[XS_PARAMS_MAX];
	struct xs_sched_stats stats;
};

/* Numbers of xs_sched_params. */
enum { XS_PARAM_UNIT, XS_PARAM_GANG_SLICE };

static inline bool xs_queue_banned(const struct xs_sched_queue *queue)
{
	return queue->priority == XS_PRIORITY_NO_EXECUTE;
}

static inline struct xs_unit *xs_queue_unit(struct xs_sched_queue *queue)
{
	return queue->party->device->sched->per_process ? &queue->party->unit : &queue->unit;
}

/* The queue that this is the unit of; NULL: it is of a party. */
static inline struct xs_sched_queue *xs_unit_queue(const struct xs_unit *unit)
{
	return unit->of_queue ? xs_container_of(unit, struct xs_sched_queue, unit) : NULL;
}

static inline struct xs_party *xs_unit_party(const struct xs_unit *unit)
{
	return unit->of_queue ? xs_unit_queue(unit)->party
			      : xs_container_of(unit, struct xs_party, unit);
}

static inline struct xs_sched *xs_unit_sched(const struct xs_unit *unit)
{
	return xs_unit_party(unit)->device->sched;
}

/* sched.c: the queue after this one, process by process; the first after NULL, NULL after the last. */
struct xs_sched_queue *xs_next_queue(const struct xs_sched *s, const struct xs_sched_queue *queue);

#define xs_for_each_queue(queue, s)                                                                \
	for (struct xs_sched_queue *queue = xs_next_queue(s, NULL); queue;                         \
		queue = xs_next_queue(s, queue))

/* device.c: devices and parties come and go with their queues. */
struct xs_sched_device *xs_device_get(struct xs_sched *s, uint64_t id);
void xs_device_put(struct xs_sched_device *device);
struct xs_party *xs_party_get(struct xs_sched_process *process, struct xs_sched_device *device);
bool xs_party_put(struct xs_party *party); /* was that its last queue? */

/* Counts a queue that is not banned in or out, by its rank. Announces nothing. */
void xs_level_enter(struct xs_sched_queue *queue);
void xs_level_leave(struct xs_sched_queue *queue);

/* Brings paced and tracked up to date after that, and announces what changed. */
void xs_levels_update(struct xs_sched_device *device);

/* decide.c */
void xs_settle(struct xs_sched_device *device, uint64_t now_ns);
void xs_choose_again(struct xs_sched_device *device, uint64_t now_ns);
void xs_publish(struct xs_sched_queue *queue);

/* The same for all devices of the process, or for all; each chooses once. */
void xs_process_choose_again(struct xs_sched_process *process, uint64_t now_ns);
void xs_choose_all_again(struct xs_sched *s, uint64_t now_ns);

/* Has the policy choose on the devices that are tied, and announces nothing. */
void xs_decide_tied(struct xs_sched *s, uint64_t now_ns);

/* Keeps xs_sched.busy after one of the device's lists has changed. */
void xs_device_note(struct xs_sched_device *device);

/* gang.c: the process came to a device, left one, or changed its mind: it may be a gang now, or none. */
void xs_gang_review(struct xs_sched *s, struct xs_sched_process *process, uint64_t now_ns);

/* The process has no queue any more on a device on which it was part of what tied that to others. */
void xs_gang_left(struct xs_sched_process *process, uint64_t now_ns);
void xs_gang_new_policy(struct xs_sched *s);

/* Does a change of this device concern others too? */
bool xs_gangs_tie(const struct xs_sched_device *device);

/* Chooses on this device and on those that are tied to it, with gangs on all or none of theirs. These
 * devices are in xs_sched.tied until xs_gangs_part(). */
void xs_gangs_choose(struct xs_sched_device *device, uint64_t now_ns);
void xs_gangs_part(struct xs_sched *s);

/* gang_part.c: what the units of a gang ask for, and all that want the device at this moment; how long its next turn may be if that of an average one is
 * as long; and for how long, after a turn, it owes a device to others, or pauses. */
void xs_gang_forget_hints(struct xs_sched_process *process);
void xs_gang_note_hints(struct xs_sched_process *process, const struct xs_unit *unit);
void xs_gang_add_up(struct xs_sched_device *device);
uint64_t xs_gang_turn_ns(const struct xs_sched_process *process, uint64_t average_ns);
uint64_t xs_gang_owes_ns(const struct xs_party *party, uint64_t used_ns);
uint64_t xs_gang_pause_ns(const struct xs_sched_process *process, uint64_t used_ns);

/* Judges an idle queue, and announces nothing; leaves the others alone. */
void xs_queue_judge(struct xs_sched_queue *queue);

/* queue.c: into and out of the state that its fields ask for. */
void xs_queue_enlist(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_queue_delist(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_queue_destroy(struct xs_sched_queue *queue, uint64_t now_ns);

/* unit.c: memory of the policy for a unit that has none; false: there is no memory. */
bool xs_unit_make_state(struct xs_unit *unit, size_t size);
void xs_unit_drop_state(struct xs_unit *unit);

/* The same in two steps, of which the second cannot fail: once for each unit. */
bool xs_unit_prepare_state(struct xs_sched *s, size_t size);
void xs_unit_adopt_state(struct xs_sched *s, struct xs_unit *unit, size_t size);
void xs_unit_discard_prepared(struct xs_sched *s);

/* config.c: does this policy run processes as a whole? */
bool xs_sched_runs_processes(const struct xs_sched *s, const struct xs_policy *policy);

/* hint.c: where the value of a hint is. hints: with the kinds of processes only if they can be set. */
int32_t *xs_hint_place(struct xs_hints *hints, enum xs_hint_kind kind);
int16_t xs_queue_priority(const struct xs_sched_queue *queue);
int16_t xs_queue_inherited(const struct xs_sched_queue *queue); /* without its own hint */
void xs_queue_relevel(struct xs_sched_queue *queue, uint64_t now_ns);
void xs_process_forget_windows(struct xs_sched *s, uint64_t process);

/* Keeps a stream's priority number from leaving the class of its process. */
static inline int8_t xs_clamp_offset(int offset)
{
	return (int8_t)(offset < -49 ? -49 : offset > 49 ? 49 : offset);
}

#endif
