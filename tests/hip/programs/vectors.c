/* SPDX-License-Identifier: Apache-2.0 */
/* The first program of every tutorial: copies, <<<>>> as compilers write it out, the last error. */
#include "program.h"

#define N 256

static void add(const float *a, const float *b, float *c, uint32_t n)
{
	void *args[] = { &a, &b, &c, &n };
	dim3 grid, block;
	size_t shared;
	hipStream_t stream;

	check(__hipPushCallConfiguration((dim3){ 2, 1, 1 }, (dim3){ 128, 1, 1 }, 0, NULL));
	check(__hipPopCallConfiguration(&grid, &block, &shared, &stream));
	check(hipLaunchKernel(vector_add, grid, block, args, shared, stream));
	check(hipGetLastError());
}

int main(void)
{
	float host[N], *a, *b, *c;
	int devices = 0;

	start();
	check(hipGetDeviceCount(&devices));
	check(hipSetDevice(0));
	for (int i = 0; i < N; i++)
		host[i] = (float)i;
	check(hipMalloc((void **)&a, sizeof(host)));
	check(hipMalloc((void **)&b, sizeof(host)));
	check(hipMalloc((void **)&c, sizeof(host)));
	check(hipMemcpy(a, host, sizeof(host), hipMemcpyHostToDevice));
	check(hipMemcpy(b, a, sizeof(host), hipMemcpyDeviceToDevice));
	for (int i = 0; i < 20; i++) {
		add(a, b, c, N);
		check(hipMemcpy(b, c, sizeof(host), hipMemcpyDeviceToDevice));
	}
	check(hipMemcpy(host, c, sizeof(host), hipMemcpyDeviceToHost));
	printf("%d device, %g %g\n", devices, (double)host[1], (double)host[N - 1]);
	check(hipMemset(c, 0, sizeof(host)));
	check(hipDeviceSynchronize());
	check(hipFree(a));
	check(hipFree(b));
	check(hipFree(c));
	return 0;
}
