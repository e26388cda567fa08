/* SPDX-License-Identifier: Apache-2.0 */
/* The life of streams, and the priority that the application gives them. */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

static CUresult created(CUresult result, const CUstream *stream)
{
	if (result == CUDA_SUCCESS)
		xs_stream_created(*stream);
	return result;
}

CUresult cuStreamCreate(CUstream *stream, unsigned int flags)
{
	return created(xs_cuda_real.cuStreamCreate(stream, flags), stream);
}

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority)
{
	CUresult result = xs_cuda_real.cuStreamCreateWithPriority(stream, flags, priority);

	return created(result, stream);
}

CUresult cuGreenCtxStreamCreate(
	CUstream *stream, CUgreenCtx green_ctx, unsigned int flags, int priority)
{
	CUresult result = xs_cuda_real.cuGreenCtxStreamCreate(stream, green_ctx, flags, priority);

	return created(result, stream);
}

CUresult cuStreamDestroy(CUstream hStream)
{
	xs_stream_destroyed(hStream);
	return xs_cuda_real.cuStreamDestroy(hStream);
}

CUresult cuStreamDestroy_v2(CUstream hStream)
{
	xs_stream_destroyed(hStream);
	return xs_cuda_real.cuStreamDestroy_v2(hStream);
}

/* A stream without a handle is named by a constant from here on. */
static CUstream named(CUstream stream, CUstream name_of_null)
{
	return stream ? stream : name_of_null;
}

static CUresult attribute_set(
	CUresult result, CUstream stream, CUstreamAttrID attribute, const CUstreamAttrValue *value)
{
	if (result == CUDA_SUCCESS && attribute == CU_LAUNCH_ATTRIBUTE_PRIORITY)
		xs_stream_priority_changed(stream, value->priority);
	return result;
}

CUresult cuStreamSetAttribute(
	CUstream hStream, CUstreamAttrID attribute, const CUstreamAttrValue *value)
{
	CUresult result = xs_cuda_real.cuStreamSetAttribute(hStream, attribute, value);

	return attribute_set(result, named(hStream, CU_STREAM_LEGACY), attribute, value);
}

CUresult cuStreamSetAttribute_ptsz(
	CUstream hStream, CUstreamAttrID attribute, const CUstreamAttrValue *value)
{
	CUresult result = xs_cuda_real.cuStreamSetAttribute_ptsz(hStream, attribute, value);

	return attribute_set(result, named(hStream, CU_STREAM_PER_THREAD), attribute, value);
}

/* Priority is one of the attributes: the driver says what came out of it. */
static CUresult attributes_copied(CUresult result, CUstream stream)
{
	int priority;

	if (result == CUDA_SUCCESS &&
		xs_cuda_real.cuStreamGetPriority(stream, &priority) == CUDA_SUCCESS)
		xs_stream_priority_changed(stream, priority);
	return result;
}

CUresult cuStreamCopyAttributes(CUstream dst, CUstream src)
{
	CUresult result = xs_cuda_real.cuStreamCopyAttributes(dst, src);

	return attributes_copied(result, named(dst, CU_STREAM_LEGACY));
}

CUresult cuStreamCopyAttributes_ptsz(CUstream dst, CUstream src)
{
	CUresult result = xs_cuda_real.cuStreamCopyAttributes_ptsz(dst, src);

	return attributes_copied(result, named(dst, CU_STREAM_PER_THREAD));
}
