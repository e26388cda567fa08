/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueQuery: ready while there is work, waiting or running; idle otherwise. */
#include "contract.h"

static XQueueState state_of(struct queue *queue)
{
	XQueueState state = kQueueStateUnknown;

	SUCCEEDS(XQueueQuery(queue->xq, &state));
	return state;
}

int main(void)
{
	struct queue queue;
	XQueueState state = kQueueStateUnknown;

	queue_open(&queue, 30000);
	EXPECT(kXSchedErrorInvalidValue, XQueueQuery(queue.xq, NULL));
	EXPECT(kXSchedErrorNotFound, XQueueQuery(NO_HANDLE, &state));
	CHECK(state == kQueueStateUnknown);
	CHECK(state_of(&queue) == kQueueStateIdle);

	SUCCEEDS(XQueueSuspend(queue.xq, kQueueSuspendFlagNone));
	CHECK(state_of(&queue) == kQueueStateIdle);
	queue_submit(&queue, 2);
	CHECK(state_of(&queue) == kQueueStateReady);
	SUCCEEDS(XQueueResume(queue.xq, kQueueResumeFlagNone));
	CHECK(reaches(&queue.launched, 2));
	/* Launched, still running. */
	CHECK(state_of(&queue) == kQueueStateReady);
	SUCCEEDS(XQueueWaitAll(queue.xq));
	CHECK(state_of(&queue) == kQueueStateIdle);

	/* It becomes idle without anybody waiting for it. */
	queue.us = 1000;
	queue_submit(&queue, 1);
	for (int ms = 0; ms < 2000 && state_of(&queue) != kQueueStateIdle; ms++)
		sleep_ms(1);
	CHECK(state_of(&queue) == kQueueStateIdle);
	queue_close(&queue);
	return 0;
}
