/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. Recording one is work for its stream; what it covers is noted, so that a wait for it, on
 * the host or by another stream, lends its priority to the right queue.
 */
#include "platform/common/shim.h"
#include "platform/cuda/graph_events.h"
#include "platform/cuda/real.h"

/* Captured, such a record becomes a node of a graph. */
static void note_external(unsigned int flags)
{
	if (flags & CU_EVENT_RECORD_EXTERNAL)
		xs_graph_event_node_made();
}

/* The end of a record. */
static CUresult recorded(CUevent event, const struct xs_record *record, CUresult result)
{
	if (result == CUDA_SUCCESS)
		xs_event_recorded(event, record);
	xs_submit_end(record->queue);
	return result;
}

CUresult cuEventRecord(CUevent event, CUstream hStream)
{
	struct xs_record record = xs_record_begin(hStream, false);

	return recorded(event, &record, xs_cuda_real.cuEventRecord(event, hStream));
}

CUresult cuEventRecord_ptsz(CUevent event, CUstream hStream)
{
	struct xs_record record = xs_record_begin(hStream, true);

	return recorded(event, &record, xs_cuda_real.cuEventRecord_ptsz(event, hStream));
}

CUresult cuEventRecordWithFlags(CUevent event, CUstream hStream, unsigned int flags)
{
	struct xs_record record = xs_record_begin(hStream, false);

	note_external(flags);
	return recorded(event, &record, xs_cuda_real.cuEventRecordWithFlags(event, hStream, flags));
}

CUresult cuEventRecordWithFlags_ptsz(CUevent event, CUstream hStream, unsigned int flags)
{
	struct xs_record record = xs_record_begin(hStream, true);

	note_external(flags);
	return recorded(
		event, &record, xs_cuda_real.cuEventRecordWithFlags_ptsz(event, hStream, flags));
}

/* Records of all work of a context: no queue stands for that, so what was known of the event is
 * forgotten. */
CUresult cuCtxRecordEvent(CUcontext context, CUevent event)
{
	CUresult result = xs_cuda_real.cuCtxRecordEvent(context, event);

	if (result == CUDA_SUCCESS)
		xs_event_destroyed(event);
	return result;
}

CUresult cuGreenCtxRecordEvent(CUgreenCtx green_ctx, CUevent event)
{
	CUresult result = xs_cuda_real.cuGreenCtxRecordEvent(green_ctx, event);

	if (result == CUDA_SUCCESS)
		xs_event_destroyed(event);
	return result;
}

/* All streams of the context wait. That is no work of any one of them, so no gate is passed. */
CUresult cuCtxWaitEvent(CUcontext context, CUevent event)
{
	xs_context_waits(context, event);
	return xs_cuda_real.cuCtxWaitEvent(context, event);
}

CUresult cuGreenCtxWaitEvent(CUgreenCtx green_ctx, CUevent event)
{
	CUcontext context = NULL;

	if (xs_cuda_real.cuCtxFromGreenCtx(&context, green_ctx) != CUDA_SUCCESS)
		context = NULL;
	xs_context_waits(context, event);
	return xs_cuda_real.cuGreenCtxWaitEvent(green_ctx, event);
}

CUresult cuStreamWaitEvent(CUstream hStream, CUevent event, unsigned int flags)
{
	struct xs_queue *queue = xs_submit_begin(hStream, false);
	CUresult result;

	xs_stream_waits(queue, event);
	bool may_join = xs_capture_join_begin();
	result = xs_cuda_real.cuStreamWaitEvent(hStream, event, flags);
	xs_capture_join_end(may_join);
	xs_submit_end(queue);
	return result;
}

CUresult cuStreamWaitEvent_ptsz(CUstream hStream, CUevent event, unsigned int flags)
{
	struct xs_queue *queue = xs_submit_begin(hStream, true);
	CUresult result;

	xs_stream_waits(queue, event);
	bool may_join = xs_capture_join_begin();
	result = xs_cuda_real.cuStreamWaitEvent_ptsz(hStream, event, flags);
	xs_capture_join_end(may_join);
	xs_submit_end(queue);
	return result;
}

CUresult cuEventQuery(CUevent event)
{
	struct xs_covered covered = xs_event_covers(event);
	CUresult result = xs_cuda_real.cuEventQuery(event);

	if (result == CUDA_SUCCESS)
		xs_event_found_done(&covered);
	return result;
}

CUresult cuEventSynchronize(CUevent event)
{
	struct xs_wait wait;
	CUresult result;

	xs_wait_event_begin(&wait, event);
	result = xs_cuda_real.cuEventSynchronize(event);
	xs_wait_end(&wait, result == CUDA_SUCCESS);
	return result;
}

CUresult cuEventDestroy(CUevent event)
{
	xs_event_destroyed(event);
	return xs_cuda_real.cuEventDestroy(event);
}

CUresult cuEventDestroy_v2(CUevent event)
{
	xs_event_destroyed(event);
	return xs_cuda_real.cuEventDestroy_v2(event);
}
