/* SPDX-License-Identifier: Apache-2.0 */
/* From handles to objects, and the one way by which work reaches a stream. */
#include "platform/sim/cuda/front.h"

int front_stream(CUstream handle, struct xsim_stream **out)
{
	if ((uintptr_t)handle <= 2) {
		struct xsim_context *context;
		int result = xsim_context_current(&context);

		if (xs_unlikely(result))
			return result;
		if (handle == CU_STREAM_PER_THREAD || (!handle && xsim_self.per_thread))
			return xsim_thread_stream(context, out);
		*out = context->legacy;
		return XSIM_OK;
	}
	if (xs_unlikely(xs_load_acquire(&xsim_state) != XSIM_OK))
		return XSIM_NOT_INITIALIZED;
	if (xs_unlikely(!xsim_handle_is(handle, XSIM_KIND_STREAM)))
		return XSIM_INVALID_HANDLE;
	*out = (struct xsim_stream *)handle;
	return xs_load_relaxed(&(*out)->context->error);
}

int front_submit(struct xsim_stream *stream, int type, struct xsim_op *op)
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

int front_submit_wait(struct xsim_stream *stream, struct xsim_op *op)
{
	uint64_t seq;
	int result = xsim_capture_touch_unsafe();

	if (!result)
		result = xsim_capture_touch_stream(stream);
	if (!result && stream->legacy)
		result = xsim_capture_touch_legacy(stream->context);
	if (!result)
		result = xsim_stream_submit(stream, op, &seq);
	if (result) {
		xsim_op_drop(op);
		return result;
	}
	xsim_stream_wait(stream, seq);
	return xs_load_acquire(&stream->context->error);
}

int front_context(struct xsim_context **out)
{
	return xsim_context_current(out);
}

int front_unsafe(struct xsim_context **out)
{
	int result = xsim_context_current(out);

	return result ? result : xsim_capture_touch_unsafe();
}
