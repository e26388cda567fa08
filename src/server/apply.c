/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the scheduler and the words in the pages: decisions go there, states and device times come
 * from there. The same rules as in preempt/local.c, for pages of others.
 */
#include "server/world.h"

#include "wire/gate.h"

/* Device time that a queue may report at once, if it was not heard of for long. */
#define MOST_CREDIT_NS UINT64_C(1000000000)

/* Clocks of device and host are not the same one. */
#define CREDIT_SLACK_NS UINT64_C(1000000)

void xs_tenant_notice(struct xs_tenant *tenant)
{
	tenant->wants_look = true;
	if (xs_list_empty(&tenant->notice_link))
		xs_list_append(&tenant->world->notices, &tenant->notice_link);
}

/* A word that does not hold still belongs to a process that does not want to be scheduled. */
static void check(struct xs_lane *lane, int err)
{
	if (!err)
		return;
	lane->tenant->broken = true;
	xs_tenant_notice(lane->tenant);
}

static void set(struct xs_lane *lane, enum xs_gate_event event)
{
	uint64_t before;

	check(lane, xs_gate_try(lane->slot, event, &before));
}

/* Whoever has to report from now on is asked how he stands. */
static void review(struct xs_lane *lane)
{
	if (xs_list_empty(&lane->review_link))
		xs_list_append(&lane->tenant->world->reviews, &lane->review_link);
}

static void pace(struct xs_lane *lane, bool paced)
{
	if (paced == lane->paced)
		return;
	lane->paced = paced;
	xs_add_relaxed(&lane->slot->pace_epoch, 1);
	set(lane, paced ? XS_GATE_PACE : XS_GATE_UNPACE);
	xs_tenant_notice(lane->tenant);
	if (paced)
		review(lane);
}

static void track(struct xs_lane *lane, bool tracked)
{
	if (tracked == lane->tracked)
		return;
	lane->tracked = tracked;
	set(lane, tracked ? XS_GATE_TRACK : XS_GATE_UNTRACK);
	if (!tracked)
		return;
	xs_tenant_notice(lane->tenant);
	review(lane);
}

/* A queue that can be stopped on the device carries markers at all times. */
void xs_lane_repace(struct xs_lane *lane)
{
	pace(lane, lane->wants_pace || lane->level >= 2);
}

void xs_lane_note_wait(struct xs_lane *lane)
{
	uint64_t now_ns = lane->tenant->world->now_ns;

	if (lane->held && lane->ready) {
		lane->waits_since_ns = lane->waits_since_ns ? lane->waits_since_ns : now_ns;
		return;
	}
	if (!lane->held && lane->waits_since_ns)
		xs_waits_add(&lane->tenant->waits, now_ns - lane->waits_since_ns);
	lane->waits_since_ns = 0;
}

void xs_lane_apply(struct xs_lane *lane, struct xs_decision decision)
{
	uint64_t now_ns = lane->tenant->world->now_ns;

	if (!decision.run)
		check(lane, xs_gate_hold(lane->slot, now_ns, &lane->held_since_ns));
	lane->wants_pace = decision.paced;
	xs_lane_repace(lane);
	track(lane, decision.tracked);
	if (decision.run)
		check(lane, xs_gate_release(lane->slot, now_ns, &lane->held_since_ns));
	lane->held = !decision.run;
	xs_lane_note_wait(lane);
}

/*
 * Device time comes as sums that may lag behind by some milliseconds, so what was not used of the
 * time that passed stays as credit. More than passed since the queue was added is never charged.
 */
void xs_lane_sample(struct xs_lane *lane)
{
	struct xs_world *world = lane->tenant->world;
	uint64_t counter = xs_load_relaxed(&lane->slot->device_ns);
	uint64_t used_ns = counter - lane->device_ns;

	lane->credit_ns += world->now_ns - lane->credit_at_ns;
	lane->credit_at_ns = world->now_ns;
	if (lane->credit_ns > MOST_CREDIT_NS)
		lane->credit_ns = MOST_CREDIT_NS;
	if (counter == lane->device_ns)
		return;
	if (used_ns > INT64_MAX) { /* it went backwards */
		lane->device_ns = counter;
		return;
	}
	lane->device_ns = counter;
	if (used_ns > lane->credit_ns + CREDIT_SLACK_NS)
		used_ns = lane->credit_ns;
	lane->credit_ns -= used_ns < lane->credit_ns ? used_ns : lane->credit_ns;
	xs_sched_usage(world->sched, xs_lane_number(lane), used_ns);
}

void xs_lane_tell(struct xs_lane *lane)
{
	struct xs_world *world = lane->tenant->world;
	bool ready = xs_load_full(&lane->slot->word) & XS_GATE_READY;

	if (ready == lane->ready)
		return;
	lane->ready = ready;
	/* Idle ends both; and who reports does not stand still. */
	lane->stalled = lane->frozen = false;
	world->transitions++;
	xs_lane_sample(lane);
	if (ready)
		xs_list_append(&lane->place->ready, &lane->ready_link);
	else
		xs_list_remove(&lane->ready_link);
	xs_lane_note_wait(lane);
	xs_sched_queue_ready(world->sched, xs_lane_number(lane), ready, world->now_ns);
}

void xs_tenant_read(struct xs_tenant *tenant)
{
	struct xs_page *page = tenant->page;
	uint64_t groups;

	xs_store_full(&page->server_asleep, 0);
	tenant->world->reads++;
	for (groups = xs_page_take_summary(page); groups; groups &= groups - 1) {
		size_t at = (size_t)__builtin_ctzll(groups);
		uint64_t bits = xs_page_take(page, at);
		const struct xs_lane_group *group = tenant->groups[at];

		for (; group && bits; bits &= bits - 1) {
			struct xs_lane *lane = group->lanes[__builtin_ctzll(bits)];
			if (lane)
				xs_lane_tell(lane);
		}
	}
}

bool xs_tenant_lull(struct xs_tenant *tenant)
{
	xs_store_full(&tenant->page->server_asleep, 1);
	return xs_load_full(&tenant->page->summary) == 0;
}
