/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueWait: waits for one command, however early or late it is asked (D14). */
#include "contract.h"

static XResult wait_for_command(struct call *call)
{
	return XQueueWait(call->queue->xq, call->command);
}

static void completes(struct queue *queue)
{
	HwCommandHandle first = queue_command(queue);
	HwCommandHandle last = queue_command(queue);

	SUCCEEDS(XQueueSubmit(queue->xq, first));
	queue_submit(queue, 3);
	SUCCEEDS(XQueueSubmit(queue->xq, last));
	SUCCEEDS(XQueueWait(queue->xq, last));
	CHECK(atomic_load(&queue->launched) == 5);
	CHECK(stream_idle(queue->stream));
	/* Long completed: at once. */
	SUCCEEDS(XQueueWait(queue->xq, first));
}

static void blocks_while_suspended(struct queue *queue)
{
	struct call call = { .run = wait_for_command, .queue = queue };

	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
	call.command = queue_command(queue);
	SUCCEEDS(XQueueSubmit(queue->xq, call.command));
	call_start(&call);
	CHECK(call_blocks(&call));
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));
	SUCCEEDS(call_join(&call));
}

static void errors(struct queue *queue)
{
	struct queue other;
	HwCommandHandle command = queue_command(queue);

	EXPECT(kXSchedErrorNotFound, XQueueWait(NO_HANDLE, command));
	EXPECT(kXSchedErrorNotFound, XQueueWait(queue->xq, NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, XQueueWait(queue->xq, 0));
	/* Never submitted: no waiting for ever. */
	EXPECT(kXSchedErrorNotFound, XQueueWait(queue->xq, command));

	/* Submitted, but elsewhere. */
	queue_open(&other, 1000);
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
	SUCCEEDS(XQueueSubmit(queue->xq, command));
	EXPECT(kXSchedErrorNotFound, XQueueWait(other.xq, command));
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWait(queue->xq, command));
	queue_close(&other);
}

int main(void)
{
	struct queue queue;

	queue_open(&queue, 2000);
	completes(&queue);
	blocks_while_suspended(&queue);
	errors(&queue);

	/* Nobody has to wait: handles of completed commands pile up nowhere and do no harm. */
	queue.us = 0;
	queue_submit(&queue, 20000);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	queue_close(&queue);
	return 0;
}
