/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits of the host. While a thread waits, the queues that it waits for have its importance; when
 * the vendor says that all is done, we know for free which queues are idle.
 */
#include <limits.h>

#include "platform/common/events.h"
#include "platform/common/streams.h"

/* The importance of a thread is that of the best queue it feeds. */
static int thread_priority(void)
{
	const struct xs_queue *best = xs_self.feeds;

	if (!best || xs_load_relaxed(&best->id) != xs_self.feeds_id)
		return INT_MIN;
	return xs_load_relaxed(&best->priority);
}

static bool begin(struct xs_wait *wait)
{
	wait->count = wait->loans.count = 0;
	wait->counted = !xs_self.ours;
	if (wait->counted)
		xs_self.depth++;
	return xs_self.depth == 1;
}

static void borrow_for(struct xs_wait *wait, struct xs_queue *queue)
{
	if (xs_lend_needed(queue, thread_priority()))
		xs_lend(&wait->loans, queue);
}

static struct xs_covered covered_of(struct xs_queue *queue, uint32_t submitted)
{
	return (struct xs_covered){ queue, xs_load_relaxed(&queue->id), submitted };
}

/* Its stream may have been destroyed meanwhile, and the queue be another stream's. */
static bool is_still(const struct xs_covered *covered)
{
	return xs_load_relaxed(&covered->queue->id) == covered->queue_id;
}

/* Queues that nobody schedules by need have nothing to tell and nothing to borrow. */
static void wait_for(struct xs_wait *wait, struct xs_queue *queue, uint32_t submitted)
{
	uint64_t word = xs_load_relaxed(&queue->slot->word);

	if (!(word & (XS_GATE_TRACKED | XS_GATE_PACED | XS_GATE_HELD)))
		return;
	borrow_for(wait, queue);
	if (wait->count == XS_WAIT_QUEUES)
		return;
	wait->queues[wait->count++] = covered_of(queue, submitted);
	xs_add_relaxed(&queue->waiters, 1);
}

void xs_wait_stream_begin(struct xs_wait *wait, void *stream, bool per_thread)
{
	if (!begin(wait))
		return;
	struct xs_queue *queue = xs_streams_find(stream, per_thread);
	if (queue)
		wait_for(wait, queue, xs_queue_submitted(queue));
}

void xs_wait_queue_begin(struct xs_wait *wait, struct xs_queue *queue)
{
	wait->count = wait->loans.count = 0;
	wait->counted = false;
	if (queue)
		wait_for(wait, queue, xs_queue_submitted(queue));
}

void xs_wait_event_begin(struct xs_wait *wait, void *event)
{
	uint32_t submitted;
	bool early;

	if (!begin(wait))
		return;
	struct xs_queue *queue = xs_events_find(event, &submitted, &early);
	if (queue && early)
		borrow_for(wait, queue); /* the end of the wait will tell nothing of it */
	else if (queue)
		wait_for(wait, queue, submitted);
}

void xs_wait_context_begin(struct xs_wait *wait)
{
	if (!begin(wait))
		return;
	void *context = xs_streams_context();
	for (size_t i = 0; context && i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue && xs_load_relaxed(&queue->key.context) == context)
			wait_for(wait, queue, xs_queue_submitted(queue));
	}
}

static void found_done(struct xs_queue *queue, uint32_t submitted)
{
	xs_pace_observe(queue, true);
	xs_queue_covered(queue, submitted);
}

void xs_wait_end(struct xs_wait *wait, bool done)
{
	xs_repay(&wait->loans);
	for (unsigned int i = 0; i < wait->count; i++) {
		const struct xs_covered *waited = &wait->queues[i];

		if (!is_still(waited))
			continue;
		xs_sub_relaxed(&waited->queue->waiters, 1);
		if (done)
			found_done(waited->queue, waited->submitted);
	}
	if (wait->counted)
		xs_self.depth--;
}

uint32_t xs_stream_sequence(void *stream, bool per_thread)
{
	struct xs_queue *queue = xs_streams_find(stream, per_thread);

	return queue ? xs_queue_submitted(queue) : 0;
}

void xs_stream_found_idle(void *stream, bool per_thread, uint32_t sequence)
{
	struct xs_queue *queue = xs_streams_find(stream, per_thread);

	if (queue)
		found_done(queue, sequence);
}

struct xs_covered xs_event_covers(void *event)
{
	uint32_t submitted;
	bool early;
	struct xs_queue *queue = xs_events_find(event, &submitted, &early);

	if (!queue || early)
		return (struct xs_covered){ 0 };
	return covered_of(queue, submitted);
}

void xs_event_found_done(const struct xs_covered *covered)
{
	if (covered->queue && is_still(covered))
		found_done(covered->queue, covered->submitted);
}
