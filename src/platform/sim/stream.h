/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: a ring of commands between the threads that submit and the engine that executes.
 *
 * Submitters serialise on the stream's lock and publish with `submitted`; the engine consumes and
 * publishes with `completed`. A command keeps its slot until it is complete, so the ring is the
 * hardware queue: when it is full the submitter sleeps, as with a real driver. Only a stream that
 * the engine does not know about is announced to it; while a stream is busy a submission is a few
 * stores and no system call.
 */
#ifndef XS_SIM_STREAM_H
#define XS_SIM_STREAM_H

#include "base/futex.h"
#include "base/list.h"
#include "platform/sim/graph.h"
#include "platform/sim/handle.h"
#include "platform/sim/op.h"

struct xsim_context;
struct xsim_capture;

struct xsim_command {
	uint64_t stamp_ns; /* when it was submitted */
	struct xsim_op op;
};

/* Where the engine stands with the command at the head of a stream. */
enum xsim_phase {
	XSIM_PHASE_NEW,     /* not looked at */
	XSIM_PHASE_WAIT,    /* for a point, a word of memory or the callback thread */
	XSIM_PHASE_READY,   /* wants its unit since ready_ns */
	XSIM_PHASE_RUNNING, /* occupies its unit */
};

struct xsim_stream {
	struct xsim_handle handle;
	struct xsim_context *context;
	unsigned int flags;
	int priority;
	bool blocking; /* takes part in the order of the legacy default stream */
	bool legacy;   /* is that stream */
	bool per_thread;
	struct xs_list link; /* context.streams [context.lock] */

	struct xs_mutex lock;
	struct xsim_command *ring; /* [lock] allocated at the first submission */
	uint64_t legacy_seen;      /* [lock] point of the legacy stream already waited for */
	_Atomic uint64_t submitted;
	_Atomic uint64_t completed;
	_Atomic uint32_t done_word; /* low half of completed: what waiters sleep on */
	_Atomic uint32_t waiters;

	_Atomic uint32_t active;        /* on the engine's list or in its inbox */
	struct xsim_stream *inbox_next; /* engine.inbox */

	/* The engine's own. */
	struct xs_list active_link; /* engine.streams */
	enum xsim_phase phase;
	uint64_t ready_ns;   /* end of the previous command, then when the head became ready */
	uint32_t node_index; /* in the graph at the head */
	uint32_t memop_index;
	struct xsim_point node_point; /* what a wait node of that graph waits for */
	int connection;               /* -1: none */
	_Atomic uint32_t host_done;
	const struct xsim_op *host_op; /* [callback lock] */
	struct xsim_stream *host_next; /* callback queue */

	_Atomic(struct xsim_capture *) capture; /* [xsim_lock], read without */
	struct xsim_nodes capture_deps;         /* [xsim_lock] */
	struct xs_list capture_link;            /* capture.streams [xsim_lock] */
};

int xsim_stream_create(struct xsim_context *context, unsigned int flags, bool blocking,
	int priority, struct xsim_stream **out);

/* The handle dies at once, the work in flight goes on. */
void xsim_stream_destroy(struct xsim_stream *stream);

/*
 * Queues op, which is copied; what it owns passes to the stream. Keeps the order with the legacy
 * default stream and blocks while the ring is full. *seq (may be NULL) becomes its point.
 * XSIM_OUT_OF_MEMORY.
 */
int xsim_stream_submit(struct xsim_stream *stream, struct xsim_op *op, uint64_t *seq);

/* Waits until point seq is reached. */
void xsim_stream_wait(struct xsim_stream *stream, uint64_t seq);

/* Waits for all that was submitted before, for the legacy stream also what it waits for. */
void xsim_stream_sync(struct xsim_stream *stream);

/* XSIM_OK or XSIM_NOT_READY. */
int xsim_stream_query(struct xsim_stream *stream);

static inline bool xsim_stream_idle(struct xsim_stream *stream)
{
	uint64_t submitted = xs_load_acquire(&stream->submitted);

	return xs_load_acquire(&stream->completed) >= submitted;
}

/* Engine: the head command is complete. */
void xsim_stream_publish(struct xsim_stream *stream);

#endif
