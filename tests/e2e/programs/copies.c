/* SPDX-License-Identifier: Apache-2.0 */
/* Copies and memsets of every kind, behind work that they must not overtake. */
#include "program.h"

#define BYTES 4096

static unsigned char host[BYTES], back[BYTES];
static CUdeviceptr a, b;
static CUstream stream;

static void show_sum(const char *what)
{
	uint32_t sum = 2166136261u;

	memset(back, 0, sizeof(back));
	check(cuMemcpyDtoH_v2(back, a, BYTES));
	for (int i = 0; i < BYTES; i++)
		sum = (sum ^ back[i]) * 16777619u;
	printf("%s %08x\n", what, sum);
}

static void fills(void)
{
	check(cuMemsetD8_v2(a, 1, BYTES));
	check(cuMemsetD16_v2(a + 64, 0x203, 32));
	check(cuMemsetD32_v2(a + 256, 0x4050607, 16));
	check(cuMemsetD2D8_v2(a + 512, 64, 8, 16, 4));
	check(cuMemsetD2D16_v2(a + 1024, 64, 9, 16, 4));
	check(cuMemsetD2D32_v2(a + 1536, 64, 10, 8, 4));
	show_sum("fills");
	check(cuMemsetD8Async(a, 11, 100, stream));
	check(cuMemsetD16Async(a + 128, 12, 10, stream));
	check(cuMemsetD32Async(a + 256, 13, 10, stream));
	check(cuMemsetD2D32Async(a + 1536, 64, 14, 8, 4, stream));
	check(cuStreamSynchronize(stream));
	show_sum("asynchronous fills");
	check(cuMemsetD8_v2_ptds(a, 15, 10));
	check(cuMemsetD32Async_ptsz(a + 32, 16, 10, NULL));
	check(cuStreamSynchronize_ptsz(NULL));
	show_sum("per-thread fills");
}

static void planes(void)
{
	CUDA_MEMCPY2D flat = {
		.srcMemoryType = CU_MEMORYTYPE_HOST,
		.srcHost = host,
		.srcPitch = 64,
		.dstMemoryType = CU_MEMORYTYPE_DEVICE,
		.dstDevice = a,
		.dstPitch = 128,
		.WidthInBytes = 48,
		.Height = 16,
	};
	CUDA_MEMCPY3D deep = {
		.srcMemoryType = CU_MEMORYTYPE_DEVICE,
		.srcDevice = a,
		.srcPitch = 64,
		.srcHeight = 8,
		.dstMemoryType = CU_MEMORYTYPE_DEVICE,
		.dstDevice = b,
		.dstPitch = 32,
		.dstHeight = 8,
		.WidthInBytes = 32,
		.Height = 4,
		.Depth = 3,
	};

	check(cuMemcpy2D_v2(&flat));
	show_sum("2D");
	flat.srcXInBytes = 8;
	check(cuMemcpy2DAsync_v2(&flat, stream));
	memset(host, 0x5a,
		32); /* pageable memory was read before the call returned, or not: same for all */
	check(cuMemcpy3DAsync_v2(&deep, stream));
	check(cuMemcpyDtoDAsync_v2(a, b, 512, stream));
	check(cuStreamSynchronize(stream));
	check(cuMemcpy3D_v2(&deep));
	flat.dstDevice = 0;
	show(cuMemcpy2D_v2(&flat));
}

int main(void)
{
	uint32_t n = 16, value = 77;
	void *pinned;

	start();
	stream = stream_of(NON_BLOCKING, 0);
	for (int i = 0; i < BYTES; i++)
		host[i] = (unsigned char)(i * 7);
	check(cuMemAlloc_v2(&a, BYTES));
	check(cuMemAlloc_v2(&b, BYTES));
	check(cuMemAllocHost_v2(&pinned, BYTES));
	check(cuMemcpyHtoD_v2(a, host, BYTES));
	show_sum("plain");
	check(cuMemcpy(b, a, BYTES));
	check(cuMemcpyDtoD_v2(a + 8, b, 1000));
	show_sum("on the device");

	/* A synchronous copy waits for the default stream's work before it. */
	check(launch(kernel("spin_us"), NULL, (void *[]){ &(uint32_t){ 5000 } }));
	check(launch(kernel("fill"), NULL, (void *[]){ &a, &value, &n }));
	show_sum("behind a kernel");

	memcpy(pinned, host, BYTES);
	check(cuMemcpyHtoDAsync_v2(a, pinned, BYTES, stream));
	check(launch(kernel("increment"), stream, (void *[]){ &a, &n }));
	check(cuMemcpyDtoHAsync_v2(pinned, a, 64, stream));
	check(cuMemcpyAsync(b, a, 64, stream));
	check(cuStreamSynchronize(stream));
	printf("pinned %u %u\n", ((unsigned int *)pinned)[0], ((unsigned int *)pinned)[15]);
	fills();
	planes();
	check(cuMemHostRegister_v2(host, BYTES, CU_MEMHOSTREGISTER_PORTABLE));
	check(cuMemcpyDtoHAsync_v2(host, a, 64, stream));
	check(cuStreamSynchronize(stream));
	check(cuMemHostUnregister(host));
	show(cuMemHostUnregister(host));
	show(cuMemcpyHtoD_v2(12345, host, 4));
	show(cuMemcpyDtoH_v2(back, a, BYTES * 1000));
	show(cuMemsetD8Async(0, 1, 1, stream));
	check(cuMemFreeHost(pinned));
	check(cuMemFree_v2(a));
	show(cuMemFree_v2(a));
	return 0;
}
