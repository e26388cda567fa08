/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world that the daemon schedules: processes with a page ("tenants"), their queues, and the
 * scheduler in the middle. It reads words, feeds the scheduler and applies what that decides to the
 * words of others. It has no descriptor and no event loop: whoever owns it says when to look.
 *
 * One thread. Every change is bracketed:
 *
 *   xs_world_begin()     reads the clock
 *   ...                  any number of calls
 *   xs_world_settle()    what follows from them; names the time of the next tick
 *
 * Nothing that is read from a page is trusted. A word only says whether its own queue is ready, a
 * counter only what its own queue is charged; no index, size or address comes from a page.
 */
#ifndef XS_SERVER_WORLD_H
#define XS_SERVER_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "sched/sched.h"
#include "sched/table.h"
#include "server/waits.h"
#include "wire/message.h"
#include "wire/page.h"

struct xs_tenant;

struct xs_world_ops {
	/* Some of its queues have to be looked at: it should be sent LOOK. */
	void (*look)(struct xs_tenant *tenant);
	/* Its page does not behave: it should be removed, but not from inside this call. */
	void (*broken)(struct xs_tenant *tenant);
};

struct xs_world {
	struct xs_sched *sched;
	const struct xs_world_ops *ops;
	uint64_t now_ns; /* of the event that is being handled */
	uint64_t cpu_sampled_ns;
	uint64_t tenant_count, queue_count;
	uint64_t transitions; /* ready and idle, ever */
	uint64_t reads;       /* times that a page was read */
	struct xs_list tenants;
	struct xs_table places; /* xs_place.node, by the number of the device */
	struct xs_list place_list;
	struct xs_table names;  /* names.c: by handle */
	uint64_t salt;          /* of their keys */
	struct xs_list reviews; /* xs_lane.review_link: report how they stand */
	struct xs_list notices; /* xs_tenant.notice_link: want a look, or are broken */
};

/* A device, while somebody has a queue there. */
struct xs_place {
	struct xs_table_node node;
	struct xs_list link;  /* world.place_list */
	struct xs_list ready; /* xs_lane.ready_link */
	uint64_t sampled_ns;  /* when device times were read last */
	uint32_t lanes;
	uid_t uid; /* of whoever named it first */
};

/* A queue of a tenant. Its address is its number in the scheduler. */
struct xs_lane {
	struct xs_tenant *tenant;
	struct xs_place *place;
	struct xs_name *name;
	struct xs_slot *slot;
	uint32_t index; /* of the slot */
	uint64_t id, handle, device;
	int level, threshold, batch;
	bool ready;          /* as the scheduler was told */
	bool held;           /* as the scheduler decided */
	bool paced, tracked; /* as the word says */
	bool wants_pace;     /* as the scheduler decided */
	bool suspended;      /* by SUSPEND; also if its tenant is */
	bool stalled;        /* by STALLED */
	bool frozen;         /* its process stands still */
	bool has_priority;
	uint64_t held_since_ns;     /* when we closed its gate; 0: we did not */
	uint64_t waits_since_ns;    /* it has work and is held; 0: it is not */
	int64_t priority;           /* hint of the queue itself, if there is one */
	uint64_t device_ns;         /* counter of the slot when it was read last */
	uint64_t credit_ns;         /* device time that it can have used since then */
	uint64_t word_at_beat;      /* as it was when somebody looked whether it stands still */
	uint64_t credit_at_ns;      /* when the credit was counted last */
	struct xs_list ready_link;  /* xs_place.ready */
	struct xs_list review_link; /* world.reviews */
	struct xs_list name_link;   /* xs_name.lanes */
};

struct xs_lane_group {
	struct xs_lane *lanes[64];
	unsigned int count;
};

/* The owner fills in what is above the line, and keeps it. */
struct xs_tenant {
	struct xs_page *page;
	uint64_t serial;
	pid_t pid; /* as the daemon sees it, 0: not in its namespace */
	uid_t uid;
	bool limited; /* its user gets a part of us only: no more than so many devices and gangs */
	char name[64];

	/* --- */
	struct xs_world *world; /* NULL: not in it */
	struct xs_lane_group *groups[XS_PAGE_GROUPS];
	uint32_t queue_count;
	bool suspended; /* by SUSPEND */
	bool gang;      /* as it was hinted */
	bool wants_look;
	bool broken;
	uint64_t asked_ns;          /* when it was sent LOOK last */
	uint64_t looked_at_ns;      /* when its state was read last: */
	bool still;                 /* it stands still */
	int cpu_priority;           /* as the scheduler was told */
	struct xs_waits waits;      /* of all its queues */
	struct xs_list link;        /* world.tenants */
	struct xs_list notice_link; /* world.notices */
};

/* Returns 0 or -errno (-ENOENT: no such policy). */
int xs_world_init(struct xs_world *world, const struct xs_world_ops *ops, const char *policy);

/* Opens all gates. Tenants are forgotten; their owner keeps them. */
void xs_world_fini(struct xs_world *world);

void xs_world_begin(struct xs_world *world);

/* Returns when xs_world_tick() is due, 0: not at all. */
uint64_t xs_world_settle(struct xs_world *world);

/* Runs the timers of the scheduler. */
void xs_world_tick(struct xs_world *world);

/* Every XS_PAGE_HEARTBEAT_NS: tells all tenants that somebody is there, reads device times. */
void xs_world_beat(struct xs_world *world);

/* Reads CPU priorities, if the policy goes by them; more often than every 100 ms does nothing. */
void xs_world_sample_cpu(struct xs_world *world);

/* At each beat: whoever is ready and stands still, by a signal or otherwise, counts as stalled. */
void xs_world_sample_frozen(struct xs_world *world);

/* The tenant comes and goes. Its gates are open afterwards, whatever they were. 0 or -errno. */
int xs_tenant_add(struct xs_world *world, struct xs_tenant *tenant);
void xs_tenant_remove(struct xs_tenant *tenant);

/* Awake: reads what changed, once. Returns at once, whatever the tenant does meanwhile. */
void xs_tenant_read(struct xs_tenant *tenant);

/* Asleep: its next change rings. Returns false if something changed before that. */
bool xs_tenant_lull(struct xs_tenant *tenant);

/* What its messages say. -EINVAL, -ENOENT, -EEXIST, -ENOMEM as in sched.h; -EUSERS: its user has enough
 * already, and this one runs freely. */
int xs_tenant_queue_add(struct xs_tenant *tenant, const struct xs_msg_queue_add *add);
int xs_tenant_queue_remove(struct xs_tenant *tenant, uint32_t slot, uint64_t id);
int xs_tenant_queue_change(struct xs_tenant *tenant, const struct xs_msg_queue_change *change);
struct xs_lane *xs_tenant_find(const struct xs_tenant *tenant, uint32_t slot, uint64_t id);

/* Hints, and stops by hand. The caller has looked at the rights of whoever asks. */
int xs_lane_hint(struct xs_lane *lane, const struct xs_hint *hint);
int xs_tenant_hint(struct xs_tenant *tenant, const struct xs_hint *hint);

/* The same from outside: a priority also replaces those that queues of the tenant have themselves. */
int xs_tenant_hint_all(struct xs_tenant *tenant, const struct xs_hint *hint);
void xs_lane_suspend(struct xs_lane *lane, bool on);
int xs_lane_stalled(struct xs_lane *lane, bool on);
void xs_tenant_suspend(struct xs_tenant *tenant, bool on);

/* All lanes of the tenant in the order of their slots. */
void xs_tenant_each(
	struct xs_tenant *tenant, void (*visit)(struct xs_lane *lane, void *ctx), void *ctx);

/* names.c: the one lane of that user with that handle; uid NULL: of all users. -ENOENT: there is none; -EPERM:
 * there are those of others only; -ENOTUNIQ: there are several. */
int xs_world_find(
	const struct xs_world *world, uint64_t handle, const uid_t *uid, struct xs_lane **lane);

static inline struct xs_lane *xs_lane_of_number(uint64_t number)
{
	return (struct xs_lane *)(uintptr_t)number;
}

static inline uint64_t xs_lane_number(const struct xs_lane *lane)
{
	return (uint64_t)(uintptr_t)lane;
}

static inline uint64_t xs_tenant_number(const struct xs_tenant *tenant)
{
	return (uint64_t)(uintptr_t)tenant;
}

static inline bool xs_lane_suspended(const struct xs_lane *lane)
{
	return lane->suspended || lane->tenant->suspended;
}

/* --- between the files of the world -------------------------------------------------------------- */

/* place.c: the lane comes to its device, and leaves it. 0, -EUSERS or -ENOMEM. */
int xs_place_enter(struct xs_lane *lane);
void xs_place_leave(struct xs_lane *lane);

/* names.c: the lane is to be found by its handle, and no more. 0 or -ENOMEM. */
int xs_name_enter(struct xs_lane *lane);
void xs_name_leave(struct xs_lane *lane);

/* Reads the device times of the queues that are ready there, or everywhere. */
void xs_place_sample(struct xs_world *world, uint64_t device);
void xs_place_sample_all(struct xs_world *world);

/* Applies a decision to the word of the lane. */
void xs_lane_apply(struct xs_lane *lane, struct xs_decision decision);

/* The level of the lane changed. */
void xs_lane_repace(struct xs_lane *lane);

/* Tells the scheduler whether the lane is ready now. */
void xs_lane_tell(struct xs_lane *lane);

/* Work came or went, or the gate opened or closed. A wait begins when a queue has both work and a closed
 * gate, and ends when the gate opens; one that runs dry behind its gate did not wait for it. */
void xs_lane_note_wait(struct xs_lane *lane);

/* Charges the device time that the lane's counter gained. */
void xs_lane_sample(struct xs_lane *lane);

/* The process should look at its page: something that it acts upon has changed. */
void xs_tenant_notice(struct xs_tenant *tenant);

/* Writes the effective priorities of the lanes into their slots. */
void xs_tenant_show_priorities(struct xs_tenant *tenant);

#endif
