/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs and their instances. */
#include "platform/sim/hip/front.h"

#define DEPS(dependencies) ((void *const *)(dependencies))

hipError_t sim_hipGraphCreate(hipGraph_t *graph, unsigned int flags)
{
	int result = hip_ready();

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_build_create((void **)graph));
}

hipError_t sim_hipGraphDestroy(hipGraph_t graph)
{
	uint64_t id = xsim_graph_of(graph) ? xsim_graph_of(graph)->handle.id : 0;
	int result = xsim_build_destroy(graph);

	if (!result)
		hip_forget_graph(id);
	return (hipError_t)result;
}

hipError_t sim_hipGraphClone(hipGraph_t *clone, hipGraph_t graph)
{
	return (hipError_t)xsim_build_clone(graph, (void **)clone);
}

hipError_t sim_hipGraphNodeFindInClone(hipGraphNode_t *out, hipGraphNode_t node, hipGraph_t clone)
{
	return (hipError_t)xsim_build_find_clone(clone, node, (void **)out);
}

/* --- operations from parameters --------------------------------------------------------------- */

static int fill_op(struct xsim_op *op, const hipMemsetParams *p)
{
	return p ? xsim_fill_op(op, (uintptr_t)p->dst, p->pitch, p->value, p->elementSize, p->width,
			   p->height ? p->height : 1)
		 : XSIM_INVALID_VALUE;
}

static int host_op(struct xsim_op *op, const hipHostNodeParams *p)
{
	if (!p || !p->fn)
		return XSIM_INVALID_VALUE;
	*op = (struct xsim_op){ .kind = XSIM_OP_HOST,
		.host = { .function = p->fn, .data = p->userData } };
	return XSIM_OK;
}

static int to_symbol_op(struct xsim_op *op, const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? result : hip_copy_op(op, (void *)(uintptr_t)address, src, bytes, kind);
}

static int from_symbol_op(struct xsim_op *op, void *dst, const void *symbol, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? result : hip_copy_op(op, dst, (void *)(uintptr_t)address, bytes, kind);
}

/* --- adding nodes ----------------------------------------------------------------------------- */

/* result: of making op. */
static hipError_t add(int result, hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *dependencies, size_t count, int type, struct xsim_op *op)
{
	if (!result)
		result = xsim_build_add(graph, DEPS(dependencies), count, type, op, (void **)out);
	return (hipError_t)result;
}

hipError_t sim_hipGraphAddEmptyNode(
	hipGraphNode_t *out, hipGraph_t graph, const hipGraphNode_t *deps, size_t count)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };

	return add(XSIM_OK, out, graph, deps, count, XSIM_NODE_EMPTY, &op);
}

hipError_t sim_hipGraphAddKernelNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipKernelNodeParams *p)
{
	struct xsim_op op;
	int result = p ? hip_kernel_op(&op, p) : XSIM_INVALID_VALUE;

	return add(result, out, graph, deps, count, XSIM_NODE_KERNEL, &op);
}

hipError_t sim_hipGraphAddMemcpyNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipMemcpy3DParms *p)
{
	struct xsim_op op;

	return add(hip_copy_3d_op(&op, p), out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemcpyNode1D(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, void *dst, const void *src, size_t bytes,
	hipMemcpyKind kind)
{
	struct xsim_op op;
	int result = hip_copy_op(&op, dst, src, bytes, kind);

	return add(result, out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemcpyNodeToSymbol(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;
	int result = to_symbol_op(&op, symbol, src, bytes, offset, kind);

	return add(result, out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemcpyNodeFromSymbol(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, void *dst, const void *symbol, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;
	int result = from_symbol_op(&op, dst, symbol, bytes, offset, kind);

	return add(result, out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemsetNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipMemsetParams *p)
{
	struct xsim_op op;

	return add(fill_op(&op, p), out, graph, deps, count, XSIM_NODE_FILL, &op);
}

hipError_t sim_hipDrvGraphAddMemsetNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipMemsetParams *p, hipCtx_t ctx)
{
	(void)ctx;
	return sim_hipGraphAddMemsetNode(out, graph, deps, count, p);
}

hipError_t sim_hipGraphAddHostNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipHostNodeParams *p)
{
	struct xsim_op op;

	return add(host_op(&op, p), out, graph, deps, count, XSIM_NODE_HOST, &op);
}

hipError_t sim_hipGraphAddEventRecordNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, hipEvent_t event)
{
	return (hipError_t)xsim_build_add_event(
		graph, DEPS(deps), count, XSIM_NODE_RECORD, event, (void **)out);
}

hipError_t sim_hipGraphAddEventWaitNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, hipEvent_t event)
{
	return (hipError_t)xsim_build_add_event(
		graph, DEPS(deps), count, XSIM_NODE_WAIT, event, (void **)out);
}

hipError_t sim_hipGraphAddChildGraphNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, hipGraph_t child)
{
	return (hipError_t)xsim_build_add_child(graph, DEPS(deps), count, child, (void **)out);
}

hipError_t sim_hipGraphAddBatchMemOpNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipBatchMemOpNodeParams *p)
{
	struct xsim_op op;
	int result = p ? hip_memops_op(&op, p->count, p->paramArray) : XSIM_INVALID_VALUE;

	return add(result, out, graph, deps, count, XSIM_NODE_MEMOPS, &op);
}

/* --- asking and changing ---------------------------------------------------------------------- */

hipError_t sim_hipGraphDestroyNode(hipGraphNode_t node)
{
	return (hipError_t)xsim_build_remove(node);
}

hipError_t sim_hipGraphAddDependencies(
	hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to, size_t count)
{
	return (hipError_t)xsim_build_connect(graph, DEPS(from), DEPS(to), count);
}

hipError_t sim_hipGraphRemoveDependencies(
	hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to, size_t count)
{
	return (hipError_t)xsim_build_disconnect(graph, DEPS(from), DEPS(to), count);
}

hipError_t sim_hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count)
{
	return (hipError_t)xsim_build_nodes(graph, (void **)nodes, count);
}

hipError_t sim_hipGraphGetRootNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count)
{
	return (hipError_t)xsim_build_roots(graph, (void **)nodes, count);
}

hipError_t sim_hipGraphGetEdges(
	hipGraph_t graph, hipGraphNode_t *from, hipGraphNode_t *to, size_t *count)
{
	return (hipError_t)xsim_build_edges(graph, (void **)from, (void **)to, count);
}

hipError_t sim_hipGraphNodeGetDependencies(
	hipGraphNode_t node, hipGraphNode_t *nodes, size_t *count)
{
	return (hipError_t)xsim_build_dependencies(node, (void **)nodes, count);
}

hipError_t sim_hipGraphNodeGetDependentNodes(
	hipGraphNode_t node, hipGraphNode_t *nodes, size_t *count)
{
	return (hipError_t)xsim_build_dependents(node, (void **)nodes, count);
}

/* HIP 5 counts the types from 1. */
hipError_t sim_hipGraphNodeGetType(hipGraphNode_t node, hipGraphNodeType *type)
{
	if (!xsim_node_of(node) || !type)
		return hipErrorInvalidValue;
	*type = (hipGraphNodeType)(xsim_node_of(node)->type + (hip_major < 6));
	return hipSuccess;
}

hipError_t sim_hipGraphChildGraphNodeGetGraph(hipGraphNode_t node, hipGraph_t *graph)
{
	if (!xsim_node_of(node) || !graph || !xsim_node_of(node)->child)
		return hipErrorInvalidValue;
	*graph = (hipGraph_t)xsim_node_of(node)->child;
	return hipSuccess;
}

hipError_t sim_hipGraphKernelNodeGetParams(hipGraphNode_t node, hipKernelNodeParams *p)
{
	void **params = p ? xsim_build_params(node) : NULL;

	if (!params)
		return hipErrorInvalidValue;
	const struct xsim_op *op = &xsim_node_of(node)->op;
	const uint32_t *grid = op->kernel.grid, *block = op->kernel.block;
	*p = (hipKernelNodeParams){ .blockDim = { block[0], block[1], block[2] },
		.func = op->kernel.function,
		.gridDim = { grid[0], grid[1], grid[2] },
		.kernelParams = params,
		.sharedMemBytes = op->kernel.shared_bytes };
	return hipSuccess;
}

hipError_t sim_hipGraphHostNodeGetParams(hipGraphNode_t handle, hipHostNodeParams *p)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_HOST)
		return hipErrorInvalidValue;
	*p = (hipHostNodeParams){ node->op.host.function, node->op.host.data };
	return hipSuccess;
}

hipError_t sim_hipGraphMemsetNodeGetParams(hipGraphNode_t handle, hipMemsetParams *p)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_FILL)
		return hipErrorInvalidValue;
	*p = (hipMemsetParams){ .dst = node->op.fill.dst,
		.elementSize = node->op.fill.element,
		.height = node->op.fill.height,
		.pitch = node->op.fill.pitch,
		.value = node->op.fill.value,
		.width = node->op.fill.width };
	return hipSuccess;
}

static hipError_t replace(int result, hipGraphNode_t node, int type, struct xsim_op *op)
{
	return (hipError_t)(result ? result : xsim_build_replace(node, type, op));
}

hipError_t sim_hipGraphKernelNodeSetParams(hipGraphNode_t node, const hipKernelNodeParams *p)
{
	struct xsim_op op;

	return replace(p ? hip_kernel_op(&op, p) : XSIM_INVALID_VALUE, node, XSIM_NODE_KERNEL, &op);
}

hipError_t sim_hipGraphMemcpyNodeSetParams(hipGraphNode_t node, const hipMemcpy3DParms *p)
{
	struct xsim_op op;

	return replace(hip_copy_3d_op(&op, p), node, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphMemcpyNodeSetParams1D(
	hipGraphNode_t node, void *dst, const void *src, size_t bytes, hipMemcpyKind kind)
{
	struct xsim_op op;

	return replace(hip_copy_op(&op, dst, src, bytes, kind), node, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphMemsetNodeSetParams(hipGraphNode_t node, const hipMemsetParams *p)
{
	struct xsim_op op;

	return replace(fill_op(&op, p), node, XSIM_NODE_FILL, &op);
}

hipError_t sim_hipGraphHostNodeSetParams(hipGraphNode_t node, const hipHostNodeParams *p)
{
	struct xsim_op op;

	return replace(host_op(&op, p), node, XSIM_NODE_HOST, &op);
}

/* --- instances -------------------------------------------------------------------------------- */

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

	return change(to_symbol_op(&op, symbol, src, bytes, offset, kind), exec, node, &op);
}

hipError_t sim_hipGraphExecMemcpyNodeSetParamsFromSymbol(hipGraphExec_t exec, hipGraphNode_t node,
	void *dst, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;

	return change(from_symbol_op(&op, dst, symbol, bytes, offset, kind), exec, node, &op);
}

hipError_t sim_hipGraphExecMemsetNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipMemsetParams *p)
{
	struct xsim_op op;

	return change(fill_op(&op, p), exec, node, &op);
}

hipError_t sim_hipGraphExecHostNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipHostNodeParams *p)
{
	struct xsim_op op;

	return change(host_op(&op, p), exec, node, &op);
}

hipError_t sim_hipGraphExecBatchMemOpNodeSetParams(
	hipGraphExec_t exec, hipGraphNode_t node, const hipBatchMemOpNodeParams *p)
{
	struct xsim_op op;

	return change(p ? hip_memops_op(&op, p->count, p->paramArray) : XSIM_INVALID_VALUE, exec,
		node, &op);
}
