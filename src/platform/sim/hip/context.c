/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: each is the primary context of its device. */
#include "platform/sim/hip/front.h"

static struct xsim_context *context_of(hipCtx_t handle)
{
	return xsim_handle_is(handle, XSIM_KIND_CONTEXT) ? (struct xsim_context *)handle : NULL;
}

hipError_t sim_hipCtxCreate(hipCtx_t *ctx, unsigned int flags, hipDevice_t device)
{
	struct xsim_context *context;
	hipError_t result = hip_check(ctx, device);

	(void)flags;
	if (!result && xsim_self.depth == XSIM_STACK)
		result = hipErrorInvalidValue;
	if (result)
		return result;
	xsim_self.depth++;
	result = (hipError_t)hip_choose(device, &context);
	*ctx = (hipCtx_t)context;
	return result;
}

hipError_t sim_hipCtxDestroy(hipCtx_t ctx)
{
	if (!context_of(ctx))
		return hipErrorInvalidValue;
	if (xsim_self.depth && xsim_self.stack[xsim_self.depth - 1] == context_of(ctx))
		xsim_self.depth--;
	return hipSuccess;
}

hipError_t sim_hipCtxPushCurrent(hipCtx_t ctx)
{
	if (!context_of(ctx) || xsim_self.depth == XSIM_STACK)
		return hipErrorInvalidContext;
	xsim_self.stack[xsim_self.depth++] = context_of(ctx);
	hip_thread.device = context_of(ctx)->device;
	return hipSuccess;
}

hipError_t sim_hipCtxPopCurrent(hipCtx_t *ctx)
{
	struct xsim_thread *self = &xsim_self;

	if (!self->depth)
		return hipErrorInvalidContext;
	self->depth--;
	if (ctx)
		*ctx = (hipCtx_t)self->stack[self->depth];
	if (self->depth && context_of((hipCtx_t)self->stack[self->depth - 1]))
		hip_thread.device = self->stack[self->depth - 1]->device;
	return hipSuccess;
}

hipError_t sim_hipCtxSetCurrent(hipCtx_t ctx)
{
	if (!ctx)
		return sim_hipCtxPopCurrent(NULL);
	if (!context_of(ctx))
		return hipErrorInvalidContext;
	return sim_hipSetDevice(context_of(ctx)->device);
}

hipError_t sim_hipCtxGetCurrent(hipCtx_t *ctx)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && !ctx)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*ctx = (hipCtx_t)context;
	return (hipError_t)result;
}

hipError_t sim_hipCtxGetDevice(hipDevice_t *device)
{
	return sim_hipGetDevice(device);
}

hipError_t sim_hipCtxGetFlags(unsigned int *flags)
{
	return sim_hipGetDeviceFlags(flags);
}

hipError_t sim_hipCtxGetApiVersion(hipCtx_t ctx, int *version)
{
	(void)ctx;
	if (!version)
		return hipErrorInvalidValue;
	*version = 4;
	return hipSuccess;
}

hipError_t sim_hipDevicePrimaryCtxRetain(hipCtx_t *ctx, hipDevice_t device)
{
	hipError_t result = hip_check(ctx, device);

	return result ? result
		      : (hipError_t)xsim_primary_retain(device, (struct xsim_context **)ctx);
}

/* Gives up nothing: threads that use the device hold on to its context. */
hipError_t sim_hipDevicePrimaryCtxRelease(hipDevice_t device)
{
	return hip_check(&device, device);
}

hipError_t sim_hipDevicePrimaryCtxReset(hipDevice_t device)
{
	hipError_t result = hip_check(&device, device);

	return result ? result : (hipError_t)xsim_primary_drop(device, true);
}

hipError_t sim_hipDevicePrimaryCtxSetFlags(hipDevice_t device, unsigned int flags)
{
	(void)flags;
	hipError_t result = hip_check(&device, device);

	return result ? result : hipErrorContextAlreadyInUse;
}

hipError_t sim_hipDevicePrimaryCtxGetState(hipDevice_t device, unsigned int *flags, int *active)
{
	hipError_t result = hip_check(flags, device);

	if (!result && !active)
		result = hipErrorInvalidValue;
	if (!result) {
		*flags = 0;
		*active = xsim_devices[device].primary != NULL;
	}
	return result;
}
