/* SPDX-License-Identifier: Apache-2.0 */
/* Launches: kernels, host functions, callbacks. */
#include "platform/sim/cuda/front.h"

static CUresult launch(CUfunction function, const unsigned int grid[3], const unsigned int block[3],
	unsigned int shared_bytes, CUstream hStream, void **params, void **extra)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (xs_unlikely(result))
		return (CUresult)result;
	struct xsim_launch_args args = { function, { grid[0], grid[1], grid[2] },
		{ block[0], block[1], block[2] }, shared_bytes, params, extra };
	return (CUresult)xsim_launch_kernel(stream, &args);
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

/* The event of an attribute that has one, or NULL. */
static CUevent event_of(const CUlaunchAttribute *attribute)
{
	switch (attribute->id) {
	case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT:
		return attribute->value.programmaticEvent.event;
	case CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT:
		return attribute->value.launchCompletionEvent.event;
	default:
		return NULL;
	}
}

/* A kernel's blocks all begin at once, so such an event is reached when the kernel can begin. */
static int record_events(struct xsim_stream *stream, const CUlaunchConfig *c)
{
	int result = XSIM_OK;

	for (unsigned int i = 0; !result && i < c->numAttrs; i++) {
		struct xsim_event *event;

		if (!event_of(&c->attrs[i]))
			continue;
		result = xsim_find_event(event_of(&c->attrs[i]), &event);
		if (!result)
			result = xsim_record(stream, event, false);
	}
	return result;
}

CUresult sim_cuLaunchKernelEx(
	const CUlaunchConfig *c, CUfunction function, void **params, void **extra)
{
	struct xsim_stream *stream;

	if (!c || (c->numAttrs && !c->attrs))
		return CUDA_ERROR_INVALID_VALUE;
	int result = front_stream(c->hStream, &stream);
	if (!result)
		result = record_events(stream, c);
	if (result)
		return (CUresult)result;
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

	return (CUresult)(result ? result : xsim_submit_host(stream, function, data));
}
XSIM_SAME(cuLaunchHostFunc_ptsz, cuLaunchHostFunc);

CUresult sim_cuStreamAddCallback(
	CUstream hStream, CUstreamCallback callback, void *data, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_submit_callback(
			stream, hStream, (void (*)(void *, int, void *))(void *)callback, data);
	return (CUresult)result;
}
XSIM_SAME(cuStreamAddCallback_ptsz, cuStreamAddCallback);
