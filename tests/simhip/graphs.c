/* SPDX-License-Identifier: Apache-2.0 */
/* Capture and graphs. */
#include "simhip.h"

static hipGraphExec_t instance(hipGraph_t graph)
{
	hipGraphExec_t exec;

	ok(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
	return exec;
}

static void capture_and_launch(void **state)
{
	(void)state;
	hipStream_t a, b;
	hipEvent_t fork_event, join_event;
	hipStreamCaptureStatus status;
	uint64_t *data = simhip_word(1);
	hipGraph_t graph;
	size_t count = 0;

	ok(hipStreamCreate(&a));
	ok(hipStreamCreate(&b));
	ok(hipEventCreate(&fork_event));
	ok(hipEventCreate(&join_event));
	ok(hipStreamBeginCapture(a, hipStreamCaptureModeGlobal));
	ok(simhip_affine(a, data, 3, 0));
	ok(hipEventRecord(fork_event, a));
	ok(hipStreamWaitEvent(b, fork_event, 0));
	ok(simhip_affine(b, data, 1, 4));
	ok(hipStreamIsCapturing(b, &status));
	assert_int_equal(status, hipStreamCaptureStatusActive);
	ok(hipEventRecord(join_event, b));
	ok(hipStreamWaitEvent(a, join_event, 0));
	ok(simhip_affine(a, data, 10, 0));
	ok(hipStreamEndCapture(a, &graph));
	assert_int_equal(simhip_value(data), 1); /* nothing ran */
	ok(hipGraphGetNodes(graph, NULL, &count));
	assert_int_equal(count, 3);
	hipGraphExec_t exec = instance(graph);
	ok(hipGraphLaunch(exec, a));
	ok(hipGraphLaunch(exec, a));
	ok(hipStreamSynchronize(a));
	assert_int_equal(simhip_value(data), ((1 * 3 + 4) * 10 * 3 + 4) * 10);
	ok(hipGraphExecDestroy(exec));
	ok(hipGraphDestroy(graph));
	fails(hipGraphLaunch(exec, a), hipErrorInvalidValue);
	ok(hipEventDestroy(fork_event));
	ok(hipEventDestroy(join_event));
}

static void what_a_capture_forbids(void **state)
{
	(void)state;
	hipStream_t stream;
	hipGraph_t graph;
	void *p;

	ok(hipStreamCreate(&stream));
	fails(hipStreamBeginCapture(NULL, hipStreamCaptureModeGlobal),
		hipErrorStreamCaptureUnsupported);
	ok(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
	fails(hipStreamSynchronize(stream), hipErrorStreamCaptureUnsupported);
	fails(simhip_spin_us(stream, 1), hipErrorStreamCaptureInvalidated);
	fails(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
	ok(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
	fails(hipMalloc(&p, 8), hipErrorStreamCaptureUnsupported);
	fails(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
	ok(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
	ok(hipMalloc(&p, 8));
	ok(hipStreamEndCapture(stream, &graph));
	ok(hipGraphDestroy(graph));
	fails(hipStreamEndCapture(stream, &graph), hipErrorIllegalState);
}

static int called;

static void call(void *data)
{
	called += *(int *)data;
}

static void built_by_hand(void **state)
{
	(void)state;
	static int by = 3;
	uint64_t *data = simhip_word(0), factor = 2, term = 1, value = 5;
	hipKernelNodeParams kernel = { .func = &simhip_stub[STUB_AFFINE],
		.gridDim = one,
		.blockDim = one,
		.kernelParams = (void *[]){ &data, &factor, &term } };
	hipMemsetParams fill = {
		.dst = data, .elementSize = 4, .width = 2, .height = 1, .value = 0
	};
	hipHostNodeParams host = { call, &by };
	hipGraph_t graph;
	hipGraphNode_t zero, copy, compute, tell, list[4];
	hipGraphNodeType type;
	size_t count = 4;

	ok(hipGraphCreate(&graph, 0));
	ok(hipGraphAddMemsetNode(&zero, graph, NULL, 0, &fill));
	ok(hipGraphAddMemcpyNode1D(&copy, graph, &zero, 1, data, &value, 8, hipMemcpyHostToDevice));
	ok(hipGraphAddKernelNode(&compute, graph, &copy, 1, &kernel));
	ok(hipGraphAddHostNode(&tell, graph, NULL, 0, &host));
	ok(hipGraphAddDependencies(graph, &compute, &tell, 1));
	ok(hipGraphNodeGetDependentNodes(copy, list, &count));
	assert_true(count == 1 && list[0] == compute);
	ok(hipGraphNodeGetType(compute, &type));
	assert_int_equal(type, hip_major() >= 6 ? 0 : 1);
	hipGraphExec_t exec = instance(graph);
	ok(hipGraphLaunch(exec, NULL));
	ok(hipDeviceSynchronize());
	assert_int_equal(simhip_value(data), 11);
	assert_int_equal(called, 3);

	hipKernelNodeParams back;
	ok(hipGraphKernelNodeGetParams(compute, &back));
	assert_int_equal(*(uint64_t *)back.kernelParams[1], 2);
	term = 7;
	ok(hipGraphExecKernelNodeSetParams(exec, compute, &kernel));
	ok(hipGraphLaunch(exec, NULL));
	ok(hipDeviceSynchronize());
	assert_int_equal(simhip_value(data), 17);

	hipGraphExecUpdateResult result;
	hipGraphNode_t at;
	hipGraph_t clone;
	ok(hipGraphClone(&clone, graph));
	ok(hipGraphExecUpdate(exec, clone, &at, &result));
	ok(hipGraphDestroyNode(tell));
	fails(hipGraphExecUpdate(exec, graph, &at, &result), hipErrorGraphExecUpdateFailure);
	assert_int_equal(result, hipGraphExecUpdateErrorTopologyChanged);
	ok(hipGraphDestroy(graph));
	ok(hipGraphDestroy(clone));
	ok(hipGraphExecDestroy(exec));
}

static void user_objects(void **state)
{
	(void)state;
	static int by = 1;
	hipUserObject_t object;
	hipGraph_t graph;

	called = 0;
	ok(hipUserObjectCreate(&object, &by, call, 1, 1));
	ok(hipGraphCreate(&graph, 0));
	ok(hipGraphRetainUserObject(graph, object, 1, 0));
	ok(hipUserObjectRelease(object, 1));
	assert_int_equal(called, 0);
	ok(hipGraphDestroy(graph));
	assert_int_equal(called, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capture_and_launch),
		cmocka_unit_test(what_a_capture_forbids),
		cmocka_unit_test(built_by_hand),
		cmocka_unit_test(user_objects),
	};

	return cmocka_run_group_tests(tests, simhip_setup, simhip_teardown);
}
