/* SPDX-License-Identifier: Apache-2.0 */
/* Stream capture with its mistakes, and graphs. */
#include "sim.h"

static void capture_records_and_does_nothing(void **state)
{
	(void)state;
	CUstream a, b;
	CUevent fork, join;
	CUgraph graph;
	CUgraphExec exec;
	CUdeviceptr data = sim_word(1);
	CUstreamCaptureStatus status;
	size_t count;

	ok(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
	ok(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
	ok(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
	ok(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
	fails(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL), CUDA_ERROR_ILLEGAL_STATE);
	ok(sim_affine(a, data, 10, 1));
	ok(cuEventRecord(fork, a));
	ok(cuStreamWaitEvent(b, fork, 0));
	ok(cuStreamIsCapturing(b, &status));
	assert_int_equal(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
	ok(sim_affine(b, data, 10, 2));
	ok(cuEventRecord(join, b));
	ok(cuStreamWaitEvent(a, join, 0));
	ok(sim_affine(a, data, 10, 3));
	ok(cuStreamEndCapture(a, &graph));
	assert_true(sim_peek(data) == 1);
	ok(cuGraphGetNodes(graph, NULL, &count));
	assert_int_equal(count, 3);
	ok(cuGraphInstantiateWithFlags(&exec, graph, 0));
	ok(cuGraphDestroy(graph));
	ok(cuGraphLaunch(exec, a));
	ok(cuGraphLaunch(exec, a));
	ok(cuGraphExecDestroy(exec)); /* in flight */
	ok(cuStreamSynchronize(a));
	assert_true(sim_peek(data) == 1123123);
	ok(cuEventDestroy_v2(fork));
	ok(cuEventDestroy_v2(join));
	ok(cuStreamDestroy_v2(a));
	ok(cuStreamDestroy_v2(b));
}

static void expect_end(CUstream stream, CUresult result)
{
	CUgraph graph = (CUgraph)1;

	fails(cuStreamEndCapture(stream, &graph), result);
	assert_null(graph);
}

static void mistakes_spoil_a_capture(void **state)
{
	(void)state;
	CUstream a, b, c;
	CUevent event, outside;
	CUdeviceptr data = sim_word(1), more;
	CUgraph graph;

	ok(cuStreamCreate(&a, CU_STREAM_DEFAULT));
	ok(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
	ok(cuStreamCreate(&c, CU_STREAM_NON_BLOCKING));
	ok(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	ok(cuEventCreate(&outside, CU_EVENT_DISABLE_TIMING));
	ok(cuEventRecord(outside, b));
	fails(cuStreamBeginCapture_v2(NULL, 0), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	fails(cuStreamEndCapture(a, &graph), CUDA_ERROR_ILLEGAL_STATE);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
	fails(cuStreamSynchronize(a), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	fails(sim_affine(a, data, 1, 1), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
	fails(cuMemAlloc_v2(&more, 8), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_RELAXED));
	ok(cuMemAlloc_v2(&more, 8)); /* allowed in this mode */
	fails(sim_affine(NULL, data, 1, 1), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
	fails(cuStreamWaitEvent(a, outside, 0), CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
	ok(sim_affine(a, data, 1, 1));
	ok(cuEventRecord(event, a));
	fails(cuEventQuery(event), CUDA_ERROR_CAPTURED_EVENT);
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuStreamBeginCapture_v2(a, CU_STREAM_CAPTURE_MODE_GLOBAL));
	ok(sim_affine(a, data, 1, 1));
	ok(cuEventRecord(event, a));
	ok(cuStreamWaitEvent(b, event, 0));
	ok(sim_affine(b, data, 1, 1)); /* never comes back */
	expect_end(a, CUDA_ERROR_STREAM_CAPTURE_UNJOINED);

	ok(cuStreamBeginCapture_v2(b, CU_STREAM_CAPTURE_MODE_GLOBAL));
	ok(cuStreamBeginCapture_v2(c, CU_STREAM_CAPTURE_MODE_GLOBAL));
	ok(cuEventRecord(event, b));
	fails(cuStreamWaitEvent(c, event, 0), CUDA_ERROR_STREAM_CAPTURE_MERGE);
	expect_end(b, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
	expect_end(c, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

	ok(cuCtxSynchronize()); /* and all is well again */
	ok(cuEventDestroy_v2(event));
	ok(cuEventDestroy_v2(outside));
	assert_true(sim_peek(data) == 1);
	ok(cuStreamDestroy_v2(a));
	ok(cuStreamDestroy_v2(b));
	ok(cuStreamDestroy_v2(c));
}

static void modes_are_exchanged(void **state)
{
	(void)state;
	CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_RELAXED;
	CUstream stream;
	CUdeviceptr data;
	CUgraph graph;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
	ok(cuThreadExchangeStreamCaptureMode(&mode));
	assert_int_equal(mode, CU_STREAM_CAPTURE_MODE_GLOBAL);
	ok(cuMemAlloc_v2(&data, 8));
	ok(cuThreadExchangeStreamCaptureMode(&mode));
	ok(cuStreamEndCapture(stream, &graph));
	ok(cuGraphDestroy(graph));
	ok(cuStreamDestroy_v2(stream));
}

static void graphs_by_hand(void **state)
{
	(void)state;
	CUgraph graph, child;
	CUgraphNode first, second, fill, nested;
	CUgraphExec exec;
	CUdeviceptr data = sim_word(1), other = sim_word(0);
	uint64_t factor = 10, one = 1, two = 2;
	void *first_params[] = { &data, &factor, &one };
	void *second_params[] = { &data, &factor, &two };
	CUDA_KERNEL_NODE_PARAMS kernel = { .func = sim_function("affine"),
		.gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 1,
		.blockDimY = 1,
		.blockDimZ = 1 };
	CUDA_MEMSET_NODE_PARAMS words = {
		.dst = other, .value = 9, .elementSize = 4, .width = 2, .height = 1
	};

	ok(cuGraphCreate(&graph, 0));
	ok(cuGraphCreate(&child, 0));
	kernel.kernelParams = second_params;
	ok(cuGraphAddKernelNode_v2(&second, graph, NULL, 0, &kernel));
	kernel.kernelParams = first_params;
	ok(cuGraphAddKernelNode_v2(&first, graph, NULL, 0, &kernel));
	ok(cuGraphAddDependencies(graph, &first, &second, 1)); /* against the order of creation */
	ok(cuGraphAddMemsetNode(&fill, child, NULL, 0, &words, sim_context));
	ok(cuGraphAddChildGraphNode(&nested, graph, &second, 1, child));
	ok(cuGraphInstantiateWithFlags(&exec, graph, 0));
	ok(cuGraphLaunch(exec, NULL));
	ok(cuCtxSynchronize());
	assert_true(sim_peek(data) == 112 && sim_peek(other) == 0x900000009ull);
	/* A changed instance, the graph itself as it was. */
	kernel.kernelParams = second_params;
	ok(cuGraphExecKernelNodeSetParams_v2(exec, first, &kernel));
	ok(cuGraphLaunch(exec, NULL));
	ok(cuCtxSynchronize());
	assert_true(sim_peek(data) == 11222);
	CUgraphExecUpdateResultInfo info;
	ok(cuGraphExecUpdate_v2(exec, graph, &info));
	ok(cuGraphLaunch(exec, NULL));
	ok(cuCtxSynchronize());
	assert_true(sim_peek(data) == 1122212);
	fails(cuGraphExecUpdate_v2(exec, child, &info), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
	assert_int_equal(info.result, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED);
	ok(cuGraphExecDestroy(exec));
	ok(cuGraphDestroy(graph));
	ok(cuGraphDestroy(child));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capture_records_and_does_nothing),
		cmocka_unit_test(mistakes_spoil_a_capture),
		cmocka_unit_test(modes_are_exchanged),
		cmocka_unit_test(graphs_by_hand),
	};
	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
