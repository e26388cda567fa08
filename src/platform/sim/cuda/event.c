/* SPDX-License-Identifier: Apache-2.0 */
/* Events. */
#include "platform/sim/cuda/front.h"

CUresult sim_cuEventCreate(CUevent *event, unsigned int flags)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (!result &&
		(!event || flags & ~7u ||
			(flags & CU_EVENT_INTERPROCESS && !(flags & CU_EVENT_DISABLE_TIMING))))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_event_create(context, flags, !(flags & CU_EVENT_DISABLE_TIMING),
			(struct xsim_event **)event);
	return (CUresult)result;
}

CUresult sim_cuEventDestroy_v2(CUevent event)
{
	if (!xsim_handle_is(event, XSIM_KIND_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	xsim_event_destroy((struct xsim_event *)event);
	return CUDA_SUCCESS;
}
XSIM_SAME(cuEventDestroy, cuEventDestroy_v2);

CUresult sim_cuEventRecordWithFlags(CUevent handle, CUstream hStream, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	if (!result)
		result = front_stream(hStream, &stream);
	if (!result && flags & ~(unsigned int)CU_EVENT_RECORD_EXTERNAL)
		result = XSIM_INVALID_VALUE;
	return (CUresult)(result ? result : xsim_record(stream, event, flags != 0));
}
XSIM_SAME(cuEventRecordWithFlags_ptsz, cuEventRecordWithFlags);

CUresult sim_cuEventRecord(CUevent event, CUstream hStream)
{
	return sim_cuEventRecordWithFlags(event, hStream, 0);
}
XSIM_SAME(cuEventRecord_ptsz, cuEventRecord);

CUresult sim_cuEventQuery(CUevent handle)
{
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	return (CUresult)(result ? result : xsim_query_event(event));
}

CUresult sim_cuEventSynchronize(CUevent handle)
{
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	return (CUresult)(result ? result : xsim_sync_event(event));
}

CUresult sim_cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end)
{
	struct xsim_event *from, *to;
	int64_t ns;
	int result = xsim_find_event(start, &from);

	if (!result)
		result = xsim_find_event(end, &to);
	if (!result && !milliseconds)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_event_elapsed(from, to, &ns);
	if (!result)
		*milliseconds = (float)((double)ns / 1e6);
	return (CUresult)result;
}
XSIM_SAME(cuEventElapsedTime_v2, cuEventElapsedTime);

CUresult sim_cuStreamWaitEvent(CUstream hStream, CUevent handle, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_event *event;
	int result = front_stream(hStream, &stream);

	if (!result)
		result = xsim_find_event(handle, &event);
	if (!result && flags & ~(unsigned int)CU_EVENT_WAIT_EXTERNAL)
		result = XSIM_INVALID_VALUE;
	return (CUresult)(result ? result : xsim_wait_event(stream, event, flags != 0));
}
XSIM_SAME(cuStreamWaitEvent_ptsz, cuStreamWaitEvent);
