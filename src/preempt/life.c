/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order matters here. A queue is found by look-ups before the scheduler knows it (it is open then).
 * It leaves the look-ups first, then the scheduler, then its gate opens for good; and it is used
 * again only when the watcher is out of its stream and nobody is inside.
 */
#include "preempt/life.h"

#include "preempt/agent.h"
#include "preempt/commands.h"
#include "preempt/domain.h"
#include "preempt/handle.h"
#include "preempt/process.h"
#include "preempt/watch.h"

struct xs_queue *xs_queue_adopt(const struct xs_stream *stream,
	const struct xs_stream_traits *traits, unsigned int holder, bool scheduled)
{
	xs_process_begin();
	struct xs_queue *queue = xs_registry_hold(stream, traits, holder);
	if (queue && scheduled)
		xs_queue_schedule(queue);
	return queue;
}

bool xs_queue_schedule(struct xs_queue *queue)
{
	xs_registry_lock();
	bool exists = queue->holders != 0;
	if (exists && !xs_load_relaxed(&queue->is_xqueue)) {
		xs_add_relaxed(&queue->xqueue_life, 1);
		xs_store_relaxed(&queue->is_xqueue, true);
	}
	xs_registry_unlock();
	if (exists)
		xs_agent_add(queue);
	return exists;
}

bool xs_queue_disown(struct xs_queue *queue, XQueueHandle xqueue)
{
	xs_registry_lock();
	bool found = xs_handle_is_xqueue(queue, xqueue);
	if (found) {
		xs_store_relaxed(&queue->is_xqueue, false); /* its handle is invalid from here on */
		queue->endings++;
	}
	xs_registry_unlock();
	return found;
}

void xs_queue_disowned(struct xs_queue *queue)
{
	xs_agent_remove(queue);
	xs_registry_lock();
	queue->endings--;
	xs_registry_unlock();
}

void xs_queue_unschedule(struct xs_queue *queue)
{
	xs_registry_lock();
	xs_store_relaxed(&queue->is_xqueue, false);
	xs_registry_unlock();
	xs_agent_remove(queue);
}

static void retire(struct xs_queue *queue)
{
	xs_queue_unschedule(queue);
	xs_commands_drop(queue); /* before the gate opens: the stream will be gone */
	xs_gate_apply(queue->slot, XS_GATE_RETIRE);
	xs_domain_disarm(queue);
	xs_watch_free(queue);
}

void xs_queue_release(struct xs_queue *queue, unsigned int holder)
{
	if (xs_registry_drop(queue, holder))
		retire(queue);
}

bool xs_queue_release_hwqueue(struct xs_queue *queue)
{
	bool last = false;

	xs_registry_lock();
	bool busy = xs_load_relaxed(&queue->is_xqueue) || queue->endings;
	if (!busy)
		last = xs_registry_drop_locked(queue, XS_HOLDER_HWQUEUE);
	xs_registry_unlock();
	if (last)
		retire(queue);
	return !busy;
}

void xs_queue_end(struct xs_queue *queue)
{
	xs_queue_release(queue, ~0u);
}
