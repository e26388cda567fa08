/* SPDX-License-Identifier: Apache-2.0 */
/* Capture in every mode, over several streams, and all the mistakes that can be made in it. */
#include "program.h"

static CUdeviceptr data;

static void run(CUgraph graph, CUstream stream)
{
	CUgraphExec exec = NULL;
	size_t nodes = 0;

	check(cuGraphGetNodes(graph, NULL, &nodes));
	printf("%zu nodes\n", nodes);
	check(cuGraphInstantiateWithFlags(&exec, graph, 0));
	check(cuGraphDestroy(graph));
	check(cuGraphLaunch(exec, stream));
	check(cuGraphLaunch(exec, stream));
	check(cuStreamSynchronize(stream));
	check(cuGraphExecDestroy(exec));
	show_word("data", data);
}

static void good(CUstreamCaptureMode mode)
{
	CUstream a = stream_of(NON_BLOCKING, 0), b = stream_of(NON_BLOCKING, -1);
	CUstreamCaptureStatus status;
	CUgraph graph = NULL;
	CUevent fork, join;

	check(cuMemcpyHtoD_v2(data, &(uint64_t){ 1 }, 8));
	check(cuStreamSynchronize(NULL));
	check(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
	check(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
	check(cuStreamBeginCapture_v2(a, mode));
	check(append(a, data, 1));
	check(cuEventRecord(fork, a));
	check(cuStreamWaitEvent(b, fork, 0));
	check(append(b, data, 2));
	check(cuStreamIsCapturing(b, &status));
	printf("capturing %d\n", (int)status);
	check(cuMemsetD8Async(data + 8, 3, 8, b));
	check(cuEventRecord(join, b));
	check(cuStreamWaitEvent(a, join, 0));
	check(append(a, data, 3));
	check(cuStreamEndCapture(a, &graph));
	printf("nothing ran: %llu\n", (unsigned long long)peek(data));
	run(graph, a);
	check(cuEventDestroy_v2(fork));
	check(cuEventDestroy_v2(join));
	check(cuStreamDestroy_v2(a));
	check(cuStreamDestroy_v2(b));
}

static void bad(CUstreamCaptureMode mode)
{
	CUstream a = stream_of(CU_STREAM_DEFAULT, 0), b = stream_of(NON_BLOCKING, 0);
	CUdeviceptr more = 0;
	CUgraph graph;

	show(cuStreamBeginCapture_v2(NULL, mode));
	show(cuStreamEndCapture(a, &graph));
	check(cuStreamBeginCapture_v2(a, mode));
	show(cuStreamBeginCapture_v2(a, mode));
	show(cuStreamSynchronize(a));
	show(append(a, data, 1));
	show(cuStreamEndCapture(a, &graph));
	check(cuStreamBeginCapture_v2(a, mode));
	if (show(cuMemAlloc_v2(&more, 8)) == CUDA_SUCCESS)
		check(append(a, data, 4));
	show(cuStreamEndCapture(a, &graph));
	check(cuStreamBeginCapture_v2(a, mode));
	show(append(NULL, data, 5)); /* the legacy stream meets a capturing blocking one */
	show(cuStreamEndCapture(a, &graph));
	check(cuStreamBeginCapture_v2(a, mode));
	check(append(b, data, 6)); /* of no concern to the capture */
	check(append(a, data, 7));
	check(cuStreamEndCapture(a, &graph));
	check(cuGraphDestroy(graph));
	check(cuStreamBeginCapture_v2(a, mode));
	check(cuStreamDestroy_v2(a));
	check(cuStreamEndCapture(a, &graph));
	check(cuStreamSynchronize(b));
	show_word("after mistakes", data);
	check(cuStreamDestroy_v2(b));
}

int main(void)
{
	CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_RELAXED;

	start();
	data = word(1);
	kernel("affine");
	for (int i = 0; i < 3; i++)
		good((CUstreamCaptureMode)i);
	for (int i = 0; i < 3; i++)
		bad((CUstreamCaptureMode)i);
	check(cuThreadExchangeStreamCaptureMode(&mode));
	printf("mode was %d\n", (int)mode);
	check(cuThreadExchangeStreamCaptureMode(&mode));
	printf("mode was %d\n", (int)mode);
	return 0;
}
