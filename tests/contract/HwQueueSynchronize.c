/* SPDX-License-Identifier: Apache-2.0 */
/* HwQueueSynchronize: the device has done what was launched, by whomever. */
#include "contract.h"

int main(void)
{
	CUstream stream = stream_create();
	HwQueueHandle hwq = 0;

	EXPECT(kXSchedErrorNotFound, HwQueueSynchronize(NO_HANDLE));
	EXPECT(kXSchedErrorNotFound, HwQueueSynchronize(0));
	SUCCEEDS(CudaQueueCreate(&hwq, stream));
	SUCCEEDS(HwQueueSynchronize(hwq));
	stream_spin(stream, 20000);
	SUCCEEDS(HwQueueSynchronize(hwq));
	CHECK(stream_idle(stream));

	struct queue work = { .stream = stream, .hwq = hwq, .us = 20000 };
	SUCCEEDS(HwQueueLaunch(hwq, queue_command(&work)));
	SUCCEEDS(HwQueueSynchronize(hwq));
	CHECK(stream_idle(stream));
	SUCCEEDS(HwQueueDestroy(hwq));
	stream_destroy(stream);
	return 0;
}
