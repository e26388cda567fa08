/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launches whose stream is not a parameter. cuLaunchKernel() and its like have the regular form and
 * are made in submit.c.
 */
#include "platform/common/shim.h"
#include "platform/common/trace.h"
#include "platform/cuda/real.h"

static struct xs_queue *begin(CUfunction function, CUstream stream, bool per_thread)
{
	struct xs_queue *queue = xs_submit_begin(stream, per_thread);

	xs_trace("[TRACE_KERNEL] func=%p stream=%p", (void *)function, (void *)stream);
	return queue;
}

/* Events that are recorded by the launch: when its blocks have begun, or say so. */
static CUresult launched(struct xs_queue *queue, const CUlaunchConfig *config, CUresult result)
{
	for (unsigned int i = 0; result == CUDA_SUCCESS && i < config->numAttrs; i++) {
		const CUlaunchAttribute *attribute = &config->attrs[i];

		if (attribute->id == CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT)
			xs_event_recorded_within(attribute->value.programmaticEvent.event, queue);
		if (attribute->id == CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT)
			xs_event_recorded_within(
				attribute->value.launchCompletionEvent.event, queue);
	}
	xs_submit_end(queue);
	return result;
}

CUresult cuLaunchKernelEx(
	const CUlaunchConfig *config, CUfunction function, void **params, void **extra)
{
	struct xs_queue *queue = begin(function, config ? config->hStream : NULL, false);
	CUresult result = xs_cuda_real.cuLaunchKernelEx(config, function, params, extra);

	return launched(queue, config, result);
}

CUresult cuLaunchKernelEx_ptsz(
	const CUlaunchConfig *config, CUfunction function, void **params, void **extra)
{
	struct xs_queue *queue = begin(function, config ? config->hStream : NULL, true);
	CUresult result = xs_cuda_real.cuLaunchKernelEx_ptsz(config, function, params, extra);

	return launched(queue, config, result);
}

/* The launch of one grid over several devices, deprecated since 11.3. It is all or nothing: it goes
 * through the gate of its first stream, and the streams of the other devices count as passed by. */
CUresult cuLaunchCooperativeKernelMultiDevice(
	CUDA_LAUNCH_PARAMS *launches, unsigned int count, unsigned int flags)
{
	struct xs_queue *queue;
	CUresult result;

	for (unsigned int i = 1; launches && i < count; i++)
		xs_count_ungated("cuLaunchCooperativeKernelMultiDevice");
	queue = begin(launches && count ? launches->function : NULL,
		launches && count ? launches->hStream : NULL, false);
	result = xs_cuda_real.cuLaunchCooperativeKernelMultiDevice(launches, count, flags);
	xs_submit_end(queue);
	return result;
}

/* Launches of the first interface: always into the legacy default stream. */
CUresult cuLaunch(CUfunction function)
{
	struct xs_queue *queue = begin(function, NULL, false);
	CUresult result = xs_cuda_real.cuLaunch(function);

	xs_submit_end(queue);
	return result;
}

CUresult cuLaunchGrid(CUfunction function, int width, int height)
{
	struct xs_queue *queue = begin(function, NULL, false);
	CUresult result = xs_cuda_real.cuLaunchGrid(function, width, height);

	xs_submit_end(queue);
	return result;
}
