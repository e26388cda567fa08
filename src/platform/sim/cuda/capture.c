/* SPDX-License-Identifier: Apache-2.0 */
/* Stream capture. */
#include "platform/sim/cuda/front.h"

static CUresult begin(CUstream hStream, CUgraph graph, const CUgraphNode *dependencies,
	size_t count, CUstreamCaptureMode mode)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && (unsigned int)mode > CU_STREAM_CAPTURE_MODE_RELAXED)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_begin(stream, (int)mode, (struct xsim_graph *)graph,
			(struct xsim_node *const *)dependencies, count);
	return (CUresult)result;
}

CUresult sim_cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode)
{
	return begin(hStream, NULL, NULL, 0, mode);
}
XSIM_SAME(cuStreamBeginCapture_v2_ptsz, cuStreamBeginCapture_v2);

CUresult sim_cuStreamBeginCapture(CUstream hStream)
{
	return begin(hStream, NULL, NULL, 0, CU_STREAM_CAPTURE_MODE_GLOBAL);
}
XSIM_SAME(cuStreamBeginCapture_ptsz, cuStreamBeginCapture);

CUresult sim_cuStreamBeginCaptureToGraph(CUstream hStream, CUgraph graph,
	const CUgraphNode *dependencies, const CUgraphEdgeData *dependency_data,
	size_t num_dependencies, CUstreamCaptureMode mode)
{
	(void)dependency_data;
	if (!xsim_handle_is(graph, XSIM_KIND_GRAPH) || (num_dependencies && !dependencies))
		return CUDA_ERROR_INVALID_VALUE;
	return begin(hStream, graph, dependencies, num_dependencies, mode);
}
XSIM_SAME(cuStreamBeginCaptureToGraph_ptsz, cuStreamBeginCaptureToGraph);

CUresult sim_cuStreamEndCapture(CUstream hStream, CUgraph *graph)
{
	struct xsim_stream *stream;
	struct xsim_graph *captured = NULL;
	int result = front_stream(hStream, &stream);

	if (!result && !graph)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (CUresult)result;
	result = xsim_capture_end(stream, &captured);
	*graph = (CUgraph)captured;
	return (CUresult)result;
}
XSIM_SAME(cuStreamEndCapture_ptsz, cuStreamEndCapture);

CUresult sim_cuStreamIsCapturing(CUstream hStream, CUstreamCaptureStatus *status)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result)
		result = xsim_ask_capture(stream, (int *)status, NULL, NULL, NULL, NULL);
	return (CUresult)result;
}
XSIM_SAME(cuStreamIsCapturing_ptsz, cuStreamIsCapturing);

CUresult sim_cuStreamGetCaptureInfo_v2(CUstream hStream, CUstreamCaptureStatus *status,
	cuuint64_t *id, CUgraph *graph, const CUgraphNode **dependencies, size_t *num_dependencies)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result)
		result = xsim_ask_capture(stream, (int *)status, id, (struct xsim_graph **)graph,
			(struct xsim_node ***)dependencies, num_dependencies);
	return (CUresult)result;
}
XSIM_SAME(cuStreamGetCaptureInfo_v2_ptsz, cuStreamGetCaptureInfo_v2);

CUresult sim_cuStreamGetCaptureInfo_v3(CUstream hStream, CUstreamCaptureStatus *status,
	cuuint64_t *id, CUgraph *graph, const CUgraphNode **dependencies,
	const CUgraphEdgeData **edge_data, size_t *num_dependencies)
{
	if (edge_data)
		*edge_data = NULL;
	return sim_cuStreamGetCaptureInfo_v2(
		hStream, status, id, graph, dependencies, num_dependencies);
}
XSIM_SAME(cuStreamGetCaptureInfo_v3_ptsz, cuStreamGetCaptureInfo_v3);

CUresult sim_cuStreamGetCaptureInfo(CUstream hStream, CUstreamCaptureStatus *status, cuuint64_t *id)
{
	return sim_cuStreamGetCaptureInfo_v2(hStream, status, id, NULL, NULL, NULL);
}
XSIM_SAME(cuStreamGetCaptureInfo_ptsz, cuStreamGetCaptureInfo);

CUresult sim_cuStreamUpdateCaptureDependencies(
	CUstream hStream, CUgraphNode *dependencies, size_t num_dependencies, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && (flags > 1 || (num_dependencies && !dependencies)))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_set_deps(stream, (struct xsim_node *const *)dependencies,
			num_dependencies, flags == CU_STREAM_ADD_CAPTURE_DEPENDENCIES);
	return (CUresult)result;
}
XSIM_SAME(cuStreamUpdateCaptureDependencies_ptsz, cuStreamUpdateCaptureDependencies);

CUresult sim_cuStreamUpdateCaptureDependencies_v2(CUstream hStream, CUgraphNode *dependencies,
	const CUgraphEdgeData *dependency_data, size_t num_dependencies, unsigned int flags)
{
	(void)dependency_data;
	return sim_cuStreamUpdateCaptureDependencies(
		hStream, dependencies, num_dependencies, flags);
}
XSIM_SAME(cuStreamUpdateCaptureDependencies_v2_ptsz, cuStreamUpdateCaptureDependencies_v2);

CUresult sim_cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode)
{
	return (CUresult)xsim_exchange_capture_mode((int *)mode);
}
