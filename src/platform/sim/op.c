/* SPDX-License-Identifier: Apache-2.0 */
/* What operations own, how long they take and what they do to memory. */
#include "platform/sim/op.h"

#include <stdlib.h>
#include <string.h>

#include "platform/sim/config.h"
#include "platform/sim/error.h"
#include "platform/sim/event.h"
#include "platform/sim/kernel.h"

int xsim_op_set_heap(struct xsim_op *op, const void *bytes, size_t count)
{
	op->heap = malloc(count ? count : 1);
	if (!op->heap)
		return XSIM_OUT_OF_MEMORY;
	op->heap_bytes = count;
	if (bytes)
		memcpy(op->heap, bytes, count);
	return XSIM_OK;
}

int xsim_op_clone(struct xsim_op *to, const struct xsim_op *from)
{
	*to = *from;
	if (from->heap && xsim_op_set_heap(to, from->heap, from->heap_bytes)) {
		to->kind = XSIM_OP_EMPTY;
		return XSIM_OUT_OF_MEMORY;
	}
	if (from->kind == XSIM_OP_RECORD)
		xsim_event_ref(from->record.event);
	if (from->kind == XSIM_OP_WAIT && from->wait.event)
		xsim_event_ref(from->wait.event);
	if (from->kind == XSIM_OP_GRAPH)
		xsim_plan_ref(from->graph.plan);
	return XSIM_OK;
}

void xsim_op_drop(struct xsim_op *op)
{
	free(op->heap);
	op->heap = NULL;
	if (op->kind == XSIM_OP_RECORD)
		xsim_event_unref(op->record.event);
	if (op->kind == XSIM_OP_WAIT && op->wait.event)
		xsim_event_unref(op->wait.event);
	if (op->kind == XSIM_OP_GRAPH)
		xsim_plan_unref(op->graph.plan);
	op->kind = XSIM_OP_EMPTY;
}

static struct xsim_launch launch_of(const struct xsim_op *op)
{
	struct xsim_launch launch = {
		.params = xsim_op_params(op),
		.shared_bytes = op->kernel.shared_bytes,
	};

	memcpy(launch.grid, op->kernel.grid, sizeof(launch.grid));
	memcpy(launch.block, op->kernel.block, sizeof(launch.block));
	return launch;
}

uint64_t xsim_op_duration_ns(const struct xsim_op *op)
{
	const struct xsim_config *c = &xsim_config;
	uint64_t bytes;

	switch (op->kind) {
	case XSIM_OP_KERNEL: {
		const struct xsim_function *function = op->kernel.function;

		if (function->kernel.duration) {
			struct xsim_launch launch = launch_of(op);

			return function->kernel.duration(&launch);
		}
		return function->fixed_ns ? function->fixed_ns : c->kernel_ns;
	}
	case XSIM_OP_COPY:
		bytes = op->copy.width * op->copy.height * op->copy.depth;
		return c->copy_ns +
		       bytes * 1000 /
			       (op->unit == XSIM_UNIT_COMPUTE ? c->device_mbps : c->copy_mbps);
	case XSIM_OP_FILL:
		bytes = op->fill.width * op->fill.height * op->fill.element;
		return c->copy_ns + bytes * 1000 / c->device_mbps;
	default:
		return 0;
	}
}

static void copy(const struct xsim_op *op)
{
	const char *src = op->copy.src ? op->copy.src : op->heap;
	char *dst = op->copy.dst;

	for (size_t z = 0; z < op->copy.depth; z++) {
		for (size_t y = 0; y < op->copy.height; y++)
			memmove(dst + z * op->copy.dst_slice + y * op->copy.dst_pitch,
				src + z * op->copy.src_slice + y * op->copy.src_pitch,
				op->copy.width);
	}
}

static void fill(const struct xsim_op *op)
{
	for (size_t y = 0; y < op->fill.height; y++) {
		char *row = (char *)op->fill.dst + y * op->fill.pitch;

		if (op->fill.element == 1) {
			memset(row, (int)op->fill.value, op->fill.width);
			continue;
		}
		for (size_t x = 0; x < op->fill.width; x++)
			memcpy(row + x * op->fill.element, &op->fill.value, op->fill.element);
	}
}

int xsim_op_perform(const struct xsim_op *op)
{
	if (op->kind == XSIM_OP_COPY)
		copy(op);
	if (op->kind == XSIM_OP_FILL)
		fill(op);
	if (op->kind == XSIM_OP_KERNEL && op->kernel.function->kernel.run) {
		struct xsim_launch launch = launch_of(op);

		return op->kernel.function->kernel.run(&launch);
	}
	return XSIM_OK;
}
