/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling without interception: the program hands its work to the XQueue as commands, each a
 * function that launches something when its turn comes. Nothing has to be preloaded.
 *
 *   ./callbacks
 */
#include <stdio.h>

#include "device.h"

struct task {
	CUstream stream;
	uint32_t us;
	int number;
};

/* Runs on a thread of the library, once per task. */
static XResult launch(HwQueueHandle hwq, void *data)
{
	const struct task *task = data;

	(void)hwq;
	device_spin(task->stream, task->us);
	printf("  launched task %d\n", task->number);
	return kXSchedSuccess;
}

static HwCommandHandle submit(XQueueHandle xq, struct task *task)
{
	HwCommandHandle command;

	CHECK(HwCommandCreateCallback(&command, launch, task));
	CHECK(XQueueSubmit(xq, command));
	return command;
}

int main(void)
{
	CUstream stream = device_stream();
	struct task tasks[8];
	HwCommandHandle commands[8];
	HwQueueHandle hwq;
	XQueueHandle xq;

	for (int i = 0; i < 8; i++)
		tasks[i] = (struct task){ .stream = stream, .us = 5000, .number = i };
	CHECK(CudaQueueCreate(&hwq, stream));
	CHECK(XQueueCreate(&xq, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));

	printf("four tasks, and waiting for the second:\n");
	for (int i = 0; i < 4; i++)
		commands[i] = submit(xq, &tasks[i]);
	CHECK(XQueueWait(xq, commands[1]));
	printf("  task 1 is complete\n");
	CHECK(XQueueWaitAll(xq));

	printf("two tasks for a suspended queue, started by the resume:\n");
	CHECK(XQueueSuspend(xq, kQueueSuspendFlagNone));
	for (int i = 4; i < 6; i++)
		submit(xq, &tasks[i]);
	printf("  submitted\n");
	CHECK(XQueueResume(xq, kQueueResumeFlagNone));
	CHECK(XQueueWaitAll(xq));

	printf("two tasks that are dropped:\n");
	CHECK(XQueueSuspend(xq, kQueueSuspendFlagNone));
	for (int i = 6; i < 8; i++)
		submit(xq, &tasks[i]);
	CHECK(XQueueResume(xq, kQueueResumeFlagDropCommands));

	CHECK(XQueueDestroy(xq));
	CHECK(HwQueueDestroy(hwq));
	return 0;
}
