/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every shim does around the vendor's functions, written once for all vendors. An override is
 * an ordinary function that calls one of these, then the real function, then the matching end:
 *
 *   submit    xs_submit_begin(stream)  real(...)  xs_submit_end(...)
 *   wait      xs_wait_*_begin(...)     real(...)  xs_wait_end(...)
 *   order     xs_submit_begin(stream)  xs_stream_waits(...)  xs_capture_join_begin()  real(...)
 *             xs_capture_join_end(...)  xs_submit_end(...)
 *   record    xs_record_begin(stream)  real(...)  xs_event_recorded(...)  xs_submit_end(...)
 *   life      real(...)                xs_stream_created(...), xs_event_destroyed(...), ...
 *
 * A stream is given as the application gave it: its handle, and in `per_thread` whether the null
 * handle (and the handle that names it) means the calling thread's default stream. Every function
 * here keeps errno, may be called from any thread, and does nothing when it cannot do its work: the
 * vendor's function is called in any case, with the application's own arguments.
 *
 * Calls nest: a vendor function may call another exported one through the PLT. Only the outermost
 * call is scheduled.
 */
#ifndef XS_PLATFORM_COMMON_SHIM_H
#define XS_PLATFORM_COMMON_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preempt/lend.h"

struct xs_hal;
struct xs_queue;

/* What differs between vendors when a stream handle is interpreted. One constant per shim, which
 * defines it under the name xs_vendor. */
struct xs_vendor {
	const struct xs_hal *hal;
	void *legacy_stream;     /* handle that names the legacy default stream beside NULL */
	void *per_thread_stream; /* handle that names the calling thread's default stream */

	/* Asks the real driver about a stream that was not seen at its creation. context: the one that
	 * it belongs to; left as it was if the driver cannot tell. priority: as the vendor numbers it
	 * (lower is more important). blocking: takes part in the implicit synchronisation of the
	 * legacy default stream. Returns 0 or -errno. */
	int (*describe)(void *stream, void **context, int *priority, bool *blocking);
};
extern const struct xs_vendor xs_vendor;

/* --- work that is submitted to a stream ---------------------------------------------------------- */

/* Comes back when the work may be submitted; the result goes to xs_submit_end(), NULL included. */
struct xs_queue *xs_submit_begin(void *stream, bool per_thread);
void xs_submit_end(struct xs_queue *queue);

/* --- waits of the host --------------------------------------------------------------------------- */

/* Of more queues a wait does not tell that they are done: the watcher finds that out. */
#define XS_WAIT_QUEUES 16

/* What is finished when a wait is over or a query says so: always taken before the vendor is asked. */
struct xs_covered {
	struct xs_queue *queue; /* NULL: nothing is known to be */
	uint64_t queue_id;
	uint32_t submitted;
};

/* Lives on the stack of the override, between begin and end; its members are for shim_wait.c. */
struct xs_wait {
	unsigned int count;
	bool counted;
	struct xs_covered queues[XS_WAIT_QUEUES];
	struct xs_loans loans;
};

void xs_wait_stream_begin(struct xs_wait *wait, void *stream, bool per_thread);
/* Inside a submission that waits by itself: for its queue, the command included. */
void xs_wait_queue_begin(struct xs_wait *wait, struct xs_queue *queue);
void xs_wait_event_begin(struct xs_wait *wait, void *event);
/* Everything of the current context: synchronise, and what synchronises as a side effect. */
void xs_wait_context_begin(struct xs_wait *wait);
/* done: the vendor reported success, so all that was waited for has finished. */
void xs_wait_end(struct xs_wait *wait, bool done);

/* A query that did not wait and said "finished". */
void xs_stream_found_idle(void *stream, bool per_thread, uint32_t sequence);
/* What the stream has submitted so far: taken before the query, handed to xs_stream_found_idle. */
uint32_t xs_stream_sequence(void *stream, bool per_thread);
/* What the event stands for now, and that it had been reached when the vendor was asked after that. In
 * between another thread may record it anew, which covers more. */
struct xs_covered xs_event_covers(void *event);
void xs_event_found_done(const struct xs_covered *covered);

/* --- events and order between streams ------------------------------------------------------------ */

/* The submission of an event record, or of a command with one behind it. What it covers is counted
 * before the real function: other threads submit to the stream while that runs, and the record may
 * come first. */
struct xs_record {
	struct xs_queue *queue; /* for xs_submit_end() */
	uint32_t submitted;     /* with the record itself */
};
struct xs_record xs_record_begin(void *stream, bool per_thread);
/* Notes what the event covers. Called between begin and end, after the real record succeeded. */
void xs_event_recorded(void *event, const struct xs_record *record);
/* The same for an event that is recorded by the command itself, somewhere within, in any submission:
 * it may be reached long before the command is done. So it never tells that anything is done, and
 * what is counted for it too much does no harm. */
void xs_event_recorded_within(void *event, struct xs_queue *queue);
void xs_event_destroyed(void *event);
/* The stream is about to wait, on the device, for an event. The wait is itself submitted: called
 * between begin and end, before the real function. */
void xs_stream_waits(struct xs_queue *queue, void *event);
/* All streams of the context (NULL: the current one) are about to wait: called before the real
 * function, outside of any gate. */
void xs_context_waits(void *context, void *event);

/* --- the life of streams and contexts ------------------------------------------------------------ */

void xs_stream_created(void *stream);
/* priority as the vendor numbers it. */
void xs_stream_priority_changed(void *stream, int priority);
/* Before the real destroy: the queue takes its leave from the scheduler and is open from now on. */
void xs_stream_destroyed(void *stream);

/* The context current on this thread may have changed. */
void xs_context_changed(void);
/* Before the real destroy or reset: all queues and events of the context end. */
void xs_context_destroyed(void *context);
/* After it: nothing of the context is in flight any more. Also for one that has just been made, with
 * the handle of one that went unseen. */
void xs_context_gone(void *context);

/* --- capture ------------------------------------------------------------------------------------- */

/* Around the real begin, and after the real end: while any capture is under way in the process, a
 * queue that would be held asks the driver first whether it is capturing. While one begins, the watcher
 * asks nothing: the stream might begin to capture between that question and the next. */
void xs_capture_begin(void);
void xs_capture_began(bool success);
void xs_capture_ended(void);

/* Around what makes a stream take part in a capture that another one began: a wait for one of its
 * events. The end gets what the begin returned. */
bool xs_capture_join_begin(void);
void xs_capture_join_end(bool may_join);

/* --- work that cannot be gated ------------------------------------------------------------------- */

/* Counts a submission that passed us by; `xcli doctor` reports the number by name. */
void xs_count_ungated(const char *name);

#endif
