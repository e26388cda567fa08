/* SPDX-License-Identifier: Apache-2.0 */
/* Stream capture. */
#include "platform/sim/hip/front.h"

static hipError_t begin(hipStream_t handle, hipGraph_t graph, const hipGraphNode_t *dependencies,
	size_t count, hipStreamCaptureMode mode)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && mode > hipStreamCaptureModeRelaxed)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_begin(stream, (int)mode, (struct xsim_graph *)graph,
			(struct xsim_node *const *)dependencies, count);
	return (hipError_t)result;
}

hipError_t sim_hipStreamBeginCapture(hipStream_t handle, hipStreamCaptureMode mode)
{
	return begin(handle, NULL, NULL, 0, mode);
}
XSIM_SAME(hipStreamBeginCapture_spt, hipStreamBeginCapture);

hipError_t sim_hipStreamBeginCaptureToGraph(hipStream_t handle, hipGraph_t graph,
	const hipGraphNode_t *dependencies, const hipGraphEdgeData *dependency_data, size_t count,
	hipStreamCaptureMode mode)
{
	(void)dependency_data;
	if (!xsim_graph_of(graph) || (count && !dependencies))
		return hipErrorInvalidValue;
	return begin(handle, graph, dependencies, count, mode);
}

hipError_t sim_hipStreamEndCapture(hipStream_t handle, hipGraph_t *graph)
{
	struct xsim_graph *captured = NULL;
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !graph)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	result = xsim_capture_end(stream, &captured);
	*graph = (hipGraph_t)captured;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamEndCapture_spt, hipStreamEndCapture);

hipError_t sim_hipStreamGetCaptureInfo_v2(hipStream_t handle, hipStreamCaptureStatus *status,
	unsigned long long *id, hipGraph_t *graph, const hipGraphNode_t **dependencies,
	size_t *count)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result)
		result = xsim_ask_capture(stream, (int *)status, (uint64_t *)id,
			(struct xsim_graph **)graph, (struct xsim_node ***)dependencies, count);
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetCaptureInfo_v2_spt, hipStreamGetCaptureInfo_v2);

hipError_t sim_hipStreamGetCaptureInfo(
	hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id)
{
	return sim_hipStreamGetCaptureInfo_v2(handle, status, id, NULL, NULL, NULL);
}
XSIM_SAME(hipStreamGetCaptureInfo_spt, hipStreamGetCaptureInfo);

hipError_t sim_hipStreamIsCapturing(hipStream_t handle, hipStreamCaptureStatus *status)
{
	return sim_hipStreamGetCaptureInfo_v2(handle, status, NULL, NULL, NULL, NULL);
}
XSIM_SAME(hipStreamIsCapturing_spt, hipStreamIsCapturing);

hipError_t sim_hipStreamUpdateCaptureDependencies(
	hipStream_t handle, hipGraphNode_t *dependencies, size_t count, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && (flags > 1 || (count && !dependencies)))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_set_deps(stream, (struct xsim_node *const *)dependencies,
			count, flags == hipStreamAddCaptureDependencies);
	return (hipError_t)result;
}

hipError_t sim_hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode)
{
	return (hipError_t)xsim_exchange_capture_mode((int *)mode);
}
