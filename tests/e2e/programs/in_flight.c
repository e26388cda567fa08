/* SPDX-License-Identifier: Apache-2.0 */
/* Frees, synchronisation, unloading and destruction while work is in flight. */
#include "program.h"

static void *open_later(void *gate)
{
	usleep(5000);
	poke((CUdeviceptr)(uintptr_t)gate, 1);
	return NULL;
}

static pthread_t standing(CUstream stream, CUdeviceptr gate)
{
	pthread_t thread;

	poke(gate, 0);
	check(stand_still(stream, gate));
	pthread_create(&thread, NULL, open_later, (void *)(uintptr_t)gate);
	return thread;
}

int main(void)
{
	CUstream streams[4];
	CUdeviceptr gate, data, block;
	pthread_t thread;
	CUmodule extra;

	start();
	gate = word(0);
	data = word(1);
	for (size_t i = 0; i < COUNT(streams); i++)
		streams[i] = stream_of(i & 1 ? NON_BLOCKING : 0, i > 1 ? -1 : 0);

	check(cuMemAlloc_v2(&block, 4096));
	thread = standing(streams[1], gate);
	check(append(streams[1], block, 1));
	check(append(streams[1], data, 1));
	check(cuMemFree_v2(block)); /* waits */
	pthread_join(thread, NULL);
	printf("freed behind the work: %llu\n", (unsigned long long)peek(data));

	thread = standing(streams[0], gate);
	for (uint64_t i = 0; i < COUNT(streams); i++)
		check(append(streams[0], data, i));
	check(cuCtxSynchronize());
	pthread_join(thread, NULL);
	printf("synchronised: %llu\n", (unsigned long long)peek(data));

	thread = standing(streams[3], gate);
	check(append(streams[3], data, 7));
	check(append(streams[2], data + 8, 7));
	check(cuStreamDestroy_v2(streams[3])); /* the work goes on without it */
	pthread_join(thread, NULL);
	check(cuCtxSynchronize());
	printf("destroyed: %llu\n", (unsigned long long)peek(data));

	check(cuModuleLoadData(&extra, "another image"));
	thread = standing(NULL, gate);
	check(append(NULL, data, 8));
	check(cuModuleUnload(extra));
	check(cuStreamSynchronize(NULL));
	pthread_join(thread, NULL);
	printf("unloaded: %llu\n", (unsigned long long)peek(data));

	for (int i = 0; i < 50; i++) { /* streams come and go with work left */
		streams[3] = stream_of(NON_BLOCKING, i % 3 ? 0 : -1);
		check(affine(streams[3], data, 1, 1));
		check(cuStreamDestroy_v2(streams[3]));
	}
	check(cuCtxSynchronize());
	show_word("data", data);
	check(spin(streams[0], 2000000)); /* and the program ends with some of it */
	return 3;
}
