/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations. See memop.h. */
#include "platform/sim/memop.h"

#include "platform/sim/error.h"
#include "platform/sim/memory.h"

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
