/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exported entry points, all from one table.
 *
 * An export notes whether it is a per-thread variant and calls the implementation; with XSIM_RECORD
 * or XSIM_FAIL it takes the way through record.c. What is not implemented is a weak function here.
 */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#include "platform/sim/record.h"

#include <string.h>

#include "platform/sim/cuda/front.h"

/* --- what nobody implements ------------------------------------------------------------------- */

#define XS_API(symbol, since, class, form, params, args)                                           \
	__attribute__((weak)) CUresult sim_##symbol params                                         \
	{                                                                                          \
		return CUDA_ERROR_NOT_SUPPORTED;                                                   \
	}
#include "platform/cuda/cuda_api.def"

#define XS_API(symbol, since, class, form, params, args)
#define XS_NAME(symbol, since, class, form)                                                        \
	XSIM_API CUresult symbol(void);                                                            \
	CUresult symbol(void)                                                                      \
	{                                                                                          \
		return (CUresult)xsim_record_unsupported(#symbol, CUDA_ERROR_NOT_SUPPORTED);       \
	}
#include "platform/cuda/cuda_api.def"

/* --- the exports ------------------------------------------------------------------------------ */

/* Compares with constants of the same length, so that the compiler decides it. */
#define END(symbol)        (&(symbol)[sizeof(symbol) - 6])
#define PER_THREAD(symbol) (!strcmp(END(symbol), "_ptsz") || !strcmp(END(symbol), "_ptds"))

#define LIST(...)                       __VA_ARGS__
#define RECORD(symbol, params, rc, ...) RECORD_CALL(symbol, params, rc, __VA_ARGS__)
#define RECORD_CALL(symbol, params, rc, ...)                                                       \
	xsim_record_call(symbol, params, (int)rc __VA_OPT__(, ) __VA_ARGS__)

#define XS_API(symbol, since, class, form, params, args)                                           \
	XSIM_API CUresult symbol params                                                            \
	{                                                                                          \
		xsim_self.per_thread = PER_THREAD(#symbol);                                        \
		if (xs_likely(!xs_load_relaxed(&xsim_record_hooks)))                               \
			return sim_##symbol args;                                                  \
		CUresult rc__ = (CUresult)xsim_record_enter(#symbol);                              \
		if (!rc__)                                                                         \
			rc__ = sim_##symbol args;                                                  \
		RECORD(#symbol, #params, rc__, LIST args);                                         \
		return rc__;                                                                       \
	}
#include "platform/cuda/cuda_api.def"

/* --- how they are recorded -------------------------------------------------------------------- */

const struct xsim_record_types xsim_record_types = {
	.handles =
		(const struct xsim_record_handle[]){
			{ "CUstream", "stream" },
			{ "CUcontext", "context" },
			{ "CUevent", "event" },
			{ "CUmodule", "module" },
			{ "CUfunction", "function" },
			{ "CUlibrary", "library" },
			{ "CUkernel", "kernel" },
			{ "CUgraph", "graph" },
			{ "CUgraphNode", "graphNode" },
			{ "CUgraphExec", "graphExec" },
			{ "CUmemoryPool", "memoryPool" },
			{ "CUdeviceptr", "deviceptr" },
			{ NULL, NULL },
		},
	.wide = (const char *const[]){ "size_t", "unsigned long long", "cuuint64_t",
		"CUmemGenericAllocationHandle", NULL },
	.pointers = (const char *const[]){ "CUhostFn", "CUstreamCallback", "CUoccupancyB2DSize",
		"CUasyncCallback", "CUgraphicsResource", "CUuserObject", "CUgreenCtx", "CUarray ",
		"CUexternal", "CUlinkState", NULL },
	.triples = (const char *const[]){ NULL },
	.others = (const char *const[]){ "CUmemLocation ", "CUipc", "CUeglFrame ", "float", NULL },
};
