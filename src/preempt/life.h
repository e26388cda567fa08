/* SPDX-License-Identifier: Apache-2.0 */
/* The birth and retirement of queues: registry, agent, watcher and gate in the right order. */
#ifndef XS_PREEMPT_LIFE_H
#define XS_PREEMPT_LIFE_H

#include "base/export.h"
#include "preempt/registry.h"

/* The queue of the stream, made if there is none, with the holder added and, if wanted, known to the
 * scheduler. NULL: the stream stays unscheduled. */
XS_EXPORT struct xs_queue *xs_queue_adopt(const struct xs_stream *stream,
	const struct xs_stream_traits *traits, unsigned int holder, bool scheduled);

/* Makes an XQueue of the queue, or no longer: commands are under schedule in between. False: the
 * queue has been retired. */
bool xs_queue_schedule(struct xs_queue *queue);
void xs_queue_unschedule(struct xs_queue *queue);

/* From now on the queue has no XQueue, but is still scheduled, until the caller has waited for what is
 * left and says so. False: that XQueue is not the one. */
bool xs_queue_disown(struct xs_queue *queue, XQueueHandle xqueue);
void xs_queue_disowned(struct xs_queue *queue);

/* The holder lets go; with the last one the queue retires. The stream still exists. */
void xs_queue_release(struct xs_queue *queue, unsigned int holder);

/* The hardware queue handle is given up, unless an XQueue is on it or ending: false. */
bool xs_queue_release_hwqueue(struct xs_queue *queue);

/* The stream ends: nobody holds the queue any more, whatever handles there are. */
XS_EXPORT void xs_queue_end(struct xs_queue *queue);

#endif
