/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One operation of the device: what a stream's ring and a graph's plan consist of.
 *
 * An operation is immutable once it is queued; where the engine stands inside it (node of a graph,
 * element of a batch) is kept in the stream. It owns its heap block, and a reference to the event
 * or plan that it names: xsim_op_clone() and xsim_op_drop() look after these.
 */
#ifndef XS_SIM_OP_H
#define XS_SIM_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xsim_stream;
struct xsim_event;
struct xsim_function;
struct xsim_plan;

#define XSIM_INLINE_PARAMS 112

enum xsim_op_kind {
	XSIM_OP_EMPTY, /* only takes its place in the order */
	XSIM_OP_KERNEL,
	XSIM_OP_COPY,
	XSIM_OP_FILL,
	XSIM_OP_HOST,   /* a function of the application, on the callback thread */
	XSIM_OP_RECORD, /* an event */
	XSIM_OP_WAIT,   /* for a point of another stream */
	XSIM_OP_MEMOPS, /* writes to and waits for words of memory */
	XSIM_OP_GRAPH,
	XSIM_OP_RELEASE, /* stream-ordered free */
};

/* What an operation occupies while it runs. */
enum xsim_unit { XSIM_UNIT_COMPUTE, XSIM_UNIT_UP, XSIM_UNIT_DOWN, XSIM_UNITS };

/* Reached as soon as stream->completed >= seq. Streams are type-stable and their counters never
 * go back, so a point needs no reference. */
struct xsim_point {
	struct xsim_stream *stream;
	uint64_t seq;
};

enum xsim_condition { XSIM_WAIT_GEQ, XSIM_WAIT_EQ, XSIM_WAIT_AND, XSIM_WAIT_NOR };

struct xsim_memop {
	bool wait, wide; /* wide: 64 bits */
	uint8_t condition;
	void *address;
	uint64_t value;
	uint64_t mask; /* of what a wait looks at */
};

struct xsim_op {
	uint8_t kind;
	uint8_t unit;
	size_t heap_bytes;
	void *heap; /* owned: large parameters, a batch of memory operations, a staged source */
	union {
		struct {
			struct xsim_function *function;
			uint32_t grid[3], block[3];
			uint32_t shared_bytes;
			uint32_t param_bytes; /* in params, or in heap if they do not fit */
		} kernel;
		struct {
			void *dst;
			const void *src; /* NULL: the heap block */
			size_t dst_pitch, src_pitch, dst_slice, src_slice;
			size_t width, height, depth;
		} copy;
		struct {
			void *dst;
			size_t pitch, width, height; /* width in elements */
			uint32_t value, element;     /* element: 1, 2 or 4 bytes */
		} fill;
		struct {
			void (*function)(void *data);
			void (*callback)(void *stream, int status, void *data); /* the other form */
			void *data;
			void *stream; /* handle as the application gave it */
		} host;
		struct {
			struct xsim_event *event;
		} record;
		struct {
			struct xsim_point point;
			struct xsim_event *event; /* graph nodes: resolved at launch */
		} wait;
		struct {
			uint32_t count; /* elements of type struct xsim_memop in heap */
		} memops;
		struct {
			struct xsim_plan *plan;
		} graph;
		struct {
			uint64_t address;
		} release;
	};
	_Alignas(16) unsigned char params[XSIM_INLINE_PARAMS];
};

static inline const void *xsim_op_params(const struct xsim_op *op)
{
	return op->heap ? op->heap : op->params;
}

/* Gives op a heap block of its own with these bytes (NULL: uninitialised). XSIM_OUT_OF_MEMORY. */
int xsim_op_set_heap(struct xsim_op *op, const void *bytes, size_t count);

/* Copies from into to with a heap block and references of its own. XSIM_OUT_OF_MEMORY. */
int xsim_op_clone(struct xsim_op *to, const struct xsim_op *from);

/* Gives up what op owns. */
void xsim_op_drop(struct xsim_op *op);

/* How long op occupies its unit, in nanoseconds of device time. */
uint64_t xsim_op_duration_ns(const struct xsim_op *op);

/* Moves the data or computes. Engine thread. Returns 0 or the sticky error of the context. */
int xsim_op_perform(const struct xsim_op *op);

#endif
