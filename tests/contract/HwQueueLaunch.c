/* SPDX-License-Identifier: Apache-2.0 */
/* HwQueueLaunch: on this thread, past any XQueue; the callback's result; the command is consumed. */
#include "contract.h"

static pthread_t launcher;

static XResult refuse(HwQueueHandle hwq, void *data)
{
	CHECK(hwq == *(HwQueueHandle *)data);
	launcher = pthread_self();
	return kXSchedErrorNotSupported;
}

int main(void)
{
	struct queue queue;
	HwCommandHandle command = 0;

	queue_open(&queue, 2000);
	command = queue_command(&queue);
	EXPECT(kXSchedErrorNotFound, HwQueueLaunch(NO_HANDLE, command));
	EXPECT(kXSchedErrorNotFound, HwQueueLaunch(queue.hwq, NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, HwQueueLaunch(queue.hwq, 0));
	SUCCEEDS(HwQueueLaunch(queue.hwq, command));
	CHECK(atomic_load(&queue.launched) == 1);
	EXPECT(kXSchedErrorNotFound, HwQueueLaunch(queue.hwq, command));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(command));

	SUCCEEDS(HwCommandCreateCallback(&command, refuse, &queue.hwq));
	EXPECT(kXSchedErrorNotSupported, HwQueueLaunch(queue.hwq, command));
	CHECK(pthread_equal(launcher, pthread_self()));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(command));

	/* Suspending the XQueue does not stop it. */
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	SUCCEEDS(HwQueueLaunch(queue.hwq, queue_command(&queue)));
	CHECK(atomic_load(&queue.launched) == 2);

	/* What an XQueue has is not for anybody else. */
	command = queue_command(&queue);
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	EXPECT(kXSchedErrorNotFound, HwQueueLaunch(queue.hwq, command));
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWait(queue.xq, command));
	CHECK(atomic_load(&queue.launched) == 3);
	queue_close(&queue);
	return 0;
}
