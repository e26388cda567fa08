/* SPDX-License-Identifier: Apache-2.0 */
/* Loans; those that outlive the call that made them are in a small table that the watcher goes through. */
#include "preempt/lend.h"

#include <string.h>

#include "base/log.h"
#include "preempt/registry.h"
#include "preempt/watch.h"
#include "preempt/xqueue.h"

#define LOANS 64

static struct {
	struct xs_mutex lock;
	_Atomic unsigned int count;
	struct {
		struct xs_queue *queue; /* NULL: free */
		uint64_t queue_id;
		uint64_t waiter_id;
		uint32_t until; /* commands of the queue that have to be done */
	} loans[LOANS];
} table;

bool xs_lend_needed(const struct xs_queue *queue, int priority)
{
	return xs_load_relaxed(&queue->pace.armed) && xs_load_relaxed(&queue->priority) < priority;
}

void xs_lend(struct xs_loans *loans, struct xs_queue *queue)
{
	if (loans->count == XS_LOANS)
		return;
	loans->loans[loans->count].queue = queue;
	loans->loans[loans->count++].queue_id = xs_load_relaxed(&queue->id);
	xs_gate_apply(queue->slot, XS_GATE_LEND);
}

void xs_repay(struct xs_loans *loans)
{
	while (loans->count) {
		struct xs_queue *queue = loans->loans[--loans->count].queue;

		/* Another life of the queue has not borrowed from us. */
		if (xs_load_relaxed(&queue->id) == loans->loans[loans->count].queue_id)
			xs_gate_apply(queue->slot, XS_GATE_REPAY);
	}
}

void xs_lend_until_done(struct xs_queue *queue, struct xs_queue *waiter)
{
	bool lent = false;

	xs_mutex_lock(&table.lock);
	for (int i = 0; i < LOANS && !lent; i++) {
		if (table.loans[i].queue)
			continue;
		table.loans[i].queue = queue;
		table.loans[i].queue_id = xs_load_relaxed(&queue->id);
		table.loans[i].waiter_id = xs_load_relaxed(&waiter->id);
		table.loans[i].until = xs_queue_submitted(queue);
		xs_add_full(&table.count, 1);
		/* With the lock: the watcher may find the loan needless as soon as it sees it. */
		xs_gate_apply(queue->slot, XS_GATE_LEND);
		lent = true;
	}
	xs_mutex_unlock(&table.lock);
	if (!lent) {
		xs_warn_once("more than %d waits between queues at a time: the rest is bounded by "
			     "XSCHED_STALL_MS",
			LOANS);
		return;
	}
	xs_watch_start();
	xs_watch_ring();
}

static bool is_done(struct xs_queue *queue, uint64_t queue_id, uint64_t waiter_id, uint32_t until)
{
	const struct xs_queue *waiter = xs_registry_by_id(waiter_id);

	if (xs_load_relaxed(&queue->id) != queue_id || !xs_load_relaxed(&queue->live))
		return true;
	if (!waiter || !(xs_load_relaxed(&waiter->slot->word) & XS_GATE_READY))
		return true;
	if (!(xs_load_relaxed(&queue->slot->word) & XS_GATE_READY))
		return true;
	return (int32_t)(xs_load_relaxed(&queue->slot->covered) - until) >= 0;
}

bool xs_lend_review(void)
{
	if (!xs_load_acquire(&table.count))
		return false;
	for (int i = 0; i < LOANS; i++) {
		xs_mutex_lock(&table.lock);
		struct xs_queue *queue = table.loans[i].queue;
		uint64_t queue_id = table.loans[i].queue_id;
		if (queue &&
			is_done(queue, queue_id, table.loans[i].waiter_id, table.loans[i].until)) {
			if (xs_load_relaxed(&queue->id) == queue_id)
				xs_gate_apply(queue->slot, XS_GATE_REPAY);
			table.loans[i].queue = NULL;
			xs_sub_full(&table.count, 1);
		}
		xs_mutex_unlock(&table.lock);
	}
	return xs_load_acquire(&table.count) != 0;
}

void xs_lend_forked(void)
{
	memset(&table, 0, sizeof(table));
}
