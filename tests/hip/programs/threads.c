/* SPDX-License-Identifier: Apache-2.0 */
/* Threads with default streams of their own, as -fgpu-default-stream=per-thread makes them. */
#include "program.h"

#define THREADS 4

static uint64_t *results[THREADS];
static pthread_barrier_t all;

static void *work(void *data)
{
	uint64_t *mine = results[(intptr_t)data], host = 0, ten = 10, digit;
	hipEvent_t event;

	check(hipSetDevice(0));
	check(hipEventCreateWithFlags(&event, hipEventDisableTiming));
	pthread_barrier_wait(&all);
	for (digit = 0; digit < 10; digit++) {
		check(hipLaunchKernel_spt(
			affine, one, one, (void *[]){ &mine, &ten, &digit }, 0, NULL));
		check(hipEventRecord_spt(event, NULL));
		if (digit % 3 == 0)
			check(hipEventSynchronize(event));
	}
	check(hipMemcpyAsync_spt(&host, mine, 8, hipMemcpyDeviceToHost, NULL));
	check(hipStreamSynchronize_spt(NULL));
	check(append(hipStreamPerThread, mine, 7));
	check(hipStreamSynchronize(hipStreamPerThread));
	check(hipStreamQuery_spt(NULL));
	check(hipEventDestroy(event));
	return (void *)(uintptr_t)host;
}

int main(void)
{
	pthread_t threads[THREADS];
	void *host;

	start();
	pthread_barrier_init(&all, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		results[i] = word((uint64_t)i);
	for (intptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &host);
		printf("thread %d: %llu\n", i, (unsigned long long)(uintptr_t)host);
		show_word("after", results[i]);
	}
	check(hipMemset_spt(results[0], 0, 8));
	show_word("cleared", results[0]);
	return 0;
}
