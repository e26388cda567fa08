/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions are applied to the gates while the mutex is held; that is a few atomic operations, and a
 * wake-up where somebody sleeps. No vendor code is called with it.
 */
#include "preempt/local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "preempt/domain.h"
#include "preempt/registry.h"
#include "preempt/watch.h"
#include "preempt/xqueue.h"

#define UNASKED_FLOOR    1      /* percent of the device's time */
#define UNASKED_FLOOR_US 100000 /* how often there is a turn of that */

/* All guarded by the lock. */
static struct {
	struct xs_mutex lock;
	struct xs_sched *sched; /* made at the first need, never destroyed */
	bool active;            /* decisions reach the gates */
	bool yields;            /* somebody else decides, and what he says of priorities counts */
	uint64_t now_ns;        /* time of the event that is being handled */
	bool review; /* some queue has to report from now on: tell the scheduler how it stands */
	bool need_watch; /* somebody's idleness matters: the watcher has to run */
	bool no_watch;   /* it cannot: never active again */
} local;

/* Per slot of the page: when its gate was closed here; 0: it was not. Guarded by the lock. */
static uint64_t held_since_ns[XS_PAGE_SLOTS];

static uint64_t *held_since(const struct xs_queue *queue)
{
	return &held_since_ns[(size_t)(queue->slot - xs_registry_page()->slots) % XS_PAGE_SLOTS];
}

/* --- decisions ----------------------------------------------------------------------------------- */

/* A queue for which the application asked for level 2 or more carries markers at all times. */
static bool wants_markers(const struct xs_queue *queue)
{
	return xs_load_relaxed(&queue->level) >= 2 && queue->hal->max_level >= 2;
}

static void pace(struct xs_queue *queue, bool paced)
{
	bool was_paced = xs_load_relaxed(&queue->slot->word) & XS_GATE_PACED;

	if (paced == was_paced)
		return;
	xs_add_full(&queue->slot->pace_epoch, 1);
	local.review |= paced; /* so far it need not have told that it is ready */
	xs_gate_apply(queue->slot, paced ? XS_GATE_PACE : XS_GATE_UNPACE);
	if (!paced)
		xs_domain_disarm(queue);
}

static void track(struct xs_queue *queue, bool tracked)
{
	uint64_t before = xs_gate_apply(queue->slot, tracked ? XS_GATE_TRACK : XS_GATE_UNTRACK);

	if (tracked && !(before & XS_GATE_TRACKED))
		local.need_watch = local.review = true;
}

static void apply(struct xs_queue *queue, struct xs_decision decision)
{
	pace(queue, decision.paced || wants_markers(queue));
	track(queue, decision.tracked);
	if (decision.run)
		xs_gate_release(queue->slot, local.now_ns, held_since(queue));
	else
		xs_gate_hold(queue->slot, local.now_ns, held_since(queue));
}

static void decide(void *ctx, uint64_t id, struct xs_decision decision)
{
	struct xs_queue *queue = xs_registry_by_id(id);

	(void)ctx;
	if (queue && local.active)
		apply(queue, decision);
}

static void apply_row(void *ctx, const struct xs_sched_row *row)
{
	decide(ctx, row->queue, row->decision);
}

static void set_free(struct xs_queue *queue)
{
	apply(queue, (struct xs_decision){ .run = true });
}

/* --- events -------------------------------------------------------------------------------------- */

static void tell_state(struct xs_queue *queue)
{
	bool ready = xs_load_full(&queue->slot->word) & XS_GATE_READY;

	if (!queue->scheduled || ready == queue->known_ready)
		return;
	queue->known_ready = ready;
	xs_sched_queue_ready(local.sched, xs_load_relaxed(&queue->id), ready, local.now_ns);
}

/* While somebody else decided, only he was told. */
static void tell_stall(struct xs_queue *queue)
{
	tell_state(queue);
	xs_sched_queue_stalled(local.sched, xs_load_relaxed(&queue->id),
		xs_load_full(&queue->watch.stalled), local.now_ns);
}

static void for_each_scheduled(void (*visit)(struct xs_queue *queue))
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue && queue->scheduled)
			visit(queue);
	}
}

/* Without a watcher a queue that went idle unseen would hold others back for ever: fail open. */
static void give_up(void)
{
	xs_warn_once("no thread for the watcher: nothing is scheduled");
	xs_mutex_lock(&local.lock);
	local.no_watch = true;
	local.active = local.need_watch = false;
	for_each_scheduled(set_free);
	xs_mutex_unlock(&local.lock);
}

static void begin(void)
{
	xs_mutex_lock(&local.lock);
	local.now_ns = xs_now_ns();
}

/* Ends every event: the states of queues that have just become interesting. Returns whether somebody's
 * idleness matters. */
static bool settle(void)
{
	while (local.review) {
		local.review = false;
		for_each_scheduled(tell_state);
	}
	bool need_watch = local.need_watch;
	xs_mutex_unlock(&local.lock);
	return need_watch;
}

/* The same for events that the watcher does not know of. */
static void end(void)
{
	bool need_watch = settle();

	if (need_watch && xs_watch_start() != 0)
		give_up();
	else if (need_watch)
		xs_watch_ring();
}

/* [lock] Makes the scheduler at the first need. */
static int exists(void)
{
	static const struct xs_sched_ops ops = { .decide = decide };

	if (local.sched)
		return 0;
	int err = xs_sched_create(&local.sched, &ops, NULL, NULL);
	if (!err)
		err = xs_sched_process_add(local.sched, (uint64_t)getpid(),
			program_invocation_short_name, local.now_ns);
	if (err) {
		xs_sched_destroy(local.sched);
		local.sched = NULL;
	}
	return err;
}

static void refresh_priority(struct xs_queue *queue)
{
	int priority;

	if (!local.yields &&
		xs_sched_queue_priority(local.sched, xs_load_relaxed(&queue->id), &priority) == 0)
		xs_store_relaxed(&queue->priority, (int16_t)priority);
}

static void apply_all(void)
{
	local.review = true; /* nobody may have told it anything */
	xs_sched_snapshot(local.sched, apply_row, NULL);
}

/*
 * A program that was asked nothing keeps going as it would without us: a stream of high priority that
 * always has work leaves the others next to nothing, but not nothing, since what its threads wait for
 * may be theirs to do. Who names HPF gets it as strict as it is.
 */
static int choose(const char *policy)
{
	int err = xs_sched_set_policy(local.sched, policy ? policy : "HPF", local.now_ns);

	if (!err)
		err = xs_sched_param_set(
			local.sched, "HPF", "floor", policy ? 0 : UNASKED_FLOOR, local.now_ns);
	if (!err && !policy)
		err = xs_sched_param_set(
			local.sched, "HPF", "floor_period", UNASKED_FLOOR_US, local.now_ns);
	return err;
}

int xs_local_activate(const char *policy)
{
	begin();
	int err = local.no_watch ? -EAGAIN : exists();
	if (!err)
		err = choose(policy);
	local.yields &= err != 0;
	if (!err && !local.active) {
		local.active = true;
		for_each_scheduled(refresh_priority);
		apply_all();
		for_each_scheduled(tell_stall);
	}
	end();
	return err;
}

void xs_local_apply_again(void)
{
	begin();
	if (local.active)
		apply_all();
	else
		for_each_scheduled(set_free);
	settle(); /* the caller is the watcher, as below */
}

void xs_local_deactivate(bool yields)
{
	begin();
	local.active = local.need_watch = false;
	for_each_scheduled(set_free);
	local.review = false;
	local.yields = yields;
	end();
}

int xs_local_add(struct xs_queue *queue)
{
	int err = 0;

	begin();
	if (!xs_load_full(&queue->live)) {
		err = -ENOENT; /* retired by another thread, which may have been here before */
	} else if (!queue->scheduled) {
		err = exists();
		if (!err)
			err = xs_sched_queue_add(local.sched, (uint64_t)getpid(),
				xs_load_relaxed(&queue->id), xs_load_relaxed(&queue->device),
				-queue->stream_priority, local.now_ns);
		queue->scheduled = !err;
		*held_since(queue) = 0;
	}
	if (queue->scheduled && !local.yields) {
		refresh_priority(queue);
		pace(queue, wants_markers(queue) ||
				    (xs_load_relaxed(&queue->slot->word) & XS_GATE_PACED));
		tell_state(queue);
	}
	end();
	return err;
}

void xs_local_remove(struct xs_queue *queue)
{
	begin();
	/* It may have become an XQueue anew while its destroy was under way. */
	if (queue->scheduled && !xs_load_full(&queue->is_xqueue)) {
		xs_sched_queue_remove(local.sched, xs_load_relaxed(&queue->id), local.now_ns);
		queue->scheduled = false;
		queue->known_ready = false;
		xs_gate_release(queue->slot, local.now_ns, held_since(queue));
		pace(queue, false);
		track(queue, false);
	}
	end();
}

void xs_local_changed(struct xs_queue *queue)
{
	begin();
	tell_state(queue);
	end();
}

void xs_local_stalled(struct xs_queue *queue, bool stalled)
{
	begin();
	if (queue->scheduled)
		xs_sched_queue_stalled(
			local.sched, xs_load_relaxed(&queue->id), stalled, local.now_ns);
	end();
}

void xs_local_used(struct xs_queue *queue, uint64_t device_ns)
{
	begin();
	if (queue->scheduled)
		xs_sched_usage(local.sched, xs_load_relaxed(&queue->id), device_ns);
	end();
}

static void find_decision(void *ctx, const struct xs_sched_row *row)
{
	struct xs_queue *queue = ctx;

	if (row->queue == xs_load_relaxed(&queue->id) && local.active)
		apply(queue, row->decision);
}

void xs_local_reconfigured(struct xs_queue *queue)
{
	begin();
	if (queue->scheduled) {
		xs_sched_queue_offset(local.sched, xs_load_relaxed(&queue->id),
			-queue->stream_priority, local.now_ns);
		for_each_scheduled(refresh_priority);
		if (!local.yields)
			pace(queue, wants_markers(queue));
		xs_sched_snapshot(local.sched, find_decision, queue);
	}
	end();
}

int xs_local_hint(struct xs_queue *queue, const struct xs_hint *hint)
{
	enum xs_hint_scope scope = queue ? XS_HINT_QUEUE : XS_HINT_PROCESS;
	uint64_t id = queue ? xs_load_relaxed(&queue->id) : (uint64_t)getpid();

	begin();
	int err = exists();
	if (hint->kind == XS_HINT_TIMESLICE_US || hint->kind == XS_HINT_KDEADLINE)
		scope = XS_HINT_ALL;
	if (!err)
		err = xs_sched_hint(local.sched, scope, id, hint, local.now_ns);
	if (!err)
		for_each_scheduled(refresh_priority);
	end();
	return err;
}

void xs_local_each_hint(const struct xs_queue *queue,
	void (*each)(void *ctx, const struct xs_hint *hint), void *ctx)
{
	xs_mutex_lock(&local.lock);
	if (local.sched && queue) {
		xs_sched_each_hint(
			local.sched, XS_HINT_QUEUE, xs_load_relaxed(&queue->id), each, ctx);
	} else if (local.sched) {
		xs_sched_each_hint(local.sched, XS_HINT_ALL, 0, each, ctx);
		xs_sched_each_hint(local.sched, XS_HINT_PROCESS, (uint64_t)getpid(), each, ctx);
	}
	xs_mutex_unlock(&local.lock);
}

uint64_t xs_local_tick(uint64_t now_ns)
{
	uint64_t wake = 0;

	(void)now_ns;
	begin();
	if (local.sched && local.active)
		wake = xs_sched_tick(local.sched, local.now_ns);
	settle(); /* the caller is the watcher: its own bell would keep it from ever falling asleep */
	return wake;
}

void xs_local_forked(void)
{
	memset(&local, 0, sizeof(local)); /* the parent's scheduler stays where it is, unused */
}
