/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The current device, and the end of devices. HIP has one context per device, made by the runtime:
 * its deprecated functions for contexts give out references to that one.
 */
#include "platform/hip/shim.h"

#include "preempt/thread.h"

/* Guards set the device that is current already, again and again: nothing changes by that. */
hipError_t on_hipSetDevice(int device_id)
{
	hipError_t result = xs_hip_real()->hipSetDevice(device_id);
	struct xs_hip_context *contexts = xs_hip_here->contexts;

	if (result != hipSuccess || !xs_self.context_known || device_id < 0 ||
		device_id >= XS_HIP_DEVICES || xs_self.context != &contexts[device_id])
		xs_context_changed();
	return result;
}

hipError_t on_hipCtxDestroy(hipCtx_t ctx)
{
	struct xs_wait wait;
	hipError_t result;

	xs_wait_context_begin(&wait);
	result = xs_hip_drained(&wait, xs_hip_real()->hipCtxDestroy(ctx));
	xs_context_changed();
	return result;
}

hipError_t on_hipDevicePrimaryCtxRelease(hipDevice_t dev)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(&wait, xs_hip_real()->hipDevicePrimaryCtxRelease(dev));
}

/* A reset ends all streams of the device: before the real one, which waits, its queues open. */
static void resetting(struct xs_wait *wait, int device)
{
	if (device >= 0 && device < XS_HIP_DEVICES)
		xs_context_destroyed(&xs_hip_here->contexts[device]);
	xs_wait_context_begin(wait);
}

static hipError_t reset(struct xs_wait *wait, hipError_t result)
{
	xs_wait_end(wait, false);
	xs_context_changed();
	return result;
}

hipError_t on_hipDevicePrimaryCtxReset(hipDevice_t dev)
{
	struct xs_wait wait;

	resetting(&wait, dev);
	return reset(&wait, xs_hip_real()->hipDevicePrimaryCtxReset(dev));
}

hipError_t on_hipDeviceReset(void)
{
	int device = -1;
	struct xs_wait wait;

	if (xs_hip_real()->hipGetDevice(&device) != hipSuccess)
		device = -1;
	resetting(&wait, device);
	return reset(&wait, xs_hip_real()->hipDeviceReset());
}
