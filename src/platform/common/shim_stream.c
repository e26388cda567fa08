/* SPDX-License-Identifier: Apache-2.0 */
/* The life of streams and contexts, and captures. Queues are made at the first use of a stream. */
#include "platform/common/events.h"
#include "platform/common/streams.h"

#include "preempt/agent.h"
#include "preempt/life.h"
#include "preempt/process.h"
#include "preempt/share.h"
#include "preempt/watch.h"

void xs_stream_created(void *stream)
{
	const struct xs_stream name = { .handle = stream };
	struct xs_queue *stale = xs_registry_find(&name);

	if (stale) /* the handle was used before, and its stream went unseen */
		xs_queue_end(stale);
}

void xs_stream_priority_changed(void *stream, int priority)
{
	struct xs_queue *queue = xs_streams_find(stream, false);

	if (!queue || queue->stream_priority == priority)
		return;
	queue->stream_priority = priority;
	xs_agent_reconfigured(queue);
}

void xs_stream_destroyed(void *stream)
{
	struct xs_queue *queue = stream ? xs_streams_find(stream, false) : NULL;

	if (queue)
		xs_queue_end(queue);
}

void xs_context_changed(void)
{
	xs_self.context_known = false;
	xs_self.epoch = 0;
}

void xs_context_destroyed(void *context)
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue && xs_load_relaxed(&queue->key.context) == context)
			xs_queue_end(queue);
	}
	xs_events_forget_context(context);
	xs_context_changed();
}

void xs_context_gone(void *context)
{
	xs_share_ended(context);
	xs_context_changed();
}

void xs_capture_begin(void)
{
	xs_watch_ask_nothing();
}

void xs_capture_began(bool success)
{
	if (success)
		xs_add_full(&xs_process_capture_count, 1);
	xs_watch_ask_again();
}

bool xs_capture_join_begin(void)
{
	if (xs_likely(!xs_process_captures()))
		return false;
	xs_watch_ask_nothing();
	return true;
}

void xs_capture_join_end(bool may_join)
{
	if (xs_unlikely(may_join))
		xs_watch_ask_again();
}

void xs_capture_ended(void)
{
	xs_sub_full(&xs_process_capture_count, 1);
}
