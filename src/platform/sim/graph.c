/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs and plans. Branches of a graph run one after the other on the device: one graph launch is
 * one command of its stream, and its nodes follow each other in topological order.
 */
#include "platform/sim/graph.h"

#include <stdlib.h>
#include <string.h>

#include "platform/sim/error.h"

bool xsim_nodes_has(const struct xsim_nodes *set, const struct xsim_node *node)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->item[i] == node)
			return true;
	}
	return false;
}

static bool append(struct xsim_nodes *set, struct xsim_node *node)
{
	if (set->count == set->room) {
		uint32_t more = set->room ? 2 * set->room : 4;
		struct xsim_node **grown = realloc(set->item, more * sizeof(struct xsim_node *));

		if (!grown)
			return false;
		set->item = grown;
		set->room = more;
	}
	set->item[set->count++] = node;
	return true;
}

bool xsim_nodes_add(struct xsim_nodes *set, struct xsim_node *node)
{
	return xsim_nodes_has(set, node) || append(set, node);
}

void xsim_nodes_clear(struct xsim_nodes *set)
{
	free(set->item);
	*set = (struct xsim_nodes){ NULL, 0, 0 };
}

bool xsim_nodes_copy(struct xsim_nodes *to, const struct xsim_nodes *from)
{
	to->count = 0;
	for (uint32_t i = 0; i < from->count; i++) {
		if (!append(to, from->item[i]))
			return false;
	}
	return true;
}

static void take_out(struct xsim_nodes *set, struct xsim_node *node)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->item[i] != node)
			continue;
		set->count--;
		memmove(&set->item[i], &set->item[i + 1],
			(set->count - i) * sizeof(struct xsim_node *));
		return;
	}
}

struct xsim_graph *xsim_graph_create(void)
{
	struct xsim_graph *graph = xsim_handle_alloc(XSIM_KIND_GRAPH, sizeof(*graph), NULL);

	if (graph) {
		graph->nodes = (struct xsim_nodes){ NULL, 0, 0 };
		graph->child = false;
	}
	return graph;
}

static void free_node(struct xsim_node *node)
{
	xsim_op_drop(&node->op);
	if (node->child)
		xsim_graph_destroy(node->child);
	node->child = NULL;
	xsim_nodes_clear(&node->deps);
	free(node->extra);
	node->extra = NULL;
	xsim_handle_free(XSIM_KIND_NODE, node);
}

void xsim_graph_destroy(struct xsim_graph *graph)
{
	for (uint32_t i = 0; i < graph->nodes.count; i++)
		free_node(graph->nodes.item[i]);
	xsim_nodes_clear(&graph->nodes);
	xsim_handle_free(XSIM_KIND_GRAPH, graph);
}

struct xsim_node *xsim_graph_add(struct xsim_graph *graph, int type, struct xsim_op *op,
	struct xsim_node *const *deps, size_t count)
{
	struct xsim_node *node = xsim_handle_alloc(XSIM_KIND_NODE, sizeof(*node), NULL);

	if (!node)
		return NULL;
	node->graph = graph;
	node->type = type;
	node->op = *op;
	node->child = NULL;
	node->origin = NULL;
	node->extra = NULL;
	node->enabled = true;
	node->deps = (struct xsim_nodes){ NULL, 0, 0 };
	for (size_t i = 0; i < count; i++)
		xsim_nodes_add(&node->deps, deps[i]);
	if (!append(&graph->nodes, node)) {
		xsim_nodes_clear(&node->deps);
		xsim_handle_free(XSIM_KIND_NODE, node);
		return NULL;
	}
	return node;
}

void xsim_graph_remove(struct xsim_node *node)
{
	struct xsim_graph *graph = node->graph;

	take_out(&graph->nodes, node);
	for (uint32_t i = 0; i < graph->nodes.count; i++)
		take_out(&graph->nodes.item[i]->deps, node);
	free_node(node);
}

struct xsim_graph *xsim_graph_clone(struct xsim_graph *graph)
{
	struct xsim_graph *copy = xsim_graph_create();

	if (!copy)
		return NULL;
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		struct xsim_node *from = graph->nodes.item[i];
		struct xsim_op op;
		struct xsim_node *to = NULL;

		if (xsim_op_clone(&op, &from->op) == XSIM_OK)
			to = xsim_graph_add(copy, from->type, &op, NULL, 0);
		if (!to)
			goto out_destroy;
		to->origin = from;
		to->enabled = from->enabled;
		from->mark = i;
		if (from->child) {
			to->child = xsim_graph_clone(from->child);
			if (!to->child)
				goto out_destroy;
			to->child->child = true;
		}
	}
	/* Edges may lead to nodes that were created later. */
	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		struct xsim_nodes *deps = &graph->nodes.item[i]->deps;

		for (uint32_t d = 0; d < deps->count; d++)
			append(&copy->nodes.item[i]->deps, copy->nodes.item[deps->item[d]->mark]);
	}
	return copy;
out_destroy:
	xsim_graph_destroy(copy);
	return NULL;
}

bool xsim_graph_precedes(const struct xsim_node *node, const struct xsim_nodes *set)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->item[i] == node || xsim_graph_precedes(node, &set->item[i]->deps))
			return true;
	}
	return false;
}

static uint32_t count_ops(const struct xsim_graph *graph)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < graph->nodes.count; i++) {
		const struct xsim_node *node = graph->nodes.item[i];

		count += node->child ? count_ops(node->child) : 1;
	}
	return count;
}

static bool deps_done(const struct xsim_node *node)
{
	for (uint32_t i = 0; i < node->deps.count; i++) {
		if (!node->deps.item[i]->mark)
			return false;
	}
	return true;
}

/* Appends the operations of graph to plan in topological order. */
static int flatten(struct xsim_graph *graph, struct xsim_plan *plan)
{
	uint32_t left = graph->nodes.count;

	for (uint32_t i = 0; i < graph->nodes.count; i++)
		graph->nodes.item[i]->mark = 0;
	while (left) {
		uint32_t before = left;

		for (uint32_t i = 0; i < graph->nodes.count; i++) {
			struct xsim_node *node = graph->nodes.item[i];

			if (node->mark || !deps_done(node))
				continue;
			node->mark = 1;
			left--;
			if (node->child) {
				int result = flatten(node->child, plan);

				if (result)
					return result;
				continue;
			}
			struct xsim_op *op = &plan->op[plan->count];
			if (xsim_op_clone(op, &node->op))
				return XSIM_OUT_OF_MEMORY;
			if (!node->enabled) {
				xsim_op_drop(op);
				op->kind = XSIM_OP_EMPTY;
			}
			plan->node[plan->count++] = node;
		}
		if (left == before)
			return XSIM_INVALID_VALUE; /* a cycle */
	}
	return XSIM_OK;
}

static struct xsim_plan *new_plan(uint32_t count)
{
	struct xsim_plan *plan = NULL;

	/* Operations want more alignment than malloc() gives to what follows a header. */
	if (posix_memalign((void **)&plan, 64, sizeof(*plan) + count * sizeof(struct xsim_op)))
		return NULL;
	memset(plan, 0, sizeof(*plan));
	xs_store_relaxed(&plan->refs, 1);
	plan->node = calloc(count + 1, sizeof(struct xsim_node *));
	if (plan->node)
		return plan;
	free(plan);
	return NULL;
}

int xsim_plan_create(struct xsim_graph *graph, struct xsim_plan **out)
{
	struct xsim_plan *plan = new_plan(count_ops(graph));
	int result = plan ? flatten(graph, plan) : XSIM_OUT_OF_MEMORY;

	if (!plan)
		return result;
	if (result) {
		xsim_plan_unref(plan);
		return result;
	}
	*out = plan;
	return XSIM_OK;
}

int xsim_plan_replace(struct xsim_plan *plan, const struct xsim_node *node,
	const struct xsim_op *op, struct xsim_plan **out)
{
	struct xsim_plan *copy = new_plan(plan->count);
	int result = XSIM_INVALID_VALUE;

	if (!copy)
		return XSIM_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < plan->count; i++) {
		bool here = plan->node[i] == node;

		copy->node[i] = plan->node[i];
		if (xsim_op_clone(&copy->op[i], here ? op : &plan->op[i])) {
			xsim_plan_unref(copy);
			return XSIM_OUT_OF_MEMORY;
		}
		copy->count++;
		if (here)
			result = XSIM_OK;
	}
	if (result)
		xsim_plan_unref(copy);
	else
		*out = copy;
	return result;
}

void xsim_plan_ref(struct xsim_plan *plan)
{
	xs_add_relaxed(&plan->refs, 1);
}

void xsim_plan_unref(struct xsim_plan *plan)
{
	if (xs_sub_full(&plan->refs, 1) != 1)
		return;
	for (uint32_t i = 0; i < plan->count; i++)
		xsim_op_drop(&plan->op[i]);
	free(plan->node);
	free(plan);
}
