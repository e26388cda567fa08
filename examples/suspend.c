/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is its own scheduler: every half second the main thread stops or continues what
 * another thread does on the device, which notices nothing but the time that passes.
 *
 *   LD_PRELOAD=libshimcuda.so ./suspend
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "device.h"

static atomic_bool over;
static atomic_int tasks;

static void *work(void *data)
{
	CUstream stream = data;

	while (!atomic_load(&over)) {
		for (int i = 0; i < 20; i++)
			device_spin(stream, 500);
		device_finish(stream);
		atomic_fetch_add(&tasks, 1);
	}
	return NULL;
}

static int tasks_in_half_a_second(void)
{
	const struct timespec pause = { .tv_nsec = 500000000 };
	int before = atomic_load(&tasks);

	nanosleep(&pause, NULL);
	return atomic_load(&tasks) - before;
}

int main(void)
{
	CUstream stream = device_stream();
	HwQueueHandle hwq;
	XQueueHandle xq;
	pthread_t thread;

	CHECK(XHintSetScheduler(kSchedulerAppManaged, kPolicyUnknown));
	CHECK(CudaQueueCreate(&hwq, stream));
	CHECK(XQueueCreate(&xq, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	CHECK(pthread_create(&thread, NULL, work, stream));
	for (int i = 0; i < 4; i++) {
		printf("running:   %d tasks\n", tasks_in_half_a_second());
		CHECK(XQueueSuspend(xq, kQueueSuspendFlagSyncHwQueue));
		printf("suspended: %d tasks\n", tasks_in_half_a_second());
		CHECK(XQueueResume(xq, kQueueResumeFlagNone));
	}
	atomic_store(&over, 1);
	pthread_join(thread, NULL);
	CHECK(XQueueDestroy(xq));
	CHECK(HwQueueDestroy(hwq));
	return 0;
}
