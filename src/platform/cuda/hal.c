/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations that the core asks of a platform (hal.h), on the real driver.
 *
 * Each leaves the calling thread's current context as it was. Several are calls that the driver
 * forbids while another thread captures in global mode, and that would spoil its capture: the
 * calling thread is in relaxed mode meanwhile, as they have nothing to do with what is captured.
 *
 * A per-thread default stream can be reached by its own thread only: markers, which are placed by
 * the submitting thread, always work; questions do if that thread asks.
 */
#include "preempt/hal.h"

#include <errno.h>

#include "platform/cuda/real.h"
#include "preempt/thread.h"

/* What a call from outside the application's own code has to put back. */
struct visit {
	bool pushed;
	bool relaxed;
	CUstreamCaptureMode mode;
};

static int enter(struct visit *visit, void *context)
{
	CUcontext current = NULL;

	*visit = (struct visit){ .mode = CU_STREAM_CAPTURE_MODE_RELAXED };
	if (context &&
		(xs_cuda_real.cuCtxGetCurrent(&current) != CUDA_SUCCESS || current != context)) {
		if (xs_cuda_real.cuCtxPushCurrent_v2(context) != CUDA_SUCCESS)
			return -ENODEV;
		visit->pushed = true;
	}
	visit->relaxed =
		xs_cuda_real.cuThreadExchangeStreamCaptureMode(&visit->mode) == CUDA_SUCCESS;
	return 0;
}

static void leave(struct visit *visit)
{
	CUcontext context;

	if (visit->relaxed)
		xs_cuda_real.cuThreadExchangeStreamCaptureMode(&visit->mode);
	if (visit->pushed)
		xs_cuda_real.cuCtxPopCurrent_v2(&context);
}

static int error_of(CUresult result)
{
	switch ((unsigned int)result) {
	case CUDA_SUCCESS:
		return 0;
	case CUDA_ERROR_NOT_READY:
		return -EBUSY;
	case CUDA_ERROR_NOT_SUPPORTED:
	case CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED:
	case CUDA_ERROR_STREAM_CAPTURE_IMPLICIT:
		return -EOPNOTSUPP;
	case CUDA_ERROR_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

/* --- contexts and devices ------------------------------------------------------------------------ */

static void *current_context(void)
{
	CUcontext context = NULL;

	return xs_cuda_real.cuCtxGetCurrent(&context) == CUDA_SUCCESS ? context : NULL;
}

static XDevice device_of(void *context)
{
	int domain = 0, bus = 0, slot = 0;
	struct visit visit;
	CUdevice device;

	if (enter(&visit, context) != 0)
		return 0;
	if (xs_cuda_real.cuCtxGetDevice(&device) == CUDA_SUCCESS) {
		xs_cuda_real.cuDeviceGetAttribute(
			&domain, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, device);
		xs_cuda_real.cuDeviceGetAttribute(&bus, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, device);
		xs_cuda_real.cuDeviceGetAttribute(&slot, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, device);
	}
	leave(&visit);
	return (XDevice)kDeviceTypeGPU << 32 | (uint32_t)domain << 16 | (uint32_t)bus << 8 |
	       (uint32_t)slot << 3;
}

static int share(void *context, void *memory, size_t bytes)
{
	CUdeviceptr address = 0;
	struct visit visit;
	CUresult result;

	if (enter(&visit, context) != 0)
		return -ENODEV;
	result = xs_cuda_real.cuMemHostRegister_v2(
		memory, bytes, CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP);
	/* A driver may keep the registration of a context that is gone. */
	if (result == CUDA_SUCCESS || result == CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED)
		result = xs_cuda_real.cuMemHostGetDevicePointer_v2(&address, memory, 0);
	if (result == CUDA_SUCCESS && address != (CUdeviceptr)(uintptr_t)memory) {
		xs_cuda_real.cuMemHostUnregister(memory);
		result = CUDA_ERROR_NOT_SUPPORTED;
	}
	leave(&visit);
	return error_of(result);
}

/* --- questions and waits ------------------------------------------------------------------------- */

/* Without a handle, the legacy default stream of the context that is entered. */
static CUstream named(const struct xs_stream *stream)
{
	return stream->handle ? stream->handle : CU_STREAM_LEGACY;
}

static bool out_of_reach(const struct xs_stream *stream)
{
	return stream->owner && stream->owner != &xs_self;
}

static bool is_capturing(const struct xs_stream *stream)
{
	CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
	CUresult result;

	/* The legacy stream cannot capture, but the question fails while a blocking stream does, and
	 * other questions about it would spoil that capture. */
	result = xs_cuda_real.cuStreamIsCapturing(named(stream), &status);
	if (result == CUDA_ERROR_STREAM_CAPTURE_IMPLICIT)
		return true;
	return result == CUDA_SUCCESS && status != CU_STREAM_CAPTURE_STATUS_NONE;
}

static bool capturing(const struct xs_stream *stream)
{
	struct visit visit;
	bool is;

	if (enter(&visit, stream->context) != 0)
		return false;
	is = is_capturing(stream);
	leave(&visit);
	return is;
}

/* A question about a stream that is capturing would spoil the capture. */
static int ask(const struct xs_stream *stream, CUresult (*question)(CUstream))
{
	struct visit visit;
	int err;

	if (out_of_reach(stream))
		return -EOPNOTSUPP;
	if (enter(&visit, stream->context) != 0)
		return -ENODEV;
	err = is_capturing(stream) ? -EOPNOTSUPP : error_of(question(named(stream)));
	leave(&visit);
	return err;
}

static int query(const struct xs_stream *stream)
{
	return ask(stream, xs_cuda_real.cuStreamQuery);
}

static int synchronize(const struct xs_stream *stream)
{
	return ask(stream, xs_cuda_real.cuStreamSynchronize);
}

/* --- markers ------------------------------------------------------------------------------------- */

/* Memory operations that are on by default came with 11.7 (_v2); older drivers may have the first
 * form, if their administrator allows it. */
static int submit(const struct xs_stream *stream, CUstreamBatchMemOpParams *ops, unsigned int count)
{
	struct visit visit;
	CUresult result;

	if (enter(&visit, stream->context) != 0)
		return -ENODEV;
	result = xs_cuda_real.cuStreamBatchMemOp_v2(named(stream), count, ops, 0);
	if (result == CUDA_ERROR_NOT_SUPPORTED)
		result = xs_cuda_real.cuStreamBatchMemOp(named(stream), count, ops, 0);
	leave(&visit);
	return error_of(result);
}

static CUstreamBatchMemOpParams write_op(_Atomic uint32_t *progress, uint32_t value)
{
	return (CUstreamBatchMemOpParams){ .writeValue = {
						   .operation = CU_STREAM_MEM_OP_WRITE_VALUE_32,
						   .address = (CUdeviceptr)(uintptr_t)progress,
						   .value = value,
						   .flags = CU_STREAM_WRITE_VALUE_DEFAULT,
					   } };
}

static int mark(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value)
{
	CUstreamBatchMemOpParams op = write_op(progress, value);

	return submit(stream, &op, 1);
}

static int mark_and_wait(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value,
	_Atomic uint32_t *gate, uint32_t mask)
{
	CUstreamBatchMemOpParams ops[2] = {
		write_op(progress, value),
		{ .waitValue = {
			.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32,
			.address = (CUdeviceptr)(uintptr_t)gate,
			.value = mask,
			.flags = CU_STREAM_WAIT_VALUE_AND,
		} },
	};

	return submit(stream, ops, 2);
}

const struct xs_hal xs_cuda_hal = {
	.name = "CUDA",
	.platform = kPlatformCUDA,
	.max_level = kPreemptLevelDeactivate,
	.current_context = current_context,
	.device = device_of,
	.synchronize = synchronize,
	.query = query,
	.capturing = capturing,
	.share = share,
	.mark = mark,
	.mark_and_wait = mark_and_wait,
};
