/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueResume: repeatable; dropping forgets what was not launched, and only that. */
#include "contract.h"

static XResult wait_for_command(struct call *call)
{
	return XQueueWait(call->queue->xq, call->command);
}

static void drop(struct queue *queue)
{
	struct call call = { .run = wait_for_command, .queue = queue };
	HwCommandHandle dropped = queue_command(queue);
	XQueueState state = kQueueStateUnknown;
	int64_t count = 0;

	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
	SUCCEEDS(XQueueSubmit(queue->xq, dropped));
	call.command = queue_command(queue);
	SUCCEEDS(XQueueSubmit(queue->xq, call.command));
	queue_submit(queue, 5);
	call_start(&call);
	CHECK(call_blocks(&call));
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagDropCommands));

	/* Those who wait for a dropped command hear that there is none. */
	EXPECT(kXSchedErrorNotFound, call_join(&call));
	EXPECT(kXSchedErrorNotFound, XQueueWait(queue->xq, dropped));
	SUCCEEDS(XQueueWaitAll(queue->xq));
	SUCCEEDS(XQueueQuery(queue->xq, &state));
	CHECK(state == kQueueStateIdle);
	CHECK(atomic_load(&queue->launched) == 0);

	/* They were submitted all the same, and the queue goes on. */
	SUCCEEDS(XQueueProfileHwCommandCount(queue->xq, &count));
	CHECK(count == 7);
	queue_submit(queue, 3);
	SUCCEEDS(XQueueWaitAll(queue->xq));
	CHECK(atomic_load(&queue->launched) == 3);
}

int main(void)
{
	struct queue queue;

	EXPECT(kXSchedErrorNotFound, XQueueResume(NO_HANDLE, kQueueResumeFlagNone));
	queue_open(&queue, 1000);
	drop(&queue);

	/* A queue that is not suspended; and twice after one suspend. */
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 1);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 4);

	/* Resumes are not saved up for later suspends. */
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 1);
	sleep_ms(20);
	CHECK(atomic_load(&queue.launched) == 4);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 5);
	queue_close(&queue);
	return 0;
}
