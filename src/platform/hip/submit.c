/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regular overrides: entry points of which everything that matters is said by their form in
 * hip_api.def. An asynchronous one submits to the stream:
 *
 *   hipError_t on_hipMemcpyAsync(..., hipStream_t stream)
 *   {
 *           struct xs_queue *queue = xs_submit_begin(stream, false);
 *           return traced("hipMemcpyAsync", stream,
 *                   xs_hip_submitted(queue, xs_hip_real()->hipMemcpyAsync(..., stream)));
 *   }
 */
#include "platform/hip/shim.h"

/* Every form that is not made here. */
#define XS_FORM_JUMP(symbol, params, args)
#define XS_FORM_HAND(symbol, params, args)
#define XS_FORM_KERNEL(symbol, params, args)

static inline hipError_t traced(const char *name, hipStream_t stream, hipError_t result)
{
	xs_trace("[TRACE_SUBMIT] call=%s stream=%p ret=%d", name, (void *)stream, (int)result);
	return result;
}

/* --- work for a stream --------------------------------------------------------------------------- */

#define ASYNC(symbol, args, per_thread)                                                            \
	struct xs_queue *queue = xs_submit_begin(stream, per_thread);                              \
	return traced(#symbol, stream, xs_hip_submitted(queue, xs_hip_real()->symbol args));

#define XS_FORM_ASYNC(symbol, params, args)                                                        \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		ASYNC(symbol, args, false)                                                         \
	}
#define XS_FORM_ASYNC_PT(symbol, params, args)                                                     \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		ASYNC(symbol, args, true)                                                          \
	}

/* --- work for the default stream, for which the call may wait ------------------------------------- */

#define DEFAULT(symbol, args, per_thread, fetch)                                                   \
	struct xs_hip_waiting call;                                                                \
	xs_hip_begin_waiting(&call, NULL, per_thread);                                             \
	return traced(#symbol, NULL, xs_hip_end_waiting(&call, xs_hip_real()->symbol args, fetch));

#define XS_FORM_SYNC(symbol, params, args)                                                         \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		DEFAULT(symbol, args, false, false)                                                \
	}
#define XS_FORM_SYNC_PT(symbol, params, args)                                                      \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		DEFAULT(symbol, args, true, false)                                                 \
	}
#define XS_FORM_FETCH(symbol, params, args)                                                        \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		DEFAULT(symbol, args, false, size_bytes != 0)                                      \
	}

/* --- calls that may wait for everything ---------------------------------------------------------- */

/* Frees wait until nothing can use what they free; loads and allocations may wait until the device
 * can take them. For what, only the runtime knows. */
#define DRAIN(symbol, args)                                                                        \
	struct xs_wait wait;                                                                       \
	xs_wait_context_begin(&wait);                                                              \
	return xs_hip_drained(&wait, xs_hip_real()->symbol args);

#define XS_FORM_DRAIN(symbol, params, args)                                                        \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		DRAIN(symbol, args)                                                                \
	}

/* --- calls that may change the current device ---------------------------------------------------- */

static inline hipError_t context_changed(hipError_t result)
{
	xs_context_changed();
	return result;
}

#define XS_FORM_CONTEXT(symbol, params, args)                                                      \
	hipError_t on_##symbol params                                                              \
	{                                                                                          \
		return context_changed(xs_hip_real()->symbol args);                                \
	}

#define XS_ODD(symbol, since, slot, class, form, result, params, args)                             \
	XS_FORM_##form(symbol, params, args)
#include "platform/hip/hip_api.def"
