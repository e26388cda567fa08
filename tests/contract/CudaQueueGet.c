/* SPDX-License-Identifier: Apache-2.0 */
/* CudaQueueGet: finds what CudaQueueCreate made, until it is destroyed. */
#include "contract.h"

int main(void)
{
	CUstream stream = stream_create();
	HwQueueHandle hwq = 0;
	HwQueueHandle found = 0;

	EXPECT(kXSchedErrorNotFound, CudaQueueGet(&found, stream));
	SUCCEEDS(CudaQueueCreate(&hwq, stream));
	EXPECT(kXSchedErrorInvalidValue, CudaQueueGet(NULL, stream));
	EXPECT(kXSchedErrorNotSupported, CudaQueueGet(&found, NULL));
	CHECK(found == 0);
	SUCCEEDS(CudaQueueGet(&found, stream));
	CHECK(found == hwq);
	SUCCEEDS(HwQueueDestroy(hwq));
	EXPECT(kXSchedErrorNotFound, CudaQueueGet(&found, stream));
	stream_destroy(stream);
	return 0;
}
