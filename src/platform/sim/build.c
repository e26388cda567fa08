/* SPDX-License-Identifier: Apache-2.0 */
/* Building graphs and asking them. Instantiating and launching is in exec.c. */
#include "platform/sim/build.h"

#include <stdlib.h>

#include "platform/sim/context.h"
#include "platform/sim/event.h"
#include "platform/sim/kernel.h"

int xsim_build_create(void **graph)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return XSIM_NOT_INITIALIZED;
	if (!graph)
		return XSIM_INVALID_VALUE;
	*graph = xsim_graph_create();
	return *graph ? XSIM_OK : XSIM_OUT_OF_MEMORY;
}

int xsim_build_destroy(void *graph)
{
	if (!xsim_graph_of(graph))
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	xsim_graph_destroy(graph);
	xs_mutex_unlock(&xsim_lock);
	return XSIM_OK;
}

int xsim_build_clone(void *graph, void **clone)
{
	if (!clone || !xsim_graph_of(graph))
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	*clone = xsim_graph_clone(graph);
	xs_mutex_unlock(&xsim_lock);
	return *clone ? XSIM_OK : XSIM_OUT_OF_MEMORY;
}

int xsim_build_find_clone(void *clone, void *node, void **out)
{
	struct xsim_graph *graph = xsim_graph_of(clone);

	if (!out || !graph)
		return XSIM_INVALID_VALUE;
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		if (graph->nodes.item[i]->origin == node) {
			*out = graph->nodes.item[i];
			return XSIM_OK;
		}
	}
	return XSIM_INVALID_VALUE;
}

/* --- nodes and edges -------------------------------------------------------------------------- */

int xsim_build_add(
	void *graph, void *const *deps, size_t count, int type, struct xsim_op *op, void **out)
{
	int result = XSIM_OUT_OF_MEMORY;
	bool valid = out && xsim_graph_of(graph) && (deps || !count);
	struct xsim_node *node = NULL;

	xs_mutex_lock(&xsim_lock);
	for (size_t i = 0; valid && i < count; i++)
		valid = xsim_node_of(deps[i]) && xsim_node_of(deps[i])->graph == graph;
	if (valid)
		node = xsim_graph_add(graph, type, op, (struct xsim_node *const *)deps, count);
	if (node) {
		*out = node;
		result = XSIM_OK;
	} else {
		xsim_op_drop(op);
	}
	xs_mutex_unlock(&xsim_lock);
	return valid ? result : XSIM_INVALID_VALUE;
}

int xsim_build_add_child(void *graph, void *const *deps, size_t count, void *child, void **out)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	void *clone;
	int result = xsim_build_clone(child, &clone);

	if (result)
		return result;
	result = xsim_build_add(graph, deps, count, XSIM_NODE_GRAPH, &op, out);
	xs_mutex_lock(&xsim_lock);
	if (result)
		xsim_graph_destroy(clone);
	else
		xsim_node_of(*out)->child = clone;
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_build_add_event(
	void *graph, void *const *deps, size_t count, int type, void *event, void **out)
{
	struct xsim_op op = { .kind = XSIM_OP_RECORD, .record.event = event };

	if (!xsim_handle_is(event, XSIM_KIND_EVENT))
		return XSIM_INVALID_HANDLE;
	if (type == XSIM_NODE_WAIT)
		op = (struct xsim_op){ .kind = XSIM_OP_WAIT, .wait.event = event };
	xsim_event_ref(event);
	return xsim_build_add(graph, deps, count, type, &op, out);
}

int xsim_build_remove(void *node)
{
	if (!xsim_node_of(node))
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	xsim_graph_remove(node);
	xs_mutex_unlock(&xsim_lock);
	return XSIM_OK;
}

static void drop_edge(struct xsim_nodes *deps, const struct xsim_node *from)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < deps->count; i++) {
		if (deps->item[i] != from)
			deps->item[kept++] = deps->item[i];
	}
	deps->count = kept;
}

static int edges(void *graph, void *const *from, void *const *to, size_t count, bool connect)
{
	int result = XSIM_OK;

	if (!xsim_graph_of(graph) || (count && (!from || !to)))
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	for (size_t i = 0; i < count && !result; i++) {
		struct xsim_node *a = xsim_node_of(from[i]), *b = xsim_node_of(to[i]);

		if (!a || !b || a == b || xsim_nodes_has(&b->deps, a) == connect)
			result = XSIM_INVALID_VALUE;
		else if (connect)
			xsim_nodes_add(&b->deps, a);
		else
			drop_edge(&b->deps, a);
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_build_connect(void *graph, void *const *from, void *const *to, size_t count)
{
	return edges(graph, from, to, count, true);
}

int xsim_build_disconnect(void *graph, void *const *from, void *const *to, size_t count)
{
	return edges(graph, from, to, count, false);
}

/* --- questions -------------------------------------------------------------------------------- */

/* Gives a list to an application that asked for *count of them. */
struct list {
	void **nodes;
	size_t room, count;
};

static void put(struct list *list, struct xsim_node *node)
{
	if (list->nodes && list->count < list->room)
		list->nodes[list->count] = node;
	list->count++;
}

static int finish(struct list *list, size_t *count)
{
	for (size_t i = list->count; list->nodes && i < list->room; i++)
		list->nodes[i] = NULL;
	if (!list->nodes || *count > list->count)
		*count = list->count;
	return XSIM_OK;
}

static int list_nodes(void *handle, void **nodes, size_t *count, bool roots)
{
	struct xsim_graph *graph = xsim_graph_of(handle);

	if (!graph || !count)
		return XSIM_INVALID_VALUE;
	struct list list = { nodes, *count, 0 };
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		if (!roots || !graph->nodes.item[i]->deps.count)
			put(&list, graph->nodes.item[i]);
	}
	return finish(&list, count);
}

int xsim_build_nodes(void *graph, void **nodes, size_t *count)
{
	return list_nodes(graph, nodes, count, false);
}

int xsim_build_roots(void *graph, void **nodes, size_t *count)
{
	return list_nodes(graph, nodes, count, true);
}

int xsim_build_edges(void *handle, void **from, void **to, size_t *count)
{
	struct xsim_graph *graph = xsim_graph_of(handle);

	if (!graph || !count || !from != !to)
		return XSIM_INVALID_VALUE;
	struct list sources = { from, *count, 0 }, targets = { to, *count, 0 };
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		struct xsim_node *node = graph->nodes.item[i];

		for (uint32_t d = 0; d < node->deps.count; d++) {
			put(&sources, node->deps.item[d]);
			put(&targets, node);
		}
	}
	finish(&targets, &(size_t){ *count });
	return finish(&sources, count);
}

int xsim_build_dependencies(void *handle, void **nodes, size_t *count)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !count)
		return XSIM_INVALID_VALUE;
	struct list list = { nodes, *count, 0 };
	for (uint32_t i = 0; i < node->deps.count; i++)
		put(&list, node->deps.item[i]);
	return finish(&list, count);
}

int xsim_build_dependents(void *handle, void **nodes, size_t *count)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || !count)
		return XSIM_INVALID_VALUE;
	struct list list = { nodes, *count, 0 };
	for (uint32_t i = 0; i < node->graph->nodes.count; i++) {
		if (xsim_nodes_has(&node->graph->nodes.item[i]->deps, node))
			put(&list, node->graph->nodes.item[i]);
	}
	return finish(&list, count);
}

int xsim_build_replace(void *handle, int type, struct xsim_op *op)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || node->type != type) {
		xsim_op_drop(op);
		return XSIM_INVALID_VALUE;
	}
	xs_mutex_lock(&xsim_lock);
	xsim_op_drop(&node->op);
	node->op = *op;
	xs_mutex_unlock(&xsim_lock);
	return XSIM_OK;
}

void **xsim_build_params(void *handle)
{
	struct xsim_node *node = xsim_node_of(handle);

	if (!node || node->op.kind != XSIM_OP_KERNEL)
		return NULL;
	const struct xsim_function *function = node->op.kernel.function;
	void **addresses = calloc(XSIM_MAX_PARAMS, sizeof(void *));
	if (!addresses)
		return NULL;
	free(node->extra);
	node->extra = addresses;
	for (uint32_t i = 0; i < function->param_count; i++)
		addresses[i] = (char *)(uintptr_t)xsim_op_params(&node->op) + function->offset[i];
	return addresses;
}
