/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is allocated and freed in the order of a stream. */
#include "program.h"

int main(void)
{
	hipStream_t stream, other;
	hipEvent_t event;
	hipMemPool_t pool;
	uint64_t *data, *more, host = 0, keep = ~0ull;

	start();
	stream = stream_of(hipStreamNonBlocking, 0);
	other = stream_of(0, 0);
	check(hipEventCreateWithFlags(&event, hipEventDisableTiming));
	check(hipDeviceGetDefaultMemPool(&pool, 0));
	check(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &keep));
	for (uint64_t i = 0; i < 20; i++) {
		check(hipMallocAsync((void **)&data, 4096, stream));
		check(hipMallocFromPoolAsync((void **)&more, 4096, pool, stream));
		check(hipMemsetAsync(data, 0, 8, stream));
		check(append(stream, data, i % 10));
		check(hipMemcpyAsync(more, data, 8, hipMemcpyDeviceToDevice, stream));
		check(hipMemcpyAsync(&host, more, 8, hipMemcpyDeviceToHost, stream));
		check(hipEventRecord(event, stream));
		check(hipStreamWaitEvent(other, event, 0));
		check(hipFreeAsync(more, other));
		check(hipFreeAsync(data, stream));
		check(hipStreamSynchronize(stream));
		printf("%llu ", (unsigned long long)host);
	}
	puts("");
	check(hipStreamSynchronize(other));
	check(hipMemPoolTrimTo(pool, 0));
	show(hipMallocAsync(NULL, 8, stream));
	check(hipStreamDestroy(other));
	check(hipStreamDestroy(stream));
	return 0;
}
