/* SPDX-License-Identifier: Apache-2.0 */
/* Three streams of the three priorities, fed by a thread each. */
#include "program.h"

static uint64_t *results[3];

static void *feed(void *data)
{
	int which = (int)(intptr_t)data;
	hipStream_t stream = stream_of(hipStreamNonBlocking, which - 1);

	for (uint64_t i = 0; i < 40; i++) {
		check(spin(stream, which ? 100 : 20));
		check(append(stream, results[which], i % 10));
		if (!which || i % 10 == 9)
			check(hipStreamSynchronize(stream));
	}
	check(hipStreamDestroy(stream));
	return NULL;
}

int main(void)
{
	int least = 9, greatest = 9;
	pthread_t threads[3];

	start();
	check(hipDeviceGetStreamPriorityRange(&least, &greatest));
	printf("priorities %d to %d\n", greatest, least);
	for (int i = 0; i < 3; i++)
		results[i] = word(0);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, feed, (void *)(intptr_t)i);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 3; i++)
		show_word("order", results[i]);
	check(hipDeviceSynchronize());
	return 0;
}
