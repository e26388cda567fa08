/* SPDX-License-Identifier: Apache-2.0 */
/* Memory calls that the regular forms do not describe: copies that may or may not be done when they
 * return, and those that users want to see in a trace. */
#include "platform/hip/shim.h"

/*
 * A copy to the host is done on return, and with it everything that its stream had to do before.
 * What else is called synchronous may only have been handed over. With nothing to copy, the runtime
 * returns at once.
 */
static bool is_fetch(hipMemcpyKind kind, size_t size)
{
	return kind == hipMemcpyDeviceToHost && size;
}

static hipError_t copied(const char *name, size_t size, hipStream_t stream, hipError_t result)
{
	xs_trace("[TRACE_MEMCPY] call=%s size=%zu stream=%p ret=%d", name, size, (void *)stream,
		(int)result);
	return result;
}

hipError_t on_hipMemcpy(void *dst, const void *src, size_t size_bytes, hipMemcpyKind kind)
{
	struct xs_hip_waiting call;
	hipError_t result;

	xs_hip_begin_waiting(&call, NULL, false);
	result = xs_hip_real()->hipMemcpy(dst, src, size_bytes, kind);
	return copied("hipMemcpy", size_bytes, NULL,
		xs_hip_end_waiting(&call, result, is_fetch(kind, size_bytes)));
}

hipError_t on_hipMemcpy_spt(void *dst, const void *src, size_t size_bytes, hipMemcpyKind kind)
{
	struct xs_hip_waiting call;
	hipError_t result;

	xs_hip_begin_waiting(&call, NULL, true);
	result = xs_hip_real()->hipMemcpy_spt(dst, src, size_bytes, kind);
	return copied("hipMemcpy_spt", size_bytes, NULL,
		xs_hip_end_waiting(&call, result, is_fetch(kind, size_bytes)));
}

/* In the order of the stream, and waited for: what PyTorch does for .cpu() and .item(). */
hipError_t on_hipMemcpyWithStream(
	void *dst, const void *src, size_t size_bytes, hipMemcpyKind kind, hipStream_t stream)
{
	struct xs_hip_waiting call;
	hipError_t result;

	xs_hip_begin_waiting(&call, stream, false);
	result = xs_hip_real()->hipMemcpyWithStream(dst, src, size_bytes, kind, stream);
	return copied("hipMemcpyWithStream", size_bytes, stream,
		xs_hip_end_waiting(&call, result, is_fetch(kind, size_bytes)));
}

/* --- allocation ---------------------------------------------------------------------------------- */

static hipError_t allocated(size_t size, void *const *ptr, hipError_t result)
{
	xs_trace("[TRACE_MALLOC] size=%zu ptr=%p ret=%d", size,
		result == hipSuccess && ptr ? *ptr : NULL, (int)result);
	return result;
}

static hipError_t freed(const void *ptr, hipError_t result)
{
	xs_trace("[TRACE_FREE] ptr=%p ret=%d", ptr, (int)result);
	return result;
}

hipError_t on_hipMalloc(void **ptr, size_t size)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return allocated(size, ptr, xs_hip_drained(&wait, xs_hip_real()->hipMalloc(ptr, size)));
}

hipError_t on_hipFree(void *ptr)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return freed(ptr, xs_hip_drained(&wait, xs_hip_real()->hipFree(ptr)));
}

hipError_t on_hipMallocAsync(void **dev_ptr, size_t size, hipStream_t stream)
{
	struct xs_queue *queue = xs_submit_begin(stream, false);
	hipError_t result = xs_hip_real()->hipMallocAsync(dev_ptr, size, stream);

	return allocated(size, dev_ptr, xs_hip_submitted(queue, result));
}

hipError_t on_hipFreeAsync(void *dev_ptr, hipStream_t stream)
{
	struct xs_queue *queue = xs_submit_begin(stream, false);
	hipError_t result = xs_hip_real()->hipFreeAsync(dev_ptr, stream);

	return freed(dev_ptr, xs_hip_submitted(queue, result));
}
