/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: building, asking, changing. Instantiating and launching is in exec.c. */
#include <string.h>

#include "platform/sim/cuda/front.h"

CUresult sim_cuGraphCreate(CUgraph *graph, unsigned int flags)
{
	return (CUresult)(flags ? XSIM_INVALID_VALUE : xsim_build_create((void **)graph));
}

CUresult sim_cuGraphDestroy(CUgraph graph)
{
	return (CUresult)xsim_build_destroy(graph);
}

CUresult sim_cuGraphClone(CUgraph *graph_clone, CUgraph original_graph)
{
	return (CUresult)xsim_build_clone(original_graph, (void **)graph_clone);
}

CUresult sim_cuGraphNodeFindInClone(
	CUgraphNode *node, CUgraphNode original_node, CUgraph cloned_graph)
{
	return (CUresult)xsim_build_find_clone(cloned_graph, original_node, (void **)node);
}

/* --- adding nodes ----------------------------------------------------------------------------- */

static CUresult add(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies, size_t count,
	int type, struct xsim_op *op)
{
	return (CUresult)xsim_build_add(
		graph, (void *const *)dependencies, count, type, op, (void **)out);
}

CUresult sim_cuGraphAddEmptyNode(
	CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies, size_t num_dependencies)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };

	return add(out, graph, dependencies, num_dependencies, XSIM_NODE_EMPTY, &op);
}

int front_node_op(struct xsim_op *op, const CUDA_KERNEL_NODE_PARAMS_v1 *p, CUkernel kernel)
{
	struct xsim_launch_args args = {
		p->func ? (const void *)p->func : (const void *)kernel,
		{ p->gridDimX, p->gridDimY, p->gridDimZ },
		{ p->blockDimX, p->blockDimY, p->blockDimZ },
		p->sharedMemBytes,
		p->kernelParams,
		p->extra,
	};

	memset(op, 0, sizeof(*op));
	return xsim_kernel_op(op, &args);
}

CUresult sim_cuGraphAddKernelNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_KERNEL_NODE_PARAMS_v1 *node_params)
{
	struct xsim_op op;
	int result = node_params ? front_node_op(&op, node_params, NULL) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, XSIM_NODE_KERNEL, &op);
}

CUresult sim_cuGraphAddKernelNode_v2(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies,
	const CUDA_KERNEL_NODE_PARAMS *node_params)
{
	struct xsim_op op;
	int result = XSIM_INVALID_VALUE;

	if (node_params)
		result = front_node_op(&op,
			(const CUDA_KERNEL_NODE_PARAMS_v1 *)(const void *)node_params,
			node_params->kern);
	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, XSIM_NODE_KERNEL, &op);
}

CUresult sim_cuGraphAddMemcpyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_MEMCPY3D *copy_params, CUcontext context)
{
	struct xsim_op op;
	int result = copy_params ? front_copy_op(&op, copy_params) : XSIM_INVALID_VALUE;

	(void)context;
	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, XSIM_NODE_COPY, &op);
}

static int memset_op(struct xsim_op *op, const CUDA_MEMSET_NODE_PARAMS *p)
{
	return p ? xsim_fill_op(op, p->dst, p->pitch, p->value, p->elementSize, p->width,
			   p->height ? p->height : 1)
		 : XSIM_INVALID_VALUE;
}

CUresult sim_cuGraphAddMemsetNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_MEMSET_NODE_PARAMS *memset_params, CUcontext context)
{
	struct xsim_op op;
	int result = memset_op(&op, memset_params);

	(void)context;
	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, XSIM_NODE_FILL, &op);
}

CUresult sim_cuGraphAddHostNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_HOST_NODE_PARAMS *p)
{
	if (!p || !p->fn)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .function = p->fn, .data = p->userData } };
	return add(out, graph, dependencies, num_dependencies, XSIM_NODE_HOST, &op);
}

CUresult sim_cuGraphAddEventRecordNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUevent event)
{
	return (CUresult)xsim_build_add_event(graph, (void *const *)dependencies, num_dependencies,
		XSIM_NODE_RECORD, event, (void **)out);
}

CUresult sim_cuGraphAddEventWaitNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUevent event)
{
	return (CUresult)xsim_build_add_event(graph, (void *const *)dependencies, num_dependencies,
		XSIM_NODE_WAIT, event, (void **)out);
}

CUresult sim_cuGraphAddBatchMemOpNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies,
	const CUDA_BATCH_MEM_OP_NODE_PARAMS *p)
{
	struct xsim_op op;
	int result = p ? front_memops_op(&op, p->count, p->paramArray) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, XSIM_NODE_MEMOPS, &op);
}

CUresult sim_cuGraphAddChildGraphNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUgraph child_graph)
{
	return (CUresult)xsim_build_add_child(
		graph, (void *const *)dependencies, num_dependencies, child_graph, (void **)out);
}

CUresult sim_cuGraphDestroyNode(CUgraphNode node)
{
	return (CUresult)xsim_build_remove(node);
}

/* --- edges ------------------------------------------------------------------------------------ */

CUresult sim_cuGraphAddDependencies(
	CUgraph graph, const CUgraphNode *from, const CUgraphNode *to, size_t num_dependencies)
{
	return (CUresult)xsim_build_connect(
		graph, (void *const *)from, (void *const *)to, num_dependencies);
}

CUresult sim_cuGraphAddDependencies_v2(CUgraph graph, const CUgraphNode *from,
	const CUgraphNode *to, const CUgraphEdgeData *edge_data, size_t num_dependencies)
{
	(void)edge_data;
	return sim_cuGraphAddDependencies(graph, from, to, num_dependencies);
}

CUresult sim_cuGraphGetNodes(CUgraph graph, CUgraphNode *nodes, size_t *num_nodes)
{
	return (CUresult)xsim_build_nodes(graph, (void **)nodes, num_nodes);
}

CUresult sim_cuGraphGetRootNodes(CUgraph graph, CUgraphNode *root_nodes, size_t *num_root_nodes)
{
	return (CUresult)xsim_build_roots(graph, (void **)root_nodes, num_root_nodes);
}

CUresult sim_cuGraphGetEdges(CUgraph graph, CUgraphNode *from, CUgraphNode *to, size_t *num_edges)
{
	return (CUresult)xsim_build_edges(graph, (void **)from, (void **)to, num_edges);
}

CUresult sim_cuGraphGetEdges_v2(CUgraph graph, CUgraphNode *from, CUgraphNode *to,
	CUgraphEdgeData *edge_data, size_t *num_edges)
{
	if (edge_data && num_edges)
		memset(edge_data, 0, *num_edges * sizeof(*edge_data));
	return sim_cuGraphGetEdges(graph, from, to, num_edges);
}

CUresult sim_cuGraphNodeGetDependencies(
	CUgraphNode node, CUgraphNode *dependencies, size_t *num_dependencies)
{
	return (CUresult)xsim_build_dependencies(node, (void **)dependencies, num_dependencies);
}

CUresult sim_cuGraphNodeGetDependencies_v2(CUgraphNode node, CUgraphNode *dependencies,
	CUgraphEdgeData *edge_data, size_t *num_dependencies)
{
	if (edge_data && num_dependencies)
		memset(edge_data, 0, *num_dependencies * sizeof(*edge_data));
	return sim_cuGraphNodeGetDependencies(node, dependencies, num_dependencies);
}

/* --- parameters of nodes ---------------------------------------------------------------------- */

CUresult sim_cuGraphNodeGetType(CUgraphNode handle, CUgraphNodeType *type)
{
	if (!xsim_node_of(handle) || !type)
		return CUDA_ERROR_INVALID_VALUE;
	*type = (CUgraphNodeType)xsim_node_of(handle)->type;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphChildGraphNodeGetGraph(CUgraphNode handle, CUgraph *graph)
{
	if (!xsim_node_of(handle) || !graph || !xsim_node_of(handle)->child)
		return CUDA_ERROR_INVALID_VALUE;
	*graph = (CUgraph)xsim_node_of(handle)->child;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphKernelNodeGetParams(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_KERNEL)
		return CUDA_ERROR_INVALID_VALUE;
	const struct xsim_op *op = &node->op;
	void **addresses = xsim_build_params(node);
	if (!addresses)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*p = (CUDA_KERNEL_NODE_PARAMS_v1){
		.func = (CUfunction)op->kernel.function,
		.gridDimX = op->kernel.grid[0],
		.gridDimY = op->kernel.grid[1],
		.gridDimZ = op->kernel.grid[2],
		.blockDimX = op->kernel.block[0],
		.blockDimY = op->kernel.block[1],
		.blockDimZ = op->kernel.block[2],
		.sharedMemBytes = op->kernel.shared_bytes,
		.kernelParams = addresses,
	};
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphKernelNodeGetParams_v2(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS *p)
{
	CUresult result =
		sim_cuGraphKernelNodeGetParams(handle, (CUDA_KERNEL_NODE_PARAMS_v1 *)(void *)p);

	if (!result) {
		p->kern = NULL;
		p->ctx = NULL;
	}
	return result;
}

static CUresult replace(CUgraphNode node, int type, struct xsim_op *op)
{
	return (CUresult)xsim_build_replace(node, type, op);
}

CUresult sim_cuGraphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_op op;
	int result = p ? front_node_op(&op, p, NULL) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result : replace(node, XSIM_NODE_KERNEL, &op);
}

CUresult sim_cuGraphKernelNodeSetParams_v2(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS *p)
{
	return sim_cuGraphKernelNodeSetParams(
		node, (const CUDA_KERNEL_NODE_PARAMS_v1 *)(const void *)p);
}

CUresult sim_cuGraphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *p)
{
	struct xsim_op op;
	int result = memset_op(&op, p);

	return result ? (CUresult)result : replace(node, XSIM_NODE_FILL, &op);
}

CUresult sim_cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *p)
{
	struct xsim_op op;
	int result = p ? front_copy_op(&op, p) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result : replace(node, XSIM_NODE_COPY, &op);
}

CUresult sim_cuGraphHostNodeGetParams(CUgraphNode handle, CUDA_HOST_NODE_PARAMS *p)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_HOST)
		return CUDA_ERROR_INVALID_VALUE;
	*p = (CUDA_HOST_NODE_PARAMS){ node->op.host.function, node->op.host.data };
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphMemsetNodeGetParams(CUgraphNode handle, CUDA_MEMSET_NODE_PARAMS *p)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_FILL)
		return CUDA_ERROR_INVALID_VALUE;
	*p = (CUDA_MEMSET_NODE_PARAMS){ .dst = (uintptr_t)node->op.fill.dst,
		.pitch = node->op.fill.pitch,
		.value = node->op.fill.value,
		.elementSize = node->op.fill.element,
		.width = node->op.fill.width,
		.height = node->op.fill.height };
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphEventRecordNodeGetEvent(CUgraphNode handle, CUevent *event)
{
	if (!xsim_node_of(handle) || !event || xsim_node_of(handle)->op.kind != XSIM_OP_RECORD)
		return CUDA_ERROR_INVALID_VALUE;
	*event = (CUevent)xsim_node_of(handle)->op.record.event;
	return CUDA_SUCCESS;
}
