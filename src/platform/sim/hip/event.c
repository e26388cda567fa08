/* SPDX-License-Identifier: Apache-2.0 */
/* Events, and writes to and waits for words of memory in the order of a stream. */
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
	xsim_handle_kill(event);
	xsim_event_unref((struct xsim_event *)event);
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

/* --- memory operations ------------------------------------------------------------------------ */

static int add(struct xsim_memop *memop, const hipStreamBatchMemOpParams *p)
{
	bool wide = p->operation == hipStreamMemOpWaitValue64 ||
		    p->operation == hipStreamMemOpWriteValue64;
	bool wait = p->operation == hipStreamMemOpWaitValue32 ||
		    p->operation == hipStreamMemOpWaitValue64;

	return xsim_memop_init(memop, wait, wide, (uintptr_t)p->waitValue.address,
		wide ? p->waitValue.value64 : p->waitValue.value, wait ? p->waitValue.flags : 0);
}

int hip_memops_op(struct xsim_op *op, unsigned int count, const hipStreamBatchMemOpParams *params)
{
	*op = (struct xsim_op){ .kind = XSIM_OP_MEMOPS };
	if (!count || count > 256 || !params)
		return XSIM_INVALID_VALUE;
	if (xsim_op_set_heap(op, NULL, count * sizeof(struct xsim_memop)))
		return XSIM_OUT_OF_MEMORY;
	struct xsim_memop *memops = op->heap;
	for (unsigned int i = 0; i < count; i++) {
		int result = XSIM_INVALID_VALUE;

		switch (params[i].operation) {
		case hipStreamMemOpWaitValue32:
		case hipStreamMemOpWaitValue64:
		case hipStreamMemOpWriteValue32:
		case hipStreamMemOpWriteValue64:
			result = add(&memops[op->memops.count++], &params[i]);
			break;
		case hipStreamMemOpFlushRemoteWrites:
		case hipStreamMemOpBarrier:
			result = XSIM_NOT_SUPPORTED;
			break;
		}
		if (result) {
			xsim_op_drop(op);
			return result;
		}
	}
	return XSIM_OK;
}

hipError_t sim_hipStreamBatchMemOp(hipStream_t handle, unsigned int count,
	hipStreamBatchMemOpParams *params, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = hip_stream(handle, &stream);

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = hip_memops_op(&op, count, params);
	return (hipError_t)(result ? result : xsim_submit(stream, XSIM_NODE_MEMOPS, &op));
}

static hipError_t word(hipStream_t handle, hipStreamBatchMemOpType type, void *address,
	uint64_t value, unsigned int flags, uint64_t mask)
{
	hipStreamBatchMemOpParams p = { .waitValue = { .operation = type,
						.address = address,
						.value64 = value,
						.flags = flags } };
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = hip_stream(handle, &stream);

	if (!result)
		result = hip_memops_op(&op, 1, &p);
	if (result)
		return (hipError_t)result;
	((struct xsim_memop *)op.heap)->mask = mask;
	return (hipError_t)xsim_submit(stream, XSIM_NODE_MEMOPS, &op);
}

hipError_t sim_hipStreamWaitValue32(
	hipStream_t stream, void *ptr, uint32_t value, unsigned int flags, uint32_t mask)
{
	return word(stream, hipStreamMemOpWaitValue32, ptr, value, flags, mask);
}

hipError_t sim_hipStreamWaitValue64(
	hipStream_t stream, void *ptr, uint64_t value, unsigned int flags, uint64_t mask)
{
	return word(stream, hipStreamMemOpWaitValue64, ptr, value, flags, mask);
}

hipError_t sim_hipStreamWriteValue32(
	hipStream_t stream, void *ptr, uint32_t value, unsigned int flags)
{
	return word(stream, hipStreamMemOpWriteValue32, ptr, value, flags, UINT64_MAX);
}

hipError_t sim_hipStreamWriteValue64(
	hipStream_t stream, void *ptr, uint64_t value, unsigned int flags)
{
	return word(stream, hipStreamMemOpWriteValue64, ptr, value, flags, UINT64_MAX);
}
