/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs as a front door sees them: handles are checked, xsim_lock is taken here. Arrays of handles
 * come and go as void *. A count that is too small gives as many as fit.
 */
#ifndef XS_SIM_BUILD_H
#define XS_SIM_BUILD_H

#include "platform/sim/graph.h"

struct xsim_stream;

static inline struct xsim_graph *xsim_graph_of(const void *handle)
{
	return xsim_handle_is(handle, XSIM_KIND_GRAPH) ? (struct xsim_graph *)(uintptr_t)handle
						       : NULL;
}

static inline struct xsim_node *xsim_node_of(const void *handle)
{
	return xsim_handle_is(handle, XSIM_KIND_NODE) ? (struct xsim_node *)(uintptr_t)handle
						      : NULL;
}

static inline struct xsim_exec *xsim_exec_of(const void *handle)
{
	return xsim_handle_is(handle, XSIM_KIND_EXEC) ? (struct xsim_exec *)(uintptr_t)handle
						      : NULL;
}

/* All return XSIM_INVALID_VALUE for a handle that is none. */
int xsim_build_create(void **graph);
int xsim_build_destroy(void *graph);
int xsim_build_clone(void *graph, void **clone);
int xsim_build_find_clone(void *clone, void *node, void **out);

/* Adds a node; what op owns passes on in any case. */
int xsim_build_add(
	void *graph, void *const *deps, size_t count, int type, struct xsim_op *op, void **out);
int xsim_build_add_child(void *graph, void *const *deps, size_t count, void *child, void **out);
int xsim_build_add_event(
	void *graph, void *const *deps, size_t count, int type, void *event, void **out);
int xsim_build_remove(void *node);
int xsim_build_connect(void *graph, void *const *from, void *const *to, size_t count);
int xsim_build_disconnect(void *graph, void *const *from, void *const *to, size_t count);

int xsim_build_nodes(void *graph, void **nodes, size_t *count);
int xsim_build_roots(void *graph, void **nodes, size_t *count);
int xsim_build_edges(void *graph, void **from, void **to, size_t *count);
int xsim_build_dependencies(void *node, void **nodes, size_t *count);
int xsim_build_dependents(void *node, void **nodes, size_t *count);

/* The operation of a node of that type becomes op. */
int xsim_build_replace(void *node, int type, struct xsim_op *op);

/* The addresses of a kernel node's parameters; they live until the next question or the node's
 * end. NULL: no kernel node, or no memory. */
void **xsim_build_params(void *node);

/* --- instances -------------------------------------------------------------------------------- */

int xsim_exec_create(void *graph, unsigned long long flags, void **out);
int xsim_exec_destroy(void *exec);
int xsim_exec_launch(void *exec, struct xsim_stream *stream);
int xsim_exec_upload(void *exec, struct xsim_stream *stream);

/* XSIM_GRAPH_UPDATE_FAILURE, with *reason 2: other number of nodes, 3: other type of *node. */
int xsim_exec_update(void *exec, void *graph, int *reason, void **node);

/* Replaces the operation of one node; what op owns is given up in any case. */
int xsim_exec_change(void *exec, void *node, struct xsim_op *op);

#endif
