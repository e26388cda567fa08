/* SPDX-License-Identifier: Apache-2.0 */
/* The constructors of the public C API for streams that the program names itself. */
#include "xsched/cuda/hal.h"

#include "platform/cuda/real.h"
#include "preempt/hwqueue.h"

static XResult describe(struct xs_stream *described, const HwQueueHandle *hwq, CUstream stream)
{
	CUcontext context;

	if (!hwq)
		return kXSchedErrorInvalidValue;
	if (!stream)
		return kXSchedErrorNotSupported;
	if (xs_cuda_real.cuStreamGetCtx(stream, &context) != CUDA_SUCCESS)
		return kXSchedErrorHardware;
	*described = (struct xs_stream){ .handle = stream, .context = context };
	return kXSchedSuccess;
}

XResult CudaQueueCreate(HwQueueHandle *hwq, CUstream stream)
{
	struct xs_stream described;
	XResult result = describe(&described, hwq, stream);

	return result ? result : xs_hwqueue_create(hwq, &xs_cuda_hal, &described);
}

XResult CudaQueueGet(HwQueueHandle *hwq, CUstream stream)
{
	struct xs_stream described;
	XResult result = describe(&described, hwq, stream);

	return result ? result : xs_hwqueue_get(hwq, &described);
}
