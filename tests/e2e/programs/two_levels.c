/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads, two priorities, bursts of work: under a scheduler gates open and close all the time. */
#include "program.h"

#define BURSTS 20

static void *feed(void *argument)
{
	int priority = -(int)(intptr_t)argument;
	CUevent event;
	CUstream stream;
	CUdeviceptr data;
	uint64_t sum;

	check(cuCtxSetCurrent(context));
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	stream = stream_of(NON_BLOCKING, priority);
	data = word(1);
	for (uint64_t burst = 0; burst < BURSTS; burst++) {
		for (uint64_t i = 0; i < 10; i++) {
			check(spin(stream, priority ? 20 : 100));
			check(affine(stream, data, 3, i));
		}
		check(cuMemsetD8Async(data + 8, 1, 8, stream));
		check(cuEventRecord(event, stream));
		if (burst % 3 == 0)
			check(cuEventSynchronize(event));
		else
			check(cuStreamSynchronize(stream));
		if (priority)
			usleep(1000);
	}
	check(cuStreamSynchronize(stream));
	sum = fetch(data);
	check(cuEventDestroy_v2(event));
	check(cuStreamDestroy_v2(stream));
	return (void *)(uintptr_t)sum;
}

int main(void)
{
	pthread_t threads[2];
	void *sum;

	start();
	for (size_t i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, feed, (void *)(uintptr_t)i);
	for (size_t i = 0; i < 2; i++) {
		pthread_join(threads[i], &sum);
		printf("%llu\n", (unsigned long long)(uintptr_t)sum);
	}
	return 0;
}
