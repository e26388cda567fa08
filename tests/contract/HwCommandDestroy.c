/* SPDX-License-Identifier: Apache-2.0 */
/* HwCommandDestroy: a fresh command is gone; a submitted one runs all the same. */
#include "contract.h"

int main(void)
{
	struct queue queue;

	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(0));
	queue_open(&queue, 0);
	HwCommandHandle command = queue_command(&queue);
	SUCCEEDS(HwCommandDestroy(command));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(command));
	EXPECT(kXSchedErrorNotFound, XQueueSubmit(queue.xq, command));

	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	command = queue_command(&queue);
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	SUCCEEDS(HwCommandDestroy(command));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(command));
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 1);

	command = queue_command(&queue);
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	SUCCEEDS(XQueueWait(queue.xq, command));
	EXPECT(kXSchedErrorNotFound, HwCommandDestroy(command));
	queue_close(&queue);
	return 0;
}
