/* SPDX-License-Identifier: Apache-2.0 */
/* XHintTimeslice: any number is taken, XSched's own unlimited included, with or without policy. */
#include "contract.h"

int main(void)
{
	struct queue one;
	struct queue two;
	const Timeslice slices[] = { TIMESLICE_MIN, TIMESLICE_DEFAULT, TIMESLICE_MAX,
		TIMESLICE_UNLIMITED, (Timeslice)UINT64_MAX, 0, -5, 1000 };

	SUCCEEDS(XHintTimeslice(TIMESLICE_DEFAULT));
	SUCCEEDS(XHintSetScheduler(kSchedulerLocal, kPolicyProcessUtilizationPartition));
	queue_open(&one, 1000);
	queue_open(&two, 1000);
	for (int i = 0; i < 8; i++) {
		SUCCEEDS(XHintTimeslice(slices[i]));
		queue_submit(&one, 10);
		queue_submit(&two, 10);
		SUCCEEDS(XQueueWaitAll(one.xq));
		SUCCEEDS(XQueueWaitAll(two.xq));
	}
	queue_close(&two);
	queue_close(&one);
	return 0;
}
