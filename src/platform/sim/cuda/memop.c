/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory operations on streams: writes to and waits for words, in stream order.
 *
 * As measured on an H200 with driver 580: a write without memory barrier is refused, and the
 * address may lie in device memory or in host memory that is pinned or registered.
 */
#include "platform/sim/memop.h"

#include "platform/sim/cuda/front.h"

static int add_wait(struct xsim_op *op, const CUstreamBatchMemOpParams *p, bool wide)
{
	return xsim_memop_init(xsim_memops_next(op), true, wide, p->waitValue.address,
		wide ? p->waitValue.value64 : p->waitValue.value,
		p->waitValue.flags & ~(unsigned int)CU_STREAM_WAIT_VALUE_FLUSH);
}

static int add_write(struct xsim_op *op, const CUstreamBatchMemOpParams *p, bool wide)
{
	if (p->writeValue.flags != CU_STREAM_WRITE_VALUE_DEFAULT)
		return XSIM_INVALID_VALUE;
	return xsim_memop_init(xsim_memops_next(op), false, wide, p->writeValue.address,
		wide ? p->writeValue.value64 : p->writeValue.value, 0);
}

static int add(struct xsim_op *op, const void *params, unsigned int index)
{
	const CUstreamBatchMemOpParams *p = (const CUstreamBatchMemOpParams *)params + index;

	switch (p->operation) {
	case CU_STREAM_MEM_OP_WAIT_VALUE_32:
		return add_wait(op, p, false);
	case CU_STREAM_MEM_OP_WAIT_VALUE_64:
		return add_wait(op, p, true);
	case CU_STREAM_MEM_OP_WRITE_VALUE_32:
		return add_write(op, p, false);
	case CU_STREAM_MEM_OP_WRITE_VALUE_64:
		return add_write(op, p, true);
	case CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES:
		return XSIM_NOT_SUPPORTED;
	case CU_STREAM_MEM_OP_BARRIER:
		return XSIM_OK; /* everything here is ordered */
	}
	return XSIM_INVALID_VALUE;
}

int front_memops_op(struct xsim_op *op, unsigned int count, const CUstreamBatchMemOpParams *ops)
{
	return xsim_memops_op(op, count, ops, add);
}

CUresult sim_cuStreamBatchMemOp_v2(
	CUstream hStream, unsigned int count, CUstreamBatchMemOpParams *ops, unsigned int flags)
{
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = front_stream(hStream, &stream);

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = front_memops_op(&op, count, ops);
	return (CUresult)(result ? result : xsim_submit(stream, XSIM_NODE_MEMOPS, &op));
}
XSIM_SAME(cuStreamBatchMemOp, cuStreamBatchMemOp_v2);
XSIM_SAME(cuStreamBatchMemOp_ptsz, cuStreamBatchMemOp_v2);
XSIM_SAME(cuStreamBatchMemOp_v2_ptsz, cuStreamBatchMemOp_v2);

CUresult sim_cuStreamWaitValue32_v2(
	CUstream hStream, CUdeviceptr addr, cuuint32_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams p = { .waitValue = { CU_STREAM_MEM_OP_WAIT_VALUE_32, addr,
					       { .value = value }, flags, 0 } };
	return sim_cuStreamBatchMemOp_v2(hStream, 1, &p, 0);
}
XSIM_SAME(cuStreamWaitValue32, cuStreamWaitValue32_v2);
XSIM_SAME(cuStreamWaitValue32_ptsz, cuStreamWaitValue32_v2);
XSIM_SAME(cuStreamWaitValue32_v2_ptsz, cuStreamWaitValue32_v2);

CUresult sim_cuStreamWaitValue64_v2(
	CUstream hStream, CUdeviceptr addr, cuuint64_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams p = { .waitValue = { CU_STREAM_MEM_OP_WAIT_VALUE_64, addr,
					       { .value64 = value }, flags, 0 } };
	return sim_cuStreamBatchMemOp_v2(hStream, 1, &p, 0);
}
XSIM_SAME(cuStreamWaitValue64, cuStreamWaitValue64_v2);
XSIM_SAME(cuStreamWaitValue64_ptsz, cuStreamWaitValue64_v2);
XSIM_SAME(cuStreamWaitValue64_v2_ptsz, cuStreamWaitValue64_v2);

CUresult sim_cuStreamWriteValue32_v2(
	CUstream hStream, CUdeviceptr addr, cuuint32_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams p = { .writeValue = { CU_STREAM_MEM_OP_WRITE_VALUE_32, addr,
					       { .value = value }, flags, 0 } };
	return sim_cuStreamBatchMemOp_v2(hStream, 1, &p, 0);
}
XSIM_SAME(cuStreamWriteValue32, cuStreamWriteValue32_v2);
XSIM_SAME(cuStreamWriteValue32_ptsz, cuStreamWriteValue32_v2);
XSIM_SAME(cuStreamWriteValue32_v2_ptsz, cuStreamWriteValue32_v2);

CUresult sim_cuStreamWriteValue64_v2(
	CUstream hStream, CUdeviceptr addr, cuuint64_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams p = { .writeValue = { CU_STREAM_MEM_OP_WRITE_VALUE_64, addr,
					       { .value64 = value }, flags, 0 } };
	return sim_cuStreamBatchMemOp_v2(hStream, 1, &p, 0);
}
XSIM_SAME(cuStreamWriteValue64, cuStreamWriteValue64_v2);
XSIM_SAME(cuStreamWriteValue64_ptsz, cuStreamWriteValue64_v2);
XSIM_SAME(cuStreamWriteValue64_v2_ptsz, cuStreamWriteValue64_v2);
