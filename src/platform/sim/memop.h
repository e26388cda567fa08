/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations: writes to and waits for words, in the order of a stream. */
#ifndef XS_SIM_MEMOP_H
#define XS_SIM_MEMOP_H

#include "platform/sim/op.h"

struct xsim_stream;

/* One write to or wait for a word. XSIM_INVALID_VALUE: not aligned, or no memory of the device or
 * pinned memory. */
int xsim_memop_init(struct xsim_memop *memop, bool wait, bool wide, uint64_t address,
	uint64_t value, unsigned int condition);

/* Adds what one of a front door's parameters asks for to op; where, says xsim_memops_next(). */
typedef int (*xsim_memops_add)(struct xsim_op *op, const void *params, unsigned int index);

/* Fills op from count parameters. XSIM_INVALID_VALUE, XSIM_OUT_OF_MEMORY, or what add says. */
int xsim_memops_op(struct xsim_op *op, unsigned int count, const void *params, xsim_memops_add add);

/* [engine] Goes through the batch at the head of the stream as far as it is open. True when it is
 * through, or has failed. */
bool xsim_memops_pass(struct xsim_stream *stream, struct xsim_op *op);

static inline struct xsim_memop *xsim_memops_next(struct xsim_op *op)
{
	return (struct xsim_memop *)op->heap + op->memops.count++;
}

#endif
