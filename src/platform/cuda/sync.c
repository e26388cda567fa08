/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits for streams and contexts, and questions whether a stream is idle. While the application
 * waits, the core lends its priority to what it waits for; when the driver says that all is done,
 * the core learns for free which queues are idle.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

CUresult cuStreamSynchronize(CUstream hStream)
{
	struct xs_wait wait;
	CUresult result;

	xs_wait_stream_begin(&wait, hStream, false);
	result = xs_cuda_real.cuStreamSynchronize(hStream);
	xs_wait_end(&wait, result == CUDA_SUCCESS);
	return result;
}

CUresult cuStreamSynchronize_ptsz(CUstream hStream)
{
	struct xs_wait wait;
	CUresult result;

	xs_wait_stream_begin(&wait, hStream, true);
	result = xs_cuda_real.cuStreamSynchronize_ptsz(hStream);
	xs_wait_end(&wait, result == CUDA_SUCCESS);
	return result;
}

CUresult cuStreamQuery(CUstream hStream)
{
	uint32_t sequence = xs_stream_sequence(hStream, false);
	CUresult result = xs_cuda_real.cuStreamQuery(hStream);

	if (result == CUDA_SUCCESS)
		xs_stream_found_idle(hStream, false, sequence);
	return result;
}

CUresult cuStreamQuery_ptsz(CUstream hStream)
{
	uint32_t sequence = xs_stream_sequence(hStream, true);
	CUresult result = xs_cuda_real.cuStreamQuery_ptsz(hStream);

	if (result == CUDA_SUCCESS)
		xs_stream_found_idle(hStream, true, sequence);
	return result;
}

CUresult cuCtxSynchronize(void)
{
	struct xs_wait wait;
	CUresult result;

	xs_wait_context_begin(&wait);
	result = xs_cuda_real.cuCtxSynchronize();
	xs_wait_end(&wait, result == CUDA_SUCCESS);
	return result;
}

/* The context need not be the current one, so success says nothing about the current one's queues. */
CUresult cuCtxSynchronize_v2(CUcontext context)
{
	struct xs_wait wait;
	CUresult result;

	xs_wait_context_begin(&wait);
	result = xs_cuda_real.cuCtxSynchronize_v2(context);
	xs_wait_end(&wait, !context && result == CUDA_SUCCESS);
	return result;
}
