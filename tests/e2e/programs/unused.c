/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of high priority that is made, asked and waited for, and never given work: PyTorch makes a
 * pool of them. It is nobody's rival, so the others are not paced for it: no markers, as bare.
 */
#include "program.h"

int main(void)
{
	CUstream high, low;
	CUdeviceptr data;
	int priority;

	start();
	high = stream_of(NON_BLOCKING, -1);
	low = stream_of(NON_BLOCKING, 0);
	data = word(1);
	check(cuStreamGetPriority(high, &priority));
	check(cuStreamQuery(high));
	check(cuStreamSynchronize(high));
	for (uint64_t i = 0; i < 300; i++) {
		check(affine(low, data, 3, i));
		check(spin(NULL, 100));
	}
	check(cuCtxSynchronize());
	printf("%d %llu\n", priority, (unsigned long long)fetch(data));
	check(cuStreamDestroy_v2(high));
	return 0;
}
