/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: created ones, primary ones, and each thread's stack of current ones. */
#include "platform/sim/cuda/front.h"

static struct xsim_context *context_of(CUcontext handle)
{
	return xsim_handle_is(handle, XSIM_KIND_CONTEXT) ? (struct xsim_context *)handle : NULL;
}

static CUresult check_device(CUdevice device)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	return front_is_device(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

/* --- the stack -------------------------------------------------------------------------------- */

CUresult sim_cuCtxPushCurrent_v2(CUcontext context)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!context_of(context))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (xsim_self.depth == XSIM_STACK)
		return CUDA_ERROR_INVALID_VALUE;
	xsim_self.stack[xsim_self.depth++] = context_of(context);
	return CUDA_SUCCESS;
}
XSIM_SAME(cuCtxPushCurrent, cuCtxPushCurrent_v2);

CUresult sim_cuCtxPopCurrent_v2(CUcontext *context)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!xsim_self.depth)
		return CUDA_ERROR_INVALID_CONTEXT;
	xsim_self.depth--;
	if (context)
		*context = (CUcontext)xsim_self.stack[xsim_self.depth];
	return CUDA_SUCCESS;
}
XSIM_SAME(cuCtxPopCurrent, cuCtxPopCurrent_v2);

CUresult sim_cuCtxSetCurrent(CUcontext context)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!context) {
		if (xsim_self.depth)
			xsim_self.depth--;
		return CUDA_SUCCESS;
	}
	if (!context_of(context))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!xsim_self.depth)
		xsim_self.depth = 1;
	xsim_self.stack[xsim_self.depth - 1] = context_of(context);
	return CUDA_SUCCESS;
}

CUresult sim_cuCtxGetCurrent(CUcontext *context)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!context)
		return CUDA_ERROR_INVALID_VALUE;
	*context = xsim_self.depth ? (CUcontext)xsim_self.stack[xsim_self.depth - 1] : NULL;
	return CUDA_SUCCESS;
}

/* --- created contexts ------------------------------------------------------------------------- */

CUresult sim_cuCtxCreate_v2(CUcontext *context, unsigned int flags, CUdevice device)
{
	struct xsim_context *created;
	CUresult result = check_device(device);

	if (result)
		return result;
	if (!context || flags & ~(unsigned int)CU_CTX_FLAGS_MASK)
		return CUDA_ERROR_INVALID_VALUE;
	result = (CUresult)xsim_context_create(device, flags, false, &created);
	if (result)
		return result;
	*context = (CUcontext)created;
	return sim_cuCtxPushCurrent_v2(*context);
}
XSIM_SAME(cuCtxCreate, cuCtxCreate_v2);

CUresult sim_cuCtxCreate_v3(CUcontext *context, CUexecAffinityParam *params_array, int num_params,
	unsigned int flags, CUdevice device)
{
	(void)params_array;
	if (num_params)
		return CUDA_ERROR_NOT_SUPPORTED;
	return sim_cuCtxCreate_v2(context, flags, device);
}

CUresult sim_cuCtxCreate_v4(CUcontext *context, CUctxCreateParams *ctx_create_params,
	unsigned int flags, CUdevice device)
{
	(void)ctx_create_params;
	return sim_cuCtxCreate_v2(context, flags, device);
}

CUresult sim_cuCtxDestroy_v2(CUcontext handle)
{
	struct xsim_context *context = context_of(handle);

	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!context || context->primary)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (xsim_self.depth && xsim_self.stack[xsim_self.depth - 1] == context)
		xsim_self.depth--;
	xsim_context_destroy(context);
	return CUDA_SUCCESS;
}
XSIM_SAME(cuCtxDestroy, cuCtxDestroy_v2);

/* --- primary contexts ------------------------------------------------------------------------- */

CUresult sim_cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
	CUresult result = check_device(device);

	if (result || !context)
		return result ? result : CUDA_ERROR_INVALID_VALUE;
	return (CUresult)xsim_primary_retain(device, (struct xsim_context **)context);
}

static CUresult drop_primary(CUdevice device, bool reset)
{
	CUresult result = check_device(device);

	return result ? result : (CUresult)xsim_primary_drop(device, reset);
}

CUresult sim_cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
	return drop_primary(device, false);
}
XSIM_SAME(cuDevicePrimaryCtxRelease, cuDevicePrimaryCtxRelease_v2);

CUresult sim_cuDevicePrimaryCtxReset_v2(CUdevice device)
{
	return drop_primary(device, true);
}
XSIM_SAME(cuDevicePrimaryCtxReset, cuDevicePrimaryCtxReset_v2);

CUresult sim_cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned int flags)
{
	CUresult result = check_device(device);

	if (result)
		return result;
	xs_mutex_lock(&xsim_lock);
	xsim_devices[device].primary_flags = flags;
	if (xsim_devices[device].primary)
		xsim_devices[device].primary->flags = flags;
	xs_mutex_unlock(&xsim_lock);
	return CUDA_SUCCESS;
}
XSIM_SAME(cuDevicePrimaryCtxSetFlags, cuDevicePrimaryCtxSetFlags_v2);

CUresult sim_cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags, int *active)
{
	CUresult result = check_device(device);

	if (result || !flags || !active)
		return result ? result : CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	*flags = xsim_devices[device].primary_flags;
	*active = xsim_devices[device].primary != NULL;
	xs_mutex_unlock(&xsim_lock);
	return CUDA_SUCCESS;
}

/* --- the rest --------------------------------------------------------------------------------- */

CUresult sim_cuCtxSynchronize(void)
{
	struct xsim_context *context;
	int result = front_context(&context);

	return (CUresult)(result ? result : xsim_sync_context(context));
}

CUresult sim_cuCtxSynchronize_v2(CUcontext handle)
{
	if (!handle)
		return sim_cuCtxSynchronize();
	struct xsim_context *context = context_of(handle);
	return context ? (CUresult)xsim_sync_context(context) : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult sim_cuCtxGetDevice(CUdevice *device)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (result == XSIM_NOT_INITIALIZED || result == XSIM_INVALID_CONTEXT ||
		result == XSIM_CONTEXT_DESTROYED)
		return (CUresult)result;
	if (!device)
		return CUDA_ERROR_INVALID_VALUE;
	*device = context->device;
	return CUDA_SUCCESS;
}

CUresult sim_cuCtxGetDevice_v2(CUdevice *device, CUcontext handle)
{
	if (!handle)
		return sim_cuCtxGetDevice(device);
	if (!context_of(handle))
		return CUDA_ERROR_INVALID_CONTEXT;
	*device = context_of(handle)->device;
	return CUDA_SUCCESS;
}

CUresult sim_cuCtxGetFlags(unsigned int *flags)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result && !flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*flags = context->flags;
	return (CUresult)result;
}

CUresult sim_cuCtxSetFlags(unsigned int flags)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result)
		context->flags = flags;
	return (CUresult)result;
}

CUresult sim_cuCtxGetId(CUcontext handle, unsigned long long *ctx_id)
{
	struct xsim_context *context = context_of(handle);
	int result = XSIM_OK;

	if (!handle)
		result = front_context(&context);
	if (result)
		return (CUresult)result;
	if (!context || !ctx_id)
		return context ? CUDA_ERROR_INVALID_VALUE : CUDA_ERROR_CONTEXT_IS_DESTROYED;
	*ctx_id = context->handle.id;
	return CUDA_SUCCESS;
}

CUresult sim_cuCtxGetApiVersion(CUcontext handle, unsigned int *version)
{
	if (handle && !context_of(handle))
		return CUDA_ERROR_INVALID_CONTEXT;
	*version = 3020;
	return CUDA_SUCCESS;
}

CUresult sim_cuCtxGetLimit(size_t *value, CUlimit limit)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result && (!value || (unsigned int)limit >= 16))
		result = value ? (int)CUDA_ERROR_UNSUPPORTED_LIMIT : XSIM_INVALID_VALUE;
	if (!result)
		*value = context->limits[limit];
	return (CUresult)result;
}

CUresult sim_cuCtxSetLimit(CUlimit limit, size_t value)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result && (unsigned int)limit >= 16)
		result = CUDA_ERROR_UNSUPPORTED_LIMIT;
	if (!result)
		context->limits[limit] = value;
	return (CUresult)result;
}

CUresult sim_cuCtxGetCacheConfig(CUfunc_cache *pconfig)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result)
		*pconfig = context->cache_config;
	return (CUresult)result;
}

CUresult sim_cuCtxSetCacheConfig(CUfunc_cache config)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result)
		context->cache_config = config;
	return (CUresult)result;
}

CUresult sim_cuCtxGetStreamPriorityRange(int *least_priority, int *greatest_priority)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result && least_priority)
		*least_priority = 0;
	if (!result && greatest_priority)
		*greatest_priority = -5;
	return (CUresult)result;
}

CUresult sim_cuCtxEnablePeerAccess(CUcontext peer_context, unsigned int flags)
{
	return flags || !context_of(peer_context) ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUresult sim_cuCtxDisablePeerAccess(CUcontext peer_context)
{
	return context_of(peer_context) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult sim_cuCtxResetPersistingL2Cache(void)
{
	return CUDA_SUCCESS;
}
