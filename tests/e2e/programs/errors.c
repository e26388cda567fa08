/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong calls of every kind, before and after initialisation, and an asynchronous error that sticks. */
#include "program.h"

static void before(void)
{
	CUcontext nothing;
	CUdeviceptr data;
	CUstream stream;

	show(cuDeviceGet(&(CUdevice){ 0 }, 0));
	show(cuDevicePrimaryCtxRetain(&nothing, 0));
	show(cuMemAlloc_v2(&data, 8));
	show(cuLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
	show(cuStreamCreate(&stream, 0));
	show(cuCtxSynchronize());
	show(cuInit(1));
	check(cuInit(0));
	show(cuMemAlloc_v2(&data, 8)); /* no context */
	show(cuStreamSynchronize(NULL));
	show(cuStreamSynchronize_ptsz(NULL));
	show(cuEventRecord(NULL, NULL));
}

static void bad_handles(void)
{
	static char bytes[4096];
	CUstream junk = (CUstream)(void *)bytes, gone = stream_of(NON_BLOCKING, 0);
	CUdeviceptr data = word(1);
	CUevent event = NULL;
	int priority;

	show(append(junk, data, 1));
	show(cuStreamSynchronize(junk));
	show(cuStreamQuery(junk));
	show(cuMemsetD8Async(data, 1, 1, junk));
	show(cuStreamDestroy_v2(junk));
	show(cuStreamGetPriority(junk, &priority));
	show(cuEventRecord((CUevent)(void *)bytes, NULL));
	show(cuEventSynchronize((CUevent)(void *)bytes));
	show(cuEventQuery(event));
	show(cuEventDestroy_v2((CUevent)(void *)bytes));
	show(cuCtxSetCurrent((CUcontext)(void *)bytes));
	show(cuGraphLaunch((CUgraphExec)(void *)bytes, NULL));
	show(cuStreamCreateWithPriority(&junk, 77, 0));
	show(cuStreamCreate(NULL, 0));
	check(append(gone, data, 1));
	check(cuStreamDestroy_v2(gone));
	show(cuStreamSynchronize(gone));
	show(append(gone, data, 2));
	show(cuStreamWaitEvent(gone, NULL, 0));
	show_word("unharmed", data);
}

static void sticky(const char *name)
{
	CUdeviceptr data = word(1);
	CUstream stream = stream_of(NON_BLOCKING, 0);
	CUdeviceptr more;

	check(launch(kernel(name), stream, NULL)); /* the launch itself succeeds */
	show(cuStreamSynchronize(stream));
	show(append(NULL, data, 1));
	show(cuMemAlloc_v2(&more, 8));
	show(cuStreamQuery(stream));
	show(cuCtxSynchronize());
	show(cuStreamDestroy_v2(stream));
	check(cuDevicePrimaryCtxReset_v2(0));
}

int main(void)
{
	const char *text = NULL;

	before();
	start();
	bad_handles();
	sticky("fault");
	check(cuDevicePrimaryCtxRelease_v2(0));
	start();
	sticky("trap");
	check(cuGetErrorName(CUDA_ERROR_LAUNCH_FAILED, &text));
	printf("%s\n", text ? text : "no text");
	show(cuGetErrorString((CUresult)4711, &text));
	return 0;
}
