/* SPDX-License-Identifier: Apache-2.0 */
/* The core as a shim sees it (shim.h), only counting what it is told: core_calls is the difference of
 * begins and ends, core_begins the begins, core_ungated what passed by. */
#include "platform/common/shim.h"

#include "preempt/hal.h"
#include "preempt/thread.h"

XS_EXPORT __thread struct xs_thread xs_self;

XS_EXPORT int core_calls;
XS_EXPORT int core_begins;
XS_EXPORT int core_ungated;
XS_EXPORT int core_captures;
XS_EXPORT int core_context_waits;            /* of them for all of a context */
XS_EXPORT int core_queue_waits;              /* for the queue that was submitted to */
XS_EXPORT bool core_done;                    /* the last wait told that all is finished */
XS_EXPORT int core_found;                    /* so did so many questions */
XS_EXPORT int core_context_changes;          /* the current context may be another one */
XS_EXPORT int core_recorded, core_forgotten; /* events */
XS_EXPORT int core_priority;                 /* as a stream got it last */
XS_EXPORT void *core_stream;
XS_EXPORT bool core_per_thread;
XS_EXPORT void *core_destroyed;             /* the context that ended first, */
XS_EXPORT const char *core_destroyed_after; /* and the call of the driver before that, */
XS_EXPORT const char *core_quiet_after;     /* the calls of the driver before and at the end */
XS_EXPORT const char *core_quiet_until;     /* of the last time that the watcher asked nothing */
XS_EXPORT const char *_Atomic *core_driver_last; /* which is found here */

/* Stands for the queue of every stream; nobody looks into it. */
static char queue_of_all;

struct xs_queue *xs_submit_begin(void *stream, bool per_thread)
{
	core_calls++;
	core_begins++;
	core_stream = stream;
	core_per_thread = per_thread;
	return (struct xs_queue *)&queue_of_all;
}

void xs_submit_end(struct xs_queue *queue)
{
	(void)queue;
	core_calls--;
}

void xs_wait_stream_begin(struct xs_wait *wait, void *stream, bool per_thread)
{
	(void)wait;
	core_calls++;
	core_stream = stream;
	core_per_thread = per_thread;
}

void xs_wait_queue_begin(struct xs_wait *wait, struct xs_queue *queue)
{
	(void)wait;
	core_calls++;
	core_queue_waits += (char *)queue == &queue_of_all;
}

void xs_wait_event_begin(struct xs_wait *wait, void *event)
{
	(void)wait, (void)event;
	core_calls++;
}

void xs_wait_context_begin(struct xs_wait *wait)
{
	(void)wait;
	core_calls++;
	core_context_waits++;
}

void xs_wait_end(struct xs_wait *wait, bool done)
{
	(void)wait;
	core_done = done;
	core_calls--;
}

uint32_t xs_stream_sequence(void *stream, bool per_thread)
{
	core_stream = stream;
	core_per_thread = per_thread;
	return 0;
}

void xs_stream_found_idle(void *stream, bool per_thread, uint32_t sequence)
{
	(void)sequence;
	core_stream = stream;
	core_per_thread = per_thread;
	core_found++;
}

struct xs_covered xs_event_covers(void *event)
{
	(void)event;
	return (struct xs_covered){ 0 };
}

void xs_event_found_done(const struct xs_covered *covered)
{
	(void)covered;
	core_found++;
}

struct xs_record xs_record_begin(void *stream, bool per_thread)
{
	return (struct xs_record){ xs_submit_begin(stream, per_thread), 0 };
}

void xs_event_recorded(void *event, const struct xs_record *record)
{
	(void)event, (void)record;
	core_recorded++;
}

void xs_event_recorded_within(void *event, struct xs_queue *queue)
{
	(void)event, (void)queue;
}

void xs_event_destroyed(void *event)
{
	(void)event;
	core_forgotten++;
}

void xs_stream_waits(struct xs_queue *queue, void *event)
{
	(void)queue, (void)event;
}

void xs_context_waits(void *context, void *event)
{
	(void)context, (void)event;
	core_context_waits++;
}

void xs_stream_created(void *stream)
{
	(void)stream;
}

void xs_stream_priority_changed(void *stream, int priority)
{
	core_stream = stream;
	core_priority = priority;
}

void xs_stream_destroyed(void *stream)
{
	(void)stream;
}

void xs_context_changed(void)
{
	core_context_changes++;
}

void xs_context_destroyed(void *context)
{
	if (core_destroyed)
		return;
	core_destroyed = context;
	core_destroyed_after = core_driver_last ? xs_load_relaxed(core_driver_last) : NULL;
}

void xs_context_gone(void *context)
{
	(void)context;
}

static const char *driver_last(void)
{
	return core_driver_last ? xs_load_relaxed(core_driver_last) : NULL;
}

void xs_capture_begin(void)
{
	core_quiet_after = driver_last();
}

void xs_capture_began(bool success)
{
	core_captures += success;
	core_quiet_until = driver_last();
}

bool xs_capture_join_begin(void)
{
	core_quiet_after = driver_last();
	return true;
}

void xs_capture_join_end(bool may_join)
{
	core_quiet_until = may_join ? driver_last() : NULL;
}

void xs_capture_ended(void)
{
	core_captures--;
}

void xs_count_ungated(const char *name)
{
	(void)name;
	core_ungated++;
}
