/* SPDX-License-Identifier: Apache-2.0 */
/* The C API of hardware queues and commands: checks, translation of results, and nothing else. */
#include "xsched/xqueue.h"

#include "preempt/command.h"
#include "preempt/handle.h"
#include "preempt/hwqueue.h"
#include "preempt/life.h"

XResult xs_hwqueue_create(
	HwQueueHandle *out, const struct xs_hal *hal, const struct xs_stream *stream)
{
	const struct xs_stream_traits traits = {
		.hal = hal,
		.device = hal->device(stream->context),
		.blocking = true, /* not known here; true only keeps us from stopping it too deep */
	};

	if (!out)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_queue_adopt(stream, &traits, XS_HOLDER_HWQUEUE, false);
	if (!queue)
		return kXSchedErrorUnknown;
	*out = xs_handle_of_hwqueue(queue);
	return kXSchedSuccess;
}

XResult xs_hwqueue_get(HwQueueHandle *out, const struct xs_stream *stream)
{
	if (!out)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_registry_find(stream);
	if (!queue)
		return kXSchedErrorNotFound;
	*out = xs_handle_of_hwqueue(queue);
	return kXSchedSuccess;
}

XResult HwQueueDestroy(HwQueueHandle hwq)
{
	struct xs_queue *queue = xs_handle_pin_hwqueue(hwq);

	if (!queue)
		return kXSchedErrorNotFound;
	bool released = xs_queue_release_hwqueue(queue);
	xs_registry_unpin(queue);
	return released ? kXSchedSuccess : kXSchedErrorNotAllowed;
}

XResult HwQueueLaunch(HwQueueHandle hwq, HwCommandHandle hw_cmd)
{
	struct xs_queue *queue = xs_handle_pin_hwqueue(hwq);

	if (!queue)
		return kXSchedErrorNotFound;
	XResult result = xs_command_launch(queue, hw_cmd);
	xs_registry_unpin(queue);
	return result;
}

XResult HwQueueSynchronize(HwQueueHandle hwq)
{
	struct xs_queue *queue = xs_handle_pin_hwqueue(hwq);

	if (!queue)
		return kXSchedErrorNotFound;
	int err = xs_queue_synchronize(queue);
	xs_registry_unpin(queue);
	return err ? kXSchedErrorHardware : kXSchedSuccess;
}

XResult HwCommandCreateCallback(HwCommandHandle *hw_cmd, LaunchCallback launch, void *data)
{
	if (!hw_cmd || !launch)
		return kXSchedErrorInvalidValue;
	return xs_command_create(hw_cmd, launch, data);
}

XResult HwCommandDestroy(HwCommandHandle hw_cmd)
{
	return xs_command_destroy(hw_cmd);
}
