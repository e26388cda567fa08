/* SPDX-License-Identifier: Apache-2.0 */
/* The device by the CUDA driver (device.h). */
#include "device.h"

#include "platform/cuda/cuda_driver.h"
#include "../../examples/spin.h"

typedef CUresult vendor_result;
typedef CUstream vendor_stream;
typedef CUevent vendor_event;
#define API(name)              cu##name
#define SUCCESS                CUDA_SUCCESS
#define NON_BLOCKING           CU_STREAM_NON_BLOCKING
#define TIMED                  CU_EVENT_DEFAULT
#define cuEventCreateWithFlags cuEventCreate
#include "device.inc"

static CUcontext context;
static CUfunction spin_us;
static unsigned blocks;

const char *device_open(void)
{
	static char name[128];
	CUdevice device;
	CUmodule module;
	int multiprocessors;

	CHECK(cuInit(0));
	CHECK(cuDeviceGet(&device, 0));
	CHECK(cuDeviceGetName(name, sizeof(name), device));
	CHECK(cuDeviceGetAttribute(
		&multiprocessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
	CHECK(cuDevicePrimaryCtxRetain(&context, device));
	CHECK(cuCtxSetCurrent(context));
	CHECK(cuModuleLoadData(&module, spin_ptx));
	CHECK(cuModuleGetFunction(&spin_us, module, "spin_us"));
	blocks = 2 * (unsigned)multiprocessors;
	return name;
}

void device_enter(void)
{
	CHECK(cuCtxSetCurrent(context));
}

/* As many threads as the device can hold: no two kernels run beside each other. */
void device_spin(device_stream stream, unsigned us)
{
	void *parameters[] = { &us };

	CHECK(cuLaunchKernel(
		spin_us, blocks, 1, 1, 1024, 1, 1, 0, (CUstream)stream, parameters, NULL));
}
