/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueProfileHwCommandCount: what was submitted since the queue exists, launched or not. */
#include "contract.h"

int main(void)
{
	struct queue queue;
	int64_t count = -1;

	queue_open(&queue, 0);
	EXPECT(kXSchedErrorInvalidValue, XQueueProfileHwCommandCount(queue.xq, NULL));
	EXPECT(kXSchedErrorNotFound, XQueueProfileHwCommandCount(NO_HANDLE, &count));
	CHECK(count == -1);
	SUCCEEDS(XQueueProfileHwCommandCount(queue.xq, &count));
	CHECK(count == 0);

	queue_submit(&queue, 7);
	SUCCEEDS(XQueueProfileHwCommandCount(queue.xq, &count));
	CHECK(count == 7);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 5);
	SUCCEEDS(XQueueProfileHwCommandCount(queue.xq, &count));
	CHECK(count == 12);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	SUCCEEDS(XQueueProfileHwCommandCount(queue.xq, &count));
	CHECK(count == 12);
	queue_close(&queue);
	return 0;
}
