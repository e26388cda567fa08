/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that fail, what they leave behind for hipGetLastError(), and a kernel that faults. */
#include "program.h"

int main(void)
{
	hipStream_t stream, gone;
	hipEvent_t event;
	uint64_t *data;
	int device = -1;

	start();
	show(hipSetDevice(99));
	show(hipGetLastError());
	check(hipGetDevice(&device));
	stream = stream_of(hipStreamNonBlocking, 0);
	gone = stream_of(0, 1);
	data = word(1);
	check(append(gone, data, 1));
	check(hipStreamDestroy(gone));
	show(launch(unknown, stream, NULL));
	show(hipPeekAtLastError());
	show(hipPeekAtLastError());
	show(hipGetLastError());
	show(hipGetLastError());
	show(append(gone, data, 2));
	show(hipStreamSynchronize(gone));
	show(hipStreamDestroy(gone));
	show(hipStreamCreateWithPriority(NULL, 0, 0));
	show(hipStreamCreateWithFlags(&gone, 77));
	show(hipEventRecord(NULL, stream));
	check(hipEventCreate(&event));
	check(hipEventDestroy(event));
	show(hipEventRecord(event, stream));
	show(hipMemcpy(NULL, data, 8, hipMemcpyDeviceToHost));
	show(hipMemcpyAsync(data, data, 8, (hipMemcpyKind)77, stream));
	show(hipMalloc(NULL, 8));
	show(hipMalloc((void **)&gone, (size_t)1 << 60));
	show(hipFree((void *)12345));
	show(hipGetLastError());
	check(append(stream, data, 3));
	check(hipStreamSynchronize(stream));
	show_word("data", data);
	/* The error of a kernel comes late and stays. */
	check(launch(fault, stream, NULL));
	show(hipStreamSynchronize(stream));
	show(append(stream, data, 4));
	show(hipDeviceSynchronize());
	show(hipGetLastError());
	return 0;
}
