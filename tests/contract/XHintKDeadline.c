/* SPDX-License-Identifier: Apache-2.0 */
/* XHintKDeadline: any number is taken, 0 changes nothing; all queues get on under KEDF. */
#include "contract.h"

int main(void)
{
	struct queue queues[3];
	const size_t k[] = { 1, 2, 0, SIZE_MAX, 3 };

	SUCCEEDS(XHintKDeadline(1));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyKEarliestDeadlineFirst));
	for (int i = 0; i < 3; i++) {
		queue_open(&queues[i], 1000);
		SUCCEEDS(XHintDeadline(queues[i].xq, 10000 * (i + 1)));
	}
	for (int round = 0; round < 5; round++) {
		SUCCEEDS(XHintKDeadline(k[round]));
		for (int i = 0; i < 3; i++)
			queue_submit(&queues[i], 5);
		for (int i = 0; i < 3; i++)
			SUCCEEDS(XQueueWaitAll(queues[i].xq));
	}
	for (int i = 0; i < 3; i++) {
		CHECK(atomic_load(&queues[i].launched) == 25);
		queue_close(&queues[i]);
	}
	return 0;
}
