/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C API of XQueues. Each function pins the queue that its handle names, so that another thread
 * may destroy it meanwhile, and lets go of it at the end.
 */
#include "xsched/xqueue.h"

#include "preempt/agent.h"
#include "preempt/commands.h"
#include "preempt/handle.h"
#include "preempt/life.h"

static XResult unpin(struct xs_queue *queue, XResult result)
{
	xs_registry_unpin(queue);
	return result;
}

static int8_t lowered(const struct xs_queue *queue, int64_t level)
{
	return (int8_t)(level > queue->hal->max_level ? queue->hal->max_level : level);
}

XResult XQueueCreate(XQueueHandle *xq, HwQueueHandle hwq, int64_t level, int64_t flags)
{
	if (!xq || level < kPreemptLevelBlock || level > kPreemptLevelInterrupt)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_handle_pin_hwqueue(hwq);
	if (!queue)
		return kXSchedErrorNotFound;
	if (!xs_load_relaxed(&queue->is_xqueue)) {
		xs_store_relaxed(&queue->level, lowered(queue, level));
		xs_store_relaxed(
			&queue->blocking_submit, (flags & kQueueCreateFlagBlockingSubmit) != 0 &&
							 flags != kQueueCreateFlagMaskAll);
		if (!xs_queue_schedule(queue))
			return unpin(queue, kXSchedErrorNotFound);
	}
	*xq = xs_handle_of_xqueue(queue);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueDestroy(XQueueHandle xq)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	if (xs_commands_inside(queue))
		return unpin(queue, kXSchedErrorNotAllowed);
	if (!xs_queue_disown(queue, xq))
		return unpin(queue, kXSchedErrorNotFound); /* another thread was first */
	xs_queue_resume(queue);
	xs_commands_wait_launched(queue);
	xs_queue_synchronize(queue);
	xs_queue_disowned(queue);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueGet(XQueueHandle *xq, HwQueueHandle hwq)
{
	if (!xq)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_handle_pin_hwqueue(hwq);
	if (!queue || !xs_load_relaxed(&queue->is_xqueue))
		return queue ? unpin(queue, kXSchedErrorNotFound) : kXSchedErrorNotFound;
	*xq = xs_handle_of_xqueue(queue);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueSetPreemptLevel(XQueueHandle xq, XPreemptLevel level)
{
	if ((int)level < kPreemptLevelBlock || (int)level > kPreemptLevelInterrupt)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);
	if (!queue)
		return kXSchedErrorNotFound;
	xs_queue_configure(queue, level, 0, 0);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueSetLaunchConfig(XQueueHandle xq, int64_t threshold, int64_t batch_size)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	int err = xs_queue_configure(queue, 0, threshold, batch_size);
	return unpin(queue, err ? kXSchedErrorInvalidValue : kXSchedSuccess);
}

XResult XQueueSubmit(XQueueHandle xq, HwCommandHandle hw_cmd)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	bool wait_launch = xs_load_relaxed(&queue->blocking_submit);
	return unpin(queue, xs_commands_submit(queue, xq, hw_cmd, wait_launch));
}

XResult XQueueWait(XQueueHandle xq, HwCommandHandle hw_cmd)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	return unpin(queue, xs_commands_wait(queue, hw_cmd));
}

XResult XQueueWaitAll(XQueueHandle xq)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	XResult result = xs_commands_wait_launched(queue);
	if (result == kXSchedSuccess && xs_queue_synchronize(queue))
		result = kXSchedErrorHardware;
	if (result == kXSchedSuccess)
		result = xs_commands_take_error(queue);
	return unpin(queue, result);
}

static bool is_idle(struct xs_queue *queue)
{
	const struct xs_stream stream = xs_queue_stream(queue);
	uint32_t submitted = xs_queue_submitted(queue);

	if (xs_commands_pending(queue))
		return false;
	if (!(xs_load_full(&queue->slot->word) & XS_GATE_READY))
		return true;
	if (queue->hal->query(&stream) != 0)
		return false;
	xs_queue_covered(queue, submitted);
	return true;
}

XResult XQueueQuery(XQueueHandle xq, XQueueState *state)
{
	if (!state)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);
	if (!queue)
		return kXSchedErrorNotFound;
	*state = is_idle(queue) ? kQueueStateIdle : kQueueStateReady;
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueSuspend(XQueueHandle xq, int64_t flags)
{
	const int64_t waits = kQueueSuspendFlagWaitAll | kQueueSuspendFlagWaitIdle;
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	bool paused = xs_load_full(&queue->slot->word) & XS_GATE_PAUSED;
	if (flags && xs_commands_inside(queue))
		return unpin(queue, kXSchedErrorNotAllowed);
	if ((flags & waits) && !paused) {
		xs_commands_wait_launched(queue);
		xs_queue_synchronize(queue);
	}
	if (xs_commands_inside(queue))
		xs_gate_apply(queue->slot, XS_GATE_PAUSE); /* it would wait for itself */
	else
		xs_queue_pause(queue);
	/* A destroy that began meanwhile has lifted suspends already: it must not wait for us. */
	if (!xs_handle_is_xqueue(queue, xq)) {
		xs_queue_resume(queue);
		return unpin(queue, kXSchedErrorNotFound);
	}
	if ((flags & kQueueSuspendFlagSyncHwQueue) && !xs_load_relaxed(&queue->pace.armed))
		xs_queue_synchronize(queue);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueResume(XQueueHandle xq, int64_t flags)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	if (flags & kQueueResumeFlagDropCommands)
		xs_commands_drop(queue);
	xs_queue_resume(queue);
	return unpin(queue, kXSchedSuccess);
}

XResult XQueueProfileHwCommandCount(XQueueHandle xq, int64_t *count)
{
	if (!count)
		return kXSchedErrorInvalidValue;
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);
	if (!queue)
		return kXSchedErrorNotFound;
	*count = (int64_t)xs_commands_total(queue);
	return unpin(queue, kXSchedSuccess);
}
