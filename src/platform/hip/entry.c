/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways into the shim: for each copy of the runtime a function per override (stubs.inc), and the
 * exports that stand before the runtime's own when the shim is preloaded.
 *
 * An export finds out for which copy the call is: the one that its caller is bound to, or for the
 * launch of a kernel by its host function the one that the kernel was registered with. If the
 * dispatch table of that copy leads to us anyway, the call is passed on to the copy's own export and
 * comes back through the table, behind a profiler that may have taken the slot after us. A table that
 * is too short has no slot for some of them: what is real is what is exported then.
 */
#include "platform/hip/shim.h"

__attribute__((noinline)) void xs_hip_switch(struct xs_hip_runtime *runtime)
{
	if (!xs_hip_here)
		xs_trace_begin();
	xs_hip_here = runtime;
	xs_context_changed(); /* what this thread knows is about the other copy */
}

/* A failed call leaves an error for hipGetLastError(), which none of our own calls may replace. */
__attribute__((noinline)) hipError_t xs_hip_submit_failed(struct xs_queue *queue, hipError_t result)
{
	xs_hip_keep_error = true;
	xs_submit_end(queue);
	xs_hip_keep_error = false;
	return result;
}

/* --- one way in per copy ------------------------------------------------------------------------- */

#define XS_COPY 0
#include "platform/hip/stubs.inc"
#define XS_COPY 1
#include "platform/hip/stubs.inc"
#define XS_COPY 2
#include "platform/hip/stubs.inc"
#define XS_COPY 3
#include "platform/hip/stubs.inc"

void *xs_hip_entry(const struct xs_hip_runtime *runtime, size_t function)
{
	static void *const *const entries[XS_HIP_RUNTIMES] = {
		entries_0,
		entries_1,
		entries_2,
		entries_3,
	};

	return entries[runtime - xs_hip_runtimes][function];
}

/* --- the exports --------------------------------------------------------------------------------- */

#define ENTER(symbol, site, args)                                                                  \
	struct xs_hip_runtime *runtime = xs_hip_runtime_for(site);                                 \
	if (xs_unlikely(!runtime)) {                                                               \
		__typeof__(&symbol) past = (__typeof__(past))xs_hip_runtime_past(site, #symbol);   \
		return past ? past args : hipErrorNotInitialized;                                  \
	}                                                                                          \
	if (xs_load_relaxed(&runtime->has_table) &&                                                \
		runtime->real.symbol != runtime->exported.symbol)                                  \
		return runtime->exported.symbol args;                                              \
	xs_hip_go_to(runtime);                                                                     \
	return on_##symbol args;

#define EXPORT(symbol, params, site, args)                                                         \
	hipError_t symbol params                                                                   \
	{                                                                                          \
		ENTER(symbol, site, args)                                                          \
	}

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

#define XS_EXPORT_JUMP(symbol, params, args)
#define XS_EXPORT_ASYNC(symbol, params, args)    EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_ASYNC_PT(symbol, params, args) EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_SYNC(symbol, params, args)     EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_SYNC_PT(symbol, params, args)  EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_FETCH(symbol, params, args)    EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_DRAIN(symbol, params, args)    EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_CONTEXT(symbol, params, args)  EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_HAND(symbol, params, args)     EXPORT(symbol, params, CALLER, args)
#define XS_EXPORT_KERNEL(symbol, params, args)   EXPORT(symbol, params, function_address, args)

#define XS_ODD(symbol, since, slot, class, form, result, params, args)                             \
	XS_EXPORT_##form(symbol, params, args)
#include "platform/hip/hip_api.def"
