/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueSuspend: after it no launch; repeatable; its flags; against launches at full speed. */
#include "contract.h"

static XResult suspend_wait_idle(struct call *call)
{
	return XQueueSuspend(call->queue->xq, kQueueSuspendFlagWaitIdle);
}

static atomic_bool stop;

static XResult submit_until_stopped(struct call *call)
{
	while (!atomic_load(&stop))
		queue_submit(call->queue, 1);
	return kXSchedSuccess;
}

static void repeated(struct queue *queue)
{
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagMaskAll));
	queue_submit(queue, 4);
	/* Waiting first makes no sense any more: the call must not hang. */
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagWaitAll));
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagWaitIdle));
	sleep_ms(20);
	CHECK(atomic_load(&queue->launched) == 0);
	/* One resume ends them all. */
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue->xq));
	CHECK(atomic_load(&queue->launched) == 4);
}

static void flags(struct queue *queue)
{
	struct call call = { .run = suspend_wait_idle, .queue = queue };

	atomic_store(&queue->launched, 0);
	queue_submit(queue, 6);
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagWaitAll));
	CHECK(atomic_load(&queue->launched) == 6);
	CHECK(stream_idle(queue->stream));
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));

	queue_submit(queue, 6);
	call_start(&call);
	SUCCEEDS(call_join(&call));
	CHECK(atomic_load(&queue->launched) == 12);
	CHECK(stream_idle(queue->stream));
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));

	/* What is on the device finishes, what is not stays. */
	queue_submit(queue, 200);
	sleep_ms(5);
	SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagSyncHwQueue));
	CHECK(stream_idle(queue->stream));
	int launched = atomic_load(&queue->launched);
	sleep_ms(20);
	CHECK(atomic_load(&queue->launched) == launched);
	SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue->xq));
	CHECK(atomic_load(&queue->launched) == 212);
}

/* Many suspends against a thread that submits all the time: not one launch slips through (D19). */
static void nothing_slips(struct queue *queue)
{
	struct call call = { .run = submit_until_stopped, .queue = queue };

	queue->us = 0;
	call_start(&call);
	for (int i = 0; i < 500; i++) {
		SUCCEEDS(XQueueSuspend(queue->xq, kQueueSuspendFlagNone));
		int launched = atomic_load(&queue->launched);
		for (int j = 0; j < 100; j++)
			CHECK(atomic_load(&queue->launched) == launched);
		if (i % 100 == 0)
			sleep_ms(5);
		CHECK(atomic_load(&queue->launched) == launched);
		SUCCEEDS(XQueueResume(queue->xq, kQueueResumeFlagNone));
	}
	atomic_store(&stop, true);
	SUCCEEDS(call_join(&call));
	SUCCEEDS(XQueueWaitAll(queue->xq));
}

int main(void)
{
	struct queue queue;

	EXPECT(kXSchedErrorNotFound, XQueueSuspend(NO_HANDLE, kQueueSuspendFlagNone));
	queue_open(&queue, 1000);
	repeated(&queue);
	flags(&queue);
	nothing_slips(&queue);
	/* Destroying a suspended queue is tested in XQueueDestroy.c. */
	queue_close(&queue);
	return 0;
}
