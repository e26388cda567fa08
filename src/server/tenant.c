/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants: coming, going, their queues, hints and stops by hand. */
#include "server/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/gate.h"

_Static_assert((int)XS_WIRE_HINT_PRIORITY == (int)XS_HINT_PRIORITY &&
		       (int)XS_WIRE_HINT_UTILIZATION == (int)XS_HINT_UTILIZATION &&
		       (int)XS_WIRE_HINT_TIMESLICE_US == (int)XS_HINT_TIMESLICE_US &&
		       (int)XS_WIRE_HINT_DEADLINE_US == (int)XS_HINT_DEADLINE_US &&
		       (int)XS_WIRE_HINT_KDEADLINE == (int)XS_HINT_KDEADLINE &&
		       (int)XS_WIRE_HINT_LAXITY_US == (int)XS_HINT_LAXITY_US &&
		       (int)XS_WIRE_HINT_WINDOW_ACTIVE == (int)XS_HINT_WINDOW_ACTIVE &&
		       (int)XS_WIRE_HINT_CPU_PRIORITY == (int)XS_HINT_CPU_PRIORITY &&
		       (int)XS_WIRE_HINT_REQUEST == (int)XS_HINT_REQUEST &&
		       (int)XS_WIRE_HINT_LIMIT == (int)XS_HINT_LIMIT &&
		       (int)XS_WIRE_HINT_TARGET_US == (int)XS_HINT_TARGET_US &&
		       (int)XS_WIRE_HINT_GANG == (int)XS_HINT_GANG &&
		       (int)XS_WIRE_HINTS == (int)XS_HINT_KINDS,
	"hints have the same numbers on the wire and in the scheduler");
_Static_assert(XS_WIRE_LEND_NONE == XS_LEND_NONE, "so has the absence of a loan");

/* Of a user who is not a steward. */
#define MOST_GANGS_OF_USER 64

/* --- tenants ------------------------------------------------------------------------------------- */

int xs_tenant_add(struct xs_world *world, struct xs_tenant *tenant)
{
	int err = xs_sched_process_add(
		world->sched, xs_tenant_number(tenant), tenant->name, world->now_ns);

	if (err)
		return err;
	tenant->world = world;
	tenant->cpu_priority = 0;
	tenant->gang = false;
	xs_list_init(&tenant->notice_link);
	xs_list_append(&world->tenants, &tenant->link);
	world->tenant_count++;
	world->cpu_sampled_ns = 0;
	xs_store_full(&tenant->page->heartbeat_ns, world->now_ns);
	xs_store_full(&tenant->page->server_asleep, 1);
	/* Set, it may be for a connection of before that nobody reads any more. */
	xs_store_full(&tenant->page->client_told, 0);
	return 0;
}

/* The process may live on without us: nothing of ours stays in its way. */
static void set_free(struct xs_lane *lane)
{
	lane->level = 1;
	xs_lane_apply(lane, (struct xs_decision){ .run = true });
}

static void forget(struct xs_lane *lane)
{
	struct xs_tenant *tenant = lane->tenant;
	struct xs_lane_group *group = tenant->groups[lane->index / 64];

	set_free(lane);
	xs_place_leave(lane);
	xs_name_leave(lane);
	xs_list_remove(&lane->review_link);
	group->lanes[lane->index % 64] = NULL;
	if (--group->count == 0) {
		tenant->groups[lane->index / 64] = NULL;
		free(group);
	}
	tenant->queue_count--;
	tenant->world->queue_count--;
	free(lane);
}

static void forget_each(struct xs_lane *lane, void *ctx)
{
	(void)ctx;
	forget(lane);
}

void xs_tenant_remove(struct xs_tenant *tenant)
{
	struct xs_world *world = tenant->world;

	if (!world)
		return;
	/* First the others go on: this one may be the reason why they wait. */
	xs_sched_process_remove(world->sched, xs_tenant_number(tenant), world->now_ns);
	xs_tenant_each(tenant, forget_each, NULL);
	xs_list_remove(&tenant->notice_link);
	xs_list_remove(&tenant->link);
	world->tenant_count--;
	tenant->world = NULL;
}

void xs_tenant_each(
	struct xs_tenant *tenant, void (*visit)(struct xs_lane *lane, void *ctx), void *ctx)
{
	for (size_t i = 0; i < XS_PAGE_SLOTS; i++) {
		const struct xs_lane_group *group = tenant->groups[i / 64];

		if (!group)
			i |= 63; /* the next group */
		else if (group->lanes[i % 64])
			visit(group->lanes[i % 64], ctx);
	}
}

static void show_priority(struct xs_lane *lane, void *ctx)
{
	int priority;

	(void)ctx;
	if (xs_sched_queue_priority(lane->tenant->world->sched, xs_lane_number(lane), &priority) !=
			0 ||
		xs_load_relaxed(&lane->slot->priority) == priority)
		return;
	xs_store_relaxed(&lane->slot->priority, priority);
	xs_tenant_notice(lane->tenant);
}

void xs_tenant_show_priorities(struct xs_tenant *tenant)
{
	xs_tenant_each(tenant, show_priority, NULL);
}

/* --- queues -------------------------------------------------------------------------------------- */

struct xs_lane *xs_tenant_find(const struct xs_tenant *tenant, uint32_t slot, uint64_t id)
{
	const struct xs_lane_group *group = slot < XS_PAGE_SLOTS ? tenant->groups[slot / 64] : NULL;
	struct xs_lane *lane = group ? group->lanes[slot % 64] : NULL;

	return lane && lane->id == id ? lane : NULL;
}

static struct xs_lane *place(struct xs_tenant *tenant, uint32_t slot)
{
	struct xs_lane_group **group = &tenant->groups[slot / 64];
	struct xs_lane *lane = calloc(1, sizeof(*lane));

	if (!lane)
		return NULL;
	if (!*group)
		*group = calloc(1, sizeof(**group));
	if (!*group) {
		free(lane);
		return NULL;
	}
	(*group)->lanes[slot % 64] = lane;
	(*group)->count++;
	lane->tenant = tenant;
	lane->index = slot;
	lane->slot = &tenant->page->slots[slot];
	xs_list_init(&lane->ready_link);
	xs_list_init(&lane->review_link);
	xs_list_init(&lane->name_link);
	tenant->queue_count++;
	tenant->world->queue_count++;
	return lane;
}

/* What applies to the whole tenant applies to its newest queue. */
static void stop_if_suspended(struct xs_lane *lane)
{
	const struct xs_hint never = { .kind = XS_HINT_PRIORITY, .value = XS_PRIORITY_NO_EXECUTE };
	struct xs_world *world = lane->tenant->world;

	if (lane->tenant->suspended)
		xs_sched_hint(
			world->sched, XS_HINT_QUEUE, xs_lane_number(lane), &never, world->now_ns);
}

int xs_tenant_queue_add(struct xs_tenant *tenant, const struct xs_msg_queue_add *add)
{
	struct xs_world *world = tenant->world;
	const struct xs_lane_group *group;

	if (add->slot >= XS_PAGE_SLOTS)
		return -EINVAL;
	group = tenant->groups[add->slot / 64];
	if (group && group->lanes[add->slot % 64])
		return -EEXIST;
	struct xs_lane *lane = place(tenant, add->slot);
	if (!lane)
		return -ENOMEM;

	uint64_t word = xs_load_full(&lane->slot->word);
	lane->id = add->id;
	lane->handle = add->handle ? add->handle : add->id;
	lane->device = add->device;
	lane->level = add->level < 1 ? 1 : add->level > 3 ? 3 : (int)add->level;
	lane->threshold = add->threshold;
	lane->batch = add->batch;
	lane->paced = word & XS_GATE_PACED;
	lane->tracked = word & XS_GATE_TRACKED;
	lane->device_ns = xs_load_relaxed(&lane->slot->device_ns);
	lane->credit_at_ns = world->now_ns;
	int err = xs_place_enter(lane);
	if (!err)
		err = xs_name_enter(lane);
	if (!err)
		err = xs_sched_queue_add(world->sched, xs_tenant_number(tenant),
			xs_lane_number(lane), add->device, add->offset, world->now_ns);
	if (err) {
		forget(lane);
		return err;
	}
	stop_if_suspended(lane);
	show_priority(lane, NULL);
	xs_lane_tell(lane);
	return 0;
}

int xs_tenant_queue_remove(struct xs_tenant *tenant, uint32_t slot, uint64_t id)
{
	struct xs_world *world = tenant->world;
	struct xs_lane *lane = xs_tenant_find(tenant, slot, id);

	if (!lane)
		return -ENOENT;
	xs_lane_sample(lane);
	xs_sched_queue_remove(world->sched, xs_lane_number(lane), world->now_ns);
	forget(lane);
	return 0;
}

int xs_tenant_queue_change(struct xs_tenant *tenant, const struct xs_msg_queue_change *change)
{
	struct xs_world *world = tenant->world;
	struct xs_lane *lane = xs_tenant_find(tenant, change->slot, change->id);

	if (!lane)
		return -ENOENT;
	lane->level = change->level < 1 ? 1 : change->level > 3 ? 3 : (int)change->level;
	lane->threshold = change->threshold;
	lane->batch = change->batch;
	int err = xs_sched_queue_offset(
		world->sched, xs_lane_number(lane), change->offset, world->now_ns);
	show_priority(lane, NULL);
	xs_lane_repace(lane);
	return err;
}

/* --- hints and stops ----------------------------------------------------------------------------- */

static int hint_lane(struct xs_lane *lane, const struct xs_hint *hint)
{
	struct xs_world *world = lane->tenant->world;

	return xs_sched_hint(
		world->sched, XS_HINT_QUEUE, xs_lane_number(lane), hint, world->now_ns);
}

int xs_lane_hint(struct xs_lane *lane, const struct xs_hint *hint)
{
	int err = 0;

	if (hint->kind == XS_HINT_PRIORITY) {
		lane->has_priority = !hint->clear;
		lane->priority = hint->value;
	}
	/* While it is stopped by hand, its priority is what stops it. */
	if (hint->kind != XS_HINT_PRIORITY || !xs_lane_suspended(lane))
		err = hint_lane(lane, hint);
	show_priority(lane, NULL);
	return err;
}

/* A priority for the process is meant for all its queues, also those that have one of their own. */
static void override_priority(struct xs_lane *lane, void *ctx)
{
	if (lane->has_priority)
		xs_lane_hint(lane, ctx);
}

/* An event on the devices of gangs costs time for each of them. */
static bool has_too_many_gangs(const struct xs_tenant *tenant)
{
	unsigned int count = 0;

	if (!tenant->limited)
		return false;
	xs_list_for_each (link, &tenant->world->tenants) {
		const struct xs_tenant *other = xs_list_entry(link, struct xs_tenant, link);

		count += other != tenant && other->gang && other->uid == tenant->uid;
	}
	return count >= MOST_GANGS_OF_USER;
}

int xs_tenant_hint(struct xs_tenant *tenant, const struct xs_hint *hint)
{
	struct xs_world *world = tenant->world;
	bool gang = hint->kind == XS_HINT_GANG ? !hint->clear && hint->value : tenant->gang;

	if (gang && !tenant->gang && has_too_many_gangs(tenant))
		return -EUSERS;
	int err = xs_sched_hint(
		world->sched, XS_HINT_PROCESS, xs_tenant_number(tenant), hint, world->now_ns);
	if (err)
		return err;
	tenant->gang = gang;
	xs_tenant_show_priorities(tenant);
	return 0;
}

int xs_tenant_hint_all(struct xs_tenant *tenant, const struct xs_hint *hint)
{
	struct xs_hint copy = *hint;

	if (hint->kind == XS_HINT_PRIORITY)
		xs_tenant_each(tenant, override_priority, &copy);
	return xs_tenant_hint(tenant, hint);
}

static void refresh_stop(struct xs_lane *lane, void *ctx)
{
	struct xs_hint hint = { .kind = XS_HINT_PRIORITY };

	(void)ctx;
	hint.value = lane->priority;
	hint.clear = !lane->has_priority;
	if (xs_lane_suspended(lane)) {
		hint.value = XS_PRIORITY_NO_EXECUTE;
		hint.clear = false;
	}
	hint_lane(lane, &hint);
	show_priority(lane, NULL);
}

void xs_lane_suspend(struct xs_lane *lane, bool on)
{
	lane->suspended = on;
	refresh_stop(lane, NULL);
}

static void suspend_each(struct xs_lane *lane, void *ctx)
{
	lane->suspended = false;
	refresh_stop(lane, ctx);
}

void xs_tenant_suspend(struct xs_tenant *tenant, bool on)
{
	tenant->suspended = on;
	xs_tenant_each(tenant, suspend_each, NULL);
}
