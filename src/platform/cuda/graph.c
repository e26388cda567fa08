/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs. A launch of one is one command of its stream, and records the events of its nodes; making and
 * destroying an executable graph allocates, loads and frees on the device, for which the driver may
 * wait. Only instantiation can submit without being asked for it by name.
 */
#include "platform/common/shim.h"
#include "platform/common/trace.h"
#include "platform/cuda/graph_events.h"
#include "platform/cuda/real.h"

/* --- launches ------------------------------------------------------------------------------------ */

static struct xs_queue *begin(CUgraphExec graph, CUstream stream, bool per_thread)
{
	struct xs_queue *queue = xs_submit_begin(stream, per_thread);

	xs_trace("[TRACE_GRAPH] graph=%p stream=%p", (void *)graph, (void *)stream);
	return queue;
}

static CUresult launched(CUgraphExec graph, struct xs_queue *queue, CUresult result)
{
	if (result == CUDA_SUCCESS)
		xs_graph_launched(graph, queue);
	xs_submit_end(queue);
	return result;
}

CUresult cuGraphLaunch(CUgraphExec graph, CUstream hStream)
{
	struct xs_queue *queue = begin(graph, hStream, false);

	return launched(graph, queue, xs_cuda_real.cuGraphLaunch(graph, hStream));
}

CUresult cuGraphLaunch_ptsz(CUgraphExec graph, CUstream hStream)
{
	struct xs_queue *queue = begin(graph, hStream, true);

	return launched(graph, queue, xs_cuda_real.cuGraphLaunch_ptsz(graph, hStream));
}

/* --- executable graphs --------------------------------------------------------------------------- */

static bool uploads(const CUDA_GRAPH_INSTANTIATE_PARAMS *params)
{
	return params && (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD);
}

static CUresult made(CUresult result, const CUgraphExec *exec, CUgraph graph)
{
	if (result == CUDA_SUCCESS)
		xs_graph_made(*exec, graph);
	return result;
}

static CUresult drained(struct xs_wait *wait, CUresult result)
{
	xs_wait_end(wait, false);
	return result;
}

CUresult cuGraphInstantiate(CUgraphExec *exec, CUgraph graph, CUgraphNode *error_node,
	char *log_buffer, size_t buffer_size)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	CUresult result = drained(&wait,
		xs_cuda_real.cuGraphInstantiate(exec, graph, error_node, log_buffer, buffer_size));
	return made(result, exec, graph);
}

CUresult cuGraphInstantiate_v2(CUgraphExec *exec, CUgraph graph, CUgraphNode *error_node,
	char *log_buffer, size_t buffer_size)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	CUresult result = drained(&wait, xs_cuda_real.cuGraphInstantiate_v2(
						 exec, graph, error_node, log_buffer, buffer_size));
	return made(result, exec, graph);
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long flags)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	CUresult result =
		drained(&wait, xs_cuda_real.cuGraphInstantiateWithFlags(exec, graph, flags));
	return made(result, exec, graph);
}

CUresult cuGraphInstantiateWithParams(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	struct xs_wait wait;
	CUresult result;

	if (!uploads(instantiate_params)) {
		xs_wait_context_begin(&wait);
		result = drained(&wait,
			xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params));
		return made(result, exec, graph);
	}
	queue = xs_submit_begin(instantiate_params->hUploadStream, false);
	result = xs_cuda_real.cuGraphInstantiateWithParams(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return made(result, exec, graph);
}

CUresult cuGraphInstantiateWithParams_ptsz(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *instantiate_params)
{
	struct xs_queue *queue;
	struct xs_wait wait;
	CUresult result;

	if (!uploads(instantiate_params)) {
		xs_wait_context_begin(&wait);
		result = drained(&wait, xs_cuda_real.cuGraphInstantiateWithParams_ptsz(
						exec, graph, instantiate_params));
		return made(result, exec, graph);
	}
	queue = xs_submit_begin(instantiate_params->hUploadStream, true);
	result = xs_cuda_real.cuGraphInstantiateWithParams_ptsz(exec, graph, instantiate_params);
	xs_submit_end(queue);
	return made(result, exec, graph);
}

CUresult cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode *error_node,
	CUgraphExecUpdateResult *update_result)
{
	CUresult result = xs_cuda_real.cuGraphExecUpdate(exec, graph, error_node, update_result);

	return made(result, &exec, graph);
}

CUresult cuGraphExecUpdate_v2(
	CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo *result_info)
{
	CUresult result = xs_cuda_real.cuGraphExecUpdate_v2(exec, graph, result_info);

	return made(result, &exec, graph);
}

CUresult cuGraphExecDestroy(CUgraphExec exec)
{
	struct xs_wait wait;

	xs_graph_gone(exec);
	xs_wait_context_begin(&wait);
	return drained(&wait, xs_cuda_real.cuGraphExecDestroy(exec));
}

/* --- nodes that record events -------------------------------------------------------------------- */

CUresult cuGraphAddEventRecordNode(CUgraphNode *graph_node, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUevent event)
{
	xs_graph_event_node_made();
	return xs_cuda_real.cuGraphAddEventRecordNode(
		graph_node, graph, dependencies, num_dependencies, event);
}

/* What the parameters of a node of any kind begin with; the rest depends on the kind. */
struct node_params {
	CUgraphNodeType type;
	int reserved[3];
	CUevent event; /* of a node that records one */
};

static const struct node_params *recording(const CUgraphNodeParams *node_params)
{
	const struct node_params *params = (const void *)node_params;

	return params && params->type == CU_GRAPH_NODE_TYPE_EVENT_RECORD ? params : NULL;
}

CUresult cuGraphAddNode(CUgraphNode *graph_node, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, CUgraphNodeParams *node_params)
{
	if (recording(node_params))
		xs_graph_event_node_made();
	return xs_cuda_real.cuGraphAddNode(
		graph_node, graph, dependencies, num_dependencies, node_params);
}

CUresult cuGraphAddNode_v2(CUgraphNode *graph_node, CUgraph graph, const CUgraphNode *dependencies,
	const CUgraphEdgeData *dependency_data, size_t num_dependencies,
	CUgraphNodeParams *node_params)
{
	if (recording(node_params))
		xs_graph_event_node_made();
	return xs_cuda_real.cuGraphAddNode_v2(
		graph_node, graph, dependencies, dependency_data, num_dependencies, node_params);
}

CUresult cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event)
{
	CUresult result = xs_cuda_real.cuGraphExecEventRecordNodeSetEvent(exec, node, event);

	if (result == CUDA_SUCCESS)
		xs_graph_event_set(exec, node, event);
	return result;
}

CUresult cuGraphExecNodeSetParams(
	CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *node_params)
{
	CUresult result = xs_cuda_real.cuGraphExecNodeSetParams(exec, node, node_params);

	if (result == CUDA_SUCCESS && recording(node_params))
		xs_graph_event_set(exec, node, recording(node_params)->event);
	return result;
}
