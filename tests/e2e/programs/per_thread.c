/* SPDX-License-Identifier: Apache-2.0 */
/* A program compiled for per-thread default streams: threads come, work in them and go. */
#include "program.h"

static void *work(void *argument)
{
	uint64_t number = (uint64_t)(uintptr_t)argument;
	CUdeviceptr data = 0;
	uint64_t value = number, factor = 3;
	CUevent event;

	check(cuCtxSetCurrent(context));
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	check(cuMemAllocAsync_ptsz(&data, 16, NULL));
	check(cuMemcpyHtoD_v2_ptds(data, &value, sizeof(value)));
	for (uint64_t i = 0; i < 50; i++)
		check(cuLaunchKernel_ptsz(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, NULL,
			(void *[]){ &data, &factor, &i }, NULL));
	check(cuMemsetD8Async_ptsz(data + 8, 1, 8, NULL));
	check(cuEventRecord_ptsz(event, NULL));
	check(cuStreamWaitEvent_ptsz(NULL, event, 0));
	check(cuMemcpyDtoH_v2_ptds(&value, data, sizeof(value)));
	check(cuMemFreeAsync_ptsz(data, NULL));
	if (number & 1)
		check(cuStreamSynchronize_ptsz(NULL));
	else
		check(spin(CU_STREAM_PER_THREAD, 100)); /* the thread ends before its work */
	check(cuEventDestroy_v2(event));
	return (void *)(uintptr_t)value;
}

int main(void)
{
	pthread_t threads[4];
	void *value;

	start();
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < COUNT(threads); i++)
			pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i);
		for (size_t i = 0; i < COUNT(threads); i++) {
			pthread_join(threads[i], &value);
			printf("%llu\n", (unsigned long long)(uintptr_t)value);
		}
	}
	check(cuCtxSynchronize());
	return 0;
}
