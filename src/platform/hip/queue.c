/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constructor of the public C API for streams that the program names itself.
 *
 * A stream is only valid in the copy of the runtime that made it; another one calls it a destroyed
 * context. So the copies that are known are asked whose it is, beginning with the one that the
 * caller is bound to.
 */
#include "xsched/hip/hal.h"

#include "platform/hip/visit.h"
#include "preempt/hwqueue.h"
#include "preempt/registry.h"

/* The device of the stream if it belongs to that copy, NULL if not. */
static struct xs_hip_context *context_in(struct xs_hip_runtime *runtime, hipStream_t stream)
{
	struct xs_hip_context *context = NULL;
	struct xs_hip_visit visit;
	unsigned int flags;
	int device = -1;

	if (xs_hip_enter_any(&visit, runtime) != 0)
		return NULL;
	if (visit.real->hipStreamGetFlags(stream, &flags) == hipSuccess) {
		if (visit.real->hipStreamGetDevice(stream, &device) != hipSuccess &&
			visit.real->hipGetDevice(&device) != hipSuccess)
			device = -1;
		if (device >= 0 && device < XS_HIP_DEVICES)
			context = &runtime->contexts[device];
	}
	xs_hip_leave(&visit);
	return context;
}

static struct xs_hip_context *context_in_any(hipStream_t stream)
{
	struct xs_hip_context *context = NULL;

	for (int i = 0; i < XS_HIP_RUNTIMES && !context; i++)
		if (xs_load_acquire(&xs_hip_runtimes[i].ready))
			context = context_in(&xs_hip_runtimes[i], stream);
	return context;
}

static struct xs_hip_context *context_of(hipStream_t stream, const void *caller)
{
	const struct xs_stream name = { .handle = stream };
	const struct xs_queue *queue = xs_registry_find(&name);
	struct xs_hip_runtime *nearest = xs_hip_runtime_for(caller);
	struct xs_hip_context *context;

	if (queue && queue->hal == &xs_hip_hal)
		return xs_load_acquire(&queue->key.context);
	context = nearest ? context_in(nearest, stream) : NULL;
	if (!context) {
		xs_hip_runtimes_discover();
		context = context_in_any(stream);
	}
	return context;
}

XResult HipQueueCreate(HwQueueHandle *hwq, hipStream_t stream)
{
	struct xs_stream described = { .handle = stream };

	if (!hwq)
		return kXSchedErrorInvalidValue;
	if (!stream)
		return kXSchedErrorNotSupported;
	described.context =
		context_of(stream, __builtin_extract_return_addr(__builtin_return_address(0)));
	if (!described.context)
		return kXSchedErrorHardware;
	return xs_hwqueue_create(hwq, &xs_hip_hal, &described);
}
