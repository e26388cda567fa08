/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs. A launch or an upload of one is one command of its stream, with the regular form; making and
 * destroying an executable graph allocates, loads and frees on the device, for which the driver may
 * wait. Only instantiation can submit without being asked for it by name.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

static bool uploads(const CUDA_GRAPH_INSTANTIATE_PARAMS *params)
{
	return params && (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD);
}

static CUresult drained(struct xs_wait *wait, CUresult result)
{
	xs_wait_end(wait, false);
	return result;
}

CUresult cuGraphInstantiateWithParams(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	struct xs_wait wait;
	CUresult result;

	if (!uploads(instantiate_params)) {
		xs_wait_context_begin(&wait);
		return drained(&wait,
			xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params));
	}
	queue = xs_submit_begin(instantiate_params->hUploadStream, false);
	result = xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return result;
}

CUresult cuGraphInstantiateWithParams_ptsz(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	struct xs_wait wait;
	CUresult result;

	if (!uploads(instantiate_params)) {
		xs_wait_context_begin(&wait);
		return drained(&wait, xs_cuda_real.cuGraphInstantiateWithParams_ptsz(
					      exec, graph, instantiate_params));
	}
	queue = xs_submit_begin(instantiate_params->hUploadStream, true);
	result = xs_cuda_real.cuGraphInstantiateWithParams_ptsz(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return result;
}
