/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations. See memop.h. */
#include "platform/sim/memop.h"

#include "platform/sim/context.h"
#include "platform/sim/stream.h"

#define MOST 256 /* in one call */

int xsim_memop_init(struct xsim_memop *memop, bool wait, bool wide, uint64_t address,
	uint64_t value, unsigned int condition)
{
	unsigned int size = wide ? 8 : 4;

	if (address % size || !xsim_memory_find(address, size, NULL) || condition > XSIM_WAIT_NOR)
		return XSIM_INVALID_VALUE;
	*memop = (struct xsim_memop){ .wait = wait,
		.wide = wide,
		.condition = (uint8_t)condition,
		.address = (void *)(uintptr_t)address,
		.value = value,
		.mask = UINT64_MAX };
	return XSIM_OK;
}

int xsim_memops_op(struct xsim_op *op, unsigned int count, const void *params, xsim_memops_add add)
{
	int result = XSIM_OK;

	*op = (struct xsim_op){ .kind = XSIM_OP_MEMOPS };
	if (!count || count > MOST || !params)
		return XSIM_INVALID_VALUE;
	if (xsim_op_set_heap(op, NULL, count * sizeof(struct xsim_memop)))
		return XSIM_OUT_OF_MEMORY;
	for (unsigned int i = 0; !result && i < count; i++)
		result = add(op, params, i);
	if (result)
		xsim_op_drop(op);
	return result;
}

/* --- executing ---------------------------------------------------------------------------------- */

static bool holds(const struct xsim_memop *memop)
{
	uint64_t seen = memop->wide ? xs_load_acquire((_Atomic uint64_t *)memop->address)
				    : xs_load_acquire((_Atomic uint32_t *)memop->address);
	uint64_t value = memop->wide ? memop->value : (uint32_t)memop->value;

	seen &= memop->mask;
	switch (memop->condition) {
	case XSIM_WAIT_EQ:
		return seen == value;
	case XSIM_WAIT_AND:
		return seen & value;
	case XSIM_WAIT_NOR:
		return memop->wide ? ~(seen | value) : (uint32_t) ~(seen | value);
	default: /* cyclic: ahead by less than half the range */
		return memop->wide ? (int64_t)(seen - value) >= 0
				   : (int32_t)(uint32_t)(seen - value) >= 0;
	}
}

/* Memory may have been freed, or lost its registration, since the batch was submitted. */
static bool reaches(struct xsim_stream *stream, const struct xsim_memop *memop)
{
	if (xsim_memory_find((uintptr_t)memop->address, memop->wide ? 8 : 4, NULL))
		return true;
	xs_store_release(&stream->context->error, XSIM_ILLEGAL_ADDRESS);
	return false;
}

bool xsim_memops_pass(struct xsim_stream *stream, struct xsim_op *op)
{
	struct xsim_memop *memops = op->heap;

	for (; stream->memop_index < op->memops.count; stream->memop_index++) {
		struct xsim_memop *memop = &memops[stream->memop_index];

		if (!reaches(stream, memop))
			return true;
		if (memop->wait && !holds(memop))
			return false;
		if (memop->wait)
			continue;
		if (memop->wide)
			xs_store_release((_Atomic uint64_t *)memop->address, memop->value);
		else
			xs_store_release(
				(_Atomic uint32_t *)memop->address, (uint32_t)memop->value);
	}
	return true;
}
