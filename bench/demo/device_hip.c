/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device by the HIP runtime (device.h). The kernel is registered as compiled programs do it, with
 * a code object that the software device does not look into: this is not for a real device.
 */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/hip/hip_driver.h"

static char spin_us[8]; /* stands for the kernel of that name */
static const dim3 one = { 1, 1, 1 };

static void check(hipError_t result, const char *what)
{
	if (result == hipSuccess)
		return;
	fprintf(stderr, "models: %s failed with error %d\n", what, (int)result);
	exit(1);
}
#define CHECK(call) check(call, #call)

const char *device_open(void)
{
	static const char image[64] = "__CLANG_OFFLOAD_BUNDLE__";
	static const struct {
		uint32_t magic, version;
		const void *binary, *unused;
	} wrapper = { 0x48495046, 1, image, NULL };
	static char name[128];

	__hipRegisterFunction(__hipRegisterFatBinary(&wrapper), spin_us, spin_us, "spin_us", 0,
		NULL, NULL, NULL, NULL, NULL);
	CHECK(hipSetDevice(0));
	CHECK(hipDeviceGetName(name, sizeof(name), 0));
	return name;
}

void device_enter(void)
{
	CHECK(hipSetDevice(0));
}

device_stream device_stream_make(int priority)
{
	hipStream_t stream;

	CHECK(hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, priority));
	return (device_stream)stream;
}

void device_synchronize(device_stream stream)
{
	CHECK(hipStreamSynchronize((hipStream_t)stream));
}

void device_spin(device_stream stream, unsigned us)
{
	CHECK(hipLaunchKernel(spin_us, one, one, (void *[]){ &us }, 0, (hipStream_t)stream));
}

device_event device_event_make(void)
{
	hipEvent_t event;

	CHECK(hipEventCreate(&event));
	return (device_event)event;
}

void device_record(device_event event, device_stream stream)
{
	CHECK(hipEventRecord((hipEvent_t)event, (hipStream_t)stream));
}

double device_elapsed_ms(device_event from, device_event to)
{
	float ms;

	CHECK(hipEventElapsedTime(&ms, (hipEvent_t)from, (hipEvent_t)to));
	return (double)ms;
}
