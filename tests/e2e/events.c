/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that nobody records by a call, and frames of EGL streams: who waits for whom there. pair.h has
 * how that is told.
 */
#include "pair.h"

/* --- frames of EGL streams ------------------------------------------------------------------------- */

static CUeglStreamConnection producer, consumer;
static CUgraphicsResource resource;

static void two_streams_with_frames(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEGLStreamConsumerConnect(&consumer, &producer));
	check(cuEGLStreamProducerConnect(&producer, &producer, 1, 1));
	append_low((void *)0);
}

static void *present_low(void *unused)
{
	const CUeglFrame frame = { .width = 1 };

	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuEGLStreamProducerPresentFrame(&producer, frame, &low));
	return NULL;
}

static void *return_low(void *unused)
{
	CUeglFrame frame;

	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuEGLStreamProducerReturnFrame(&producer, &frame, &low));
	holds(frame.width == 1);
	return NULL;
}

static void *take_low(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, &low, 1000));
	check(append(low, data, 4));
	return NULL;
}

static void *release_low(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuEGLStreamConsumerReleaseFrame(&consumer, resource, &low));
	return NULL;
}

/* Each call on a frame by a lesser stream waits until the important one is done. */
static void frames_of_low_wait_for_high(void)
{
	void *(*const calls[])(void *) = { present_low, take_low, release_low, return_low };

	two_streams_with_frames();
	for (size_t i = 0; i < COUNT(calls); i++) {
		poke(gate, 0);
		check(stand_still(high, gate));
		pthread_t thread = thread_of(calls[i], NULL);
		until_asleep(low);
		poke(gate, 1);
		check(cuStreamSynchronize(high));
		pthread_join(thread, NULL);
	}
	check(cuStreamSynchronize(low));
	holds(peek(data) == 104);
}

static _Atomic bool acquires;

static void *present_when_acquired(void *unused)
{
	while (!xs_load_acquire(&acquires))
		usleep(100);
	usleep(1000);
	return present_low(unused);
}

/* The important stream waits for a frame of the lesser one: it must not hold that meanwhile. */
static void high_waits_for_a_frame_of_low(void)
{
	two_streams_with_frames();
	check(append(high, data, 1));
	check(cuStreamSynchronize(high));
	pthread_t thread = thread_of(present_when_acquired, NULL);
	xs_store_release(&acquires, true);
	check(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, &high, UINT32_MAX));
	check(append(high, data, 2));
	check(cuStreamSynchronize(high));
	pthread_join(thread, NULL);
	holds(peek(data) == 1012);
}

/* --- events that are recorded by the way ------------------------------------------------------------ */

static CUresult launch_recording(CUstream stream, CUevent event, uint32_t us)
{
	CUlaunchAttribute attribute = { .id = CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT,
		.value.launchCompletionEvent.event = event };
	const CUlaunchConfig config = { .gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 32,
		.blockDimY = 1,
		.blockDimZ = 1,
		.hStream = stream,
		.attrs = &attribute,
		.numAttrs = 1 };

	return cuLaunchKernelEx(&config, kernel("spin_us"), (void *[]){ &us }, NULL);
}

static CUgraphNode record_node;

/* Records the event, and goes on if the word says so. */
static CUgraphExec recording_graph(CUevent event, CUdeviceptr word)
{
	CUstreamBatchMemOpParams wait = { .waitValue = {
						  .operation = CU_STREAM_MEM_OP_WAIT_VALUE_32,
						  .address = word,
						  .value = 1,
						  .flags = CU_STREAM_WAIT_VALUE_GEQ,
					  } };
	const CUDA_BATCH_MEM_OP_NODE_PARAMS params = { context, 1, &wait, 0 };
	CUgraph graph;
	CUgraphNode node;
	CUgraphExec exec;

	check(cuGraphCreate(&graph, 0));
	check(cuGraphAddEventRecordNode(&record_node, graph, NULL, 0, event));
	check(cuGraphAddBatchMemOpNode(&node, graph, &record_node, 1, &params));
	check(cuGraphInstantiateWithFlags(&exec, graph, 0));
	return exec;
}

/* The event was recorded on the high stream, and then by what the low one does. */
static void a_later_record_by_a_launch_counts(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	check(stand_still(high, gate));
	check(cuEventRecord(event_of_low, high));
	check(launch_recording(low, event_of_low, 1));
	check(cuEventSynchronize(event_of_low));
	holds(queue_has(high, XS_GATE_READY));
	poke(gate, 1);
	check(cuCtxSynchronize());
}

static void a_later_record_by_a_graph_counts(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	CUgraphExec exec = recording_graph(event_of_low, word(1));
	check(stand_still(high, gate));
	check(cuEventRecord(event_of_low, high));
	check(cuGraphLaunch(exec, low));
	check(cuEventSynchronize(event_of_low));
	holds(queue_has(high, XS_GATE_READY));
	poke(gate, 1);
	check(cuCtxSynchronize());
}

/* What recorded the event goes on after it. */
static void an_early_event_does_not_tell_idle(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	check(cuGraphLaunch(recording_graph(event_of_low, gate), high));
	check(cuEventSynchronize(event_of_low));
	check(cuEventQuery(event_of_low));
	holds(queue_has(high, XS_GATE_READY));
	poke(gate, 1);
	check(cuStreamSynchronize(high));
	check(launch_recording(high, event_of_low, 60 * 1000 * 1000));
	check(cuEventSynchronize(event_of_low));
	check(cuEventQuery(event_of_low));
	holds(queue_has(high, XS_GATE_READY));
	_exit(0); /* with the kernel running */
}

static CUgraphExec graph_of_low;
static CUevent events_of_low[2];

static void wait_for_recorded(int round)
{
	CUevent event = events_of_low[round >= ROUNDS / 2];

	if (round == ROUNDS / 2)
		check(cuGraphExecEventRecordNodeSetEvent(graph_of_low, record_node, event));
	if (round & 1)
		check(cuGraphLaunch(graph_of_low, low));
	else
		check(launch_recording(low, event, 10));
	check(cuStreamWaitEvent(high, event, 0));
	check(affine(high, data, 1, 1));
	check(spin(high, 100));
	if (round % 3)
		check(cuStreamSynchronize(high));
	else
		usleep(500);
}

static void high_waits_for_what_low_records(void)
{
	two_streams(NON_BLOCKING, NON_BLOCKING);
	for (int i = 0; i < 2; i++)
		check(cuEventCreate(&events_of_low[i], CU_EVENT_DISABLE_TIMING));
	graph_of_low = recording_graph(events_of_low[0], word(1));
	with_busy_low(wait_for_recorded);
	check(cuStreamSynchronize(high));
	holds(peek(data) == 1 + ROUNDS);
}

/* A graph in a graph, and made by capture. */
static void records_of_nested_graphs_count(void)
{
	CUgraph inner, outer;
	CUgraphNode node;
	CUgraphExec exec;

	two_streams(NON_BLOCKING, NON_BLOCKING);
	check(cuEventCreate(&event_of_low, CU_EVENT_DISABLE_TIMING));
	append_low((void *)0);
	check(cuStreamBeginCapture_v2(low, CU_STREAM_CAPTURE_MODE_RELAXED));
	check(cuEventRecordWithFlags(event_of_low, low, CU_EVENT_RECORD_EXTERNAL));
	check(cuStreamEndCapture(low, &inner));
	check(cuGraphCreate(&outer, 0));
	check(cuGraphAddChildGraphNode(&node, outer, NULL, 0, inner));
	check(cuGraphInstantiateWithFlags(&exec, outer, 0));
	check(stand_still(high, gate));
	check(cuEventRecord(event_of_low, high));
	check(cuGraphLaunch(exec, low));
	check(cuEventSynchronize(event_of_low));
	holds(queue_has(high, XS_GATE_READY));
	check(cuGraphExecDestroy(exec));
	poke(gate, 1);
	check(cuCtxSynchronize());
}

/* --- the tests --------------------------------------------------------------------------------------- */

TEST_ON_ALL_LEVELS(frames_of_low_wait_for_high)
TEST_ON_ALL_LEVELS(high_waits_for_a_frame_of_low)
TEST_ON_ALL_LEVELS(a_later_record_by_a_launch_counts)
TEST_ON_ALL_LEVELS(a_later_record_by_a_graph_counts)
TEST_ON_ALL_LEVELS(an_early_event_does_not_tell_idle)
TEST_ON_ALL_LEVELS(high_waits_for_what_low_records)
TEST_ON_ALL_LEVELS(records_of_nested_graphs_count)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_of_low_wait_for_high),
		cmocka_unit_test(test_high_waits_for_a_frame_of_low),
		cmocka_unit_test(test_a_later_record_by_a_launch_counts),
		cmocka_unit_test(test_a_later_record_by_a_graph_counts),
		cmocka_unit_test(test_an_early_event_does_not_tell_idle),
		cmocka_unit_test(test_high_waits_for_what_low_records),
		cmocka_unit_test(test_records_of_nested_graphs_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
