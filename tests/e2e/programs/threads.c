/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads feed one stream, and each its own; all come and go several times. */
#include "program.h"

#define THREADS 8
#define ROUNDS  3
#define EACH    100

static CUstream shared;
static CUdeviceptr count;

static void *feed(void *argument)
{
	uint64_t number = (uint64_t)(uintptr_t)argument;
	CUdeviceptr own;
	CUstream stream;
	uint32_t n = 1;
	uint64_t sum;

	check(cuCtxSetCurrent(context));
	stream = stream_of(NON_BLOCKING, 0);
	own = word(number);
	for (int i = 0; i < EACH; i++) {
		check(launch(kernel("increment"), shared, (void *[]){ &count, &n }));
		check(affine(stream, own, 3, (uint64_t)i));
		if (i % 10 == 0)
			check(affine(CU_STREAM_PER_THREAD, own + 8, 1, 0));
		if (i % 25 == 0)
			check(cuStreamSynchronize(stream));
	}
	check(cuStreamSynchronize(stream));
	sum = fetch(own);
	check(cuStreamDestroy_v2(stream));
	return (void *)(uintptr_t)sum;
}

int main(void)
{
	pthread_t threads[THREADS];
	void *sum;

	start();
	shared = stream_of(NON_BLOCKING, 0);
	count = word(0);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < THREADS; i++)
			pthread_create(&threads[i], NULL, feed, (void *)(uintptr_t)i);
		for (size_t i = 0; i < THREADS; i++) {
			pthread_join(threads[i], &sum);
			printf("%llu\n", (unsigned long long)(uintptr_t)sum);
		}
	}
	check(cuStreamSynchronize(shared));
	show_word("count", count);
	return 0;
}
