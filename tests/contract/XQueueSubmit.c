/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueSubmit: ordered, asynchronous, with back-pressure; blocking when the queue is made so. */
#include "contract.h"

#define CAPACITY 1024

static int sequence[3 * CAPACITY];
static atomic_int position;

static XResult note(HwQueueHandle hwq, void *data)
{
	(void)hwq;
	sequence[atomic_fetch_add(&position, 1)] = (int)(intptr_t)data;
	return kXSchedSuccess;
}

static void submit_numbers(XQueueHandle xq, int from, int to)
{
	for (int i = from; i < to; i++) {
		HwCommandHandle command = 0;
		SUCCEEDS(HwCommandCreateCallback(&command, note, (void *)(intptr_t)i));
		SUCCEEDS(XQueueSubmit(xq, command));
	}
}

static XResult submit_too_many(struct call *call)
{
	submit_numbers(call->queue->xq, CAPACITY, 2 * CAPACITY + 16);
	return kXSchedSuccess;
}

static XResult submit_one(struct call *call)
{
	return XQueueSubmit(call->queue->xq, call->command);
}

static void errors(void)
{
	struct queue queue;

	queue_open(&queue, 0);
	HwCommandHandle command = queue_command(&queue);
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(NO_HANDLE, command));
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(queue.xq, NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(queue.xq, 0));
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(queue.xq, command));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(queue.xq, command));
	CHECK(atomic_load(&queue.launched) == 1);
	queue_close(&queue);
}

/* A suspended queue takes 1024 commands at once, and the rest when there is room. */
static void back_pressure(void)
{
	struct queue queue;
	struct call call = { .run = submit_too_many, .queue = &queue };

	queue_open(&queue, 0);
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	submit_numbers(queue.xq, 0, CAPACITY);
	call_start(&call);
	CHECK(call_blocks(&call));
	CHECK(atomic_load(&position) == 0);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(call_join(&call));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&position) == 2 * CAPACITY + 16);
	for (int i = 0; i < 2 * CAPACITY + 16; i++)
		CHECK(sequence[i] == i);
	queue_close(&queue);
}

/* With kQueueCreateFlagBlockingSubmit the return means launched, and gives the callback's result. */
static void blocking(void)
{
	struct queue queue;
	struct call call = { .run = submit_one, .queue = &queue };

	queue_open_with(&queue, 1000, kQueueCreateFlagBlockingSubmit);
	SUCCEEDS(XQueueSubmit(queue.xq, queue_command(&queue)));
	CHECK(atomic_load(&queue.launched) == 1);
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	call.command = queue_command(&queue);
	call_start(&call);
	CHECK(call_blocks(&call));
	CHECK(atomic_load(&queue.launched) == 1);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(call_join(&call));
	CHECK(atomic_load(&queue.launched) == 2);
	queue.result = kXSchedErrorHardware;
	EXPECT(kXSchedErrorHardware, XQueueSubmit(queue.xq, queue_command(&queue)));
	queue.result = kXSchedSuccess;
	queue_close(&queue);
}

int main(void)
{
	errors();
	back_pressure();
	blocking();
	return 0;
}
