/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that tells the scheduler of the machine how important it is. Start the daemon, then
 * two of these with different priorities, and compare their times:
 *
 *   xserver &
 *   LD_PRELOAD=libshimcuda.so ./hints -10 &
 *   LD_PRELOAD=libshimcuda.so ./hints 10
 *
 * Only the three calls at the start are about scheduling; the loop knows nothing of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"

#define BATCHES 50
#define KERNELS 100

int main(int argc, char **argv)
{
	Priority priority = argc > 1 ? atoi(argv[1]) : PRIORITY_DEFAULT;
	CUstream stream = device_stream();
	HwQueueHandle hwq;
	XQueueHandle xq;

	CHECK(XHintSetScheduler(kSchedulerGlobal, kPolicyUnknown));
	CHECK(CudaQueueCreate(&hwq, stream));
	CHECK(XQueueCreate(&xq, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	CHECK(XHintPriority(xq, priority));

	for (int batch = 0; batch < BATCHES; batch++) {
		double start = now_ms();
		for (int i = 0; i < KERNELS; i++)
			device_spin(stream, 200);
		device_finish(stream);
		printf("priority %d: batch %d took %.1f ms\n", priority, batch, now_ms() - start);
	}
	CHECK(XQueueDestroy(xq));
	CHECK(HwQueueDestroy(hwq));
	return 0;
}
