/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instantiated graphs. An instance holds a plan, which is immutable: a change makes a new one, and
 * launches in flight keep the one that they started with.
 */
#include <string.h>

#include "platform/sim/cuda/front.h"

static struct xsim_exec *exec_of(CUgraphExec handle)
{
	return xsim_handle_is(handle, XSIM_KIND_EXEC) ? (struct xsim_exec *)handle : NULL;
}

static void set_plan(struct xsim_exec *exec, struct xsim_plan *plan)
{
	xs_mutex_lock(&exec->lock);
	struct xsim_plan *old = exec->plan;
	exec->plan = plan;
	xs_mutex_unlock(&exec->lock);
	if (old)
		xsim_plan_unref(old);
}

/* The plan of the moment, with a reference for the caller. */
static struct xsim_plan *get_plan(struct xsim_exec *exec)
{
	xs_mutex_lock(&exec->lock);
	struct xsim_plan *plan = exec->plan;
	xsim_plan_ref(plan);
	xs_mutex_unlock(&exec->lock);
	return plan;
}

CUresult sim_cuGraphInstantiateWithFlags(CUgraphExec *out, CUgraph graph, unsigned long long flags)
{
	struct xsim_plan *plan;

	if (!out || !xsim_handle_is(graph, XSIM_KIND_GRAPH) || flags & ~15ull)
		return CUDA_ERROR_INVALID_VALUE;
	if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH)
		return CUDA_ERROR_NOT_SUPPORTED;
	xs_mutex_lock(&xsim_lock);
	int result = xsim_plan_create((struct xsim_graph *)graph, &plan);
	xs_mutex_unlock(&xsim_lock);
	if (result)
		return (CUresult)result;
	struct xsim_exec *exec = xsim_handle_alloc(XSIM_KIND_EXEC, sizeof(*exec), NULL);
	if (!exec) {
		xsim_plan_unref(plan);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	exec->plan = plan;
	exec->flags = flags;
	*out = (CUgraphExec)exec;
	return CUDA_SUCCESS;
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
	if (!exec_of(exec) || !flags)
		return CUDA_ERROR_INVALID_VALUE;
	*flags = exec_of(exec)->flags;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphExecDestroy(CUgraphExec handle)
{
	struct xsim_exec *exec = exec_of(handle);

	if (!exec)
		return CUDA_ERROR_INVALID_VALUE;
	xsim_handle_kill(exec);
	set_plan(exec, NULL);
	xsim_handle_free(XSIM_KIND_EXEC, exec);
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphLaunch(CUgraphExec graph, CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !exec_of(graph))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_touch_stream(stream);
	if (result || xsim_config.discard)
		return (CUresult)result;
	struct xsim_op op = { .kind = XSIM_OP_GRAPH, .graph.plan = get_plan(exec_of(graph)) };
	return (CUresult)front_submit(stream, CU_GRAPH_NODE_TYPE_GRAPH, &op);
}
XSIM_SAME(cuGraphLaunch_ptsz, cuGraphLaunch);

CUresult sim_cuGraphUpload(CUgraphExec graph, CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && !exec_of(graph))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_touch_stream(stream);
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	return (CUresult)(result ? result : front_submit(stream, CU_GRAPH_NODE_TYPE_EMPTY, &op));
}
XSIM_SAME(cuGraphUpload_ptsz, cuGraphUpload);

/* --- changing an instance --------------------------------------------------------------------- */

CUresult sim_cuGraphExecUpdate_v2(
	CUgraphExec handle, CUgraph graph, CUgraphExecUpdateResultInfo *info)
{
	struct xsim_exec *exec = exec_of(handle);
	struct xsim_plan *plan;

	if (!exec || !info || !xsim_handle_is(graph, XSIM_KIND_GRAPH))
		return CUDA_ERROR_INVALID_VALUE;
	memset(info, 0, sizeof(*info));
	xs_mutex_lock(&xsim_lock);
	int result = xsim_plan_create((struct xsim_graph *)graph, &plan);
	xs_mutex_unlock(&xsim_lock);
	if (result)
		return (CUresult)result;
	struct xsim_plan *old = get_plan(exec);
	if (plan->count != old->count)
		info->result = CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
	for (uint32_t i = 0; !info->result && i < plan->count; i++) {
		if (plan->op[i].kind == old->op[i].kind) {
			plan->node[i] = old->node[i]; /* the instance is changed by its old nodes */
			continue;
		}
		info->result = CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED;
		info->errorNode = (CUgraphNode)plan->node[i];
	}
	xsim_plan_unref(old);
	if (info->result) {
		xsim_plan_unref(plan);
		return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
	}
	set_plan(exec, plan);
	return CUDA_SUCCESS;
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

/* Replaces the operation of one node; what op owns is given up in any case. */
static CUresult change(CUgraphExec handle, CUgraphNode node, struct xsim_op *op)
{
	struct xsim_exec *exec = exec_of(handle);
	struct xsim_plan *plan;
	int result = XSIM_INVALID_VALUE;

	if (exec) {
		struct xsim_plan *old = get_plan(exec);

		result = xsim_plan_replace(old, (struct xsim_node *)node, op, &plan);
		xsim_plan_unref(old);
		if (!result)
			set_plan(exec, plan);
	}
	xsim_op_drop(op);
	return (CUresult)result;
}

CUresult sim_cuGraphExecKernelNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_op op;

	if (!p)
		return CUDA_ERROR_INVALID_VALUE;
	memset(&op, 0, sizeof(op));
	int result = front_kernel_op(&op, p->func,
		(unsigned int[]){ p->gridDimX, p->gridDimY, p->gridDimZ },
		(unsigned int[]){ p->blockDimX, p->blockDimY, p->blockDimZ }, p->sharedMemBytes,
		p->kernelParams, p->extra);
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
		result = front_fill_op(&op, p->dst, p->pitch, p->value, p->elementSize, p->width,
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
