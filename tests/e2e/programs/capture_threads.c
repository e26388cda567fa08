/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads capture at the same time in thread-local mode, a third one launches meanwhile. */
#include "program.h"

static pthread_barrier_t barrier;

static void *capturing(void *argument)
{
	uint64_t number = (uint64_t)(uintptr_t)argument;
	CUstream stream;
	CUdeviceptr data;
	CUgraph graph;
	CUgraphExec exec;

	check(cuCtxSetCurrent(context));
	stream = stream_of(NON_BLOCKING, number == 2 ? -1 : 0);
	data = word(number);
	pthread_barrier_wait(&barrier);
	for (int round = 0; round < 10; round++) {
		check(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
		pthread_barrier_wait(&barrier);
		for (int i = 0; i < 10; i++)
			check(affine(stream, data, 3, number));
		pthread_barrier_wait(&barrier);
		check(cuStreamEndCapture(stream, &graph));
		check(cuGraphInstantiateWithFlags(&exec, graph, 0));
		check(cuGraphLaunch(exec, stream));
		check(cuStreamSynchronize(stream));
		check(cuGraphExecDestroy(exec));
		check(cuGraphDestroy(graph));
	}
	pthread_barrier_wait(&barrier);
	return (void *)(uintptr_t)fetch(data);
}

static void *launching(void *argument)
{
	CUstream stream;
	CUdeviceptr data;

	(void)argument;
	check(cuCtxSetCurrent(context));
	stream = stream_of(NON_BLOCKING, 0);
	data = word(5);
	pthread_barrier_wait(&barrier);
	for (int round = 0; round < 10; round++) {
		pthread_barrier_wait(&barrier);
		for (int i = 0; i < 10; i++)
			check(affine(stream, data, 3, 5));
		pthread_barrier_wait(&barrier);
	}
	check(cuStreamSynchronize(stream));
	pthread_barrier_wait(&barrier);
	return (void *)(uintptr_t)fetch(data);
}

int main(void)
{
	void *(*const bodies[])(void *) = { launching, capturing, capturing };
	pthread_t threads[3];
	void *result;

	start();
	pthread_barrier_init(&barrier, NULL, 3);
	for (size_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, bodies[i], (void *)(uintptr_t)i);
	for (size_t i = 0; i < 3; i++) {
		pthread_join(threads[i], &result);
		printf("thread %zu: %llu\n", i, (unsigned long long)(uintptr_t)result);
	}
	return 0;
}
