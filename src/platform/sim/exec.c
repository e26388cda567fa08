/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instantiated graphs. An instance holds a plan, which is immutable: a change makes a new one, and
 * launches in flight keep the one that they started with.
 */
#include "platform/sim/build.h"
#include "platform/sim/config.h"
#include "platform/sim/submit.h"

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

static int make_plan(void *graph, struct xsim_plan **plan)
{
	if (!xsim_graph_of(graph))
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	int result = xsim_plan_create(graph, plan);
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_exec_create(void *graph, unsigned long long flags, void **out)
{
	struct xsim_plan *plan;
	int result = out ? make_plan(graph, &plan) : XSIM_INVALID_VALUE;

	if (result)
		return result;
	struct xsim_exec *exec = xsim_handle_alloc(XSIM_KIND_EXEC, sizeof(*exec), NULL);
	if (!exec) {
		xsim_plan_unref(plan);
		return XSIM_OUT_OF_MEMORY;
	}
	exec->plan = plan;
	exec->flags = flags;
	*out = exec;
	return XSIM_OK;
}

int xsim_exec_destroy(void *handle)
{
	struct xsim_exec *exec = xsim_exec_of(handle);

	if (!exec)
		return XSIM_INVALID_VALUE;
	xsim_handle_kill(exec);
	set_plan(exec, NULL);
	xsim_handle_free(XSIM_KIND_EXEC, exec);
	return XSIM_OK;
}

int xsim_exec_launch(void *exec, struct xsim_stream *stream)
{
	int result = xsim_exec_of(exec) ? xsim_capture_touch_stream(stream) : XSIM_INVALID_VALUE;

	if (result || xsim_config.discard)
		return result;
	struct xsim_op op = { .kind = XSIM_OP_GRAPH, .graph.plan = get_plan(exec) };
	return xsim_submit(stream, XSIM_NODE_GRAPH, &op);
}

int xsim_exec_upload(void *exec, struct xsim_stream *stream)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	int result = xsim_exec_of(exec) ? xsim_capture_touch_stream(stream) : XSIM_INVALID_VALUE;

	return result ? result : xsim_submit(stream, XSIM_NODE_EMPTY, &op);
}

int xsim_exec_update(void *handle, void *graph, int *reason, void **node)
{
	struct xsim_exec *exec = xsim_exec_of(handle);
	struct xsim_plan *plan;
	int result = exec ? make_plan(graph, &plan) : XSIM_INVALID_VALUE;

	*reason = 0;
	*node = NULL;
	if (result)
		return result;
	struct xsim_plan *old = get_plan(exec);
	if (plan->count != old->count)
		*reason = 2;
	for (uint32_t i = 0; !*reason && i < plan->count; i++) {
		if (plan->op[i].kind == old->op[i].kind) {
			plan->node[i] = old->node[i]; /* the instance is changed by its old nodes */
			continue;
		}
		*reason = 3;
		*node = plan->node[i];
	}
	xsim_plan_unref(old);
	if (*reason) {
		xsim_plan_unref(plan);
		return XSIM_GRAPH_UPDATE_FAILURE;
	}
	set_plan(exec, plan);
	return XSIM_OK;
}

int xsim_exec_change(void *handle, void *node, struct xsim_op *op)
{
	struct xsim_exec *exec = xsim_exec_of(handle);
	struct xsim_plan *plan;
	int result = XSIM_INVALID_VALUE;

	if (exec) {
		struct xsim_plan *old = get_plan(exec);

		result = xsim_plan_replace(old, node, op, &plan);
		xsim_plan_unref(old);
		if (!result)
			set_plan(exec, plan);
	}
	xsim_op_drop(op);
	return result;
}
