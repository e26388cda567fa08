/* SPDX-License-Identifier: Apache-2.0 */
/* Who may be stopped on the device. The rule is in domain.h, the numbers in doc/architecture.md. */
#include "preempt/domain.h"

#include "base/options.h"
#include "preempt/lend.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

/*
 * Streams share hardware connections, and a stalled stream stops all others on its connection. On an
 * H200 with the default of 8 connections, 4 stalled streams left the others free and 8 did not.
 */
#define ARMED_WITH_DEFAULT_CONNECTIONS 4
#define ARMED_WITH_32_CONNECTIONS      24
_Static_assert(ARMED_WITH_32_CONNECTIONS <= XS_LOANS, "whoever waits for all can lend to all");

static _Atomic int armed_count;

static int armed_at_most(void)
{
	return xs_options()->cuda_connections >= 32 ? ARMED_WITH_32_CONNECTIONS
						    : ARMED_WITH_DEFAULT_CONNECTIONS;
}

/*
 * Whether one may wait for the other on the device as a side effect of default-stream semantics. The
 * legacy stream waits for blocking streams and they for it, so through it they wait for each other
 * too, and it may come into use at any moment.
 */
static bool depend_on_each_other(const struct xs_queue *a, const struct xs_queue *b)
{
	if (a == b || xs_load_relaxed(&a->key.context) != xs_load_relaxed(&b->key.context))
		return false;
	return xs_load_relaxed(&a->blocking) && xs_load_relaxed(&b->blocking);
}

static bool outranks(const struct xs_queue *a, const struct xs_queue *b)
{
	return xs_load_relaxed(&a->priority) > xs_load_relaxed(&b->priority);
}

/* Whether a stop of the queue on the device could stop the other one too. */
static bool could_stop(const struct xs_queue *queue, const struct xs_queue *other)
{
	bool asked_for = xs_load_relaxed(&queue->level) >= 2;

	if (other == queue || xs_load_relaxed(&other->device) != xs_load_relaxed(&queue->device) ||
		!outranks(other, queue))
		return false;
	return !asked_for || depend_on_each_other(queue, other);
}

static bool may_arm(struct xs_queue *queue)
{
	int level = xs_load_relaxed(&queue->level);

	if (level == 1 || queue->hal->max_level < 2 || !queue->hal->mark_and_wait)
		return false;
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		const struct xs_queue *other = xs_registry_at(i);
		if (other && could_stop(queue, other))
			return false;
	}
	return true;
}

void xs_domain_arm(struct xs_queue *queue)
{
	_Atomic bool *armed = &queue->pace.armed;

	if (!may_arm(queue)) {
		xs_domain_disarm(queue);
		return;
	}
	if (xs_load_relaxed(armed))
		return;
	/* The place is taken first: whoever clears the flag gives one back. */
	if (xs_add_full(&armed_count, 1) >= armed_at_most() || xs_swap_full(armed, true))
		xs_sub_full(&armed_count, 1);
	/* Pacing may have ended meanwhile. */
	if (!(xs_load_full(&queue->slot->word) & XS_GATE_PACED))
		xs_domain_disarm(queue);
}

void xs_domain_disarm(struct xs_queue *queue)
{
	if (xs_swap_full(&queue->pace.armed, false))
		xs_sub_full(&armed_count, 1);
}

void xs_domain_forked(void)
{
	xs_store_relaxed(&armed_count, 0);
}

void xs_domain_outranked_by(struct xs_queue *queue)
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *other = xs_registry_at(i);
		if (!other || !xs_load_relaxed(&other->pace.armed) || !could_stop(other, queue))
			continue;
		xs_domain_disarm(other);
		xs_lend_until_done(other, queue);
	}
}

void xs_domain_let_through(struct xs_queue *queue)
{
	for (size_t i = 0; xs_load_relaxed(&armed_count) && i < xs_registry_limit(); i++) {
		struct xs_queue *other = xs_registry_at(i);
		if (other && other != queue &&
			xs_lend_needed(other, xs_load_relaxed(&queue->priority)))
			xs_lend_until_done(other, queue);
	}
}

void xs_domain_open_armed(const struct xs_queue *queue, struct xs_loans *loans)
{
	loans->count = 0;
	for (size_t i = 0; xs_load_relaxed(&armed_count) && i < xs_registry_limit(); i++) {
		struct xs_queue *other = xs_registry_at(i);
		if (other && other != queue &&
			xs_lend_needed(other, xs_load_relaxed(&queue->priority)))
			xs_lend(loans, other);
	}
}
