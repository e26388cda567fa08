/* SPDX-License-Identifier: Apache-2.0 */
/* Stream-ordered memory: the address is there when the call returns, used and freed behind a gate. */
#include "program.h"

int main(void)
{
	CUstream stream, other;
	CUdeviceptr gate, blocks[8], from_pool = 0;
	CUmemoryPool pool, standard;
	cuuint64_t threshold = 1 << 20, read = 0;
	uint64_t *result;
	CUmemPoolProps props = {
		.allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
		.location = { CU_MEM_LOCATION_TYPE_DEVICE, 0 },
	};

	start();
	stream = stream_of(NON_BLOCKING, 0);
	other = stream_of(CU_STREAM_DEFAULT, 0);
	gate = word(0);
	check(cuMemAllocHost_v2((void **)&result, sizeof(*result)));
	check(stand_still(stream, gate));
	for (size_t i = 0; i < COUNT(blocks); i++) {
		blocks[i] = 0;
		check(cuMemAllocAsync(&blocks[i], 4096, stream));
		printf("address %d\n", blocks[i] != 0);
		check(cuMemsetD8Async(blocks[i], 0, 64, stream));
		check(append(stream, blocks[i], i));
	}
	check(cuMemcpyDtoHAsync_v2(result, blocks[7], 8, stream));
	for (size_t i = 0; i < COUNT(blocks); i++)
		check(cuMemFreeAsync(blocks[i], stream));
	poke(gate, 1);
	check(cuStreamSynchronize(stream));
	printf("result %llu\n", (unsigned long long)*result);

	check(cuDeviceGetDefaultMemPool(&standard, 0));
	check(cuMemPoolSetAttribute(standard, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold));
	check(cuMemPoolGetAttribute(standard, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &read));
	printf("threshold %llu\n", (unsigned long long)read);
	check(cuMemPoolCreate(&pool, &props));
	check(cuMemAllocFromPoolAsync(&from_pool, 1024, pool, other));
	check(cuMemsetD8Async(from_pool, 0, 64, other));
	check(append(other, from_pool, 9));
	check(cuStreamSynchronize(other));
	show_word("from a pool", from_pool);
	check(cuMemFreeAsync(from_pool, other));
	check(cuMemAllocAsync_ptsz(&from_pool, 512, NULL));
	check(cuMemFreeAsync_ptsz(from_pool, NULL));
	check(cuStreamSynchronize_ptsz(NULL));
	check(cuMemPoolTrimTo(pool, 0));
	check(cuMemPoolDestroy(pool));
	show(cuMemFreeAsync(12345, stream));
	show(cuMemAllocAsync(NULL, 1, stream));
	return 0;
}
