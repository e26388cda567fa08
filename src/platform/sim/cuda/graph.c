/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: building, asking, changing. Instantiating and launching is in exec.c. */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/cuda/front.h"

static struct xsim_graph *graph_of(CUgraph handle)
{
	return xsim_handle_is(handle, XSIM_KIND_GRAPH) ? (struct xsim_graph *)handle : NULL;
}

static struct xsim_node *node_of(CUgraphNode handle)
{
	return xsim_handle_is(handle, XSIM_KIND_NODE) ? (struct xsim_node *)handle : NULL;
}

CUresult sim_cuGraphCreate(CUgraph *graph, unsigned int flags)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!graph || flags)
		return CUDA_ERROR_INVALID_VALUE;
	*graph = (CUgraph)xsim_graph_create();
	return *graph ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult sim_cuGraphDestroy(CUgraph handle)
{
	if (!graph_of(handle))
		return CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	xsim_graph_destroy(graph_of(handle));
	xs_mutex_unlock(&xsim_lock);
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphClone(CUgraph *graph_clone, CUgraph original_graph)
{
	if (!graph_clone || !graph_of(original_graph))
		return CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	*graph_clone = (CUgraph)xsim_graph_clone(graph_of(original_graph));
	xs_mutex_unlock(&xsim_lock);
	return *graph_clone ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult sim_cuGraphNodeFindInClone(
	CUgraphNode *node, CUgraphNode original_node, CUgraph cloned_graph)
{
	struct xsim_graph *graph = graph_of(cloned_graph);

	if (!node || !graph)
		return CUDA_ERROR_INVALID_VALUE;
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		if (graph->nodes.item[i]->origin == (struct xsim_node *)original_node) {
			*node = (CUgraphNode)graph->nodes.item[i];
			return CUDA_SUCCESS;
		}
	}
	return CUDA_ERROR_INVALID_VALUE;
}

/* --- adding nodes ----------------------------------------------------------------------------- */

/* Adds a node; what op owns passes on in any case. */
static CUresult add(CUgraphNode *out, CUgraph handle, const CUgraphNode *dependencies, size_t count,
	int type, struct xsim_op *op)
{
	struct xsim_graph *graph = graph_of(handle);
	CUresult result = CUDA_ERROR_OUT_OF_MEMORY;
	bool valid = out && graph && (dependencies || !count);

	xs_mutex_lock(&xsim_lock);
	for (size_t i = 0; valid && i < count; i++)
		valid = node_of(dependencies[i]) && node_of(dependencies[i])->graph == graph;
	struct xsim_node *node = NULL;
	if (valid)
		node = xsim_graph_add(
			graph, type, op, (struct xsim_node *const *)dependencies, count);
	if (node) {
		*out = (CUgraphNode)node;
		result = CUDA_SUCCESS;
	} else {
		xsim_op_drop(op);
	}
	xs_mutex_unlock(&xsim_lock);
	return valid ? result : CUDA_ERROR_INVALID_VALUE;
}

CUresult sim_cuGraphAddEmptyNode(
	CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies, size_t num_dependencies)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };

	return add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_EMPTY, &op);
}

static int kernel_op(struct xsim_op *op, const CUDA_KERNEL_NODE_PARAMS_v1 *p, CUkernel kernel)
{
	CUfunction function = p->func ? p->func : (CUfunction)kernel;

	memset(op, 0, sizeof(*op));
	return front_kernel_op(op, function,
		(unsigned int[]){ p->gridDimX, p->gridDimY, p->gridDimZ },
		(unsigned int[]){ p->blockDimX, p->blockDimY, p->blockDimZ }, p->sharedMemBytes,
		p->kernelParams, p->extra);
}

CUresult sim_cuGraphAddKernelNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_KERNEL_NODE_PARAMS_v1 *node_params)
{
	struct xsim_op op;
	int result = node_params ? kernel_op(&op, node_params, NULL) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_KERNEL,
				&op);
}

CUresult sim_cuGraphAddKernelNode_v2(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies,
	const CUDA_KERNEL_NODE_PARAMS *node_params)
{
	struct xsim_op op;
	int result = XSIM_INVALID_VALUE;

	if (node_params)
		result = kernel_op(&op,
			(const CUDA_KERNEL_NODE_PARAMS_v1 *)(const void *)node_params,
			node_params->kern);
	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_KERNEL,
				&op);
}

CUresult sim_cuGraphAddMemcpyNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_MEMCPY3D *copy_params, CUcontext context)
{
	struct xsim_op op;
	int result = copy_params ? front_copy_op(&op, copy_params) : XSIM_INVALID_VALUE;

	(void)context;
	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_MEMCPY,
				&op);
}

static int memset_op(struct xsim_op *op, const CUDA_MEMSET_NODE_PARAMS *p)
{
	return p ? front_fill_op(op, p->dst, p->pitch, p->value, p->elementSize, p->width,
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
		      : add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_MEMSET,
				&op);
}

CUresult sim_cuGraphAddHostNode(CUgraphNode *out, CUgraph graph, const CUgraphNode *dependencies,
	size_t num_dependencies, const CUDA_HOST_NODE_PARAMS *p)
{
	if (!p || !p->fn)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .function = p->fn, .data = p->userData } };
	return add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_HOST, &op);
}

CUresult sim_cuGraphAddEventRecordNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUevent event)
{
	if (!xsim_handle_is(event, XSIM_KIND_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	struct xsim_op op = { .kind = XSIM_OP_RECORD, .record.event = (struct xsim_event *)event };
	xsim_event_ref(op.record.event);
	return add(
		out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_EVENT_RECORD, &op);
}

CUresult sim_cuGraphAddEventWaitNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUevent event)
{
	if (!xsim_handle_is(event, XSIM_KIND_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	struct xsim_op op = { .kind = XSIM_OP_WAIT, .wait.event = (struct xsim_event *)event };
	xsim_event_ref(op.wait.event);
	return add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_WAIT_EVENT, &op);
}

CUresult sim_cuGraphAddBatchMemOpNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies,
	const CUDA_BATCH_MEM_OP_NODE_PARAMS *p)
{
	struct xsim_op op;
	int result = p ? front_memops_op(&op, p->count, p->paramArray) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result
		      : add(out, graph, dependencies, num_dependencies,
				CU_GRAPH_NODE_TYPE_BATCH_MEM_OP, &op);
}

CUresult sim_cuGraphAddChildGraphNode(CUgraphNode *out, CUgraph graph,
	const CUgraphNode *dependencies, size_t num_dependencies, CUgraph child_graph)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };

	if (!graph_of(child_graph))
		return CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	struct xsim_graph *child = xsim_graph_clone(graph_of(child_graph));
	xs_mutex_unlock(&xsim_lock);
	if (!child)
		return CUDA_ERROR_OUT_OF_MEMORY;
	CUresult result =
		add(out, graph, dependencies, num_dependencies, CU_GRAPH_NODE_TYPE_GRAPH, &op);
	xs_mutex_lock(&xsim_lock);
	if (result)
		xsim_graph_destroy(child);
	else
		node_of(*out)->child = child;
	xs_mutex_unlock(&xsim_lock);
	return result;
}

CUresult sim_cuGraphDestroyNode(CUgraphNode handle)
{
	if (!node_of(handle))
		return CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	xsim_graph_remove(node_of(handle));
	xs_mutex_unlock(&xsim_lock);
	return CUDA_SUCCESS;
}

/* --- edges ------------------------------------------------------------------------------------ */

CUresult sim_cuGraphAddDependencies(
	CUgraph graph, const CUgraphNode *from, const CUgraphNode *to, size_t num_dependencies)
{
	CUresult result = CUDA_SUCCESS;

	if (!graph_of(graph) || (num_dependencies && (!from || !to)))
		return CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	for (size_t i = 0; i < num_dependencies && !result; i++) {
		if (!node_of(from[i]) || !node_of(to[i]) || from[i] == to[i] ||
			xsim_nodes_has(&node_of(to[i])->deps, node_of(from[i])))
			result = CUDA_ERROR_INVALID_VALUE;
		else
			xsim_nodes_add(&node_of(to[i])->deps, node_of(from[i]));
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

CUresult sim_cuGraphAddDependencies_v2(CUgraph graph, const CUgraphNode *from,
	const CUgraphNode *to, const CUgraphEdgeData *edge_data, size_t num_dependencies)
{
	(void)edge_data;
	return sim_cuGraphAddDependencies(graph, from, to, num_dependencies);
}

CUresult sim_cuGraphGetNodes(CUgraph handle, CUgraphNode *nodes, size_t *num_nodes)
{
	struct xsim_graph *graph = graph_of(handle);

	if (!graph || !num_nodes)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; nodes && i < *num_nodes; i++)
		nodes[i] = i < graph->nodes.count ? (CUgraphNode)graph->nodes.item[i] : NULL;
	if (!nodes || *num_nodes > graph->nodes.count)
		*num_nodes = graph->nodes.count;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphGetRootNodes(CUgraph handle, CUgraphNode *root_nodes, size_t *num_root_nodes)
{
	struct xsim_graph *graph = graph_of(handle);
	size_t count = 0;

	if (!graph || !num_root_nodes)
		return CUDA_ERROR_INVALID_VALUE;
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		if (graph->nodes.item[i]->deps.count)
			continue;
		if (root_nodes && count < *num_root_nodes)
			root_nodes[count] = (CUgraphNode)graph->nodes.item[i];
		count++;
	}
	if (!root_nodes || *num_root_nodes > count)
		*num_root_nodes = count;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphGetEdges(CUgraph handle, CUgraphNode *from, CUgraphNode *to, size_t *num_edges)
{
	struct xsim_graph *graph = graph_of(handle);
	size_t count = 0;

	if (!graph || !num_edges || !from != !to)
		return CUDA_ERROR_INVALID_VALUE;
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		struct xsim_node *node = graph->nodes.item[i];

		for (uint32_t d = 0; d < node->deps.count; d++, count++) {
			if (!from || count >= *num_edges)
				continue;
			from[count] = (CUgraphNode)node->deps.item[d];
			to[count] = (CUgraphNode)node;
		}
	}
	if (!from || *num_edges > count)
		*num_edges = count;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphGetEdges_v2(CUgraph graph, CUgraphNode *from, CUgraphNode *to,
	CUgraphEdgeData *edge_data, size_t *num_edges)
{
	if (edge_data && num_edges)
		memset(edge_data, 0, *num_edges * sizeof(*edge_data));
	return sim_cuGraphGetEdges(graph, from, to, num_edges);
}

CUresult sim_cuGraphNodeGetDependencies(
	CUgraphNode handle, CUgraphNode *dependencies, size_t *num_dependencies)
{
	struct xsim_node *node = node_of(handle);

	if (!node || !num_dependencies)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; dependencies && i < *num_dependencies; i++)
		dependencies[i] = i < node->deps.count ? (CUgraphNode)node->deps.item[i] : NULL;
	if (!dependencies || *num_dependencies > node->deps.count)
		*num_dependencies = node->deps.count;
	return CUDA_SUCCESS;
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
	if (!node_of(handle) || !type)
		return CUDA_ERROR_INVALID_VALUE;
	*type = (CUgraphNodeType)node_of(handle)->type;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphChildGraphNodeGetGraph(CUgraphNode handle, CUgraph *graph)
{
	if (!node_of(handle) || !graph || !node_of(handle)->child)
		return CUDA_ERROR_INVALID_VALUE;
	*graph = (CUgraph)node_of(handle)->child;
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphKernelNodeGetParams(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_node *node = node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_KERNEL)
		return CUDA_ERROR_INVALID_VALUE;
	const struct xsim_op *op = &node->op;
	struct xsim_function *function = op->kernel.function;
	void **addresses = calloc(XSIM_MAX_PARAMS, sizeof(void *));
	if (!addresses)
		return CUDA_ERROR_OUT_OF_MEMORY;
	free(node->extra);
	node->extra = addresses;
	for (uint32_t i = 0; i < function->param_count; i++)
		addresses[i] = (char *)(uintptr_t)xsim_op_params(op) + function->offset[i];
	*p = (CUDA_KERNEL_NODE_PARAMS_v1){
		.func = (CUfunction)function,
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

static CUresult replace(CUgraphNode handle, int type, struct xsim_op *op)
{
	struct xsim_node *node = node_of(handle);

	if (!node || node->type != type) {
		xsim_op_drop(op);
		return CUDA_ERROR_INVALID_VALUE;
	}
	xs_mutex_lock(&xsim_lock);
	xsim_op_drop(&node->op);
	node->op = *op;
	xs_mutex_unlock(&xsim_lock);
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
	struct xsim_op op;
	int result = p ? kernel_op(&op, p, NULL) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result : replace(node, CU_GRAPH_NODE_TYPE_KERNEL, &op);
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

	return result ? (CUresult)result : replace(node, CU_GRAPH_NODE_TYPE_MEMSET, &op);
}

CUresult sim_cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *p)
{
	struct xsim_op op;
	int result = p ? front_copy_op(&op, p) : XSIM_INVALID_VALUE;

	return result ? (CUresult)result : replace(node, CU_GRAPH_NODE_TYPE_MEMCPY, &op);
}

CUresult sim_cuGraphHostNodeGetParams(CUgraphNode handle, CUDA_HOST_NODE_PARAMS *p)
{
	struct xsim_node *node = node_of(handle);

	if (!node || !p || node->op.kind != XSIM_OP_HOST)
		return CUDA_ERROR_INVALID_VALUE;
	*p = (CUDA_HOST_NODE_PARAMS){ node->op.host.function, node->op.host.data };
	return CUDA_SUCCESS;
}

CUresult sim_cuGraphMemsetNodeGetParams(CUgraphNode handle, CUDA_MEMSET_NODE_PARAMS *p)
{
	struct xsim_node *node = node_of(handle);

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
