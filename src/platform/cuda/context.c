/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The beginning and the end of contexts. Destroying one waits for its work, and takes its streams and
 * events with it. Pushing, popping and setting have the form CONTEXT and are made in submit.c.
 *
 * The primary context of a device is shared by everybody in the process and counted by the driver,
 * which tells nobody how far: we count with it. Only retaining it tells which one it is.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

#include "base/atomic.h"

#define MAX_DEVICES 128

static struct {
	_Atomic(CUcontext) context; /* as the driver last named it */
	_Atomic int users;          /* retained so often by whoever goes through us */
} primaries[MAX_DEVICES];

static CUresult created(CUresult result, const CUcontext *context)
{
	if (result == CUDA_SUCCESS) { /* if another one of this name went unseen */
		xs_context_destroyed(*context);
		xs_context_gone(*context);
	}
	xs_context_changed();
	return result;
}

CUresult cuCtxCreate(CUcontext *context, unsigned int flags, CUdevice device)
{
	return created(xs_cuda_real.cuCtxCreate(context, flags, device), context);
}

CUresult cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device)
{
	return created(xs_cuda_real.cuCtxCreate_v2(context, flags, device), context);
}

CUresult cuCtxCreate_v3(CUcontext *context, CUexecAffinityParam *params_array, int num_params,
	unsigned int flags, CUdevice device)
{
	CUresult result =
		xs_cuda_real.cuCtxCreate_v3(context, params_array, num_params, flags, device);

	return created(result, context);
}

CUresult cuCtxCreate_v4(CUcontext *context, CUctxCreateParams *ctx_create_params,
	unsigned int flags, CUdevice device)
{
	CUresult result = xs_cuda_real.cuCtxCreate_v4(context, ctx_create_params, flags, device);

	return created(result, context);
}

/* Before the real destroy, which waits: the queues open. */
static void destroying(struct xs_wait *wait, CUcontext context)
{
	if (context)
		xs_context_destroyed(context);
	xs_wait_context_begin(wait);
}

/* An error may be that of work of long ago: only where the context is none, nothing was destroyed. */
static CUresult destroyed(struct xs_wait *wait, CUcontext context, CUresult result)
{
	xs_wait_end(wait, false);
	if (context && result != CUDA_ERROR_INVALID_CONTEXT)
		xs_context_gone(context);
	xs_context_changed();
	return result;
}

CUresult cuCtxDestroy(CUcontext context)
{
	struct xs_wait wait;

	destroying(&wait, context);
	return destroyed(&wait, context, xs_cuda_real.cuCtxDestroy(context));
}

CUresult cuCtxDestroy_v2(CUcontext context)
{
	struct xs_wait wait;

	destroying(&wait, context);
	return destroyed(&wait, context, xs_cuda_real.cuCtxDestroy_v2(context));
}

/* Gives up one of the references of cuCtxAttach(), which may be the last one: whether the context
 * still lives cannot be asked, so its queues stay until their handles are seen again. */
CUresult cuCtxDetach(CUcontext context)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return destroyed(&wait, NULL, xs_cuda_real.cuCtxDetach(context));
}

CUresult cuGreenCtxDestroy(CUgreenCtx green_ctx)
{
	CUcontext context = NULL;
	struct xs_wait wait;

	if (xs_cuda_real.cuCtxFromGreenCtx(&context, green_ctx) != CUDA_SUCCESS)
		context = NULL;
	destroying(&wait, context);
	return destroyed(&wait, context, xs_cuda_real.cuGreenCtxDestroy(green_ctx));
}

/* --- primary contexts ---------------------------------------------------------------------------- */

static bool is_known(CUdevice device)
{
	return device >= 0 && device < MAX_DEVICES;
}

static CUcontext primary_of(CUdevice device)
{
	return is_known(device) ? xs_load_acquire(&primaries[device].context) : NULL;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
	CUresult result = xs_cuda_real.cuDevicePrimaryCtxRetain(context, device);

	if (result == CUDA_SUCCESS && is_known(device)) {
		xs_store_release(&primaries[device].context, *context);
		xs_add_full(&primaries[device].users, 1);
	}
	return result;
}

static bool is_active(CUdevice device)
{
	unsigned int flags;
	int active = 1;

	return xs_cuda_real.cuDevicePrimaryCtxGetState(device, &flags, &active) != CUDA_SUCCESS ||
	       active;
}

/* Counts a release, and returns how many users there were before. */
static int count_release(CUdevice device)
{
	int users = is_known(device) ? xs_load_relaxed(&primaries[device].users) : 0;

	while (users > 0 && !xs_cas_weak_full(&primaries[device].users, &users, users - 1)) {
	}
	return users;
}

/* The last release destroys: the queues end before. */
static int releasing(struct xs_wait *wait, CUdevice device)
{
	int users = count_release(device);

	destroying(wait, users == 1 ? primary_of(device) : NULL);
	return users;
}

/* Whoever released past us makes our count too large: it is seen only now that the context is gone.
 * Whoever retained past us finds his queues made anew. */
static CUresult released(struct xs_wait *wait, CUdevice device, int users, CUresult result)
{
	CUcontext context = primary_of(device);
	bool ended = result == CUDA_SUCCESS && context && !is_active(device);

	if (result != CUDA_SUCCESS && users > 0)
		xs_add_full(&primaries[device].users, 1);
	if (ended && users != 1)
		xs_context_destroyed(context);
	if (ended)
		xs_store_relaxed(&primaries[device].users, 0);
	return destroyed(wait, ended ? context : NULL, result);
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device)
{
	struct xs_wait wait;
	int users = releasing(&wait, device);

	return released(&wait, device, users, xs_cuda_real.cuDevicePrimaryCtxRelease(device));
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
	struct xs_wait wait;
	int users = releasing(&wait, device);

	return released(&wait, device, users, xs_cuda_real.cuDevicePrimaryCtxRelease_v2(device));
}

/* Ends the context whoever retains it. */
static CUresult reset(struct xs_wait *wait, CUdevice device, CUresult result)
{
	if (result == CUDA_SUCCESS && is_known(device))
		xs_store_relaxed(&primaries[device].users, 0);
	return destroyed(wait, primary_of(device), result);
}

CUresult cuDevicePrimaryCtxReset(CUdevice device)
{
	struct xs_wait wait;

	destroying(&wait, primary_of(device));
	return reset(&wait, device, xs_cuda_real.cuDevicePrimaryCtxReset(device));
}

CUresult cuDevicePrimaryCtxReset_v2(CUdevice device)
{
	struct xs_wait wait;

	destroying(&wait, primary_of(device));
	return reset(&wait, device, xs_cuda_real.cuDevicePrimaryCtxReset_v2(device));
}
