/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueGet: finds what XQueueCreate made, until it is destroyed. */
#include "contract.h"

int main(void)
{
	struct queue queue;
	XQueueHandle xq = 0;

	queue_open(&queue, 0);
	SUCCEEDS(XQueueGet(&xq, queue.hwq));
	CHECK(xq == queue.xq);
	EXPECT(kXSchedErrorInvalidValue, XQueueGet(NULL, queue.hwq));
	EXPECT(kXSchedErrorNotFound, XQueueGet(&xq, NO_HANDLE));

	CUstream other = stream_create();
	HwQueueHandle bare = 0;
	SUCCEEDS(CudaQueueCreate(&bare, other));
	EXPECT(kXSchedErrorNotFound, XQueueGet(&xq, bare));
	SUCCEEDS(HwQueueDestroy(bare));
	stream_destroy(other);

	queue_close(&queue);
	EXPECT(kXSchedErrorNotFound, XQueueGet(&xq, queue.hwq));
	return 0;
}
