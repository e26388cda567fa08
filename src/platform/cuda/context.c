/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of contexts. Destroying one waits for its work, and takes its streams and events with it.
 * Creating, pushing, popping and setting have the form CONTEXT and are made in submit.c.
 *
 * The primary context of a device is shared and counted by the driver; only retaining it tells which
 * one it is.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

#include "base/atomic.h"

#define MAX_DEVICES 128

static _Atomic(CUcontext) primary[MAX_DEVICES]; /* atomic: as the driver last named it */

/* Before the real destroy, which waits: the queues open. */
static void destroying(struct xs_wait *wait, CUcontext context)
{
	if (context)
		xs_context_destroyed(context);
	xs_wait_context_begin(wait);
}

static CUcontext primary_of(CUdevice device)
{
	return device >= 0 && device < MAX_DEVICES ? xs_load_acquire(&primary[device]) : NULL;
}

static CUresult destroyed(struct xs_wait *wait, CUresult result)
{
	xs_wait_end(wait, false);
	xs_context_changed();
	return result;
}

CUresult cuCtxDestroy(CUcontext context)
{
	struct xs_wait wait;

	destroying(&wait, context);
	return destroyed(&wait, xs_cuda_real.cuCtxDestroy(context));
}

CUresult cuCtxDestroy_v2(CUcontext context)
{
	struct xs_wait wait;

	destroying(&wait, context);
	return destroyed(&wait, xs_cuda_real.cuCtxDestroy_v2(context));
}

/* Gives up one of the references of cuCtxAttach(), which may be the last one: whether the context
 * still lives cannot be asked, so its queues stay until their handles are seen again. */
CUresult cuCtxDetach(CUcontext context)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return destroyed(&wait, xs_cuda_real.cuCtxDetach(context));
}

CUresult cuGreenCtxDestroy(CUgreenCtx green_ctx)
{
	CUcontext context = NULL;
	struct xs_wait wait;

	if (xs_cuda_real.cuCtxFromGreenCtx(&context, green_ctx) != CUDA_SUCCESS)
		context = NULL;
	destroying(&wait, context);
	return destroyed(&wait, xs_cuda_real.cuGreenCtxDestroy(green_ctx));
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
	CUresult result = xs_cuda_real.cuDevicePrimaryCtxRetain(context, device);

	if (result == CUDA_SUCCESS && device >= 0 && device < MAX_DEVICES)
		xs_store_release(&primary[device], *context);
	return result;
}

/* After a release or a reset: if that ended the primary context, its queues end too. A release does
 * not tell before whether it is the last one; a reset does end it, whoever retains it. */
static CUresult primary_released(struct xs_wait *wait, CUdevice device, CUresult result)
{
	unsigned int flags;
	int active = 1;
	CUcontext context = primary_of(device);

	if (result == CUDA_SUCCESS && context &&
		xs_cuda_real.cuDevicePrimaryCtxGetState(device, &flags, &active) == CUDA_SUCCESS &&
		!active)
		xs_context_destroyed(context);
	return destroyed(wait, result);
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return primary_released(&wait, device, xs_cuda_real.cuDevicePrimaryCtxRelease(device));
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return primary_released(&wait, device, xs_cuda_real.cuDevicePrimaryCtxRelease_v2(device));
}

CUresult cuDevicePrimaryCtxReset(CUdevice device)
{
	struct xs_wait wait;

	destroying(&wait, primary_of(device));
	return primary_released(&wait, device, xs_cuda_real.cuDevicePrimaryCtxReset(device));
}

CUresult cuDevicePrimaryCtxReset_v2(CUdevice device)
{
	struct xs_wait wait;

	destroying(&wait, primary_of(device));
	return primary_released(&wait, device, xs_cuda_real.cuDevicePrimaryCtxReset_v2(device));
}
