/* SPDX-License-Identifier: Apache-2.0 */
/* Instantiated graphs. */
#include <string.h>

#include "platform/sim/cuda/front.h"

CUresult sim_cuGraphInstantiateWithFlags(CUgraphExec *out, CUgraph graph, unsigned long long flags)
{
	if (flags & ~15ull)
		return CUDA_ERROR_INVALID_VALUE;
	if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH)
		return CUDA_ERROR_NOT_SUPPORTED;
	return (CUresult)xsim_exec_create(graph, flags, (void **)out);
}

CUresult sim_cuGraphInstantiateWithParams(
	CUgraphExec *exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *p)
{
	if (!p)
		return CUDA_ERROR_INVALID_VALUE;
	CUresult result = sim_cuGraphInstantiateWithFlags(exec, graph, p->flags);
	p->hErrNode_out = NULL;
	p->result_out = result ? CUDA_GRAPH_INSTANTIATE_ERROR : CUDA_GRAPH_INSTANTIATE_SUCCESS;
	return result;
}
XSIM_SAME(cuGraphInstantiateWithParams_ptsz, cuGraphInstantiateWithParams);

CUresult sim_cuGraphInstantiate_v2(CUgraphExec *exec, CUgraph graph, CUgraphNode *error_node,
	char *log_buffer, size_t buffer_size)
{
	if (error_node)
		*error_node = NULL;
	if (log_buffer && buffer_size)
		*log_buffer = '\0';
	return sim_cuGraphInstantiateWithFlags(exec, graph, 0);
}
XSIM_SAME(cuGraphInstantiate, cuGraphInstantiate_v2);

CUresult sim_cuGraphExecGetFlags(CUgraphExec exec, cuuint64_t *flags)
{
	if (!xsim_exec_of(exec) || !flags)
		return CUDA_ERROR_INVALID_VALUE;
	*flags = xsim_exec_of(exec)->flags;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphExecDestroy(CUgraphExec exec)
{
	return (CUresult)xsim_exec_destroy(exec);
}

CUresult sim_cuGraphLaunch(CUgraphExec graph, CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	return (CUresult)(result ? result : xsim_exec_launch(graph, stream));
}
XSIM_SAME(cuGraphLaunch_ptsz, cuGraphLaunch);

CUresult sim_cuGraphUpload(CUgraphExec graph, CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	return (CUresult)(result ? result : xsim_exec_upload(graph, stream));
}
XSIM_SAME(cuGraphUpload_ptsz, cuGraphUpload);

/* --- changing an instance --------------------------------------------------------------------- */

CUresult sim_cuGraphExecUpdate_v2(
	CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo *info)
{
	int reason;
	void *node;

	if (!info)
		return CUDA_ERROR_INVALID_VALUE;
	int result = xsim_exec_update(exec, graph, &reason, &node);
	memset(info, 0, sizeof(*info));
	info->result = (CUgraphExecUpdateResult)reason;
	info->errorNode = node;
	return (CUresult)result;
}

CUresult sim_cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode *error_node,
	CUgraphExecUpdateResult *update_result)
{
	CUgraphExecUpdateResultInfo info;
	CUresult result = sim_cuGraphExecUpdate_v2(exec, graph, &info);

	if (result && result != CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE)
		return result;
	if (error_node)
		*error_node = info.errorNode;
	if (update_result)
		*update_result = info.result;
	return result;
}

static CUresult change(CUgraphExec exec, CUgraphNode node, struct xsim_op *op)
{
	return (CUresult)xsim_exec_change(exec, node, op);
}

CUresult sim_cuGraphExecKernelNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_op op;

	if (!p)
		return CUDA_ERROR_INVALID_VALUE;
	int result = front_node_op(&op, p, NULL);
	return result ? (CUresult)result : change(exec, node, &op);
}

CUresult sim_cuGraphExecKernelNodeSetParams_v2(
	CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS *p)
{
	return sim_cuGraphExecKernelNodeSetParams(
		exec, node, (const CUDA_KERNEL_NODE_PARAMS_v1 *)(const void *)p);
}

CUresult sim_cuGraphExecMemcpyNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_MEMCPY3D *p, CUcontext context)
{
	struct xsim_op op;
	int result = p ? front_copy_op(&op, p) : XSIM_INVALID_VALUE;

	(void)context;
	return result ? (CUresult)result : change(exec, node, &op);
}

CUresult sim_cuGraphExecMemsetNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *p, CUcontext context)
{
	struct xsim_op op;
	int result = XSIM_INVALID_VALUE;

	(void)context;
	if (p)
		result = xsim_fill_op(&op, p->dst, p->pitch, p->value, p->elementSize, p->width,
			p->height ? p->height : 1);
	return result ? (CUresult)result : change(exec, node, &op);
}

CUresult sim_cuGraphExecHostNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_HOST_NODE_PARAMS *p)
{
	if (!p || !p->fn)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .function = p->fn, .data = p->userData } };
	return change(exec, node, &op);
}

CUresult sim_cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent handle)
{
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	if (result)
		return (CUresult)result;
	struct xsim_op op = { .kind = XSIM_OP_RECORD, .record.event = event };
	xsim_event_ref(event);
	return change(exec, node, &op);
}
