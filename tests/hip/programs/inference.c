/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What PyTorch asks of HIP when a model answers requests while another one trains: a device guard
 * and a look at the last error around every launch, streams from a pool, events that tell when a
 * block of memory may be used again, .item() by hipMemcpyWithStream(), a graph.
 */
#include "program.h"

#define LAYERS 12

static void guarded_launch(const void *kernel, hipStream_t stream, void **args)
{
	int device = -1;

	check(hipGetDevice(&device));
	if (device != 0)
		check(hipSetDevice(0));
	check(launch(kernel, stream, args));
	check(hipGetLastError());
}

static uint32_t item(const uint32_t *data, hipStream_t stream)
{
	uint32_t value = 0;

	check(hipMemcpyWithStream(&value, data, 4, hipMemcpyDeviceToHost, stream));
	return value;
}

static void *train(void *data)
{
	uint32_t *weights = data, n = 16;
	hipStream_t stream = stream_of(hipStreamNonBlocking, 0);
	hipEvent_t done;

	check(hipSetDevice(0));
	check(hipEventCreateWithFlags(&done, hipEventDisableTiming));
	for (int step = 0; step < 10; step++) {
		for (int i = 0; i < LAYERS; i++)
			guarded_launch(spin_us, stream, (void *[]){ &(uint32_t){ 100 } });
		guarded_launch(increment, stream, (void *[]){ &weights, &n });
		check(hipEventRecord(done, stream));
		check(hipEventSynchronize(done));
	}
	printf("weights %u\n", item(weights, stream));
	check(hipEventDestroy(done));
	return NULL;
}

static void answer(uint32_t *block, hipStream_t stream, uint32_t request)
{
	uint32_t n = 16;

	check(hipMemcpyAsync(block, &request, 4, hipMemcpyHostToDevice, stream));
	for (int i = 0; i < LAYERS; i++)
		guarded_launch(increment, stream, (void *[]){ &block, &n });
	if (item(block, stream) != request + LAYERS)
		printf("request %u: wrong answer\n", request);
}

int main(void)
{
	hipStreamCaptureStatus status;
	hipDevice_t device;
	hipStream_t stream;
	hipEvent_t last_use;
	uint32_t *block, *weights;
	size_t left, all;
	pthread_t thread;

	start();
	check(hipGetDevice(&device));
	check(hipMemGetInfo(&left, &all));
	check(hipMalloc((void **)&block, 1 << 20));
	check(hipMalloc((void **)&weights, 1 << 20));
	check(hipMemset(weights, 0, 64));
	stream = stream_of(hipStreamNonBlocking, -1);
	check(hipEventCreateWithFlags(&last_use, hipEventDisableTiming));
	pthread_create(&thread, NULL, train, weights);
	for (uint32_t request = 0; request < 20; request++) {
		check(hipStreamIsCapturing(stream, &status));
		answer(block, stream, request);
		check(hipEventRecord(last_use, stream));
		check(hipEventSynchronize(last_use));
		check(hipEventQuery(last_use));
	}
	pthread_join(thread, NULL);
	check(hipDeviceSynchronize());
	check(hipPeekAtLastError());
	puts("answered");
	check(hipFree(block));
	check(hipFree(weights));
	return 0;
}
