/* SPDX-License-Identifier: Apache-2.0 */
/* CudaQueueCreate: one hardware queue per stream; the errors. */
#include "contract.h"

int main(void)
{
	CUstream stream = stream_create();
	CUstream other = stream_create();
	HwQueueHandle hwq = 0;
	HwQueueHandle again = 0;
	HwQueueHandle third = 0;

	EXPECT(kXSchedErrorInvalidValue, CudaQueueCreate(NULL, stream));
	EXPECT(kXSchedErrorNotSupported, CudaQueueCreate(&hwq, NULL));
	CHECK(hwq == 0);
	SUCCEEDS(CudaQueueCreate(&hwq, stream));
	CHECK(hwq != 0);
	SUCCEEDS(CudaQueueCreate(&again, stream));
	CHECK(again == hwq);
	SUCCEEDS(CudaQueueCreate(&third, other));
	CHECK(third != 0 && third != hwq);
	SUCCEEDS(HwQueueDestroy(third));
	SUCCEEDS(HwQueueDestroy(hwq));
	stream_destroy(other);
	stream_destroy(stream);
	return 0;
}
