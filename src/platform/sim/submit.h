/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every front door does with streams and events: the same calls with and without a capture in
 * progress. Results are those of error.h.
 */
#ifndef XS_SIM_SUBMIT_H
#define XS_SIM_SUBMIT_H

#include "platform/sim/capture.h"
#include "platform/sim/context.h"
#include "platform/sim/event.h"
#include "platform/sim/stream.h"

/* Behind a handle that is none of the constants: the object and the sticky error of its context. */
int xsim_find_stream(const void *handle, struct xsim_stream **out);
int xsim_find_event(const void *handle, struct xsim_event **out);

/* Queues op, or adds it to the capture that the stream is part of as a node of the given type.
 * What op owns passes on in any case. */
int xsim_submit(struct xsim_stream *stream, int type, struct xsim_op *op);

/* The same and waits until it is done; not allowed while capturing. */
int xsim_submit_wait(struct xsim_stream *stream, struct xsim_op *op);

int xsim_submit_host(struct xsim_stream *stream, void (*function)(void *data), void *data);
int xsim_submit_callback(struct xsim_stream *stream, void *handle,
	void (*callback)(void *stream, int status, void *data), void *data);

/* Questions and waits; XSIM_NOT_READY. */
int xsim_query(struct xsim_stream *stream);
int xsim_sync(struct xsim_stream *stream);
int xsim_sync_context(struct xsim_context *context);

/* external: an event node in a captured graph instead of a dependency. */
int xsim_record(struct xsim_stream *stream, struct xsim_event *event, bool external);
int xsim_wait_event(struct xsim_stream *stream, struct xsim_event *event, bool external);
int xsim_query_event(struct xsim_event *event);
int xsim_sync_event(struct xsim_event *event);

/* Capture status of the stream, as xsim_capture_info() gives it. */
int xsim_ask_capture(struct xsim_stream *stream, int *status, uint64_t *id,
	struct xsim_graph **graph, struct xsim_node ***deps, size_t *count);

/* Exchanges the capture mode of this thread. XSIM_INVALID_VALUE. */
int xsim_exchange_capture_mode(int *mode);

#endif
