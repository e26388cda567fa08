// SPDX-License-Identifier: Apache-2.0
// A program for the real hipcc: kernels in namespaces, <<<>>>, device variables, streams, graphs,
// launches with events. Says "fine", or what was not.
#include <hip/hip_runtime.h>
#include <hip/hip_ext.h>
#include <cstdio>
#define OK(call) do { hipError_t e = (call); if (e) { \
	printf("line %d: %s\n", __LINE__, hipGetErrorName(e)); return 1; } } while (0)
typedef unsigned long long u64;
namespace model {
__global__ void affine(u64 *d, u64 factor, u64 term) { *d = *d * factor + term; }
}
static __global__ void vector_add(const float *a, const float *b, float *c, unsigned n)
{
	unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
	if (i < n)
		c[i] = a[i] + b[i];
}
extern "C" __global__ void spin_us(unsigned us) { (void)us; }
__device__ int counter;
#ifdef LIBRARY /* loaded like a module of Python */
extern "C" int run(void *)
#else
int main()
#endif
{
	u64 *d, value = 1;
	float host[256], *a, *b, *c;
	int number = 9, back = 0;
	hipStream_t stream;
	hipEvent_t start, stop;
	hipGraph_t graph;
	hipGraphExec_t exec;

	OK(hipMalloc(&d, sizeof(*d)));
	OK(hipMemcpy(d, &value, sizeof(*d), hipMemcpyHostToDevice));
	model::affine<<<1, 1>>>(d, 3, 0);
	OK(hipGetLastError());
	hipLaunchKernelGGL(model::affine, dim3(1), dim3(1), 0, 0, d, 1, 4);
	OK(hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, -1));
	OK(hipDeviceSynchronize());
	OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
	model::affine<<<dim3(1), dim3(1), 0, stream>>>(d, 10, 2);
	OK(hipStreamEndCapture(stream, &graph));
	OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
	OK(hipGraphLaunch(exec, stream));
	OK(hipStreamSynchronize(stream));
	OK(hipMemcpy(&value, d, sizeof(*d), hipMemcpyDeviceToHost));
	if (value != 72)
		return printf("value %llu\n", value);

	for (int i = 0; i < 256; i++)
		host[i] = i;
	OK(hipMalloc(&a, sizeof(host)));
	OK(hipMalloc(&b, sizeof(host)));
	OK(hipMalloc(&c, sizeof(host)));
	OK(hipMemcpy(a, host, sizeof(host), hipMemcpyHostToDevice));
	OK(hipMemcpy(b, host, sizeof(host), hipMemcpyHostToDevice));
	vector_add<<<2, 128>>>(a, b, c, 256);
	OK(hipMemcpy(host, c, sizeof(host), hipMemcpyDeviceToHost));
	if (host[255] != 510)
		return printf("sum %g\n", host[255]);

	OK(hipMemcpyToSymbol(HIP_SYMBOL(counter), &number, sizeof(number)));
	OK(hipMemcpyFromSymbol(&back, HIP_SYMBOL(counter), sizeof(back)));
	if (back != 9)
		return printf("variable %d\n", back);

	unsigned us = 1000;
	void *args[] = { &us };
	float ms;
	OK(hipEventCreate(&start));
	OK(hipEventCreate(&stop));
	OK(hipExtLaunchKernel((const void *)spin_us, dim3(1), dim3(1), args, 0, stream, start, stop, 0));
	OK(hipEventSynchronize(stop));
	OK(hipEventElapsedTime(&ms, start, stop));
	if (ms < 1)
		return printf("%g ms\n", ms);
	puts("fine");
	return 0;
}
