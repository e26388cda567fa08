/* SPDX-License-Identifier: Apache-2.0 */
/* The one way by which work reaches a stream, and what waits for it or asks. */
#include "platform/sim/submit.h"

int xsim_find_stream(const void *handle, struct xsim_stream **out)
{
	if (xs_unlikely(xs_load_acquire(&xsim_state) != XSIM_OK))
		return XSIM_NOT_INITIALIZED;
	if (xs_unlikely(!xsim_handle_is(handle, XSIM_KIND_STREAM)))
		return XSIM_INVALID_HANDLE;
	*out = (struct xsim_stream *)(uintptr_t)handle;
	return xs_load_relaxed(&(*out)->context->error);
}

int xsim_find_event(const void *handle, struct xsim_event **out)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return XSIM_NOT_INITIALIZED;
	if (!xsim_handle_is(handle, XSIM_KIND_EVENT))
		return XSIM_INVALID_HANDLE;
	*out = (struct xsim_event *)(uintptr_t)handle;
	return xs_load_relaxed(&(*out)->context->error);
}

int xsim_submit(struct xsim_stream *stream, int type, struct xsim_op *op)
{
	if (xs_unlikely(xs_load_relaxed(&stream->capture) != NULL))
		return xsim_capture_add(stream, type, op);
	int result = XSIM_OK;
	if (xs_unlikely(stream->legacy && xs_load_relaxed(&xsim_captures)))
		result = xsim_capture_touch_legacy(stream->context);
	if (!result)
		result = xsim_stream_submit(stream, op, NULL);
	if (xs_unlikely(result))
		xsim_op_drop(op);
	return result;
}

/* What a call that waits for stream has to ask first. */
static int touch(struct xsim_stream *stream)
{
	int result = xsim_capture_touch_stream(stream);

	if (!result && stream->legacy)
		result = xsim_capture_touch_legacy(stream->context);
	return result;
}

int xsim_submit_wait(struct xsim_stream *stream, struct xsim_op *op)
{
	uint64_t seq;
	int result = xsim_capture_touch_unsafe();

	if (!result)
		result = touch(stream);
	if (!result)
		result = xsim_stream_submit(stream, op, &seq);
	if (result) {
		xsim_op_drop(op);
		return result;
	}
	xsim_stream_wait(stream, seq);
	return xs_load_acquire(&stream->context->error);
}

int xsim_submit_host(struct xsim_stream *stream, void (*function)(void *data), void *data)
{
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .function = function, .data = data } };

	return function ? xsim_submit(stream, XSIM_NODE_HOST, &op) : XSIM_INVALID_VALUE;
}

int xsim_submit_callback(struct xsim_stream *stream, void *handle,
	void (*callback)(void *stream, int status, void *data), void *data)
{
	int result = callback ? xsim_capture_touch_stream(stream) : XSIM_INVALID_VALUE;
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .callback = callback, .data = data, .stream = handle } };

	return result ? result : xsim_submit(stream, XSIM_NODE_HOST, &op);
}

int xsim_query(struct xsim_stream *stream)
{
	int result = touch(stream);

	return result ? result : xsim_stream_query(stream);
}

int xsim_sync(struct xsim_stream *stream)
{
	int result = touch(stream);

	if (result)
		return result;
	xsim_stream_sync(stream);
	return xs_load_acquire(&stream->context->error);
}

int xsim_sync_context(struct xsim_context *context)
{
	int result = xsim_capture_touch_context(context);

	if (result)
		return result;
	xsim_context_sync(context);
	return xs_load_acquire(&context->error);
}

int xsim_record(struct xsim_stream *stream, struct xsim_event *event, bool external)
{
	int result = event->context == stream->context ? XSIM_OK : XSIM_INVALID_HANDLE;
	bool done = false;

	if (!result && (!external || !xs_load_relaxed(&stream->capture)) &&
		(xs_load_relaxed(&xsim_captures) || event->capture_id))
		result = xsim_capture_record(stream, event, &done);
	if (result || done)
		return result;
	struct xsim_op op = { .kind = XSIM_OP_RECORD, .record.event = event };
	xsim_event_ref(event);
	return xsim_submit(stream, XSIM_NODE_RECORD, &op);
}

int xsim_wait_event(struct xsim_stream *stream, struct xsim_event *event, bool external)
{
	struct xsim_op op = { .kind = XSIM_OP_WAIT };
	int result = XSIM_OK;
	bool done = false;

	if (external && xs_load_relaxed(&stream->capture)) {
		op.wait.event = event;
		xsim_event_ref(event);
		return xsim_submit(stream, XSIM_NODE_WAIT, &op);
	}
	if (xs_load_relaxed(&xsim_captures))
		result = xsim_capture_wait(stream, event, &done);
	if (result || done)
		return result;
	op.wait.point = xsim_event_point(event);
	if (!op.wait.point.stream)
		return XSIM_OK; /* never recorded: nothing to wait for */
	return xsim_submit(stream, XSIM_NODE_WAIT, &op);
}

int xsim_query_event(struct xsim_event *event)
{
	int result = xsim_capture_touch_event(event);

	return result ? result : xsim_event_query(event);
}

int xsim_sync_event(struct xsim_event *event)
{
	int result = xsim_capture_touch_event(event);

	if (result)
		return result;
	xsim_event_wait(event);
	return xs_load_acquire(&event->context->error);
}

int xsim_ask_capture(struct xsim_stream *stream, int *status, uint64_t *id,
	struct xsim_graph **graph, struct xsim_node ***deps, size_t *count)
{
	int result = status ? XSIM_OK : XSIM_INVALID_VALUE;

	if (!result && stream->legacy)
		result = xsim_capture_touch_legacy(stream->context);
	if (!result)
		xsim_capture_info(stream, status, id, graph, deps, count);
	return result;
}

int xsim_exchange_capture_mode(int *mode)
{
	if (!mode || *mode < XSIM_CAPTURE_GLOBAL || *mode > XSIM_CAPTURE_RELAXED)
		return XSIM_INVALID_VALUE;
	int before = xsim_self.capture_mode;
	xsim_self.capture_mode = *mode;
	*mode = before;
	return XSIM_OK;
}
