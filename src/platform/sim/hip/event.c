/* SPDX-License-Identifier: Apache-2.0 */
/* Events. */
#include "platform/sim/hip/front.h"

#define EVENT_FLAGS                                                                                \
	(hipEventBlockingSync | hipEventDisableTiming | hipEventInterprocess |                     \
		hipEventDisableSystemFence | hipEventReleaseToDevice | hipEventReleaseToSystem)

hipError_t sim_hipEventCreateWithFlags(hipEvent_t *event, unsigned int flags)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && (!event || flags & ~EVENT_FLAGS))
		result = XSIM_INVALID_VALUE;
	if (!result && flags & hipEventInterprocess && !(flags & hipEventDisableTiming))
		result = XSIM_INVALID_VALUE;
	if (!result && flags & hipEventReleaseToDevice && flags & hipEventReleaseToSystem)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_event_create(context, flags, !(flags & hipEventDisableTiming),
			(struct xsim_event **)event);
	return (hipError_t)result;
}

hipError_t sim_hipEventCreate(hipEvent_t *event)
{
	return sim_hipEventCreateWithFlags(event, hipEventDefault);
}

hipError_t sim_hipEventDestroy(hipEvent_t event)
{
	if (!xsim_handle_is(event, XSIM_KIND_EVENT))
		return hipErrorInvalidHandle;
	xsim_event_destroy((struct xsim_event *)event);
	return hipSuccess;
}

/* A null event is hipErrorInvalidHandle as any other that is none. */
hipError_t sim_hipEventRecordWithFlags(hipEvent_t handle, hipStream_t hstream, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	if (!result)
		result = hip_stream(hstream, &stream);
	if (!result && flags & ~hipEventRecordExternal)
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_record(stream, event, flags != 0));
}

hipError_t sim_hipEventRecord(hipEvent_t event, hipStream_t stream)
{
	return sim_hipEventRecordWithFlags(event, stream, hipEventRecordDefault);
}
XSIM_SAME(hipEventRecord_spt, hipEventRecord);

hipError_t sim_hipEventQuery(hipEvent_t handle)
{
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	return (hipError_t)(result ? result : xsim_query_event(event));
}

hipError_t sim_hipEventSynchronize(hipEvent_t handle)
{
	struct xsim_event *event;
	int result = xsim_find_event(handle, &event);

	return (hipError_t)(result ? result : xsim_sync_event(event));
}

hipError_t sim_hipEventElapsedTime(float *milliseconds, hipEvent_t start, hipEvent_t end)
{
	struct xsim_event *from, *to;
	int64_t ns;
	int result = milliseconds ? xsim_find_event(start, &from) : XSIM_INVALID_VALUE;

	if (!result)
		result = xsim_find_event(end, &to);
	if (!result)
		result = xsim_event_elapsed(from, to, &ns);
	if (!result)
		*milliseconds = (float)((double)ns / 1e6);
	return (hipError_t)result;
}

hipError_t sim_hipStreamWaitEvent(hipStream_t hstream, hipEvent_t handle, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_event *event;
	int result = hip_stream(hstream, &stream);

	if (!result)
		result = xsim_find_event(handle, &event);
	if (!result && flags & ~hipEventWaitExternal)
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_wait_event(stream, event, flags != 0));
}
XSIM_SAME(hipStreamWaitEvent_spt, hipStreamWaitEvent);
