/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of all priorities fed by one thread, asked for it, changed and copied. */
#include "program.h"

static void attributes(CUstream low, CUstream high)
{
	CUstreamAttrValue value;
	int priority;

	memset(&value, 0, sizeof(value));
	check(cuStreamGetPriority(high, &priority));
	printf("high %d\n", priority);
	value.priority = -2;
	show(cuStreamSetAttribute(low, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	check(cuStreamGetPriority(low, &priority));
	printf("low %d\n", priority);
	show(cuStreamGetAttribute(low, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	show(cuStreamCopyAttributes(low, high));
	check(cuStreamGetPriority(low, &priority));
	printf("low %d\n", priority);
}

int main(void)
{
	int least = 1, greatest = 1, priority;
	CUstream streams[6];
	CUdeviceptr data[6];
	CUevent event;

	start();
	check(cuCtxGetStreamPriorityRange(&least, &greatest));
	printf("%d to %d\n", least, greatest);
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	for (int i = 0; i < 6; i++) {
		streams[i] = stream_of(i & 1 ? NON_BLOCKING : 0, -i);
		data[i] = word((uint64_t)i);
	}
	for (uint64_t round = 0; round < 30; round++) {
		for (int i = 0; i < 6; i++) {
			check(affine(streams[i], data[i], 3, round));
			if (round % 10 == 3)
				check(spin(streams[i], 200));
		}
		if (round % 7 ==
			0) { /* the important one waits for the least important, and back */
			check(cuEventRecord(event, streams[0]));
			check(cuStreamWaitEvent(streams[5], event, 0));
			check(cuEventRecord(event, streams[5]));
			check(cuStreamWaitEvent(streams[0], event, 0));
		}
		if (round % 10 == 9)
			check(cuStreamSynchronize(streams[round % 6]));
	}
	for (int i = 0; i < 6; i++) {
		check(cuStreamSynchronize(streams[i]));
		show_word("data", data[i]);
	}
	attributes(streams[0], streams[4]);
	check(append(streams[0], data[0], 1));
	check(cuStreamSynchronize(streams[0]));
	streams[0] = stream_of(0, -100);
	check(cuStreamGetPriority(streams[0], &priority));
	printf("clamped %d\n", priority);
	return 0;
}
