/* SPDX-License-Identifier: Apache-2.0 */
/* Streams that wait for words in memory: queries say "not ready" for as long as nobody writes. */
#include "program.h"

static uint32_t *gate;

static void *open_later(void *unused)
{
	(void)unused;
	usleep(3000);
	__atomic_store_n(gate, 1, __ATOMIC_RELEASE);
	return NULL;
}

static pthread_t closed(hipStream_t stream)
{
	pthread_t thread;

	__atomic_store_n(gate, 0, __ATOMIC_RELEASE);
	check(hipStreamWaitValue32(stream, gate, 1, hipStreamWaitValueEq, ~0u));
	show(hipStreamQuery(stream));
	pthread_create(&thread, NULL, open_later, NULL);
	return thread;
}

int main(void)
{
	hipStream_t stream, other;
	hipEvent_t event;
	uint64_t *data;
	pthread_t thread;
	void *block;

	start();
	stream = stream_of(0, 1);
	other = stream_of(hipStreamNonBlocking, -1);
	data = word(1);
	check(hipHostMalloc((void **)&gate, 64, 0));
	check(hipEventCreateWithFlags(&event, hipEventDisableTiming));

	check(hipStreamWaitValue32(stream, gate, 1, hipStreamWaitValueEq, ~0u));
	check(append(stream, data, 1));
	check(hipEventRecord(event, stream));
	show(hipEventQuery(event));
	show(hipGetLastError());
	check(hipStreamWaitEvent(other, event, 0));
	check(append(other, data, 2));
	__atomic_store_n(gate, 1, __ATOMIC_RELEASE);
	check(hipStreamSynchronize(other));
	check(hipEventQuery(event));
	show_word("opened", data);

	thread = closed(stream);
	check(append(stream, data, 3));
	check(append(NULL, data, 4)); /* the default stream waits for a blocking one */
	check(hipStreamSynchronize(NULL));
	pthread_join(thread, NULL);
	show_word("default stream", data);

	check(hipMalloc(&block, 4096));
	thread = closed(other);
	check(append(other, data, 5));
	check(hipFree(block)); /* waits */
	pthread_join(thread, NULL);
	check(hipDeviceSynchronize());
	show_word("freed", data);
	check(hipStreamWriteValue32(stream, gate, 7, 0));
	check(hipStreamSynchronize(stream));
	printf("written %u\n", __atomic_load_n(gate, __ATOMIC_ACQUIRE));
	check(hipHostFree(gate));
	return 0;
}
