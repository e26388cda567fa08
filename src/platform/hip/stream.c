/* SPDX-License-Identifier: Apache-2.0 */
/* The life of streams, and the priority that the application gives them: -1 high, 0, 1 low. */
#include "platform/hip/shim.h"

static hipError_t created(hipError_t result, const hipStream_t *stream)
{
	if (result == hipSuccess)
		xs_stream_created(*stream);
	return result;
}

hipError_t on_hipStreamCreate(hipStream_t *stream)
{
	return created(xs_hip_real()->hipStreamCreate(stream), stream);
}

hipError_t on_hipStreamCreateWithFlags(hipStream_t *stream, unsigned int flags)
{
	return created(xs_hip_real()->hipStreamCreateWithFlags(stream, flags), stream);
}

hipError_t on_hipStreamCreateWithPriority(hipStream_t *stream, unsigned int flags, int priority)
{
	return created(xs_hip_real()->hipStreamCreateWithPriority(stream, flags, priority), stream);
}

hipError_t on_hipExtStreamCreateWithCUMask(
	hipStream_t *stream, uint32_t cu_mask_size, const uint32_t *cu_mask)
{
	return created(
		xs_hip_real()->hipExtStreamCreateWithCUMask(stream, cu_mask_size, cu_mask), stream);
}

hipError_t on_hipExecutionCtxStreamCreate(
	hipStream_t *stream, hipExecutionCtx_t ctx, unsigned int flags, int priority)
{
	return created(
		xs_hip_real()->hipExecutionCtxStreamCreate(stream, ctx, flags, priority), stream);
}

hipError_t on_hipStreamDestroy(hipStream_t stream)
{
	xs_stream_destroyed(stream);
	return xs_hip_real()->hipStreamDestroy(stream);
}

hipError_t on_hipStreamSetAttribute(
	hipStream_t stream, hipLaunchAttributeID attribute, const hipLaunchAttributeValue *value)
{
	hipError_t result = xs_hip_real()->hipStreamSetAttribute(stream, attribute, value);

	if (result == hipSuccess && attribute == hipLaunchAttributePriority)
		xs_stream_priority_changed(stream, value->priority);
	return result;
}

/* Priority is one of the attributes: the runtime says what came out of it. */
hipError_t on_hipStreamCopyAttributes(hipStream_t dst, hipStream_t src)
{
	hipError_t result = xs_hip_real()->hipStreamCopyAttributes(dst, src);
	int priority;

	if (result == hipSuccess &&
		xs_hip_real()->hipStreamGetPriority(dst, &priority) == hipSuccess)
		xs_stream_priority_changed(dst, priority);
	return result;
}
