/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture of streams into graphs. The core only has to know whether any capture is under way: each
 * begin that succeeds is followed by exactly one end. A capture that the application never ends
 * stays counted; all that it costs is a question to the runtime before a queue is held or
 * made.
 */
#include "platform/hip/shim.h"

static hipError_t began(hipError_t result)
{
	xs_capture_began(result == hipSuccess);
	return result;
}

hipError_t on_hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_hip_real()->hipStreamBeginCapture(stream, mode));
}

hipError_t on_hipStreamBeginCapture_spt(hipStream_t stream, hipStreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_hip_real()->hipStreamBeginCapture_spt(stream, mode));
}

hipError_t on_hipStreamBeginCaptureToGraph(hipStream_t stream, hipGraph_t graph,
	const hipGraphNode_t *dependencies, const hipGraphEdgeData *dependency_data,
	size_t num_dependencies, hipStreamCaptureMode mode)
{
	xs_capture_begin();
	return began(xs_hip_real()->hipStreamBeginCaptureToGraph(
		stream, graph, dependencies, dependency_data, num_dependencies, mode));
}

/* A capture that went wrong ends with this error and no graph. Other errors leave it as it is; the
 * runtime is not asked, since that would replace the error that the application may ask for. */
static hipError_t ended(hipError_t result)
{
	if (result == hipSuccess || result == hipErrorStreamCaptureInvalidated)
		xs_capture_ended();
	return result;
}

hipError_t on_hipStreamEndCapture(hipStream_t stream, hipGraph_t *graph)
{
	return ended(xs_hip_real()->hipStreamEndCapture(stream, graph));
}

hipError_t on_hipStreamEndCapture_spt(hipStream_t stream, hipGraph_t *graph)
{
	return ended(xs_hip_real()->hipStreamEndCapture_spt(stream, graph));
}
