/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. */
#include <string.h>

#include "platform/sim/cuda/front.h"

#define LEAST_PRIORITY    0
#define GREATEST_PRIORITY (-5)

CUresult sim_cuStreamCreateWithPriority(CUstream *out, unsigned int flags, int priority)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (result)
		return (CUresult)result;
	if (!out || flags & ~(unsigned int)CU_STREAM_NON_BLOCKING)
		return CUDA_ERROR_INVALID_VALUE;
	if (priority > LEAST_PRIORITY)
		priority = LEAST_PRIORITY;
	if (priority < GREATEST_PRIORITY)
		priority = GREATEST_PRIORITY;
	return (CUresult)xsim_stream_create(context, flags, !(flags & CU_STREAM_NON_BLOCKING),
		priority, (struct xsim_stream **)out);
}

CUresult sim_cuStreamCreate(CUstream *out, unsigned int flags)
{
	return sim_cuStreamCreateWithPriority(out, flags, LEAST_PRIORITY);
}

CUresult sim_cuStreamDestroy_v2(CUstream hStream)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!xsim_handle_is(hStream, XSIM_KIND_STREAM))
		return CUDA_ERROR_INVALID_HANDLE;
	struct xsim_stream *stream = (struct xsim_stream *)hStream;
	CUresult result = (CUresult)xsim_capture_touch_stream(stream);
	if (result)
		return result;
	xsim_stream_destroy(stream);
	return CUDA_SUCCESS;
}
XSIM_SAME(cuStreamDestroy, cuStreamDestroy_v2);

CUresult sim_cuStreamQuery(CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	return (CUresult)(result ? result : xsim_query(stream));
}
XSIM_SAME(cuStreamQuery_ptsz, cuStreamQuery);

CUresult sim_cuStreamSynchronize(CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	return (CUresult)(result ? result : xsim_sync(stream));
}
XSIM_SAME(cuStreamSynchronize_ptsz, cuStreamSynchronize);

CUresult sim_cuStreamGetPriority(CUstream hStream, int *priority)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !priority)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*priority = stream->priority;
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetPriority_ptsz, cuStreamGetPriority);

CUresult sim_cuStreamGetFlags(CUstream hStream, unsigned int *flags)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*flags = stream->blocking ? CU_STREAM_DEFAULT : CU_STREAM_NON_BLOCKING;
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetFlags_ptsz, cuStreamGetFlags);

CUresult sim_cuStreamGetId(CUstream hStream, unsigned long long *stream_id)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !stream_id)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*stream_id = stream->handle.id;
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetId_ptsz, cuStreamGetId);

CUresult sim_cuStreamGetCtx(CUstream hStream, CUcontext *context)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !context)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*context = (CUcontext)stream->context;
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetCtx_ptsz, cuStreamGetCtx);

CUresult sim_cuStreamGetCtx_v2(CUstream hStream, CUcontext *context, CUgreenCtx *green_ctx)
{
	if (green_ctx)
		*green_ctx = NULL;
	return sim_cuStreamGetCtx(hStream, context);
}
XSIM_SAME(cuStreamGetCtx_v2_ptsz, cuStreamGetCtx_v2);

CUresult sim_cuStreamGetDevice(CUstream hStream, CUdevice *device)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !device)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*device = stream->context->device;
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetDevice_ptsz, cuStreamGetDevice);

CUresult sim_cuStreamGetAttribute(
	CUstream hStream, CUstreamAttrID attribute, CUstreamAttrValue *value)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (result || !value)
		return result ? (CUresult)result : CUDA_ERROR_INVALID_VALUE;
	memset(value, 0, sizeof(*value));
	if (attribute == CU_LAUNCH_ATTRIBUTE_PRIORITY)
		value->priority = stream->priority;
	return CUDA_SUCCESS;
}
XSIM_SAME(cuStreamGetAttribute_ptsz, cuStreamGetAttribute);

CUresult sim_cuStreamSetAttribute(
	CUstream hStream, CUstreamAttrID attribute, const CUstreamAttrValue *param)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (result || !param)
		return result ? (CUresult)result : CUDA_ERROR_INVALID_VALUE;
	if (attribute == CU_LAUNCH_ATTRIBUTE_PRIORITY)
		stream->priority = param->priority;
	return CUDA_SUCCESS;
}
XSIM_SAME(cuStreamSetAttribute_ptsz, cuStreamSetAttribute);

CUresult sim_cuStreamCopyAttributes(CUstream dst, CUstream src)
{
	struct xsim_stream *to, *from;
	int result = front_stream(dst, &to);

	if (!result)
		result = front_stream(src, &from);
	if (!result)
		to->priority = from->priority;
	return (CUresult)result;
}
XSIM_SAME(cuStreamCopyAttributes_ptsz, cuStreamCopyAttributes);
