/* SPDX-License-Identifier: Apache-2.0 */
/* Memory operations on streams: writes to and waits for words, in stream order. */
#include "platform/sim/memop.h"

#include "platform/sim/hip/front.h"

static int add(struct xsim_op *op, const void *params, unsigned int index)
{
	const hipStreamBatchMemOpParams *p = (const hipStreamBatchMemOpParams *)params + index;
	bool wide = p->operation == hipStreamMemOpWaitValue64 ||
		    p->operation == hipStreamMemOpWriteValue64;
	bool wait = p->operation == hipStreamMemOpWaitValue32 ||
		    p->operation == hipStreamMemOpWaitValue64;

	switch (p->operation) {
	case hipStreamMemOpWaitValue32:
	case hipStreamMemOpWaitValue64:
	case hipStreamMemOpWriteValue32:
	case hipStreamMemOpWriteValue64:
		return xsim_memop_init(xsim_memops_next(op), wait, wide,
			(uintptr_t)p->waitValue.address,
			wide ? p->waitValue.value64 : p->waitValue.value,
			wait ? p->waitValue.flags : 0);
	case hipStreamMemOpFlushRemoteWrites:
	case hipStreamMemOpBarrier:
		return XSIM_NOT_SUPPORTED;
	}
	return XSIM_INVALID_VALUE;
}

int hip_memops_op(struct xsim_op *op, unsigned int count, const hipStreamBatchMemOpParams *params)
{
	return xsim_memops_op(op, count, params, add);
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
