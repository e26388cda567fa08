/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out, is freed, and everything goes on. */
#include "program.h"

#define BLOCK ((size_t)1 << 30)

int main(void)
{
	CUdeviceptr blocks[64], data, pitched;
	CUstream stream;
	size_t count = 0, pitch = 0, free_bytes, total;
	void *host;

	start();
	stream = stream_of(NON_BLOCKING, 0);
	data = word(1);
	while (count < COUNT(blocks) && cuMemAlloc_v2(&blocks[count], BLOCK) == CUDA_SUCCESS)
		count++;
	printf("%zu blocks\n", count);
	show(cuMemAlloc_v2(&blocks[count], BLOCK));
	show(cuMemAllocAsync(&blocks[count], BLOCK, stream));
	show(cuMemAllocPitch_v2(&pitched, &pitch, 1 << 20, 1 << 12, 4));
	check(append(stream, data, 1));
	check(cuStreamSynchronize(stream));
	check(cuMemFree_v2(blocks[--count]));
	check(cuMemAllocPitch_v2(&pitched, &pitch, 1000, 10, 4));
	check(cuMemFree_v2(pitched));
	check(cuMemAlloc_v2(&blocks[count++], BLOCK));
	show(cuMemAlloc_v2(&blocks[count], 0));
	show(cuMemAlloc_v2(NULL, 8));
	show(cuMemAlloc_v2(&blocks[count], SIZE_MAX));
	check(cuMemHostAlloc(&host, 4096, CU_MEMHOSTALLOC_PORTABLE));
	check(cuMemFreeHost(host));
	while (count)
		check(cuMemFree_v2(blocks[--count]));
	check(cuMemGetInfo_v2(&free_bytes, &total));
	printf("all there %d\n", free_bytes <= total && total - free_bytes < BLOCK);
	show_word("data", data);
	return 0;
}
