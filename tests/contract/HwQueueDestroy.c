/* SPDX-License-Identifier: Apache-2.0 */
/* HwQueueDestroy: not under an XQueue; afterwards the stream is as before. */
#include "contract.h"

int main(void)
{
	struct queue queue;
	HwQueueHandle again = 0;

	EXPECT(kXSchedErrorNotFound, HwQueueDestroy(NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, HwQueueDestroy(0));
	queue_open(&queue, 0);
	EXPECT(kXSchedErrorNotAllowed, HwQueueDestroy(queue.hwq));
	queue_submit(&queue, 1);
	SUCCEEDS(XQueueDestroy(queue.xq));
	SUCCEEDS(HwQueueDestroy(queue.hwq));
	EXPECT(kXSchedErrorNotFound, HwQueueDestroy(queue.hwq));
	EXPECT(kXSchedErrorNotFound, HwQueueSynchronize(queue.hwq));

	stream_spin(queue.stream, 10);
	SUCCEEDS(CudaQueueCreate(&again, queue.stream));
	CHECK(again != 0 && again != queue.hwq);
	SUCCEEDS(HwQueueDestroy(again));
	stream_destroy(queue.stream);
	return 0;
}
