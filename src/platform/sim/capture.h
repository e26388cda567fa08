/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream capture: operations become nodes of a graph instead of commands. All functions take
 * xsim_lock themselves.
 */
#ifndef XS_SIM_CAPTURE_H
#define XS_SIM_CAPTURE_H

#include "base/list.h"
#include "platform/sim/graph.h"

struct xsim_context;
struct xsim_event;
struct xsim_stream;

enum xsim_capture_mode { XSIM_CAPTURE_GLOBAL, XSIM_CAPTURE_THREAD_LOCAL, XSIM_CAPTURE_RELAXED };

struct xsim_capture {
	uint64_t id;
	int mode;
	unsigned int thread; /* ordinal of the one that began it */
	bool invalid;
	bool own_graph; /* false: captures into a graph of the application */
	struct xsim_graph *graph;
	struct xsim_stream *origin;
	struct xs_list streams; /* stream.capture_link */
	struct xs_list link;    /* captures */
};

/* Captures in progress; the cheap question before the expensive ones. */
extern _Atomic uint32_t xsim_captures;

/* graph NULL: a new one. deps are the first dependencies. */
int xsim_capture_begin(struct xsim_stream *stream, int mode, struct xsim_graph *graph,
	struct xsim_node *const *deps, size_t count);

/* *out is NULL unless the result is XSIM_OK. */
int xsim_capture_end(struct xsim_stream *stream, struct xsim_graph **out);

/* Adds a node to the capture of stream. What op owns passes on in any case. */
int xsim_capture_add(struct xsim_stream *stream, int type, struct xsim_op *op);

/* Event operations. *done false: nothing is captured here, do it the ordinary way. */
int xsim_capture_record(struct xsim_stream *stream, struct xsim_event *event, bool *done);
int xsim_capture_wait(struct xsim_stream *stream, struct xsim_event *event, bool *done);

/* XSIM_CAPTURED_EVENT, spoiling the capture, if the event was recorded in one; else XSIM_OK. */
int xsim_capture_touch_event(struct xsim_event *event);

/* XSIM_CAPTURE_UNSUPPORTED, spoiling the capture, if stream is captured; else XSIM_OK. */
int xsim_capture_touch_stream(struct xsim_stream *stream);

/* The same for a whole context, and for a call that no thread may make while it captures. */
int xsim_capture_touch_context(struct xsim_context *context);
int xsim_capture_touch_unsafe(void);

/* XSIM_CAPTURE_IMPLICIT if work on the legacy stream would depend on a captured one. */
int xsim_capture_touch_legacy(struct xsim_context *context);

/* What stream is part of; all outputs optional. status: 0 none, 1 active, 2 invalid. *deps stays
 * valid until the next call for the stream. */
void xsim_capture_info(struct xsim_stream *stream, int *status, uint64_t *id,
	struct xsim_graph **graph, struct xsim_node ***deps, size_t *count);

/* Replaces or extends the dependencies of the next node. XSIM_ILLEGAL_STATE. */
int xsim_capture_set_deps(
	struct xsim_stream *stream, struct xsim_node *const *deps, size_t count, bool add);

#endif
