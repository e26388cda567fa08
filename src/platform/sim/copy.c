/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything is brought into the form of a three-dimensional copy. Addresses decide the direction:
 * what is not in the registry is pageable memory of the host.
 */
#include "platform/sim/copy.h"

#include "platform/sim/memory.h"
#include "platform/sim/submit.h"

static bool is_device(uint64_t address, uint64_t bytes)
{
	struct xsim_range range;

	return xsim_memory_find(address, bytes, &range) && range.type != XSIM_MEMORY_PINNED &&
	       range.type != XSIM_MEMORY_REGISTERED;
}

static bool is_pageable(const void *address)
{
	return !xsim_memory_find((uintptr_t)address, 1, NULL);
}

/* Bytes from the first to behind the last that one side of the copy touches. */
static uint64_t extent(size_t pitch, size_t slice, const struct xsim_op *op)
{
	return (op->copy.depth - 1) * slice + (op->copy.height - 1) * pitch + op->copy.width;
}

/* Chooses the unit; refuses an address that should be on the device and is not. */
static int check_sides(struct xsim_op *op, enum xsim_side dst_side, enum xsim_side src_side)
{
	uint64_t dst_bytes = extent(op->copy.dst_pitch, op->copy.dst_slice, op);
	uint64_t src_bytes = extent(op->copy.src_pitch, op->copy.src_slice, op);
	uint64_t dst = (uintptr_t)op->copy.dst, src = (uintptr_t)op->copy.src;
	bool to = is_device(dst, dst_bytes), from = is_device(src, src_bytes);

	if (!dst || !src)
		return XSIM_INVALID_VALUE;
	if (dst_side == XSIM_SIDE_DEVICE && !to && !xsim_memory_find(dst, dst_bytes, NULL))
		return XSIM_INVALID_VALUE;
	if (src_side == XSIM_SIDE_DEVICE && !from && !xsim_memory_find(src, src_bytes, NULL))
		return XSIM_INVALID_VALUE;
	op->unit = to == from ? XSIM_UNIT_COMPUTE : to ? XSIM_UNIT_UP : XSIM_UNIT_DOWN;
	return XSIM_OK;
}

int xsim_copy_op(struct xsim_op *op, const struct xsim_copy *c)
{
	size_t src_pitch = c->src.pitch ? c->src.pitch : c->width;
	size_t dst_pitch = c->dst.pitch ? c->dst.pitch : c->width;
	size_t src_slice = src_pitch * (c->src.rows ? c->src.rows : c->height);
	size_t dst_slice = dst_pitch * (c->dst.rows ? c->dst.rows : c->height);
	const char *src = (const char *)(uintptr_t)c->src.address;
	char *dst = (char *)(uintptr_t)c->dst.address;

	if (c->height > 1 && (src_pitch < c->width || dst_pitch < c->width))
		return XSIM_INVALID_VALUE;
	if (!c->width || !c->height || !c->depth) {
		*op = (struct xsim_op){ .kind = XSIM_OP_EMPTY };
		return XSIM_OK;
	}
	if (!src || !dst)
		return XSIM_INVALID_VALUE; /* there is nothing behind null that an offset leads to */
	*op = (struct xsim_op){
		.kind = XSIM_OP_COPY,
		.copy = {
			.src = src + c->src.x + c->src.y * src_pitch + c->src.z * src_slice,
			.dst = dst + c->dst.x + c->dst.y * dst_pitch + c->dst.z * dst_slice,
			.src_pitch = src_pitch, .dst_pitch = dst_pitch,
			.src_slice = src_slice, .dst_slice = dst_slice,
			.width = c->width, .height = c->height, .depth = c->depth,
		},
	};
	return check_sides(op, c->dst.side, c->src.side);
}

int xsim_linear_op(struct xsim_op *op, uint64_t dst, uint64_t src, size_t bytes,
	enum xsim_side dst_side, enum xsim_side src_side)
{
	return xsim_copy_op(op, &(struct xsim_copy){ .dst = { .side = dst_side, .address = dst },
					.src = { .side = src_side, .address = src },
					.width = bytes,
					.height = 1,
					.depth = 1 });
}

/* Replaces the source of the copy by a copy of it that the operation owns. */
static int stage(struct xsim_op *op)
{
	uint64_t bytes = extent(op->copy.src_pitch, op->copy.src_slice, op);

	if (xsim_op_set_heap(op, op->copy.src, bytes))
		return XSIM_OUT_OF_MEMORY;
	op->copy.src = NULL;
	return XSIM_OK;
}

int xsim_submit_copy(struct xsim_stream *stream, struct xsim_op *op, bool async)
{
	bool empty = op->kind == XSIM_OP_EMPTY;
	bool captured = xs_load_relaxed(&stream->capture) != NULL;
	int result = XSIM_OK;

	if (!async) {
		if (!empty && op->unit == XSIM_UNIT_COMPUTE && !is_pageable(op->copy.dst) &&
			!is_pageable(op->copy.src)) {
			/* Between device addresses the host does not wait. */
			result = xsim_capture_touch_unsafe();
			return result ? result : xsim_submit(stream, XSIM_NODE_COPY, op);
		}
		return xsim_submit_wait(stream, op);
	}
	if (!empty && !captured && is_pageable(op->copy.dst))
		return xsim_submit_wait(stream, op);
	if (!empty && !captured && is_pageable(op->copy.src))
		result = stage(op);
	return result ? result : xsim_submit(stream, XSIM_NODE_COPY, op);
}

int xsim_fill_op(struct xsim_op *op, uint64_t dst, size_t pitch, unsigned int value,
	unsigned int element, size_t width, size_t height)
{
	*op = (struct xsim_op){ .kind = XSIM_OP_EMPTY };
	if (element != 1 && element != 2 && element != 4)
		return XSIM_INVALID_VALUE;
	if (!width || !height)
		return XSIM_OK;
	if (height > 1 && pitch < width * element)
		return XSIM_INVALID_VALUE;
	if (dst % element || !xsim_memory_find(dst, (height - 1) * pitch + width * element, NULL))
		return XSIM_INVALID_VALUE;
	op->kind = XSIM_OP_FILL;
	op->fill.dst = (void *)(uintptr_t)dst;
	op->fill.pitch = pitch;
	op->fill.width = width;
	op->fill.height = height;
	op->fill.value = value;
	op->fill.element = element;
	return XSIM_OK;
}
