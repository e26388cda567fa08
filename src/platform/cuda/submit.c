/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regular overrides: entry points of which everything that matters is said by their form in
 * cuda_api.def. An asynchronous one submits to the stream hStream:
 *
 *   CUresult cuMemcpyAsync(..., CUstream hStream)
 *   {
 *           struct xs_queue *queue = xs_submit_begin(hStream, false);
 *           return traced("cuMemcpyAsync", hStream,
 *                   submitted(queue, xs_cuda_real.cuMemcpyAsync(..., hStream)));
 *   }
 */
#include "platform/common/shim.h"
#include "platform/common/trace.h"
#include "platform/cuda/real.h"

/* Every form that is not made here. */
#define XS_FORM_JUMP(symbol, params, args)
#define XS_FORM_HAND(symbol, params, args)

/* --- work for a stream --------------------------------------------------------------------------- */

static inline CUresult submitted(struct xs_queue *queue, CUresult result)
{
	xs_submit_end(queue);
	return result;
}

static inline CUresult traced(const char *name, CUstream stream, CUresult result)
{
	xs_trace("[TRACE_SUBMIT] call=%s stream=%p ret=%d", name, (void *)stream, (int)result);
	return result;
}

#define ASYNC(symbol, args, per_thread)                                                            \
	struct xs_queue *queue = xs_submit_begin(hStream, per_thread);                             \
	return traced(#symbol, hStream, submitted(queue, xs_cuda_real.symbol args));

#define XS_FORM_ASYNC(symbol, params, args)                                                        \
	CUresult symbol params                                                                     \
	{                                                                                          \
		ASYNC(symbol, args, false)                                                         \
	}
#define XS_FORM_ASYNC_PT(symbol, params, args)                                                     \
	CUresult symbol params                                                                     \
	{                                                                                          \
		ASYNC(symbol, args, true)                                                          \
	}

/* --- work for the default stream, for which the call may wait ------------------------------------- */

/*
 * A synchronous copy or memset is submitted like any other work, and the driver may wait in it for
 * all that the default stream has to do. Only a copy from the device to the host (FETCH) is known to
 * be done on return: others may return while the device still works.
 */
struct default_call {
	struct xs_queue *queue;
	struct xs_wait wait;
};

static inline void begin_default(struct default_call *call, bool per_thread)
{
	call->queue = xs_submit_begin(NULL, per_thread);
	xs_wait_queue_begin(&call->wait, call->queue);
}

static inline CUresult end_default(struct default_call *call, CUresult result, bool fetch)
{
	xs_submit_end(call->queue); /* first: a queue that somebody is inside of is not idle */
	xs_wait_end(&call->wait, fetch && result == CUDA_SUCCESS);
	return result;
}

#define DEFAULT(symbol, args, per_thread, fetch)                                                   \
	struct default_call call;                                                                  \
	begin_default(&call, per_thread);                                                          \
	return traced(#symbol, NULL, end_default(&call, xs_cuda_real.symbol args, fetch));

#define XS_FORM_SYNC(symbol, params, args)                                                         \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DEFAULT(symbol, args, false, false)                                                \
	}
#define XS_FORM_SYNC_PT(symbol, params, args)                                                      \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DEFAULT(symbol, args, true, false)                                                 \
	}
#define XS_FORM_FETCH(symbol, params, args)                                                        \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DEFAULT(symbol, args, false, bytes != 0)                                           \
	}
#define XS_FORM_FETCH_PT(symbol, params, args)                                                     \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DEFAULT(symbol, args, true, bytes != 0)                                            \
	}

/* --- calls that may wait for everything ---------------------------------------------------------- */

/* Frees wait until nothing can use what they free; loads and allocations may wait until the device
 * can take them. For what, only the driver knows. */
static inline CUresult drained(struct xs_wait *wait, CUresult result)
{
	xs_wait_end(wait, false);
	return result;
}

#define DRAIN(symbol, args)                                                                        \
	struct xs_wait wait;                                                                       \
	xs_wait_context_begin(&wait);                                                              \
	return drained(&wait, xs_cuda_real.symbol args);

#define XS_FORM_DRAIN(symbol, params, args)                                                        \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DRAIN(symbol, args)                                                                \
	}

/* --- those that have a line of their own in a trace ------------------------------------------------- */

#define KERNEL(symbol, args, per_thread)                                                           \
	struct xs_queue *queue = xs_submit_begin(hStream, per_thread);                             \
	xs_trace("[TRACE_KERNEL] func=%p stream=%p", (void *)function, (void *)hStream);           \
	return submitted(queue, xs_cuda_real.symbol args);

#define XS_FORM_KERNEL(symbol, params, args)                                                       \
	CUresult symbol params                                                                     \
	{                                                                                          \
		KERNEL(symbol, args, false)                                                        \
	}
#define XS_FORM_KERNEL_PT(symbol, params, args)                                                    \
	CUresult symbol params                                                                     \
	{                                                                                          \
		KERNEL(symbol, args, true)                                                         \
	}

/* dptr points at what the driver stored, of either width. */
#define ALLOCATED(result)                                                                          \
	xs_trace("[TRACE_MALLOC] size=%zu ptr=%p ret=%d", (size_t)bytes,                           \
		(void *)(uintptr_t)(result == CUDA_SUCCESS && dptr ? *dptr : 0), (int)result);     \
	return result;

#define FREED(result)                                                                              \
	xs_trace("[TRACE_FREE] ptr=%p ret=%d", (void *)(uintptr_t)dptr, (int)result);              \
	return result;

#define AT(symbol, args, per_thread, TRACED)                                                       \
	struct xs_queue *queue = xs_submit_begin(hStream, per_thread);                             \
	CUresult result = submitted(queue, xs_cuda_real.symbol args);                              \
	TRACED(result)

#define DRAINED(symbol, args, TRACED)                                                              \
	struct xs_wait wait;                                                                       \
	xs_wait_context_begin(&wait);                                                              \
	CUresult result = drained(&wait, xs_cuda_real.symbol args);                                \
	TRACED(result)

#define XS_FORM_MALLOC(symbol, params, args)                                                       \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DRAINED(symbol, args, ALLOCATED)                                                   \
	}
#define XS_FORM_FREE(symbol, params, args)                                                         \
	CUresult symbol params                                                                     \
	{                                                                                          \
		DRAINED(symbol, args, FREED)                                                       \
	}
#define XS_FORM_MALLOC_AT(symbol, params, args)                                                    \
	CUresult symbol params                                                                     \
	{                                                                                          \
		AT(symbol, args, false, ALLOCATED)                                                 \
	}
#define XS_FORM_MALLOC_AT_PT(symbol, params, args)                                                 \
	CUresult symbol params                                                                     \
	{                                                                                          \
		AT(symbol, args, true, ALLOCATED)                                                  \
	}
#define XS_FORM_FREE_AT(symbol, params, args)                                                      \
	CUresult symbol params                                                                     \
	{                                                                                          \
		AT(symbol, args, false, FREED)                                                     \
	}
#define XS_FORM_FREE_AT_PT(symbol, params, args)                                                   \
	CUresult symbol params                                                                     \
	{                                                                                          \
		AT(symbol, args, true, FREED)                                                      \
	}

/* --- calls that may change the current context --------------------------------------------------- */

static inline CUresult context_changed(CUresult result)
{
	xs_context_changed();
	return result;
}

#define XS_FORM_CONTEXT(symbol, params, args)                                                      \
	CUresult symbol params                                                                     \
	{                                                                                          \
		return context_changed(xs_cuda_real.symbol args);                                  \
	}

#define XS_API(symbol, since, class, form, params, args) XS_FORM_##form(symbol, params, args)
#include "platform/cuda/cuda_api.def"
