/* SPDX-License-Identifier: Apache-2.0 */
/* The device by the CUDA driver (device.h). */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/cuda/cuda_driver.h"
#include "../../examples/spin.h"

static CUcontext context;
static CUfunction spin_us;
static unsigned blocks;

static void check(CUresult result, const char *what)
{
	if (result == CUDA_SUCCESS)
		return;
	fprintf(stderr, "models: %s failed with error %d\n", what, (int)result);
	exit(1);
}
#define CHECK(call) check(call, #call)

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

device_stream device_stream_make(int priority)
{
	CUstream stream;

	CHECK(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, priority));
	return (device_stream)stream;
}

void device_synchronize(device_stream stream)
{
	CHECK(cuStreamSynchronize((CUstream)stream));
}

/* As many threads as the device can hold: no two kernels run beside each other. */
void device_spin(device_stream stream, unsigned us)
{
	void *parameters[] = { &us };

	CHECK(cuLaunchKernel(
		spin_us, blocks, 1, 1, 1024, 1, 1, 0, (CUstream)stream, parameters, NULL));
}

device_event device_event_make(void)
{
	CUevent event;

	CHECK(cuEventCreate(&event, CU_EVENT_DEFAULT));
	return (device_event)event;
}

void device_record(device_event event, device_stream stream)
{
	CHECK(cuEventRecord((CUevent)event, (CUstream)stream));
}

double device_elapsed_ms(device_event from, device_event to)
{
	float ms;

	CHECK(cuEventElapsedTime(&ms, (CUevent)from, (CUevent)to));
	return (double)ms;
}
