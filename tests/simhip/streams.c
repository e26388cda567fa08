/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams, events, waits for memory and host functions. Order is told by data: affine kernels that
 * run in another order give another value.
 */
#include "simhip.h"

static void stream_keeps_order(void **state)
{
	(void)state;
	hipStream_t stream;
	uint64_t *data = simhip_word(1);

	ok(hipStreamCreate(&stream));
	ok(simhip_affine(stream, data, 3, 0));
	ok(simhip_affine(stream, data, 1, 5));
	ok(simhip_affine(stream, data, 10, 0));
	ok(hipStreamSynchronize(stream));
	assert_int_equal(simhip_value(data), 80);
	ok(hipStreamQuery(stream));
	ok(hipStreamDestroy(stream));
}

static void null_stream_orders_blocking_ones(void **state)
{
	(void)state;
	hipStream_t blocking, free_one;
	uint64_t *data = simhip_word(1), *other = simhip_word(1);

	ok(hipStreamCreate(&blocking));
	ok(hipStreamCreateWithFlags(&free_one, hipStreamNonBlocking));
	uint32_t *gate = simhip_close(blocking);
	ok(simhip_affine(blocking, data, 1, 1));
	ok(simhip_affine(NULL, data, 10, 0));     /* after the blocking stream */
	ok(simhip_affine(free_one, other, 5, 0)); /* beside it */
	ok(hipStreamSynchronize(free_one));
	assert_int_equal(*(volatile uint64_t *)other, 5);
	fails(hipStreamQuery(NULL), hipErrorNotReady);
	fails(hipStreamQuery(blocking), hipErrorNotReady);
	simhip_open(gate);
	ok(hipStreamSynchronize(NULL));
	assert_int_equal(simhip_value(data), 20);
	ok(hipStreamDestroy(blocking));
	ok(hipStreamDestroy(free_one));
}

/* The legacy stream waits for a blocking one, a thread's own does not. */
static void per_thread_streams_are_others(void **state)
{
	(void)state;
	uint64_t *data = simhip_word(1), factor = 7, term = 0;
	hipStream_t blocking;

	ok(hipStreamCreate(&blocking));
	uint32_t *gate = simhip_close(blocking);
	ok(hipLaunchKernel_spt(
		&simhip_stub[STUB_AFFINE], one, one, (void *[]){ &data, &factor, &term }, 0, NULL));
	ok(hipStreamSynchronize_spt(NULL));
	ok(hipStreamQuery(hipStreamPerThread));
	assert_int_equal(*(volatile uint64_t *)data, 7);
	ok(simhip_affine(NULL, data, 1, 1));
	fails(hipStreamQuery(NULL), hipErrorNotReady);
	simhip_open(gate);
	ok(hipStreamSynchronize(NULL));
	assert_int_equal(simhip_value(data), 8);
	ok(hipStreamDestroy(blocking));
}

static void priorities_have_three_steps(void **state)
{
	(void)state;
	int least, greatest, priority;
	unsigned int flags;
	hipStream_t stream;

	ok(hipDeviceGetStreamPriorityRange(&least, &greatest));
	assert_int_equal(least, 1);
	assert_int_equal(greatest, -1);
	for (int wanted = -3; wanted <= 3; wanted++) {
		ok(hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, wanted));
		ok(hipStreamGetPriority(stream, &priority));
		assert_int_equal(priority, wanted < -1 ? -1 : wanted > 1 ? 1 : wanted);
		ok(hipStreamGetFlags(stream, &flags));
		assert_int_equal(flags, hipStreamNonBlocking);
		ok(hipStreamDestroy(stream));
	}
	fails(hipStreamCreateWithFlags(&stream, 77), hipErrorInvalidValue);
	fails(hipStreamCreate(NULL), hipErrorInvalidValue);
}

static void masks_are_kept(void **state)
{
	(void)state;
	uint32_t mask[2] = { 0x0f0f0f0f, 3 }, seen[3];
	hipStream_t stream;

	ok(hipExtStreamCreateWithCUMask(&stream, 2, mask));
	ok(hipExtStreamGetCUMask(stream, 3, seen));
	assert_int_equal(seen[0], mask[0]);
	assert_int_equal(seen[1], 3);
	ok(hipStreamDestroy(stream));
	fails(hipExtStreamCreateWithCUMask(&stream, 0, mask), hipErrorInvalidValue);
}

static void stale_handles_are_told(void **state)
{
	(void)state;
	hipStream_t stream;
	hipEvent_t event;

	ok(hipStreamCreate(&stream));
	ok(hipStreamDestroy(stream));
	fails(hipStreamSynchronize(stream), hipErrorContextIsDestroyed);
	fails(hipStreamQuery(stream), hipErrorContextIsDestroyed);
	fails(simhip_spin_us(stream, 1), hipErrorContextIsDestroyed);
	ok(hipEventCreate(&event));
	ok(hipEventDestroy(event));
	fails(hipEventQuery(event), hipErrorInvalidHandle);
	fails(hipEventRecord(event, NULL), hipErrorInvalidHandle);
	fails(hipEventDestroy(NULL), hipErrorInvalidHandle);
}

static void events(void **state)
{
	(void)state;
	hipStream_t first, second;
	hipEvent_t start, end, untimed;
	uint64_t *data = simhip_word(1);
	float ms;

	ok(hipStreamCreateWithFlags(&first, hipStreamNonBlocking));
	ok(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
	ok(hipEventCreate(&start));
	ok(hipEventCreateWithFlags(&end, hipEventBlockingSync | hipEventReleaseToSystem));
	ok(hipEventCreateWithFlags(&untimed, hipEventDisableTiming));
	fails(hipEventCreateWithFlags(&untimed, 0x100), hipErrorInvalidValue);
	ok(hipEventQuery(start)); /* never recorded */
	fails(hipEventElapsedTime(&ms, start, end), hipErrorInvalidHandle);

	uint32_t *gate = simhip_close(first);
	ok(hipEventRecord(start, first));
	ok(simhip_spin_us(first, 3000));
	ok(simhip_affine(first, data, 1, 1));
	ok(hipEventRecord(end, first));
	ok(hipStreamWaitEvent(second, end, 0));
	ok(simhip_affine(second, data, 10, 0));
	fails(hipEventQuery(end), hipErrorNotReady);
	fails(hipEventElapsedTime(&ms, start, end), hipErrorNotReady);
	simhip_open(gate);
	ok(hipEventSynchronize(end));
	ok(hipStreamSynchronize(second));
	assert_int_equal(simhip_value(data), 20);
	ok(hipEventElapsedTime(&ms, start, end));
	assert_true(ms >= 3 && ms < 3.1); /* device time: exact */
	ok(hipEventRecord(untimed, first));
	ok(hipEventSynchronize(untimed));
	fails(hipEventElapsedTime(&ms, start, untimed), hipErrorInvalidHandle);
	ok(hipEventDestroy(start));
	ok(hipEventDestroy(end));
	ok(hipEventDestroy(untimed));
}

static int times;

static void count(void *data)
{
	__atomic_add_fetch(&times, *(int *)data, __ATOMIC_RELAXED);
}

static void count_back(hipStream_t stream, hipError_t status, void *data)
{
	(void)stream;
	if (!status)
		count(data);
}

static void host_functions_run_in_order(void **state)
{
	(void)state;
	static int by = 2;
	hipStream_t stream;

	ok(hipStreamCreate(&stream));
	uint32_t *gate = simhip_close(stream);
	ok(hipLaunchHostFunc(stream, count, &by));
	ok(hipStreamAddCallback(stream, count_back, &by, 0));
	fails(hipStreamAddCallback(stream, NULL, &by, 0), hipErrorInvalidValue);
	assert_int_equal(__atomic_load_n(&times, __ATOMIC_RELAXED), 0);
	simhip_open(gate);
	ok(hipStreamSynchronize(stream));
	assert_int_equal(times, 4);
	ok(hipStreamDestroy(stream));
}

static void waits_look_through_a_mask(void **state)
{
	(void)state;
	hipStream_t stream;
	uint64_t *word = simhip_word(0x100), *wide = simhip_word(0);

	ok(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
	ok(hipStreamWaitValue32(stream, word, 5, hipStreamWaitValueEq, 0xff));
	ok(hipStreamWriteValue64(stream, wide, 0x123456789ab, 0));
	ok(hipStreamWriteValue32(stream, (char *)word + 4, 9, 0));
	fails(hipStreamQuery(stream), hipErrorNotReady);
	__atomic_store_n((uint32_t *)word, 0x205, __ATOMIC_RELEASE); /* 5 below the mask */
	ok(hipStreamSynchronize(stream));
	assert_true(simhip_value(wide) == 0x123456789ab);
	assert_true(simhip_value(word) == 0x900000205);
	fails(hipStreamWaitValue32(stream, &stream, 5, 0, ~0u), hipErrorInvalidValue);
}

static void device_waits_for_all(void **state)
{
	(void)state;
	hipStream_t a, b;
	uint64_t *data = simhip_word(0);

	ok(hipStreamCreateWithFlags(&a, hipStreamNonBlocking));
	ok(hipStreamCreateWithFlags(&b, hipStreamNonBlocking));
	ok(simhip_spin_us(a, 2000));
	ok(simhip_affine(a, data, 1, 1));
	ok(simhip_spin_us(b, 1000));
	ok(hipDeviceSynchronize());
	assert_int_equal(*(volatile uint64_t *)data, 1);
	ok(hipStreamQuery(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_keeps_order),
		cmocka_unit_test(null_stream_orders_blocking_ones),
		cmocka_unit_test(per_thread_streams_are_others),
		cmocka_unit_test(priorities_have_three_steps),
		cmocka_unit_test(masks_are_kept),
		cmocka_unit_test(stale_handles_are_told),
		cmocka_unit_test(events),
		cmocka_unit_test(host_functions_run_in_order),
		cmocka_unit_test(waits_look_through_a_mask),
		cmocka_unit_test(device_waits_for_all),
	};

	return cmocka_run_group_tests(tests, simhip_setup, simhip_teardown);
}
