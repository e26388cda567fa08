/* SPDX-License-Identifier: Apache-2.0 */
/* XHintUtilization: any number is taken; two queues that share the device both get on. */
#include "contract.h"

int main(void)
{
	struct queue large;
	struct queue small;
	const Utilization shares[] = { UTILIZATION_MIN, UTILIZATION_MAX, -1, 101, 20 };

	EXPECT(kXSchedErrorNotFound, XHintUtilization(NO_HANDLE, UTILIZATION_DEFAULT));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyUtilizationPartition));
	queue_open(&large, 1000);
	queue_open(&small, 1000);
	for (int i = 0; i < 5; i++)
		SUCCEEDS(XHintUtilization(small.xq, shares[i]));

	/* One with a hint, one without: nobody is left out (D80). */
	queue_submit(&small, 50);
	queue_submit(&large, 50);
	SUCCEEDS(XQueueWaitAll(small.xq));
	SUCCEEDS(XQueueWaitAll(large.xq));

	SUCCEEDS(XHintUtilization(large.xq, 80));
	queue_submit(&small, 50);
	queue_submit(&large, 50);
	SUCCEEDS(XQueueWaitAll(large.xq));
	SUCCEEDS(XQueueWaitAll(small.xq));
	queue_close(&small);
	queue_close(&large);
	return 0;
}
