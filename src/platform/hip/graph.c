/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs. A launch is one command of its stream. Making and destroying an executable graph allocates
 * and frees on the device, for which the runtime may wait.
 */
#include "platform/hip/shim.h"

#define GRAPH_INSTANTIATE_UPLOAD 2u

static struct xs_queue *begin(hipGraphExec_t graph, hipStream_t stream, bool per_thread)
{
	xs_trace("[TRACE_GRAPH] graph=%p stream=%p", (void *)graph, (void *)stream);
	return xs_submit_begin(stream, per_thread);
}

hipError_t on_hipGraphLaunch(hipGraphExec_t graph_exec, hipStream_t stream)
{
	struct xs_queue *queue = begin(graph_exec, stream, false);

	return xs_hip_submitted(queue, xs_hip_real()->hipGraphLaunch(graph_exec, stream));
}

hipError_t on_hipGraphLaunch_spt(hipGraphExec_t graph_exec, hipStream_t stream)
{
	struct xs_queue *queue = begin(graph_exec, stream, true);

	return xs_hip_submitted(queue, xs_hip_real()->hipGraphLaunch_spt(graph_exec, stream));
}

hipError_t on_hipGraphInstantiate(hipGraphExec_t *graph_exec, hipGraph_t graph,
	hipGraphNode_t *error_node, char *log_buffer, size_t buffer_size)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(&wait, xs_hip_real()->hipGraphInstantiate(graph_exec, graph,
					     error_node, log_buffer, buffer_size));
}

hipError_t on_hipGraphInstantiateWithFlags(
	hipGraphExec_t *graph_exec, hipGraph_t graph, unsigned long long flags)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(
		&wait, xs_hip_real()->hipGraphInstantiateWithFlags(graph_exec, graph, flags));
}

/* This one can upload the graph at once, which is work for a stream. */
hipError_t on_hipGraphInstantiateWithParams(
	hipGraphExec_t *graph_exec, hipGraph_t graph, hipGraphInstantiateParams *params)
{
	struct xs_queue *queue;
	struct xs_wait wait;

	if (params && (params->flags & GRAPH_INSTANTIATE_UPLOAD)) {
		queue = xs_submit_begin(params->uploadStream, false);
		return xs_hip_submitted(queue,
			xs_hip_real()->hipGraphInstantiateWithParams(graph_exec, graph, params));
	}
	xs_wait_context_begin(&wait);
	return xs_hip_drained(
		&wait, xs_hip_real()->hipGraphInstantiateWithParams(graph_exec, graph, params));
}

hipError_t on_hipGraphExecDestroy(hipGraphExec_t graph_exec)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(&wait, xs_hip_real()->hipGraphExecDestroy(graph_exec));
}
