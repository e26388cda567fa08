/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs, their nodes, and plans: the immutable, topologically ordered list of operations that an
 * instantiated graph launches as one command. All functions need xsim_lock unless they say
 * otherwise.
 */
#ifndef XS_SIM_GRAPH_H
#define XS_SIM_GRAPH_H

#include "base/futex.h"
#include "platform/sim/handle.h"
#include "platform/sim/op.h"

struct xsim_node;

/* Types of nodes, numbered as by the vendors. */
enum xsim_node_type {
	XSIM_NODE_KERNEL = 0,
	XSIM_NODE_COPY = 1,
	XSIM_NODE_FILL = 2,
	XSIM_NODE_HOST = 3,
	XSIM_NODE_GRAPH = 4,
	XSIM_NODE_EMPTY = 5,
	XSIM_NODE_WAIT = 6,
	XSIM_NODE_RECORD = 7,
	XSIM_NODE_ALLOC = 10,
	XSIM_NODE_FREE = 11,
	XSIM_NODE_MEMOPS = 14,
};

struct xsim_nodes {
	struct xsim_node **item;
	uint32_t count, room;
};

struct xsim_graph {
	struct xsim_handle handle;
	struct xsim_nodes nodes; /* owned, in order of creation */
	bool child;              /* belongs to a node */
};

struct xsim_node {
	struct xsim_handle handle;
	struct xsim_graph *graph;
	int type; /* enum xsim_node_type */
	struct xsim_op op;
	struct xsim_graph *child; /* owned */
	struct xsim_nodes deps;
	struct xsim_node *origin; /* in the graph that this one was cloned from */
	uint32_t mark;
	bool enabled;
	void *extra; /* owned: what the front door needs to give the parameters back */
};

struct xsim_plan {
	_Atomic uint32_t refs;
	uint32_t count;
	struct xsim_node **node; /* the node each operation came from; may be dead, only compared */
	struct xsim_op op[];
};

struct xsim_exec {
	struct xsim_handle handle;
	struct xs_mutex lock;
	struct xsim_plan *plan; /* [lock] */
	unsigned long long flags;
};

bool xsim_nodes_add(struct xsim_nodes *set, struct xsim_node *node); /* once; false: no memory */
bool xsim_nodes_copy(struct xsim_nodes *to, const struct xsim_nodes *from);
bool xsim_nodes_has(const struct xsim_nodes *set, const struct xsim_node *node);
void xsim_nodes_clear(struct xsim_nodes *set);

struct xsim_graph *xsim_graph_create(void);
void xsim_graph_destroy(struct xsim_graph *graph);
struct xsim_graph *xsim_graph_clone(struct xsim_graph *graph);

/* op and what it owns pass to the node. NULL: no memory. */
struct xsim_node *xsim_graph_add(struct xsim_graph *graph, int type, struct xsim_op *op,
	struct xsim_node *const *deps, size_t count);
void xsim_graph_remove(struct xsim_node *node);

/* True if node is one of set or comes before one of them. */
bool xsim_graph_precedes(const struct xsim_node *node, const struct xsim_nodes *set);

/* Orders the nodes. XSIM_INVALID_VALUE for a cycle, XSIM_OUT_OF_MEMORY. */
int xsim_plan_create(struct xsim_graph *graph, struct xsim_plan **out);

/* A copy of plan with a copy of op as the operation of node. XSIM_INVALID_VALUE: no such node. */
int xsim_plan_replace(struct xsim_plan *plan, const struct xsim_node *node,
	const struct xsim_op *op, struct xsim_plan **out);
void xsim_plan_ref(struct xsim_plan *plan);   /* no lock */
void xsim_plan_unref(struct xsim_plan *plan); /* no lock */

#endif
