/* SPDX-License-Identifier: Apache-2.0 */
/* Events: recorded again, waited for on other streams and by the host, queried in both states. */
#include "program.h"

int main(void)
{
	CUstream a, b, c;
	CUevent event, again, start_event, end_event;
	CUdeviceptr gate, data;
	float ms = -1;

	start();
	gate = word(0);
	data = word(1);
	a = stream_of(NON_BLOCKING, 0);
	b = stream_of(NON_BLOCKING, 0);
	c = stream_of(CU_STREAM_DEFAULT, 0);
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	check(cuEventCreate(&again, CU_EVENT_BLOCKING_SYNC));
	check(cuEventCreate(&start_event, CU_EVENT_DEFAULT));
	check(cuEventCreate(&end_event, CU_EVENT_DEFAULT));
	show(cuEventQuery(event)); /* never recorded counts as done */
	check(cuStreamWaitEvent(b, event, 0));

	check(stand_still(a, gate));
	check(append(a, data, 1));
	check(cuEventRecord(event, a));
	show(cuEventQuery(event));
	show(cuStreamQuery(a));
	check(cuStreamWaitEvent(b, event, 0));
	check(append(b, data, 2));
	check(cuEventRecordWithFlags(
		event, b, CU_EVENT_RECORD_DEFAULT)); /* b waits for the first record */
	check(cuStreamWaitEvent_ptsz(c, event, 0));
	check(append(c, data, 3));
	check(cuEventRecord_ptsz(again, c));
	poke(gate, 1);
	check(cuEventSynchronize(again));
	show(cuEventQuery(event));
	show_word("order", data);

	check(cuEventRecord(start_event, a));
	for (int i = 0; i < 10; i++)
		check(spin(a, 100));
	check(cuEventRecord(end_event, a));
	check(cuEventSynchronize(end_event));
	check(cuEventElapsedTime(&ms, start_event, end_event));
	printf("at least the work: %d\n", ms >= 0.999f);
	show(cuEventElapsedTime(&ms, event, end_event));

	poke(gate, 0);
	check(stand_still(a, gate));
	check(cuEventRecord(event, a));
	check(cuEventDestroy_v2(event)); /* in flight */
	poke(gate, 1);
	for (int i = 0; i < 100; i++) { /* handles are used again */
		check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
		check(append(i & 1 ? a : b, data, 0));
		check(cuEventRecord(event, i & 1 ? a : b));
		check(cuStreamWaitEvent(i & 1 ? b : a, event, 0));
		check(cuEventDestroy_v2(event));
	}
	check(cuStreamSynchronize(a));
	check(cuStreamSynchronize(b));
	show(cuEventRecord(NULL, a));
	show(cuStreamWaitEvent(a, NULL, 0));
	check(cuEventDestroy_v2(again));
	return 0;
}
