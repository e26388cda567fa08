/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. Recording one is work for its stream; what it covers is noted, so that a wait for it, on
 * the host or by another stream, lends its priority to the right queue.
 */
#include "platform/hip/shim.h"

/* The end of a record. */
static hipError_t recorded(hipEvent_t event, const struct xs_record *record, hipError_t result)
{
	if (result == hipSuccess)
		xs_event_recorded(event, record);
	return xs_hip_submitted(record->queue, result);
}

hipError_t on_hipEventRecord(hipEvent_t event, hipStream_t stream)
{
	struct xs_record record = xs_record_begin(stream, false);

	return recorded(event, &record, xs_hip_real()->hipEventRecord(event, stream));
}

hipError_t on_hipEventRecord_spt(hipEvent_t event, hipStream_t stream)
{
	struct xs_record record = xs_record_begin(stream, true);

	return recorded(event, &record, xs_hip_real()->hipEventRecord_spt(event, stream));
}

hipError_t on_hipEventRecordWithFlags(hipEvent_t event, hipStream_t stream, unsigned int flags)
{
	struct xs_record record = xs_record_begin(stream, false);

	return recorded(
		event, &record, xs_hip_real()->hipEventRecordWithFlags(event, stream, flags));
}

/* Records of all work of a context: no queue stands for that, so what was known of the event is
 * forgotten. */
hipError_t on_hipExecutionCtxRecordEvent(hipExecutionCtx_t ctx, hipEvent_t event)
{
	hipError_t result = xs_hip_real()->hipExecutionCtxRecordEvent(ctx, event);

	if (result == hipSuccess)
		xs_event_destroyed(event);
	return result;
}

/* All streams of a context wait: which they are is not known here, so nobody lends to the source.
 * It is not stopped on the device, where level 2 does not exist, so it always finishes. */
hipError_t on_hipExecutionCtxWaitEvent(hipExecutionCtx_t ctx, hipEvent_t event)
{
	return xs_hip_real()->hipExecutionCtxWaitEvent(ctx, event);
}

hipError_t on_hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags)
{
	struct xs_queue *queue = xs_submit_begin(stream, false);
	hipError_t result;

	xs_stream_waits(queue, event);
	bool may_join = xs_capture_join_begin();
	result = xs_hip_real()->hipStreamWaitEvent(stream, event, flags);
	xs_capture_join_end(may_join);
	return xs_hip_submitted(queue, result);
}

hipError_t on_hipStreamWaitEvent_spt(hipStream_t stream, hipEvent_t event, unsigned int flags)
{
	struct xs_queue *queue = xs_submit_begin(stream, true);
	hipError_t result;

	xs_stream_waits(queue, event);
	bool may_join = xs_capture_join_begin();
	result = xs_hip_real()->hipStreamWaitEvent_spt(stream, event, flags);
	xs_capture_join_end(may_join);
	return xs_hip_submitted(queue, result);
}

hipError_t on_hipEventQuery(hipEvent_t event)
{
	struct xs_covered covered = xs_event_covers(event);
	hipError_t result = xs_hip_real()->hipEventQuery(event);

	if (result == hipSuccess)
		xs_event_found_done(&covered);
	return result;
}

hipError_t on_hipEventSynchronize(hipEvent_t event)
{
	struct xs_wait wait;
	hipError_t result;

	xs_wait_event_begin(&wait, event);
	result = xs_hip_real()->hipEventSynchronize(event);
	xs_wait_end(&wait, result == hipSuccess);
	return result;
}

hipError_t on_hipEventDestroy(hipEvent_t event)
{
	xs_event_destroyed(event);
	return xs_hip_real()->hipEventDestroy(event);
}
