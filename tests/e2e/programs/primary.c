/* SPDX-License-Identifier: Apache-2.0 */
/* The primary context released, reset and retained again, with queues left in it. */
#include "program.h"

int main(void)
{
	CUdeviceptr data;
	CUstream stream;
	unsigned int flags;
	int active;

	check(cuInit(0));
	for (int i = 0; i < 6; i++) {
		start();
		stream = stream_of(i & 1 ? NON_BLOCKING : 0, -(i & 1));
		data = word((uint64_t)i);
		check(append(stream, data, 1));
		check(cuStreamSynchronize(stream));
		check(append(NULL, data, 2));
		check(append(CU_STREAM_PER_THREAD, data, 3));
		check(cuCtxSynchronize());
		show_word("data", data);
		check(spin(stream, 5000));
		if (i % 3 == 0)
			check(cuDevicePrimaryCtxReset_v2(0));
		else
			check(cuStreamSynchronize(stream));
		check(cuDevicePrimaryCtxRelease_v2(0));
		check(cuDevicePrimaryCtxGetState(0, &flags, &active));
		printf("active %d\n", active);
	}
	show(cuStreamSynchronize(NULL));
	return 0;
}
