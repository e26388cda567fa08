/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a stream handle, as the application passes it, to its queue: the first thing that happens in
 * every intercepted call.
 */
#ifndef XS_PLATFORM_COMMON_STREAMS_H
#define XS_PLATFORM_COMMON_STREAMS_H

#include "platform/common/shim.h"
#include "preempt/registry.h"

/* The queue of the stream, made if there is none yet and streams are scheduled at all. NULL: the
 * call is not scheduled. Keeps errno. */
struct xs_queue *xs_streams_look_up(void *stream, bool per_thread);

/* The same without making one. */
struct xs_queue *xs_streams_find(void *stream, bool per_thread);

/* The context current on this thread, NULL when there is none. */
void *xs_streams_context(void);

/* Whether this is what the thread looked up last, and the answer still holds. */
static inline bool xs_streams_is_last(void *stream, bool per_thread)
{
	const struct xs_thread *self = &xs_self;

	return self->stream == stream && self->per_thread == per_thread &&
	       self->epoch == xs_load_acquire(&xs_registry_epoch);
}

/* The answer of the last look-up on this thread, if it is asked for again. */
static inline struct xs_queue *xs_streams_queue(void *stream, bool per_thread)
{
	if (xs_likely(xs_streams_is_last(stream, per_thread)))
		return xs_self.queue;
	return xs_streams_look_up(stream, per_thread);
}

#endif
