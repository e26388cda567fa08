/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a call comes into the shim, and what the overrides have in common.
 *
 * Each overridden entry point has one body, on_<symbol>(), and several ways in (entry.c): one per
 * copy of the runtime, put into its dispatch table or handed out by hipGetProcAddress(), and one
 * that is exported under the entry point's own name. A way in says on which copy the call is, in
 * xs_hip_here, and jumps to the body; the body calls that copy's real function.
 */
#ifndef XS_PLATFORM_HIP_SHIM_H
#define XS_PLATFORM_HIP_SHIM_H

#include "platform/common/shim.h"
#include "platform/common/trace.h"
#include "platform/hip/runtime.h"

/* The forms that are not overridden have no body. */
#define XS_BODY_JUMP(symbol, params)
#define XS_BODY_ASYNC(symbol, params)    hipError_t on_##symbol params;
#define XS_BODY_ASYNC_PT(symbol, params) hipError_t on_##symbol params;
#define XS_BODY_SYNC(symbol, params)     hipError_t on_##symbol params;
#define XS_BODY_SYNC_PT(symbol, params)  hipError_t on_##symbol params;
#define XS_BODY_FETCH(symbol, params)    hipError_t on_##symbol params;
#define XS_BODY_DRAIN(symbol, params)    hipError_t on_##symbol params;
#define XS_BODY_CONTEXT(symbol, params)  hipError_t on_##symbol params;
#define XS_BODY_KERNEL(symbol, params)   hipError_t on_##symbol params;
#define XS_BODY_HAND(symbol, params)     hipError_t on_##symbol params;
#define XS_ODD(symbol, since, slot, class, form, result, params, args)                             \
	XS_BODY_##form(symbol, params)
#include "platform/hip/hip_api.def"

/* The way in for that copy, by the position in struct xs_hip_functions; NULL: not overridden. */
void *xs_hip_entry(const struct xs_hip_runtime *runtime, size_t function);

/* For one of the runtime's exports: what to call so that it leads to us, which is the export itself if
 * we have nothing to do with it or its table leads to us. NULL: it is none of those that we know. */
void *xs_hip_lead_here(const struct xs_hip_runtime *runtime, void *exported_function);

/* The mark of a shim (vendor.c). */
extern __attribute__((visibility("default"))) const char xsched_shim[];

/* Looks for libraries that the loader has bound past the shim, counts them and says so. */
void xs_hip_look_for_strays(void);

/* The real functions for the call under way. */
static inline const struct xs_hip_functions *xs_hip_real(void)
{
	return &xs_hip_here->real;
}

/* The calls of this thread are for another copy than before. */
void xs_hip_switch(struct xs_hip_runtime *runtime);

static inline void xs_hip_go_to(struct xs_hip_runtime *runtime)
{
	if (xs_unlikely(xs_hip_here != runtime))
		xs_hip_switch(runtime);
}

hipError_t xs_hip_submit_failed(struct xs_queue *queue, hipError_t result);

/* The end of a submission. */
static inline hipError_t xs_hip_submitted(struct xs_queue *queue, hipError_t result)
{
	if (xs_unlikely(result != hipSuccess))
		return xs_hip_submit_failed(queue, result);
	xs_submit_end(queue);
	return result;
}

/* Waits whose end says nothing about queues. */
static inline hipError_t xs_hip_drained(struct xs_wait *wait, hipError_t result)
{
	xs_wait_end(wait, false);
	return result;
}

/* A submission for which the call itself may wait. */
struct xs_hip_waiting {
	struct xs_queue *queue;
	struct xs_wait wait;
};

static inline void xs_hip_begin_waiting(
	struct xs_hip_waiting *call, hipStream_t stream, bool per_thread)
{
	call->queue = xs_submit_begin(stream, per_thread);
	xs_wait_queue_begin(&call->wait, call->queue);
}

/* done: with success, all work of the queue is finished. */
static inline hipError_t xs_hip_end_waiting(
	struct xs_hip_waiting *call, hipError_t result, bool done)
{
	xs_hip_submitted(call->queue, result); /* first: a queue with somebody inside is not idle */
	xs_wait_end(&call->wait, done && result == hipSuccess);
	return result;
}

#endif
