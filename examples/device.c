/* SPDX-License-Identifier: Apache-2.0 */
/* One device, one context, one kernel, for all threads; the first stream starts them. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "device.h"
#include "driver.h"
#include "spin.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CUcontext context;
static CUfunction spin_us;

void check(int result, const char *what)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s failed with %d\n", what, result);
	exit(1);
}

static void device_start(void)
{
	CUmodule module;
	CUdevice device;

	CHECK(cuInit(0));
	CHECK(cuDeviceGet(&device, 0));
	CHECK(cuDevicePrimaryCtxRetain(&context, device));
	CHECK(cuCtxSetCurrent(context));
	CHECK(cuModuleLoadData(&module, spin_ptx));
	CHECK(cuModuleGetFunction(&spin_us, module, "spin_us"));
}

CUstream device_stream(void)
{
	CUstream stream;

	pthread_once(&once, device_start);
	CHECK(cuCtxSetCurrent(context));
	CHECK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	return stream;
}

void device_spin(CUstream stream, uint32_t us)
{
	void *parameters[] = { &us };

	CHECK(cuCtxSetCurrent(context));
	CHECK(cuLaunchKernel(spin_us, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL));
}

void device_finish(CUstream stream)
{
	CHECK(cuStreamSynchronize(stream));
}

double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
