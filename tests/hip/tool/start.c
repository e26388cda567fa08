/* SPDX-License-Identifier: Apache-2.0 */
/* Calls what a program calls at its start, and prints the results. An argument names a library to
 * load first. */
#include <dlfcn.h>
#include <stdio.h>

#include "platform/hip/hip_driver.h"

#define SHOW(call) printf("%s %d\n", #call, (int)(call))

int main(int argc, char **argv)
{
	static const dim3 one = { 1, 1, 1 };
	hipStream_t stream = NULL;
	hipEvent_t event = NULL;
	void *memory = NULL;
	int n = -1;

	if (argc > 1 && !dlopen(argv[1], RTLD_NOW))
		fprintf(stderr, "%s\n", dlerror());
	SHOW(hipInit(0));
	SHOW(hipGetDeviceCount(&n));
	SHOW(n);
	SHOW(hipRuntimeGetVersion(&n));
	SHOW(n);
	SHOW(hipSetDevice(0));
	SHOW(hipMalloc(&memory, 100));
	SHOW(hipPeekAtLastError());
	SHOW(hipGetLastError());
	SHOW(hipStreamCreate(&stream));
	SHOW(hipStreamCreateWithPriority(&stream, 0, -1));
	SHOW(hipEventCreateWithFlags(&event, 0));
	SHOW(hipLaunchKernel(main, one, one, NULL, 0, NULL));
	SHOW(hipGetLastError());
	SHOW(hipModuleLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
	SHOW(hipMemcpy(&n, &n, sizeof(n), hipMemcpyHostToHost));
	SHOW(hipGetLastError());
	SHOW(hipStreamSynchronize(NULL));
	SHOW(hipStreamQuery(NULL));
	SHOW(hipDeviceSynchronize());
	SHOW(hipGetLastError());
	SHOW(hipDeviceReset());
	return 3;
}
