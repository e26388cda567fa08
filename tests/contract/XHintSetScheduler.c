/* SPDX-License-Identifier: Apache-2.0 */
/* XHintSetScheduler: which pairs are accepted; queues work under each of them (D32, D82). */
#include "contract.h"

static void works(struct queue *queue)
{
	int before = atomic_load(&queue->launched);

	queue_submit(queue, 3);
	SUCCEEDS(XQueueWaitAll(queue->xq));
	CHECK(atomic_load(&queue->launched) == before + 3);
}

int main(void)
{
	struct queue queue;

	queue_open(&queue, 200);
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler(kSchedulerUnknown, 1));
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler(kSchedulerMax, 1));
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler((XSchedulerType)77, 1));
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler(kSchedulerLocal, kPolicyUnknown));
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler(kSchedulerLocal, kPolicyMax));
	EXPECT(kXSchedErrorInvalidValue, XHintSetScheduler(kSchedulerLocal, (XPolicyType)77));
	works(&queue);

	for (int policy = kPolicyUnknown + 1; policy < kPolicyMax; policy++) {
		SUCCEEDS(XHintSetScheduler(kSchedulerLocal, (XPolicyType)policy));
		works(&queue);
	}
	/* A change of the scheduler while the program suspends: the program's suspend stays. */
	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	int before = atomic_load(&queue.launched);
	queue_submit(&queue, 1);
	SUCCEEDS(XHintSetScheduler(kSchedulerAppManaged, kPolicyUnknown));
	sleep_ms(20);
	CHECK(atomic_load(&queue.launched) == before);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	SUCCEEDS(XQueueWaitAll(queue.xq));
	works(&queue);

	/* With or without a daemon, with a policy that is not looked at. */
	SUCCEEDS(XHintSetScheduler(kSchedulerGlobal, kPolicyUnknown));
	works(&queue);
	SUCCEEDS(XHintSetScheduler(kSchedulerGlobal, kPolicyHighestPriorityFirst));
	works(&queue);
	queue_close(&queue);
	return 0;
}
