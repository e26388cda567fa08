/* SPDX-License-Identifier: Apache-2.0 */
/* XHintPriority: any number is taken; under HPF the higher queue keeps the lower one out. */
#include "contract.h"

int main(void)
{
	struct queue high;
	struct queue low;
	const Priority priorities[] = { PRIORITY_MIN, PRIORITY_DEFAULT, PRIORITY_MAX, 1000, -1000,
		PRIORITY_NO_EXECUTE };

	/* A thread that launches and gets no processor is no stall here. */
	setenv("XSCHED_STALL_MS", "60000", 1);
	EXPECT(kXSchedErrorNotFound, XHintPriority(NO_HANDLE, PRIORITY_DEFAULT));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyHighestPriorityFirst));
	queue_open(&high, 20000);
	queue_open(&low, 1000);
	for (int i = 0; i < 6; i++)
		SUCCEEDS(XHintPriority(low.xq, priorities[i]));

	/* PRIORITY_NO_EXECUTE means it (D75). */
	queue_submit(&low, 1);
	sleep_ms(50);
	CHECK(atomic_load(&low.launched) == 0);
	SUCCEEDS(XHintPriority(low.xq, PRIORITY_MIN));
	SUCCEEDS(XQueueWaitAll(low.xq));
	CHECK(atomic_load(&low.launched) == 1);

	/* The low queue gets its turn when the high one is done, and not before. */
	SUCCEEDS(XHintPriority(high.xq, PRIORITY_MAX));
	queue_submit(&high, 10);
	CHECK(reaches(&high.launched, 1) || atomic_load(&high.launched) > 1);
	sleep_ms(5);
	queue_submit(&low, 50);
	sleep_ms(50);
	int launched = atomic_load(&low.launched);
	CHECK(launched < 10 || (atomic_load(&high.launched) == 10 && stream_idle(high.stream)));
	SUCCEEDS(XQueueWaitAll(high.xq));
	SUCCEEDS(XQueueWaitAll(low.xq));
	CHECK(atomic_load(&low.launched) == 51);
	queue_close(&low);
	queue_close(&high);
	return 0;
}
