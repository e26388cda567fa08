/* SPDX-License-Identifier: Apache-2.0 */
/* Copies in, kernels and copies out in three streams, which events keep in order. */
#include "program.h"

#define BATCHES 8
#define WORDS   64

int main(void)
{
	hipStream_t in, compute, out;
	hipEvent_t loaded[2], computed[2], stored[2], began, ended;
	uint32_t *device[2], *pinned, sum = 0, n = WORDS;
	float ms = -1;

	start();
	check(hipStreamCreateWithFlags(&in, hipStreamNonBlocking));
	check(hipStreamCreateWithFlags(&compute, hipStreamNonBlocking));
	check(hipStreamCreate(&out));
	check(hipHostMalloc((void **)&pinned, BATCHES * WORDS * 4, 0));
	for (uint32_t i = 0; i < BATCHES * WORDS; i++)
		pinned[i] = i;
	for (int i = 0; i < 2; i++) {
		check(hipMalloc((void **)&device[i], WORDS * 4));
		check(hipEventCreateWithFlags(&loaded[i], hipEventDisableTiming));
		check(hipEventCreateWithFlags(&computed[i], hipEventDisableTiming));
		check(hipEventCreateWithFlags(&stored[i], hipEventDisableTiming));
	}
	check(hipEventCreate(&began));
	check(hipEventCreate(&ended));
	check(hipEventRecord(began, in));
	for (int i = 0; i < BATCHES; i++) {
		int at = i & 1;
		uint32_t *batch = pinned + i * WORDS;

		if (i > 1)
			check(hipStreamWaitEvent(in, stored[at], 0));
		check(hipMemcpyAsync(device[at], batch, WORDS * 4, hipMemcpyHostToDevice, in));
		check(hipEventRecord(loaded[at], in));
		check(hipStreamWaitEvent(compute, loaded[at], 0));
		check(spin(compute, 50));
		check(launch(increment, compute, (void *[]){ &device[at], &n }));
		check(hipEventRecord(computed[at], compute));
		check(hipStreamWaitEvent(out, computed[at], 0));
		check(hipMemcpyAsync(batch, device[at], WORDS * 4, hipMemcpyDeviceToHost, out));
		check(hipEventRecord(stored[at], out));
	}
	check(hipEventRecord(ended, out));
	check(hipEventSynchronize(ended));
	check(hipEventQuery(ended));
	check(hipEventElapsedTime(&ms, began, ended));
	for (uint32_t i = 0; i < BATCHES * WORDS; i++)
		sum += pinned[i];
	printf("sum %u, time %s\n", sum, ms > 0 ? "passed" : "did not pass");
	for (int i = 0; i < 2; i++) {
		check(hipEventDestroy(loaded[i]));
		check(hipEventDestroy(computed[i]));
		check(hipEventDestroy(stored[i]));
		check(hipFree(device[i]));
	}
	check(hipStreamDestroy(in));
	check(hipStreamDestroy(compute));
	check(hipStreamDestroy(out));
	check(hipHostFree(pinned));
	return 0;
}
