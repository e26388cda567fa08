/* SPDX-License-Identifier: Apache-2.0 */
/* XQueueCreate: levels, flags, the queue that exists already. */
#include "contract.h"

int main(void)
{
	CUstream stream = stream_create();
	HwQueueHandle hwq = 0;
	XQueueHandle first = 0;
	XQueueHandle second = 0;

	SUCCEEDS(CudaQueueCreate(&hwq, stream));
	EXPECT(kXSchedErrorInvalidValue,
		XQueueCreate(NULL, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	EXPECT(kXSchedErrorNotFound,
		XQueueCreate(&first, NO_HANDLE, kPreemptLevelBlock, kQueueCreateFlagNone));
	EXPECT(kXSchedErrorNotFound,
		XQueueCreate(&first, 0, kPreemptLevelBlock, kQueueCreateFlagNone));
	const int64_t not_levels[] = { -1, kPreemptLevelUnknown, kPreemptLevelMax, 1ll << 32 };
	for (int i = 0; i < 4; i++)
		EXPECT(kXSchedErrorInvalidValue,
			XQueueCreate(&first, hwq, not_levels[i], kQueueCreateFlagNone));
	EXPECT(kXSchedErrorNotFound, XQueueGet(&second, hwq));

	SUCCEEDS(XQueueCreate(&first, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	CHECK(first != 0);
	SUCCEEDS(XQueueCreate(&second, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	CHECK(second == first);
	SUCCEEDS(XQueueDestroy(first));

	/* A level that the platform lacks is lowered, so all three can be asked for. */
	for (int64_t level = kPreemptLevelBlock; level < kPreemptLevelMax; level++) {
		SUCCEEDS(XQueueCreate(&second, hwq, level, kQueueCreateFlagMaskAll));
		CHECK(second != 0 && second != first);
		SUCCEEDS(XQueueDestroy(second));
	}
	SUCCEEDS(HwQueueDestroy(hwq));
	stream_destroy(stream);
	return 0;
}
