/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two devices: a stream of low priority on one, which is first used while the other device is current.
 * There an important stream stands still until the low one has been used; who thinks that both are on
 * one device waits for ever.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/hip/hip_driver.h"

#define CHECK(call)                                                                                \
	do {                                                                                       \
		hipError_t result_ = (call);                                                       \
		if (result_ != hipSuccess) {                                                       \
			fprintf(stderr, "%s = %d\n", #call, (int)result_);                         \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static void *use_low(void *unused)
{
	hipStream_t low;
	void *memory;

	CHECK(hipSetDevice(1));
	CHECK(hipStreamCreateWithPriority(&low, hipStreamNonBlocking, 1));
	CHECK(hipMalloc(&memory, 64));
	CHECK(hipSetDevice(0));
	CHECK(hipMemsetAsync(memory, 0, 64, low));
	return unused;
}

int main(void)
{
	hipStream_t high;
	pthread_t thread;
	void *gate;

	alarm(20);
	CHECK(hipSetDevice(0));
	CHECK(hipHostMalloc(&gate, sizeof(uint32_t), 0));
	atomic_store((_Atomic uint32_t *)gate, 0);
	CHECK(hipStreamCreateWithPriority(&high, hipStreamNonBlocking, -1));
	CHECK(hipStreamWaitValue32(high, gate, 1, hipStreamWaitValueGte, UINT32_MAX));
	pthread_create(&thread, NULL, use_low, NULL);
	pthread_join(thread, NULL);
	atomic_store((_Atomic uint32_t *)gate, 1);
	CHECK(hipStreamSynchronize(high));
	return 0;
}
