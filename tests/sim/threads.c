/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads at once: own streams, one stream of all, the legacy stream, events, memory. */
#include <pthread.h>

#include "sim.h"

#define THREADS 4
#define ROUNDS  300

static CUstream common;
static CUdeviceptr counter;
static CUfunction increment;
static int errors;

static void check(CUresult result)
{
	if (result)
		__atomic_fetch_add(&errors, 1, __ATOMIC_RELAXED);
}

static void *thread_main(void *argument)
{
	(void)argument;
	CUstream stream;
	CUevent event;
	CUdeviceptr mine, shared = counter;
	uint32_t one = 1, value = 0;
	void *own_params[] = { &mine, &one };
	void *common_params[] = { &shared, &one };

	check(cuCtxSetCurrent(sim_context));
	check(cuStreamCreate(&stream, CU_STREAM_DEFAULT));
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	check(cuMemAllocAsync(&mine, 4, stream));
	check(cuMemsetD32Async(mine, 0, 1, stream));
	for (int i = 0; i < ROUNDS; i++) {
		check(sim_launch(increment, stream, own_params));
		check(sim_launch(increment, common, common_params));
		if (i % 16 == 0) {
			check(cuEventRecord(event, common));
			check(cuStreamWaitEvent(stream, event, 0));
			check(cuMemsetD8Async(counter + 4, 0, 1, NULL)); /* orders them all */
		}
	}
	check(cuMemcpyDtoHAsync_v2(&value, mine, 4, stream));
	check(cuMemFreeAsync(mine, stream));
	check(cuStreamSynchronize(stream));
	if (value != ROUNDS)
		check(CUDA_ERROR_UNKNOWN);
	check(cuEventDestroy_v2(event));
	check(cuStreamDestroy_v2(stream));
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	(void)state;
	pthread_t threads[THREADS];

	counter = sim_word(0);
	increment = sim_function("increment");
	ok(cuStreamCreate(&common, CU_STREAM_NON_BLOCKING));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, thread_main, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ok(cuCtxSynchronize());
	assert_int_equal(errors, 0);
	assert_int_equal(sim_peek(counter) & 0xffffffff, THREADS * ROUNDS);
	ok(cuStreamDestroy_v2(common));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_disturb_each_other),
	};
	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
