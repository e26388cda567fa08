/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueDestroy: all commands run first, also those of a suspended queue; then it is gone. */
#include "contract.h"

static XResult destroy(struct call *call)
{
	return XQueueDestroy(call->queue->xq);
}

int main(void)
{
	struct queue queue;
	XQueueHandle xq;

	EXPECT(kXSchedErrorNotFound, XQueueDestroy(NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, XQueueDestroy(0));

	queue_open(&queue, 2000);
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 5);
	struct call call = { .run = destroy, .queue = &queue };
	call_start(&call);
	SUCCEEDS(call_join(&call));
	CHECK(atomic_load(&queue.launched) == 5);
	CHECK(stream_idle(queue.stream));

	EXPECT(kXSchedErrorNotFound, XQueueDestroy(queue.xq));
	EXPECT(kXSchedErrorNotFound, XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	EXPECT(kXSchedErrorNotFound, XQueueGet(&xq, queue.hwq));
	SUCCEEDS(HwQueueDestroy(queue.hwq));
	stream_destroy(queue.stream);
	return 0;
}
