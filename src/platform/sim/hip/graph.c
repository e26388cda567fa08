/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs. */
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

int hip_fill_op(struct xsim_op *op, const hipMemsetParams *p)
{
	return p ? xsim_fill_op(op, (uintptr_t)p->dst, p->pitch, p->value, p->elementSize, p->width,
			   p->height ? p->height : 1)
		 : XSIM_INVALID_VALUE;
}

int hip_host_op(struct xsim_op *op, const hipHostNodeParams *p)
{
	if (!p || !p->fn)
		return XSIM_INVALID_VALUE;
	*op = (struct xsim_op){ .kind = XSIM_OP_HOST,
		.host = { .function = p->fn, .data = p->userData } };
	return XSIM_OK;
}

int hip_to_symbol_op(struct xsim_op *op, const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? result : hip_copy_op(op, (void *)(uintptr_t)address, src, bytes, kind);
}

int hip_from_symbol_op(struct xsim_op *op, void *dst, const void *symbol, size_t bytes,
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
	int result = hip_to_symbol_op(&op, symbol, src, bytes, offset, kind);

	return add(result, out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemcpyNodeFromSymbol(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, void *dst, const void *symbol, size_t bytes,
	size_t offset, hipMemcpyKind kind)
{
	struct xsim_op op;
	int result = hip_from_symbol_op(&op, dst, symbol, bytes, offset, kind);

	return add(result, out, graph, deps, count, XSIM_NODE_COPY, &op);
}

hipError_t sim_hipGraphAddMemsetNode(hipGraphNode_t *out, hipGraph_t graph,
	const hipGraphNode_t *deps, size_t count, const hipMemsetParams *p)
{
	struct xsim_op op;

	return add(hip_fill_op(&op, p), out, graph, deps, count, XSIM_NODE_FILL, &op);
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

	return add(hip_host_op(&op, p), out, graph, deps, count, XSIM_NODE_HOST, &op);
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

	return replace(hip_fill_op(&op, p), node, XSIM_NODE_FILL, &op);
}

hipError_t sim_hipGraphHostNodeSetParams(hipGraphNode_t node, const hipHostNodeParams *p)
{
	struct xsim_op op;

	return replace(hip_host_op(&op, p), node, XSIM_NODE_HOST, &op);
}
