/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueSetLaunchConfig: the pair must make sense; changing it never hangs a suspended queue. */
#include "contract.h"

int main(void)
{
	struct queue queue;

	queue_open(&queue, 500);
	EXPECT(kXSchedErrorNotFound, XQueueSetLaunchConfig(NO_HANDLE, 16, 8));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 16, 8));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 8, 8));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 1, 1));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetLaunchConfig(queue.xq, 4, 8));

	/* 0 and less keep what there is, and what there is counts. */
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 16, 8));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 0, 0));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, -1, -1));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 0, 16));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetLaunchConfig(queue.xq, 0, 17));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetLaunchConfig(queue.xq, 15, -1));
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 15, 15));

	/* On a suspended queue with work (D11). */
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 20);
	SUCCEEDS(XQueueSetLaunchConfig(queue.xq, 2, 1));
	CHECK(atomic_load(&queue.launched) == 0);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 20);
	queue_close(&queue);
	return 0;
}
