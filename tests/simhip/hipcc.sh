#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Programs compiled by the real hipcc run on each version of the front door: fat binaries, launches
# by <<<>>>, device variables, streams, graphs, and the per-thread default stream. The major version
# that a program asks for is changed in the file, as it is the same size.
set -eu
[ -z "$SAN" ] || { echo "hipcc and sanitizers do not mix"; exit 77; }
command -v hipcc >/dev/null && [ -e /usr/include/hip/hip_runtime.h ] || { echo "no hipcc"; exit 77; }
cat >"$TEST_TMP/program.hip" <<'END'
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
int main()
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
END
export XSIM_DEVICE=/xsim-hipcc-$$
trap 'rm -f "/dev/shm$XSIM_DEVICE"' EXIT
for stream in legacy per-thread; do
    hipcc --offload-arch=gfx906 -fgpu-default-stream=$stream -o "$TEST_TMP/program.5" \
        "$TEST_TMP/program.hip" >"$TEST_TMP/log" 2>&1 || {
        tail -n 1 "$TEST_TMP/log"; echo "hipcc does not work here"; exit 77; }
    for major in 5 6 7; do
        sed "s/libamdhip64\.so\.5/libamdhip64.so.$major/" "$TEST_TMP/program.5" >"$TEST_TMP/program"
        chmod +x "$TEST_TMP/program"
        said=$(LD_LIBRARY_PATH=$BUILD/sim "$TEST_TMP/program" 2>&1) || true
        [ "$said" = fine ] || { echo "$stream, version $major: $said"; exit 1; }
    done
done
