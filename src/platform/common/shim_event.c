/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what they cover, and what it means that a stream waits for one. */
#include "platform/common/events.h"
#include "platform/common/streams.h"
#include "preempt/lend.h"

/* The record itself is not counted as submitted before the caller leaves the gate. */
static uint32_t submitted_with_own(const struct xs_queue *queue)
{
	return xs_queue_submitted(queue) + 1;
}

/* A record that is captured, or that nobody knows about, tells nothing of any queue. */
static void note(void *event, struct xs_queue *queue, uint32_t submitted, bool early)
{
	if (queue && !xs_queue_captures(queue))
		xs_events_note(event, queue, submitted, early);
	else
		xs_events_forget(event);
}

/*
 * What other threads are submitting at this moment may reach the driver before the record or after it,
 * and is counted in neither case: as many commands are done when the event is reached, and the queue
 * is not idle before its count says that there were no more.
 */
struct xs_record xs_record_begin(void *stream, bool per_thread)
{
	struct xs_queue *queue = xs_submit_begin(stream, per_thread);

	return (struct xs_record){ queue, queue ? submitted_with_own(queue) : 0 };
}

void xs_event_recorded(void *event, const struct xs_record *record)
{
	note(event, record->queue, record->submitted, false);
}

void xs_event_recorded_within(void *event, struct xs_queue *queue)
{
	note(event, queue, queue ? submitted_with_own(queue) : 0, true);
}

void xs_event_destroyed(void *event)
{
	xs_events_forget(event);
}

/*
 * The wait is a command of the stream, so the stream is ready from here on; and what it waits for
 * must not be stopped on the device by something that is less important than the waiter.
 */
void xs_stream_waits(struct xs_queue *queue, void *event)
{
	uint32_t submitted;
	bool early;
	struct xs_queue *source = queue ? xs_events_find(event, &submitted, &early) : NULL;

	if (!source || source == queue)
		return;
	if ((int32_t)(xs_load_relaxed(&source->slot->covered) - submitted) >= 0)
		return;
	if (xs_lend_needed(source, xs_load_relaxed(&queue->priority)))
		xs_lend_until_done(source, queue);
}

/* The most important of them counts. */
void xs_context_waits(void *context, void *event)
{
	struct xs_queue *best = NULL;

	if (!context)
		context = xs_streams_context();
	for (size_t i = 0; context && i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);

		if (!queue || xs_load_relaxed(&queue->key.context) != context)
			continue;
		if (!best || xs_load_relaxed(&queue->priority) > xs_load_relaxed(&best->priority))
			best = queue;
	}
	xs_stream_waits(best, event);
}
