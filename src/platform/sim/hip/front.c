/* SPDX-License-Identifier: Apache-2.0 */
/* From handles to objects, the current device, and the results that a thread remembers. */
#include "platform/sim/hip/front.h"

__thread struct hip_thread hip_thread;

/*
 * Until HIP 6 every call sets the error that hipGetLastError() gives, success and hipErrorNotReady
 * included. HIP 7 remembers the latest real error.
 */
hipError_t hip_note(hipError_t result)
{
	struct hip_thread *self = &hip_thread;

	if (xs_unlikely(self->keep)) {
		self->keep = false;
		return result;
	}
	self->last_command = result;
	if (hip_major < 7 || (result != hipSuccess && result != hipErrorNotReady))
		self->last = result;
	return result;
}

int hip_ready(void)
{
	int result = XSIM_OK;

	if (xs_unlikely(xs_load_acquire(&xsim_state) != XSIM_OK)) {
		result = xsim_init();
		if (!result)
			hip_adopt_managed();
	}
	return result || xsim_config.devices ? result : hipErrorInvalidDevice;
}

int hip_choose(int device, struct xsim_context **out)
{
	struct xsim_context *context;
	int result = hip_ready();

	if (!result && !hip_is_device(device))
		result = XSIM_INVALID_DEVICE;
	if (!result)
		result = xsim_primary_retain(device, &context);
	if (result)
		return result;
	if (!xsim_self.depth)
		xsim_self.depth = 1;
	xsim_self.stack[xsim_self.depth - 1] = context;
	hip_thread.device = device;
	*out = context;
	return xs_load_relaxed(&context->error);
}

int hip_context(struct xsim_context **out)
{
	int result = xsim_context_current(out);

	/* Nothing chosen yet, or the device was reset. */
	if (xs_unlikely(result == XSIM_NOT_INITIALIZED || result == XSIM_INVALID_CONTEXT ||
			result == XSIM_CONTEXT_DESTROYED))
		result = hip_choose(hip_thread.device, out);
	return result;
}

int hip_unsafe(struct xsim_context **out)
{
	int result = hip_context(out);

	return result ? result : xsim_capture_touch_unsafe();
}

int hip_stream(hipStream_t handle, struct xsim_stream **out)
{
	struct xsim_context *context;

	if ((uintptr_t)handle > 2) {
		int result = xsim_find_stream(handle, out);

		if (xs_unlikely(result == XSIM_NOT_INITIALIZED))
			result = hip_ready();
		return xs_likely(result != XSIM_INVALID_HANDLE) ? result : XSIM_CONTEXT_DESTROYED;
	}
	int result = hip_context(&context);
	if (xs_unlikely(result))
		return result;
	if (handle == hipStreamPerThread || (!handle && xsim_self.per_thread))
		return xsim_thread_stream(context, out);
	*out = context->legacy;
	return XSIM_OK;
}

hipError_t hip_check(const void *out, int device)
{
	int result = hip_ready();

	if (!result && !out)
		result = XSIM_INVALID_VALUE;
	if (!result && !hip_is_device(device))
		result = XSIM_INVALID_DEVICE;
	return (hipError_t)result;
}
