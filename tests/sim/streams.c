/* SPDX-License-Identifier: Apache-2.0 */
/* Order: inside streams, between streams by events, and with the two default streams. */
#include "sim.h"

static void kernels_run_in_stream_order(void **state)
{
	(void)state;
	CUstream stream;
	CUdeviceptr data = sim_word(1);
	uint64_t value, expected = 1;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	for (uint64_t i = 1; i <= 3000; i++) { /* more than the ring holds */
		ok(sim_affine(stream, data, 3, i));
		expected = expected * 3 + i;
	}
	ok(cuMemcpyDtoHAsync_v2(&value, data, sizeof(value), stream));
	ok(cuStreamSynchronize(stream));
	assert_true(value == expected);
	ok(cuStreamDestroy_v2(stream));
	ok(cuMemFree_v2(data));
}

static void a_busy_stream_is_not_ready(void **state)
{
	(void)state;
	CUstream stream;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(cuStreamQuery(stream));
	CUdeviceptr gate = sim_close(stream);
	ok(sim_spin_us(stream, 30000));
	fails(cuStreamQuery(stream), CUDA_ERROR_NOT_READY);
	uint64_t begin = sim_now_ns();
	sim_open(gate);
	ok(cuStreamSynchronize(stream));
	assert_true(sim_now_ns() - begin > 20000000);
	ok(cuStreamQuery(stream));
	ok(cuStreamDestroy_v2(stream));
	fails(cuStreamQuery(stream), CUDA_ERROR_INVALID_HANDLE);
}

static void an_event_orders_two_streams(void **state)
{
	(void)state;
	CUstream a, b;
	CUevent event;
	CUdeviceptr data = sim_word(1);

	ok(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
	ok(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
	ok(cuEventCreate(&event, CU_EVENT_DEFAULT));
	ok(cuStreamWaitEvent(b, event, 0)); /* never recorded: nothing happens */
	ok(cuStreamSynchronize(b));
	CUdeviceptr gate = sim_close(a);
	ok(sim_affine(a, data, 10, 1));
	ok(cuEventRecord(event, a));
	fails(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	ok(cuStreamWaitEvent(b, event, 0));
	ok(cuEventRecord(event, b)); /* the wait keeps the earlier record */
	ok(sim_affine(b, data, 10, 2));
	sim_open(gate);
	ok(cuStreamSynchronize(b));
	assert_true(sim_peek(data) == 112);
	ok(cuEventSynchronize(event));
	ok(cuEventDestroy_v2(event));
	ok(cuStreamDestroy_v2(a));
	ok(cuStreamDestroy_v2(b));
}

static void elapsed_time_is_device_time(void **state)
{
	(void)state;
	CUevent start, end, untimed;
	float ms;

	ok(cuEventCreate(&start, CU_EVENT_DEFAULT));
	ok(cuEventCreate(&end, CU_EVENT_DEFAULT));
	ok(cuEventCreate(&untimed, CU_EVENT_DISABLE_TIMING));
	fails(cuEventElapsedTime(&ms, start, end), CUDA_ERROR_INVALID_HANDLE);
	CUdeviceptr gate = sim_close(NULL);
	ok(cuEventRecord(start, NULL));
	for (int i = 0; i < 5; i++)
		ok(sim_spin_us(NULL, 2000));
	ok(cuEventRecord(end, NULL));
	fails(cuEventElapsedTime(&ms, start, end), CUDA_ERROR_NOT_READY);
	sim_open(gate);
	ok(cuEventSynchronize(end));
	ok(cuEventElapsedTime(&ms, start, end));
	/* Device time is exact: lateness of the engine does not show. */
	assert_true(ms > 9.99f && ms < 10.1f);
	ok(cuEventRecord(untimed, NULL));
	ok(cuEventSynchronize(untimed));
	fails(cuEventElapsedTime(&ms, start, untimed), CUDA_ERROR_INVALID_HANDLE);
}

static void the_legacy_stream_waits_and_is_waited_for(void **state)
{
	(void)state;
	CUstream blocking, free_stream;
	CUdeviceptr data = sim_word(1), other = sim_word(0);

	ok(cuStreamCreate(&blocking, CU_STREAM_DEFAULT));
	ok(cuStreamCreate(&free_stream, CU_STREAM_NON_BLOCKING));
	CUdeviceptr gate = sim_close(blocking);
	ok(sim_affine(blocking, data, 10, 1));
	ok(sim_affine(NULL, data, 10, 2)); /* after the blocking stream */
	ok(sim_spin_us(CU_STREAM_LEGACY, 20000));
	ok(sim_affine(CU_STREAM_LEGACY, data, 10, 3));
	ok(sim_affine(blocking, data, 10, 4)); /* after the legacy stream */
	ok(sim_affine(CU_STREAM_PER_THREAD, data, 1, 0));
	ok(cuMemsetD32Async(other, 7, 1, free_stream)); /* after nobody, on its own unit or not */
	fails(cuStreamQuery(NULL), CUDA_ERROR_NOT_READY);
	sim_open(gate);
	ok(cuStreamSynchronize(blocking));
	assert_true(sim_peek(data) == 11234);
	ok(cuCtxSynchronize());
	ok(cuStreamDestroy_v2(blocking));
	ok(cuStreamDestroy_v2(free_stream));
}

static void a_non_blocking_stream_ignores_the_legacy_one(void **state)
{
	(void)state;
	CUstream stream;
	CUdeviceptr gate = sim_word(0), data = sim_word(1);

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(cuStreamWaitValue32_v2(NULL, gate, 1, CU_STREAM_WAIT_VALUE_EQ));
	ok(sim_affine(NULL, data, 10, 1));
	ok(sim_affine(stream, data, 10, 2));
	ok(cuStreamSynchronize(stream)); /* would hang if it waited */
	assert_true(sim_peek(data) == 12);
	__atomic_store_n((uint32_t *)(uintptr_t)gate, 1, __ATOMIC_RELEASE);
	ok(cuStreamSynchronize(NULL));
	assert_true(sim_peek(data) == 121);
	ok(cuStreamDestroy_v2(stream));
}

static void ptsz_means_the_per_thread_stream(void **state)
{
	(void)state;
	CUdeviceptr gate = sim_word(0);
	unsigned long long legacy_id, thread_id, named_id;

	ok(cuStreamGetId(NULL, &legacy_id));
	ok(cuStreamGetId_ptsz(NULL, &thread_id));
	ok(cuStreamGetId(CU_STREAM_PER_THREAD, &named_id));
	assert_true(legacy_id != thread_id && thread_id == named_id);
	ok(cuStreamWaitValue32_v2_ptsz(NULL, gate, 1, CU_STREAM_WAIT_VALUE_GEQ));
	fails(cuStreamQuery_ptsz(NULL), CUDA_ERROR_NOT_READY);
	ok(cuMemsetD32_v2_ptds(gate + 4, 5, 1));
	__atomic_store_n((uint32_t *)(uintptr_t)gate, 1, __ATOMIC_RELEASE);
	ok(cuStreamSynchronize_ptsz(NULL));
	assert_true(sim_peek(gate) >> 32 == 5);
}

static void note(void *data)
{
	__atomic_fetch_add((int *)data, 1, __ATOMIC_ACQ_REL);
}

static void on_stream(CUstream stream, CUresult status, void *data)
{
	(void)stream;
	if (status == CUDA_SUCCESS)
		note(data);
}

static void host_functions_keep_the_order(void **state)
{
	(void)state;
	static int count;
	CUstream stream;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(sim_spin_us(stream, 20000));
	ok(cuLaunchHostFunc(stream, note, &count));
	ok(cuStreamAddCallback(stream, on_stream, &count, 0));
	assert_int_equal(__atomic_load_n(&count, __ATOMIC_ACQUIRE), 0);
	ok(cuStreamSynchronize(stream));
	assert_int_equal(__atomic_load_n(&count, __ATOMIC_ACQUIRE), 2);
	ok(cuStreamDestroy_v2(stream));
}

static void attributes_of_streams(void **state)
{
	(void)state;
	CUstream stream;
	CUcontext context;
	unsigned int flags;
	int priority, least, greatest;

	ok(cuCtxGetStreamPriorityRange(&least, &greatest));
	assert_true(least == 0 && greatest == -5);
	ok(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, -17));
	ok(cuStreamGetPriority(stream, &priority));
	assert_int_equal(priority, -5);
	ok(cuStreamGetFlags(stream, &flags));
	assert_int_equal(flags, CU_STREAM_NON_BLOCKING);
	ok(cuStreamGetCtx(stream, &context));
	assert_ptr_equal(context, sim_context);
	ok(cuStreamDestroy_v2(stream));
}

/* A command that arrives just when the engine finds the stream empty is not overlooked. Kernels take
 * about as long as it takes to submit one, so that this moment comes again and again. */
static void commands_arrive_while_the_stream_runs_dry(void **state)
{
	(void)state;
	CUfunction function = sim_function("spin_ns");
	CUstream stream;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	uint64_t end = sim_now_ns() + 10000000000ull; /* enough where this takes longer */
	for (uint64_t i = 0; i < 100000 && sim_now_ns() < end; i++) {
		uint64_t ns = 100 + i % 32 * 100;

		ok(sim_launch(function, stream, (void *[]){ &ns }));
		for (uint64_t pause = i % 7 * 100; pause; pause--)
			__asm__ volatile("" ::: "memory");
		if (i % 500 == 499)
			ok(cuStreamSynchronize(stream));
	}
	ok(cuStreamDestroy_v2(stream));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_run_in_stream_order),
		cmocka_unit_test(a_busy_stream_is_not_ready),
		cmocka_unit_test(an_event_orders_two_streams),
		cmocka_unit_test(elapsed_time_is_device_time),
		cmocka_unit_test(the_legacy_stream_waits_and_is_waited_for),
		cmocka_unit_test(a_non_blocking_stream_ignores_the_legacy_one),
		cmocka_unit_test(ptsz_means_the_per_thread_stream),
		cmocka_unit_test(host_functions_keep_the_order),
		cmocka_unit_test(attributes_of_streams),
		cmocka_unit_test(commands_arrive_while_the_stream_runs_dry),
	};
	setenv("XSIM_RECORD", "/dev/null",
		1); /* slows submission down to the pace of short kernels */
	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
