/* SPDX-License-Identifier: Apache-2.0 */
/* XHintDeadline: the earlier deadline goes first; no deadline is later than any (D83). */
#include "contract.h"

int main(void)
{
	struct queue later;
	struct queue sooner;
	XQueueState state = kQueueStateUnknown;

	EXPECT(kXSchedErrorNotFound, XHintDeadline(NO_HANDLE, 1000));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyKEarliestDeadlineFirst));
	queue_open(&later, 1000);
	queue_open(&sooner, 1000);
	SUCCEEDS(XHintDeadline(later.xq, 10000));
	SUCCEEDS(XHintDeadline(later.xq, 0));
	SUCCEEDS(XHintDeadline(later.xq, NO_DEADLINE));
	SUCCEEDS(XHintDeadline(sooner.xq, 5000));

	queue_submit(&later, 300);
	sleep_ms(5);
	queue_submit(&sooner, 5);
	SUCCEEDS(XQueueWaitAll(sooner.xq));
	SUCCEEDS(XQueueQuery(later.xq, &state));
	CHECK(state == kQueueStateReady);
	SUCCEEDS(XQueueWaitAll(later.xq));
	CHECK(atomic_load(&later.launched) == 300);
	queue_close(&sooner);
	queue_close(&later);
	return 0;
}
