/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs. A launch or an upload of one is one command of its stream, with the regular form; only
 * instantiation can submit without being asked for it by name.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

static bool uploads(const CUDA_GRAPH_INSTANTIATE_PARAMS *params)
{
	return params && (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD);
}

CUresult cuGraphInstantiateWithParams(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	CUresult result;

	if (!uploads(instantiate_params))
		return xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params);
	queue = xs_submit_begin(instantiate_params->hUploadStream, false);
	result = xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return result;
}

CUresult cuGraphInstantiateWithParams_ptsz(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	CUresult result;

	if (!uploads(instantiate_params))
		return xs_cuda_real.cuGraphInstantiateWithParams_ptsz(
			exec, graph, instantiate_params);
	queue = xs_submit_begin(instantiate_params->hUploadStream, true);
	result = xs_cuda_real.cuGraphInstantiateWithParams_ptsz(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return result;
}
