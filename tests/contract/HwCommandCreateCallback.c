/* SPDX-License-Identifier: Apache-2.0 */
/* HwCommandCreateCallback: bad values; the callback gets its queue and its data, once. */
#include "contract.h"

int main(void)
{
	struct queue queue;
	HwCommandHandle command = 0;
	HwCommandHandle other = 0;

	queue_open(&queue, 0);
	EXPECT(kXSchedErrorInvalidValue, HwCommandCreateCallback(NULL, queue_launch, &queue));
	EXPECT(kXSchedErrorInvalidValue, HwCommandCreateCallback(&command, NULL, &queue));
	CHECK(command == 0);
	SUCCEEDS(HwCommandCreateCallback(&command, queue_launch, &queue));
	SUCCEEDS(HwCommandCreateCallback(&other, queue_launch, NULL));
	CHECK(command != 0 && other != 0 && command != other);
	SUCCEEDS(HwCommandDestroy(other));

	/* queue_launch checks the hardware queue that it is given. */
	SUCCEEDS(XQueueSubmit(queue.xq, command));
	SUCCEEDS(XQueueWait(queue.xq, command));
	CHECK(atomic_load(&queue.launched) == 1);
	queue_close(&queue);
	return 0;
}
