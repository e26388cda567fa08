/* SPDX-License-Identifier: Apache-2.0 */
/* Launches: kernels (the fast path of the device), host functions, callbacks. */
#include <string.h>

#include "base/clock.h"
#include "platform/sim/cuda/front.h"
#include "platform/sim/cuda/record.h"

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
	for (; !params && extra && *extra; extra += 2) {
		if (extra[0] == CU_LAUNCH_PARAM_BUFFER_POINTER)
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

int front_kernel_op(struct xsim_op *op, CUfunction handle, const unsigned int grid[3],
	const unsigned int block[3], unsigned int shared_bytes, void **params, void **extra)
{
	struct xsim_function *function = (struct xsim_function *)handle;
	CUresult error;

	if (xs_unlikely(!xsim_handle_is(function, XSIM_KIND_FUNCTION)))
		return XSIM_INVALID_HANDLE;
	if (xs_unlikely(!grid[0] || !grid[1] || !grid[2] || !block[0] || !block[1] || !block[2] ||
			(uint64_t)block[0] * block[1] * block[2] > 1024))
		return XSIM_INVALID_VALUE;
	if (xs_unlikely(record_async_failure(&error)))
		function = &faulty;
	op->kind = XSIM_OP_KERNEL;
	op->unit = XSIM_UNIT_COMPUTE;
	op->heap = NULL;
	op->heap_bytes = 0;
	op->kernel.function = function;
	memcpy(op->kernel.grid, grid, sizeof(op->kernel.grid));
	memcpy(op->kernel.block, block, sizeof(op->kernel.block));
	op->kernel.shared_bytes = shared_bytes;
	return gather(op, function, params, extra);
}

static void spend(uint64_t ns)
{
	uint64_t until = xs_now_ns() + ns;

	while (xs_now_ns() < until)
		xs_cpu_relax();
}

static CUresult launch(CUfunction function, const unsigned int grid[3], const unsigned int block[3],
	unsigned int shared_bytes, CUstream hStream, void **params, void **extra)
{
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = front_stream(hStream, &stream);

	if (xs_unlikely(result))
		return (CUresult)result;
	result = front_kernel_op(&op, function, grid, block, shared_bytes, params, extra);
	if (xs_unlikely(result))
		return (CUresult)result;
	if (xs_unlikely(xsim_config.launch_ns))
		spend(xsim_config.launch_ns);
	if (xs_unlikely(xsim_config.discard)) {
		xsim_op_drop(&op);
		return CUDA_SUCCESS;
	}
	return (CUresult)front_submit(stream, CU_GRAPH_NODE_TYPE_KERNEL, &op);
}

CUresult sim_cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
	unsigned int grid_z, unsigned int block_x, unsigned int block_y, unsigned int block_z,
	unsigned int shared_bytes, CUstream hStream, void **params, void **extra)
{
	return launch(function, (unsigned int[]){ grid_x, grid_y, grid_z },
		(unsigned int[]){ block_x, block_y, block_z }, shared_bytes, hStream, params,
		extra);
}
XSIM_SAME(cuLaunchKernel_ptsz, cuLaunchKernel);

CUresult sim_cuLaunchKernelEx(
	const CUlaunchConfig *c, CUfunction function, void **params, void **extra)
{
	if (!c || (c->numAttrs && !c->attrs))
		return CUDA_ERROR_INVALID_VALUE;
	return launch(function, (unsigned int[]){ c->gridDimX, c->gridDimY, c->gridDimZ },
		(unsigned int[]){ c->blockDimX, c->blockDimY, c->blockDimZ }, c->sharedMemBytes,
		c->hStream, params, extra);
}
XSIM_SAME(cuLaunchKernelEx_ptsz, cuLaunchKernelEx);

CUresult sim_cuLaunchCooperativeKernel(CUfunction function, unsigned int grid_x,
	unsigned int grid_y, unsigned int grid_z, unsigned int block_x, unsigned int block_y,
	unsigned int block_z, unsigned int shared_bytes, CUstream hStream, void **params)
{
	return launch(function, (unsigned int[]){ grid_x, grid_y, grid_z },
		(unsigned int[]){ block_x, block_y, block_z }, shared_bytes, hStream, params, NULL);
}
XSIM_SAME(cuLaunchCooperativeKernel_ptsz, cuLaunchCooperativeKernel);

CUresult sim_cuLaunchHostFunc(CUstream hStream, CUhostFn function, void *data)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (result || !function)
		return result ? (CUresult)result : CUDA_ERROR_INVALID_VALUE;
	struct xsim_op op = { .kind = XSIM_OP_HOST,
		.host = { .function = function, .data = data } };
	return (CUresult)front_submit(stream, CU_GRAPH_NODE_TYPE_HOST, &op);
}
XSIM_SAME(cuLaunchHostFunc_ptsz, cuLaunchHostFunc);

CUresult sim_cuStreamAddCallback(
	CUstream hStream, CUstreamCallback callback, void *data, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && (!callback || flags))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_touch_stream(stream);
	if (result)
		return (CUresult)result;
	struct xsim_op op = { .kind = XSIM_OP_HOST };
	op.host.callback = (void (*)(void *, int, void *))(void *)callback;
	op.host.data = data;
	op.host.stream = hStream;
	return (CUresult)front_submit(stream, CU_GRAPH_NODE_TYPE_HOST, &op);
}
XSIM_SAME(cuStreamAddCallback_ptsz, cuStreamAddCallback);
