/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priorities between the threads of one program, without a daemon. A background thread keeps the
 * device full; a foreground thread asks for a little work now and then and wants it soon.
 *
 *   LD_PRELOAD=libshimcuda.so ./threads         foreground first
 *   LD_PRELOAD=libshimcuda.so ./threads same    both alike, for comparison
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "device.h"

#define REQUESTS 50

static atomic_bool over;

/* Makes a stream whose work has a priority. */
static CUstream stream_with_priority(Priority priority)
{
	CUstream stream = device_stream();
	HwQueueHandle hwq;
	XQueueHandle xq;

	CHECK(CudaQueueCreate(&hwq, stream));
	CHECK(XQueueCreate(&xq, hwq, kPreemptLevelBlock, kQueueCreateFlagNone));
	CHECK(XHintPriority(xq, priority));
	return stream;
}

static void *background(void *unused)
{
	CUstream stream = stream_with_priority(PRIORITY_DEFAULT);
	int batches = 0;

	(void)unused;
	for (; !atomic_load(&over); batches++) {
		for (int i = 0; i < 100; i++)
			device_spin(stream, 500);
		device_finish(stream);
	}
	printf("background: %d batches of 50 ms\n", batches);
	return NULL;
}

int main(int argc, char **argv)
{
	Priority priority = argc > 1 ? PRIORITY_DEFAULT : PRIORITY_DEFAULT + 1;
	const struct timespec pause = { .tv_nsec = 30000000 };
	double worst = 0, sum = 0;
	pthread_t thread;

	(void)argv;
	CHECK(XHintSetScheduler(kSchedulerLocal, kPolicyHighestPriorityFirst));
	CUstream stream = stream_with_priority(priority);
	CHECK(pthread_create(&thread, NULL, background, NULL));
	for (int i = 0; i < REQUESTS; i++) {
		nanosleep(&pause, NULL);
		double start = now_ms();
		for (int j = 0; j < 4; j++)
			device_spin(stream, 500);
		device_finish(stream);
		double took = now_ms() - start;
		sum += took;
		worst = took > worst ? took : worst;
	}
	atomic_store(&over, 1);
	pthread_join(thread, NULL);
	printf("foreground: 2 ms of work took %.1f ms on average, %.1f ms at worst\n",
		sum / REQUESTS, worst);
	return 0;
}
