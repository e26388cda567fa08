/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels become operations: the fast path of the device. */
#include "platform/sim/launch.h"

#include <string.h>

#include "base/clock.h"
#include "platform/sim/config.h"
#include "platform/sim/error.h"
#include "platform/sim/record.h"
#include "platform/sim/submit.h"

#define BUFFER_POINTER ((void *)1)
#define LIST_END       ((void *)3) /* of HIP; CUDA's list ends with NULL */

static int injected_fault(const struct xsim_launch *launch)
{
	(void)launch;
	return XSIM_LAUNCH_FAILED;
}

/* What a kernel becomes that XSIM_FAIL=async:N=... makes fail. Never changes. */
static struct xsim_function faulty = { .kernel = { "injected fault", injected_fault, NULL, "" } };

/* Gathers the parameters behind each other, from the array of addresses or from the one buffer. */
static int gather(
	struct xsim_op *op, const struct xsim_function *function, void **params, void **extra)
{
	unsigned char *to = op->params;
	const char *buffer = NULL;

	op->kernel.param_bytes = function->param_bytes;
	if (!function->param_count)
		return XSIM_OK;
	if (function->param_bytes > XSIM_INLINE_PARAMS) {
		if (xsim_op_set_heap(op, NULL, function->param_bytes))
			return XSIM_OUT_OF_MEMORY;
		to = op->heap;
	}
	for (; !params && extra && *extra && *extra != LIST_END; extra += 2) {
		if (extra[0] == BUFFER_POINTER)
			buffer = extra[1];
	}
	if (buffer) {
		memcpy(to, buffer, function->param_bytes);
		return XSIM_OK;
	}
	if (!params) {
		xsim_op_drop(op);
		return XSIM_INVALID_VALUE;
	}
	for (uint32_t i = 0; i < function->param_count; i++) {
		if (function->size[i] == 8)
			memcpy(to + function->offset[i], params[i], 8);
		else if (function->size[i] == 4)
			memcpy(to + function->offset[i], params[i], 4);
		else
			memcpy(to + function->offset[i], params[i], function->size[i]);
	}
	return XSIM_OK;
}

int xsim_kernel_op(struct xsim_op *op, const struct xsim_launch_args *args)
{
	struct xsim_function *function = (struct xsim_function *)(uintptr_t)args->function;
	const unsigned int *grid = args->grid, *block = args->block;
	int error;

	if (xs_unlikely(!xsim_handle_is(function, XSIM_KIND_FUNCTION)))
		return XSIM_INVALID_HANDLE;
	if (xs_unlikely(!grid[0] || !grid[1] || !grid[2] || !block[0] || !block[1] || !block[2] ||
			(uint64_t)block[0] * block[1] * block[2] > 1024))
		return XSIM_INVALID_VALUE;
	if (xs_unlikely(xsim_record_async_failure(&error)))
		function = &faulty;
	op->kind = XSIM_OP_KERNEL;
	op->unit = XSIM_UNIT_COMPUTE;
	op->heap = NULL;
	op->heap_bytes = 0;
	op->kernel.function = function;
	memcpy(op->kernel.grid, grid, sizeof(op->kernel.grid));
	memcpy(op->kernel.block, block, sizeof(op->kernel.block));
	op->kernel.shared_bytes = args->shared_bytes;
	return gather(op, function, args->params, args->extra);
}

static void spend(uint64_t ns)
{
	uint64_t until = xs_now_ns() + ns;

	while (xs_now_ns() < until)
		xs_cpu_relax();
}

int xsim_launch_kernel(struct xsim_stream *stream, const struct xsim_launch_args *args)
{
	struct xsim_op op;
	int result = xsim_kernel_op(&op, args);

	if (xs_unlikely(result))
		return result;
	if (xs_unlikely(xsim_config.launch_ns))
		spend(xsim_config.launch_ns);
	if (xs_unlikely(xsim_config.discard)) {
		xsim_op_drop(&op);
		return XSIM_OK;
	}
	return xsim_submit(stream, XSIM_NODE_KERNEL, &op);
}
