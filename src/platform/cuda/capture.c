/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture of streams into graphs. The core only has to know whether any capture is under way: each
 * begin that succeeds is followed by exactly one end. A capture that the application never ends
 * (it destroys the stream or the context) stays counted; all that it costs is a question to the
 * driver before a queue is held or made.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

static CUresult began(CUresult result)
{
	xs_capture_began(result == CUDA_SUCCESS);
	return result;
}

CUresult cuStreamBeginCapture(CUstream hStream)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCapture(hStream));
}

CUresult cuStreamBeginCapture_ptsz(CUstream hStream)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCapture_ptsz(hStream));
}

CUresult cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCapture_v2(hStream, mode));
}

CUresult cuStreamBeginCapture_v2_ptsz(CUstream hStream, CUstreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCapture_v2_ptsz(hStream, mode));
}

CUresult cuStreamBeginCaptureToGraph(CUstream hStream, CUgraph graph,
	const CUgraphNode *dependencies, const CUgraphEdgeData *dependency_data,
	size_t num_dependencies, CUstreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCaptureToGraph(
		hStream, graph, dependencies, dependency_data, num_dependencies, mode));
}

CUresult cuStreamBeginCaptureToGraph_ptsz(CUstream hStream, CUgraph graph,
	const CUgraphNode *dependencies, const CUgraphEdgeData *dependency_data,
	size_t num_dependencies, CUstreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_cuda_real.cuStreamBeginCaptureToGraph_ptsz(
		hStream, graph, dependencies, dependency_data, num_dependencies, mode));
}

/*
 * A capture that went wrong ends with an error and an empty graph. Other errors (the wrong thread, a
 * stream that did not begin the capture or is not capturing) leave things as they are.
 */
static bool ended(CUresult result, CUstream stream)
{
	CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;

	if (result == CUDA_SUCCESS)
		return true;
	if (result != CUDA_ERROR_STREAM_CAPTURE_INVALIDATED &&
		result != CUDA_ERROR_STREAM_CAPTURE_UNJOINED)
		return false;
	return xs_cuda_real.cuStreamIsCapturing(stream, &status) == CUDA_SUCCESS &&
	       status == CU_STREAM_CAPTURE_STATUS_NONE;
}

CUresult cuStreamEndCapture(CUstream hStream, CUgraph *graph)
{
	CUresult result = xs_cuda_real.cuStreamEndCapture(hStream, graph);

	if (ended(result, hStream))
		xs_capture_ended();
	return result;
}

CUresult cuStreamEndCapture_ptsz(CUstream hStream, CUgraph *graph)
{
	CUresult result = xs_cuda_real.cuStreamEndCapture_ptsz(hStream, graph);

	if (ended(result, hStream ? hStream : CU_STREAM_PER_THREAD))
		xs_capture_ended();
	return result;
}
