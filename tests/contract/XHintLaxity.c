/* SPDX-License-Identifier: Apache-2.0 */
/* XHintLaxity: the queue becomes important when its laxity is used up, and is never starved. */
#include "contract.h"

int main(void)
{
	struct queue steady;
	struct queue urgent;
	XQueueState state = kQueueStateUnknown;

	EXPECT(kXSchedErrorNotFound, XHintLaxity(NO_HANDLE, 1000, 0, 1));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyLaxity));
	queue_open(&steady, 1000);
	queue_open(&urgent, 1000);
	SUCCEEDS(XHintLaxity(urgent.xq, NO_LAXITY, PRIORITY_MIN, PRIORITY_MAX));
	SUCCEEDS(XHintLaxity(urgent.xq, -1000, 1000, -1000));
	SUCCEEDS(XHintLaxity(urgent.xq, 20000, PRIORITY_MIN, PRIORITY_MAX));

	/* Behind at first, in front after 20 ms: done while the other has still plenty to do. */
	queue_submit(&steady, 500);
	sleep_ms(5);
	queue_submit(&urgent, 5);
	SUCCEEDS(XQueueWaitAll(urgent.xq));
	SUCCEEDS(XQueueQuery(steady.xq, &state));
	CHECK(state == kQueueStateReady);
	SUCCEEDS(XQueueWaitAll(steady.xq));
	CHECK(atomic_load(&steady.launched) == 500);
	queue_close(&urgent);
	queue_close(&steady);
	return 0;
}
