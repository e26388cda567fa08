/* SPDX-License-Identifier: Apache-2.0 */
/* Two devices: streams of each, a copy between them, waits across, and a reset. */
#include "program.h"

int main(void)
{
	hipStream_t streams[2];
	hipEvent_t event;
	uint64_t *data[2], host = 0;
	int count = 0;

	start();
	check(hipGetDeviceCount(&count));
	printf("%d devices\n", count);
	for (int i = 0; i < 2; i++) {
		check(hipSetDevice(i));
		data[i] = word((uint64_t)i + 1);
		streams[i] = stream_of(hipStreamNonBlocking, i ? -1 : 1);
		check(append(streams[i], data[i], 5));
		check(append(NULL, data[i], 6));
	}
	check(hipDeviceSynchronize()); /* both streams write to it, and the event is of one */
	check(hipEventCreateWithFlags(&event, hipEventDisableTiming));
	check(hipEventRecord(event, streams[1]));
	check(hipSetDevice(0));
	check(hipStreamWaitEvent(streams[0], event, 0));
	check(hipMemcpyPeerAsync(data[0] + 1, 0, data[1], 1, 8, streams[0]));
	check(hipMemcpyAsync(&host, data[0] + 1, 8, hipMemcpyDeviceToHost, streams[0]));
	check(hipStreamSynchronize(streams[0]));
	check(append(streams[1], data[1], 7)); /* of a device that is not current */
	check(hipStreamSynchronize(streams[1]));
	check(hipDeviceSynchronize());
	show_word("first", data[0]);
	check(hipSetDevice(1));
	check(hipDeviceSynchronize());
	show_word("second", data[1]);
	check(hipDeviceReset());
	show(hipStreamSynchronize(streams[1]));
	check(hipSetDevice(0));
	check(append(streams[0], data[0], 8));
	check(hipStreamSynchronize(streams[0]));
	show_word("first", data[0]);
	return 0;
}
