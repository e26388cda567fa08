/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong last, and what a machine without a device says (as measured with Debian's
 * libamdhip64 5.2.3). Children are made before the parent uses the device.
 */
#include <pthread.h>

#include "simhip.h"

static void without_a_device(void **state)
{
	(void)state;
	pid_t child = fork();

	if (!child) {
		int version, count = 7;
		hipStream_t stream;
		void *p;

		setenv("XSIM_DEVICES", "0", 1);
		bool right = hipInit(0) == hipErrorInvalidDevice;
		right &= hipGetDeviceCount(&count) == hipErrorNoDevice && !count;
		right &= hipMalloc(&p, 8) == hipErrorInvalidDevice;
		right &= hipStreamCreate(&stream) == hipErrorInvalidDevice;
		right &= hipDeviceSynchronize() == hipErrorInvalidDevice;
		right &= hipGetLastError() == hipErrorInvalidDevice;
		right &= hipRuntimeGetVersion(&version) == hipSuccess && version > 50000000;
		right &= !strcmp(hipGetErrorName(hipErrorNoDevice), "hipErrorNoDevice");
		_exit(right ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void failures_on_demand(void **state)
{
	(void)state;
	pid_t child = fork();

	if (!child) {
		void *p;

		setenv("XSIM_FAIL", "hipMalloc:2=2,async:1=719", 1);
		simhip_private_segment();
		bool right = !hipMalloc(&p, 8) && hipMalloc(&p, 8) == hipErrorOutOfMemory &&
			     !hipMalloc(&p, 8);
		simhip_setup(NULL);
		right &= !simhip_spin_us(NULL, 1);
		right &= hipDeviceSynchronize() == hipErrorLaunchFailure;
		right &= hipMalloc(&p, 8) == hipErrorLaunchFailure; /* it sticks */
		shm_unlink(simhip_segment);
		_exit(right ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_last_error(void **state)
{
	(void)state;
	int sticks = hip_major() >= 7, version;
	hipStream_t stream;

	simhip_setup(NULL);
	ok(hipGetLastError());
	fails(hipMalloc(NULL, 8), hipErrorInvalidValue);
	fails(hipPeekAtLastError(), hipErrorInvalidValue);
	fails(hipGetLastError(), hipErrorInvalidValue);
	ok(hipGetLastError());

	/* A later success makes HIP 5 and 6 forget. */
	fails(hipMalloc(NULL, 8), hipErrorInvalidValue);
	ok(hipDriverGetVersion(&version));
	fails(hipGetLastError(), sticks ? hipErrorInvalidValue : hipSuccess);

	/* Not ready is an error for HIP 5 and 6 only. */
	ok(hipStreamCreate(&stream));
	uint32_t *gate = simhip_close(stream);
	fails(hipStreamQuery(stream), hipErrorNotReady);
	fails(hipGetLastError(), sticks ? hipSuccess : hipErrorNotReady);
	simhip_open(gate);
	ok(hipStreamSynchronize(stream));

	/* Configurations do not count, the launch behind them does. */
	dim3 none = { 0, 0, 0 };
	hipLaunchKernel(&simhip_stub[STUB_EMPTY], none, one, NULL, 0, NULL);
	ok(__hipPushCallConfiguration(one, one, 0, NULL));
	ok(__hipPopCallConfiguration(&none, &none, (size_t[]){ 0 }, &stream));
	fails(hipGetLastError(), hipErrorInvalidConfiguration);
}

static void *other_thread(void *data)
{
	*(hipError_t *)data = hipGetLastError();
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	(void)state;
	hipError_t seen = hipErrorUnknown;
	pthread_t thread;

	fails(hipMalloc(NULL, 8), hipErrorInvalidValue);
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &seen), 0);
	pthread_join(thread, NULL);
	assert_int_equal(seen, hipSuccess);
	fails(hipGetLastError(), hipErrorInvalidValue);
}

static void names(void **state)
{
	(void)state;

	assert_string_equal(hipGetErrorName(hipSuccess), "hipSuccess");
	assert_string_equal(
		hipGetErrorName(hipErrorInvalidDeviceFunction), "hipErrorInvalidDeviceFunction");
	assert_string_equal(hipGetErrorName((hipError_t)12345), "hipErrorUnknown");
}

static void a_reset_device_begins_anew(void **state)
{
	(void)state;
	hipStream_t stream;
	void *p;

	ok(hipStreamCreate(&stream));
	ok(hipMalloc(&p, 8));
	ok(hipDeviceReset());
	fails(hipStreamQuery(stream), hipErrorContextIsDestroyed);
	fails(hipFree(p), hipErrorInvalidValue);
	ok(hipMalloc(&p, 8));
	ok(simhip_spin_us(NULL, 1));
	ok(hipDeviceSynchronize());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_device),
		cmocka_unit_test(failures_on_demand),
		cmocka_unit_test(the_last_error),
		cmocka_unit_test(each_thread_has_its_own),
		cmocka_unit_test(names),
		cmocka_unit_test(a_reset_device_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, simhip_teardown);
}
