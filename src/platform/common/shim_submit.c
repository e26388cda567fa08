/* SPDX-License-Identifier: Apache-2.0 */
/* Work for a stream: the whole of what a launch passes through on its way to the driver. */
#include "platform/common/streams.h"

#include "base/log.h"
#include "preempt/process.h"

struct xs_queue *xs_submit_begin(void *stream, bool per_thread)
{
	struct xs_thread *self = &xs_self;

	if (xs_unlikely(self->depth++ || self->ours))
		return NULL;
	struct xs_queue *queue = xs_streams_queue(stream, per_thread);
	if (xs_likely(queue != NULL))
		xs_queue_enter(queue);
	return queue;
}

void xs_submit_end(struct xs_queue *queue)
{
	if (xs_likely(queue != NULL))
		xs_queue_leave(queue);
	xs_self.depth--;
}

void xs_count_ungated(const char *name)
{
	xs_add_relaxed(&xs_process_ungated, 1);
	xs_warn_once("%s cannot be scheduled: such work passes by, and is counted", name);
}
