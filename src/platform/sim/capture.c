/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Captures. A stream takes part in at most one; each remembers the nodes that its next node will
 * depend on. A mistake spoils the capture, which its end then reports.
 */
#include "platform/sim/capture.h"

#include <stdlib.h>

#include "platform/sim/context.h"
#include "platform/sim/event.h"
#include "platform/sim/stream.h"

_Atomic uint32_t xsim_captures;

static struct xs_list captures = { &captures, &captures }; /* [xsim_lock] */
static uint64_t last_id;                                   /* [xsim_lock] */

static struct xsim_capture *capture_of(struct xsim_stream *stream)
{
	return xs_load_relaxed(&stream->capture);
}

static struct xsim_capture *find(uint64_t id)
{
	xs_list_for_each (link, &captures) {
		struct xsim_capture *capture = xs_list_entry(link, struct xsim_capture, link);

		if (capture->id == id)
			return capture;
	}
	return NULL;
}

static void join(struct xsim_capture *capture, struct xsim_stream *stream)
{
	xs_list_append(&capture->streams, &stream->capture_link);
	stream->capture_deps.count = 0;
	xs_store_release(&stream->capture, capture);
}

static void dissolve(struct xsim_capture *capture)
{
	xs_list_for_each_safe (link, &capture->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, capture_link);

		xs_list_remove(link);
		xsim_nodes_clear(&stream->capture_deps);
		xs_store_release(&stream->capture, NULL);
	}
	xs_list_remove(&capture->link);
	xs_sub_full(&xsim_captures, 1);
	free(capture);
}

int xsim_capture_begin(struct xsim_stream *stream, int mode, struct xsim_graph *graph,
	struct xsim_node *const *deps, size_t count)
{
	int result = XSIM_OUT_OF_MEMORY;

	if (stream->legacy)
		return XSIM_CAPTURE_UNSUPPORTED;
	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = NULL;
	if (capture_of(stream)) {
		result = XSIM_ILLEGAL_STATE;
		goto out;
	}
	capture = calloc(1, sizeof(*capture));
	if (!capture)
		goto out;
	capture->own_graph = !graph;
	capture->graph = graph ? graph : xsim_graph_create();
	if (!capture->graph) {
		free(capture);
		goto out;
	}
	capture->id = ++last_id;
	capture->mode = mode;
	capture->thread = xsim_thread_ordinal();
	capture->origin = stream;
	xs_list_init(&capture->streams);
	xs_list_append(&captures, &capture->link);
	xs_add_full(&xsim_captures, 1);
	join(capture, stream);
	for (size_t i = 0; i < count; i++)
		xsim_nodes_add(&stream->capture_deps, deps[i]);
	result = XSIM_OK;
out:
	xs_mutex_unlock(&xsim_lock);
	return result;
}

/* True if every other stream has come back: what it would go on from precedes the origin's end. */
static bool all_joined(struct xsim_capture *capture)
{
	xs_list_for_each (link, &capture->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, capture_link);

		for (uint32_t i = 0; i < stream->capture_deps.count; i++) {
			if (stream != capture->origin &&
				!xsim_graph_precedes(stream->capture_deps.item[i],
					&capture->origin->capture_deps))
				return false;
		}
	}
	return true;
}

int xsim_capture_end(struct xsim_stream *stream, struct xsim_graph **out)
{
	int result = XSIM_OK;

	*out = NULL;
	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	if (!capture) {
		result = XSIM_ILLEGAL_STATE;
		goto out;
	}
	if (capture->mode != XSIM_CAPTURE_RELAXED && capture->thread != xsim_thread_ordinal()) {
		result = XSIM_CAPTURE_WRONG_THREAD;
		goto out;
	}
	if (capture->origin != stream) {
		capture->invalid = true;
		result = XSIM_CAPTURE_UNMATCHED;
		goto out;
	}
	if (capture->invalid)
		result = XSIM_CAPTURE_INVALIDATED;
	else if (!all_joined(capture))
		result = XSIM_CAPTURE_UNJOINED;
	if (result == XSIM_OK)
		*out = capture->graph;
	else if (capture->own_graph)
		xsim_graph_destroy(capture->graph);
	dissolve(capture);
out:
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_add(struct xsim_stream *stream, int type, struct xsim_op *op)
{
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	struct xsim_node *node = NULL;
	if (!capture) {
		result = XSIM_ILLEGAL_STATE; /* another thread ended it just now */
	} else if (capture->invalid) {
		result = XSIM_CAPTURE_INVALIDATED;
	} else {
		node = xsim_graph_add(capture->graph, type, op, stream->capture_deps.item,
			stream->capture_deps.count);
		if (!node)
			result = XSIM_OUT_OF_MEMORY;
	}
	if (node) {
		stream->capture_deps.count = 0;
		xsim_nodes_add(&stream->capture_deps, node);
	} else {
		xsim_op_drop(op);
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_record(struct xsim_stream *stream, struct xsim_event *event, bool *done)
{
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	*done = capture != NULL;
	if (!capture) {
		event->capture_id = 0; /* an ordinary record: the event is of no capture any more */
	} else if (capture->invalid) {
		result = XSIM_CAPTURE_INVALIDATED;
	} else {
		event->capture_id = capture->id;
		if (!xsim_nodes_copy(&event->capture, &stream->capture_deps))
			result = XSIM_OUT_OF_MEMORY;
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_wait(struct xsim_stream *stream, struct xsim_event *event, bool *done)
{
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *mine = capture_of(stream);
	struct xsim_capture *theirs = event->capture_id ? find(event->capture_id) : NULL;
	*done = true;
	if (!mine && !theirs) {
		*done = false;
	} else if ((mine && mine->invalid) || (theirs && theirs->invalid)) {
		result = XSIM_CAPTURE_INVALIDATED;
	} else if (!theirs) {
		mine->invalid = true; /* depends on work outside of the graph */
		result = XSIM_CAPTURE_ISOLATION;
	} else if (mine && mine != theirs) {
		mine->invalid = theirs->invalid = true;
		result = XSIM_CAPTURE_MERGE;
	} else if (stream->legacy) {
		theirs->invalid = true;
		result = XSIM_CAPTURE_IMPLICIT;
	} else {
		if (!mine)
			join(theirs, stream);
		for (uint32_t i = 0; i < event->capture.count; i++)
			xsim_nodes_add(&stream->capture_deps, event->capture.item[i]);
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_touch_event(struct xsim_event *event)
{
	int result = XSIM_OK;

	if (!xs_load_relaxed(&xsim_captures))
		return XSIM_OK;
	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = event->capture_id ? find(event->capture_id) : NULL;
	if (capture) {
		capture->invalid = true;
		result = XSIM_CAPTURED_EVENT;
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_touch_stream(struct xsim_stream *stream)
{
	int result = XSIM_OK;

	if (!capture_of(stream))
		return XSIM_OK;
	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	if (capture) {
		capture->invalid = true;
		result = XSIM_CAPTURE_UNSUPPORTED;
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

static int touch(struct xsim_context *context, bool blocking_only, int error)
{
	int result = XSIM_OK;

	if (!xs_load_relaxed(&xsim_captures))
		return XSIM_OK;
	xs_mutex_lock(&xsim_lock);
	xs_list_for_each (link, &captures) {
		struct xsim_capture *capture = xs_list_entry(link, struct xsim_capture, link);

		xs_list_for_each (member, &capture->streams) {
			struct xsim_stream *stream =
				xs_list_entry(member, struct xsim_stream, capture_link);

			if (stream->context != context || (blocking_only && !stream->blocking))
				continue;
			capture->invalid = true;
			result = error;
		}
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_capture_touch_context(struct xsim_context *context)
{
	return touch(context, false, XSIM_CAPTURE_UNSUPPORTED);
}

int xsim_capture_touch_legacy(struct xsim_context *context)
{
	return touch(context, true, XSIM_CAPTURE_IMPLICIT);
}

int xsim_capture_touch_unsafe(void)
{
	int result = XSIM_OK;

	if (!xs_load_relaxed(&xsim_captures) || xsim_self.capture_mode == XSIM_CAPTURE_RELAXED)
		return XSIM_OK;
	xs_mutex_lock(&xsim_lock);
	xs_list_for_each (link, &captures) {
		struct xsim_capture *capture = xs_list_entry(link, struct xsim_capture, link);
		bool own = capture->thread == xsim_thread_ordinal();

		if (capture->mode == XSIM_CAPTURE_RELAXED)
			continue;
		if (!own && (capture->mode != XSIM_CAPTURE_GLOBAL ||
				    xsim_self.capture_mode != XSIM_CAPTURE_GLOBAL))
			continue;
		capture->invalid = true;
		result = XSIM_CAPTURE_UNSUPPORTED;
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

void xsim_capture_info(struct xsim_stream *stream, int *status, uint64_t *id,
	struct xsim_graph **graph, struct xsim_node ***deps, size_t *count)
{
	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	if (status)
		*status = !capture ? 0 : capture->invalid ? 2 : 1;
	if (id && capture)
		*id = capture->id;
	if (graph && capture)
		*graph = capture->graph;
	if (deps && capture)
		*deps = stream->capture_deps.item;
	if (count && capture)
		*count = stream->capture_deps.count;
	xs_mutex_unlock(&xsim_lock);
}

int xsim_capture_set_deps(
	struct xsim_stream *stream, struct xsim_node *const *deps, size_t count, bool add)
{
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	struct xsim_capture *capture = capture_of(stream);
	if (!capture) {
		result = XSIM_ILLEGAL_STATE;
	} else if (capture->invalid) {
		result = XSIM_CAPTURE_INVALIDATED;
	} else {
		if (!add)
			stream->capture_deps.count = 0;
		for (size_t i = 0; i < count; i++)
			xsim_nodes_add(&stream->capture_deps, deps[i]);
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}
