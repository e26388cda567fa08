/* SPDX-License-Identifier: Apache-2.0 */
/* Who may be stopped on the device. The rule is in domain.h, the numbers in doc/architecture.md. */
#include "preempt/domain.h"

#include <stdlib.h>

#include "preempt/lend.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

/*
 * Streams share hardware connections, and a stalled stream stops all others on its connection. On an
 * H200 with the default of 8 connections, 4 stalled streams left the others free and 8 did not.
 */
#define ARMED_WITH_DEFAULT_CONNECTIONS 4
#define ARMED_WITH_32_CONNECTIONS      24

static _Atomic int armed_count;

static int armed_at_most(void)
{
	const char *connections = getenv("CUDA_DEVICE_MAX_CONNECTIONS");

	return connections && atoi(connections) >= 32 ? ARMED_WITH_32_CONNECTIONS
						      : ARMED_WITH_DEFAULT_CONNECTIONS;
}

static bool is_legacy(const struct xs_queue *queue)
{
	return !queue->stream.handle && !queue->stream.owner;
}

/* Whether one waits for the other on the device as a side effect of default-stream semantics. */
static bool depend_on_each_other(const struct xs_queue *a, const struct xs_queue *b)
{
	if (a == b || a->stream.context != b->stream.context)
		return false;
	return (is_legacy(a) && b->blocking) || (is_legacy(b) && a->blocking);
}

static bool outranks(const struct xs_queue *a, const struct xs_queue *b)
{
	return xs_load_relaxed(&a->priority) > xs_load_relaxed(&b->priority);
}

bool xs_domain_may_arm(struct xs_queue *queue)
{
	int level = xs_load_relaxed(&queue->level);

	if (level == 1 || queue->hal->max_level < 2 || !queue->hal->mark_and_wait)
		return false;
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		const struct xs_queue *other = xs_registry_at(i);
		if (other && depend_on_each_other(queue, other) && outranks(other, queue))
			return false;
	}
	if (xs_load_relaxed(&queue->pace.armed))
		return true;
	if (xs_add_full(&armed_count, 1) < armed_at_most())
		return true;
	xs_sub_full(&armed_count, 1);
	return false;
}

void xs_domain_disarm(struct xs_queue *queue)
{
	if (xs_swap_full(&queue->pace.armed, false))
		xs_sub_full(&armed_count, 1);
}

void xs_domain_outranked_by(struct xs_queue *queue)
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *other = xs_registry_at(i);
		if (!other || !depend_on_each_other(queue, other) || !outranks(queue, other) ||
			!xs_load_relaxed(&other->pace.armed))
			continue;
		xs_domain_disarm(other);
		xs_lend_until_done(other, queue);
	}
}
