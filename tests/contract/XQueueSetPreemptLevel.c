/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueSetPreemptLevel: every level can be asked for, at any time; others are refused. */
#include "contract.h"

int main(void)
{
	struct queue queue;

	queue_open(&queue, 500);
	EXPECT(kXSchedErrorNotFound, XQueueSetPreemptLevel(NO_HANDLE, kPreemptLevelBlock));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetPreemptLevel(queue.xq, kPreemptLevelUnknown));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetPreemptLevel(queue.xq, kPreemptLevelMax));
	EXPECT(kXSchedErrorInvalidValue, XQueueSetPreemptLevel(queue.xq, (XPreemptLevel)77));

	SUCCEEDS(XQueueSetPreemptLevel(queue.xq, kPreemptLevelInterrupt));
	SUCCEEDS(XQueueSetPreemptLevel(queue.xq, kPreemptLevelDeactivate));
	queue_submit(&queue, 8);
	SUCCEEDS(XQueueSetPreemptLevel(queue.xq, kPreemptLevelBlock));

	/* A change on a suspended queue neither blocks nor resumes it. */
	SUCCEEDS(XQueueWaitAll(queue.xq));
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	queue_submit(&queue, 8);
	SUCCEEDS(XQueueSetPreemptLevel(queue.xq, kPreemptLevelDeactivate));
	sleep_ms(20);
	CHECK(atomic_load(&queue.launched) == 8);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(atomic_load(&queue.launched) == 16);
	queue_close(&queue);
	return 0;
}
