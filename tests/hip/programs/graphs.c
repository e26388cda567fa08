/* SPDX-License-Identifier: Apache-2.0 */
/* A step of a model as a graph: captured over two streams, launched again and again. */
#include "program.h"

int main(void)
{
	hipStream_t stream, side;
	hipEvent_t fork, join;
	hipGraph_t graph;
	hipGraphExec_t exec;
	hipStreamCaptureStatus status;
	uint64_t *a, *b, host = 0;
	size_t nodes = 0;

	start();
	stream = stream_of(hipStreamNonBlocking, 0);
	side = stream_of(hipStreamNonBlocking, -1);
	a = word(0);
	b = word(0);
	check(hipEventCreateWithFlags(&fork, hipEventDisableTiming));
	check(hipEventCreateWithFlags(&join, hipEventDisableTiming));
	check(append(stream, a, 9)); /* not part of it */
	check(hipStreamSynchronize(stream));

	check(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
	check(append(stream, a, 1));
	check(hipEventRecord(fork, stream));
	check(hipStreamWaitEvent(side, fork, 0));
	check(append(side, b, 2));
	check(hipMemcpyAsync(&host, b, 8, hipMemcpyDeviceToHost, side));
	check(hipStreamIsCapturing(side, &status));
	printf("side is capturing: %d\n", (int)status);
	check(hipEventRecord(join, side));
	check(spin(stream, 50));
	check(hipStreamWaitEvent(stream, join, 0));
	check(append(stream, a, 3));
	show(hipStreamQuery(stream)); /* spoils it, as on the device */
	show(hipStreamEndCapture(stream, &graph));

	check(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
	check(append(stream, a, 4));
	check(hipMemsetAsync(b, 0, 8, stream));
	check(append(stream, b, 5));
	check(hipStreamEndCapture(stream, &graph));
	check(hipGraphGetNodes(graph, NULL, &nodes));
	check(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
	for (int i = 0; i < 5; i++) {
		check(hipGraphLaunch(exec, stream));
		check(append(side, b + 1, 1));
	}
	check(hipStreamSynchronize(stream));
	check(hipGraphLaunch(exec, NULL));
	check(hipDeviceSynchronize());
	printf("%zu nodes\n", nodes);
	show_word("a", a);
	show_word("b", b);
	check(hipGraphExecDestroy(exec));
	check(hipGraphDestroy(graph));
	check(hipStreamDestroy(side));
	check(hipStreamDestroy(stream));
	return 0;
}
