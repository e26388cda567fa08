/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. */
#include <string.h>

#include "platform/sim/hip/front.h"

#define LEAST_PRIORITY    1
#define GREATEST_PRIORITY (-1)

hipError_t sim_hipStreamCreateWithPriority(hipStream_t *out, unsigned int flags, int priority)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && (!out || (flags != hipStreamDefault && flags != hipStreamNonBlocking)))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	if (priority > LEAST_PRIORITY)
		priority = LEAST_PRIORITY;
	if (priority < GREATEST_PRIORITY)
		priority = GREATEST_PRIORITY;
	return (hipError_t)xsim_stream_create(
		context, flags, flags == hipStreamDefault, priority, (struct xsim_stream **)out);
}

hipError_t sim_hipStreamCreateWithFlags(hipStream_t *out, unsigned int flags)
{
	return sim_hipStreamCreateWithPriority(out, flags, 0);
}

hipError_t sim_hipStreamCreate(hipStream_t *out)
{
	return sim_hipStreamCreateWithPriority(out, hipStreamDefault, 0);
}

/* As on the real runtime the work of the stream is over when this returns. */
hipError_t sim_hipStreamDestroy(hipStream_t handle)
{
	struct xsim_stream *stream;

	if (!handle)
		return hipErrorInvalidHandle;
	if (handle == hipStreamPerThread || handle == hipStreamLegacy)
		return hipErrorInvalidHandle;
	int result = hip_stream(handle, &stream);
	if (result == XSIM_CONTEXT_DESTROYED)
		return hipErrorContextIsDestroyed;
	result = xsim_capture_touch_stream(stream);
	if (result)
		return (hipError_t)result;
	xsim_stream_sync(stream);
	hip_forget_mask(stream->handle.id);
	xsim_stream_destroy(stream);
	return hipSuccess;
}

/* --- waiting and asking ----------------------------------------------------------------------- */

hipError_t sim_hipStreamQuery(hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_query(stream));
}
XSIM_SAME(hipStreamQuery_spt, hipStreamQuery);

hipError_t sim_hipStreamSynchronize(hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_sync(stream));
}
XSIM_SAME(hipStreamSynchronize_spt, hipStreamSynchronize);

hipError_t sim_hipStreamGetFlags(hipStream_t handle, unsigned int *flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*flags = stream->blocking ? hipStreamDefault : hipStreamNonBlocking;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetFlags_spt, hipStreamGetFlags);

hipError_t sim_hipStreamGetPriority(hipStream_t handle, int *priority)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !priority)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*priority = stream->priority;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetPriority_spt, hipStreamGetPriority);

hipError_t sim_hipStreamGetDevice(hipStream_t handle, hipDevice_t *device)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !device)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*device = stream->context->device;
	return (hipError_t)result;
}

int sim_hipGetStreamDeviceId(hipStream_t handle)
{
	struct xsim_stream *stream;

	return hip_stream(handle, &stream) ? -1 : stream->context->device;
}

hipError_t sim_hipStreamGetId(hipStream_t handle, unsigned long long *id)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !id)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*id = stream->handle.id;
	return (hipError_t)result;
}

hipError_t sim_hipStreamGetAttribute(
	hipStream_t handle, hipLaunchAttributeID attribute, hipLaunchAttributeValue *value)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !value)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	memset(value, 0, sizeof(*value));
	if (attribute == hipLaunchAttributePriority)
		value->priority = stream->priority;
	return hipSuccess;
}

hipError_t sim_hipStreamSetAttribute(
	hipStream_t handle, hipLaunchAttributeID attribute, const hipLaunchAttributeValue *value)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !value)
		result = XSIM_INVALID_VALUE;
	if (!result && attribute == hipLaunchAttributePriority)
		stream->priority = value->priority;
	return (hipError_t)result;
}

hipError_t sim_hipStreamCopyAttributes(hipStream_t dst, hipStream_t src)
{
	struct xsim_stream *to, *from;
	int result = hip_stream(dst, &to);

	if (!result)
		result = hip_stream(src, &from);
	if (!result)
		to->priority = from->priority;
	return (hipError_t)result;
}

hipError_t sim_hipStreamAttachMemAsync(
	hipStream_t handle, void *dev_ptr, size_t length, unsigned int flags)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	(void)length;
	(void)flags;
	if (!result && !xsim_memory_find((uintptr_t)dev_ptr, 1, NULL))
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_submit(stream, XSIM_NODE_EMPTY, &op));
}

/* --- host functions --------------------------------------------------------------------------- */

hipError_t sim_hipLaunchHostFunc(hipStream_t handle, hipHostFn_t function, void *data)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_submit_host(stream, function, data));
}
XSIM_SAME(hipLaunchHostFunc_spt, hipLaunchHostFunc);

hipError_t sim_hipStreamAddCallback(
	hipStream_t handle, hipStreamCallback_t callback, void *data, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_submit_callback(
			stream, handle, (void (*)(void *, int, void *))(void *)callback, data);
	return (hipError_t)result;
}
XSIM_SAME(hipStreamAddCallback_spt, hipStreamAddCallback);
