/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. An event remembers the point of its latest record; who waits for it takes that point
 * along, so a later record does not disturb an earlier wait.
 */
#ifndef XS_SIM_EVENT_H
#define XS_SIM_EVENT_H

#include "base/futex.h"
#include "base/list.h"
#include "platform/sim/graph.h"
#include "platform/sim/handle.h"
#include "platform/sim/op.h"

struct xsim_context;

struct xsim_event {
	struct xsim_handle handle;
	struct xsim_context *context;
	struct xs_list link; /* context.events [context.lock] */
	unsigned int flags;
	bool timed;
	struct xs_mutex lock;
	_Atomic uint32_t refs;     /* the handle and each queued record */
	struct xsim_point point;   /* [lock] of the latest record; stream NULL: never recorded */
	bool within;               /* [lock] recorded by a node of the graph at that point */
	bool passed;               /* [lock] that node is done, though the graph may not be */
	uint64_t time_ns;          /* [lock] device time of the latest record once it is reached */
	uint64_t capture_id;       /* [xsim_lock] capture that it was recorded in, or 0 */
	struct xsim_nodes capture; /* [xsim_lock] nodes that it stands for in there */
};

int xsim_event_create(
	struct xsim_context *context, unsigned int flags, bool timed, struct xsim_event **out);
/* The handle dies; records in flight go on. */
void xsim_event_destroy(struct xsim_event *event);
void xsim_event_ref(struct xsim_event *event);
void xsim_event_unref(struct xsim_event *event);

/* The point of the latest record; stream NULL if there is none. */
struct xsim_point xsim_event_point(struct xsim_event *event);

/* Called with the stream locked, when a record is about to be queued at point. within: in a graph. */
void xsim_event_mark(struct xsim_event *event, struct xsim_point point, bool within);

/* Engine: the record at this point is reached at time_ns. */
void xsim_event_reached(struct xsim_event *event, struct xsim_point point, uint64_t time_ns);

/* XSIM_OK if never recorded or reached, else XSIM_NOT_READY. */
int xsim_event_query(struct xsim_event *event);
void xsim_event_wait(struct xsim_event *event);

/* XSIM_INVALID_HANDLE unless both were recorded with timing, XSIM_NOT_READY. */
int xsim_event_elapsed(struct xsim_event *start, struct xsim_event *end, int64_t *ns);

#endif
