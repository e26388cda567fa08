/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueWaitAll: the device is done with what was submitted; errors of callbacks come out once. */
#include "contract.h"

static XResult wait_all(struct call *call)
{
	return XQueueWaitAll(call->queue->xq);
}

/* A callback that waits for its own queue is told so and does not hang. */
static XResult wait_inside(HwQueueHandle hwq, void *data)
{
	(void)hwq;
	struct queue *queue = data;
	EXPECT(kXSchedErrorNotAllowed, XQueueWaitAll(queue->xq));
	atomic_fetch_add(&queue->launched, 1);
	return kXSchedSuccess;
}

int main(void)
{
	struct queue queue;
	struct call call = { .run = wait_all, .queue = &queue };
	HwCommandHandle command = 0;

	EXPECT(kXSchedErrorNotFound, XQueueWaitAll(NO_HANDLE));
	queue_open(&queue, 3000);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	queue_submit(&queue, 10);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 10);
	CHECK(stream_idle(queue.stream));
	SUCCEEDS(XQueueWaitAll(queue.xq));

	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	queue_submit(&queue, 3);
	call_start(&call);
	CHECK(call_blocks(&call));
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(call_join(&call));
	CHECK(atomic_load(&queue.launched) == 13);

	queue.result = kXSchedErrorHardware;
	queue_submit(&queue, 2);
	EXPECT(kXSchedErrorHardware, XQueueWaitAll(queue.xq));
	queue.result = kXSchedSuccess;
	queue_submit(&queue, 1);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 16);

	SUCCEEDS(HwCommandCreateCallback(&command, wait_inside, &queue));
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 17);
	queue_close(&queue);
	return 0;
}
