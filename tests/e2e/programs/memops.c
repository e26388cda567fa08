/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations on streams: two streams that hand a word to and fro, and the host in between. */
#include "program.h"

int main(void)
{
	CUstream a, b;
	CUdeviceptr flag, data;
	CUstreamBatchMemOpParams batch[2];

	start();
	a = stream_of(NON_BLOCKING, 0);
	b = stream_of(NON_BLOCKING, 0);
	flag = word(0);
	data = word(1);
	for (uint32_t i = 0; i < 8; i++) {
		check(cuStreamWaitValue32_v2(a, flag, 2 * i + 1, CU_STREAM_WAIT_VALUE_GEQ));
		check(append(a, data, 1));
		check(cuStreamWriteValue32_v2(a, flag, 2 * i + 2, 0));
		if (i < 7) {
			check(cuStreamWaitValue32_v2(b, flag, 2 * i + 2, CU_STREAM_WAIT_VALUE_EQ));
			check(append(b, data, 2));
			check(cuStreamWriteValue32_v2(b, flag, 2 * i + 3, 0));
		}
	}
	show(cuStreamQuery(a));
	printf("before %llu\n", (unsigned long long)peek(data));
	poke(flag, 1);
	check(cuStreamSynchronize(a));
	show_word("order", data);

	check(cuStreamWriteValue64_v2(a, flag + 8, 0x100000001ull, 0));
	check(cuStreamWaitValue64_v2(b, flag + 8, 0x100000001ull, CU_STREAM_WAIT_VALUE_EQ));
	check(append(b, data, 3));
	memset(batch, 0, sizeof(batch));
	batch[0].waitValue.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
	batch[0].waitValue.address = flag;
	batch[0].waitValue.value = 64;
	batch[0].waitValue.flags = CU_STREAM_WAIT_VALUE_AND;
	batch[1].writeValue.operation = CU_STREAM_MEM_OP_WRITE_VALUE_32;
	batch[1].writeValue.address = flag;
	batch[1].writeValue.value = 5;
	check(cuStreamBatchMemOp_v2(b, 2, batch, 0));
	memset(batch, 0xff, sizeof(batch));
	check(append(b, data, 4));
	poke(flag, 64 + 16);
	check(cuStreamSynchronize(b));
	printf("flag %u, data %llu\n", (uint32_t)peek(flag), (unsigned long long)fetch(data));
	show(cuStreamWriteValue32_v2(a, 1, 1, 0));
	show(cuStreamWaitValue32_v2(a, flag + 1, 1, 0));
	show(cuStreamBatchMemOp_v2(a, 1, NULL, 0));
	return 0;
}
