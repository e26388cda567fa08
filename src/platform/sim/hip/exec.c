/* SPDX-License-Identifier: Apache-2.0 */
/* Instantiated graphs. */
#include "platform/sim/hip/front.h"

hipError_t sim_hipGraphInstantiateWithFlags(
	hipGraphExec_t *exec, hipGraph_t graph, unsigned long long flags)
{
	if (flags & ~15ull)
		return hipErrorInvalidValue;
	return (hipError_t)xsim_exec_create(graph, flags, (void **)exec);
}

hipError_t sim_hipGraphInstantiate(hipGraphExec_t *exec, hipGraph_t graph,
	hipGraphNode_t *error_node, char *log_buffer, size_t buffer_size)
{
	if (error_node)
		*error_node = NULL;
	if (log_buffer && buffer_size)
		*log_buffer = '\0';
	return sim_hipGraphInstantiateWithFlags(exec, graph, 0);
}

hipError_t sim_hipGraphInstantiateWithParams(
	hipGraphExec_t *exec, hipGraph_t graph, hipGraphInstantiateParams *params)
{
	if (!params)
		return hipErrorInvalidValue;
	hipError_t result = sim_hipGraphInstantiateWithFlags(exec, graph, params->flags);
	params->errNode_out = NULL;
	params->result_out = result != hipSuccess;
	return result;
}

hipError_t sim_hipGraphExecGetFlags(hipGraphExec_t exec, unsigned long long *flags)
{
	if (!xsim_exec_of(exec) || !flags)
		return hipErrorInvalidValue;
	*flags = xsim_exec_of(exec)->flags;
	return hipSuccess;
}

hipError_t sim_hipGraphExecDestroy(hipGraphExec_t exec)
{
	return (hipError_t)xsim_exec_destroy(exec);
}

hipError_t sim_hipGraphLaunch(hipGraphExec_t exec, hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_exec_launch(exec, stream));
}
XSIM_SAME(hipGraphLaunch_spt, hipGraphLaunch);

hipError_t sim_hipGraphUpload(hipGraphExec_t exec, hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_exec_upload(exec, stream));
}

hipError_t sim_hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t *error_node,
	hipGraphExecUpdateResult *update_result)
{
	int reason;
	void *node;

	if (!error_node || !update_result)
		return hipErrorInvalidValue;
	int result = xsim_exec_update(exec, graph, &reason, &node);
	*error_node = node;
	*update_result = (hipGraphExecUpdateResult)reason;
	return (hipError_t)result;
}

static hipError_t change(int result, hipGraphExec_t exec, hipGraphNode_t node, struct xsim_op *op)
{
	return (hipError_t)(result ? result : xsim_exec_change(exec, node, op));
}

hipError_t sim_hipGraphExecKernelNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipKernelNodeParams *p)
{
	struct xsim_op op;

	return change(p ? hip_kernel_op(&op, p) : XSIM_INVALID_VALUE, exec, node, &op);
}

hipError_t sim_hipGraphExecMemcpyNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, hipMemcpy3DParms *p)
{
	struct xsim_op op;

	return change(hip_copy_3d_op(&op, p), exec, node, &op);
}

hipError_t sim_hipGraphExecMemcpyNodeSetParams1D(hipGraphExec_t exec, hipGraphNode_t node,
	void *dst, const void *src, size_t bytes, hipMemcpyKind kind)
{
	struct xsim_op op;

	return change(hip_copy_op(&op, dst, src, bytes, kind), exec, node, &op);
}

hipError_t sim_hipGraphExecMemcpyNodeSetParamsToSymbol(hipGraphExec_t exec, hipGraphNode_t node,
	const void *symbol, const void *src, size_t bytes, size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;

	return change(hip_to_symbol_op(&op, symbol, src, bytes, offset, kind), exec, node, &op);
}

hipError_t sim_hipGraphExecMemcpyNodeSetParamsFromSymbol(hipGraphExec_t exec, hipGraphNode_t node,
	void *dst, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;

	return change(hip_from_symbol_op(&op, dst, symbol, bytes, offset, kind), exec, node, &op);
}

hipError_t sim_hipGraphExecMemsetNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipMemsetParams *p)
{
	struct xsim_op op;

	return change(hip_fill_op(&op, p), exec, node, &op);
}

hipError_t sim_hipGraphExecHostNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipHostNodeParams *p)
{
	struct xsim_op op;

	return change(hip_host_op(&op, p), exec, node, &op);
}

hipError_t sim_hipGraphExecBatchMemOpNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipBatchMemOpNodeParams *p)
{
	struct xsim_op op;

	return change(p ? hip_memops_op(&op, p->count, p->paramArray) : XSIM_INVALID_VALUE, exec,
		node, &op);
}
