/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device by the HIP runtime (device.h). The kernel is registered as compiled programs do it, with
 * a code object that the software device does not look into: this is not for a real device.
 */
#include "device.h"

#include "platform/hip/hip_driver.h"

typedef hipError_t vendor_result;
typedef hipStream_t vendor_stream;
typedef hipEvent_t vendor_event;
#define API(name)    hip##name
#define SUCCESS      hipSuccess
#define NON_BLOCKING hipStreamNonBlocking
#define TIMED        hipEventDefault
#include "device.inc"

static char spin_us[8]; /* stands for the kernel of that name */
static const dim3 one = { 1, 1, 1 };

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

void device_spin(device_stream stream, unsigned us)
{
	CHECK(hipLaunchKernel(spin_us, one, one, (void *[]){ &us }, 0, (hipStream_t)stream));
}
