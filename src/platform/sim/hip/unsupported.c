/* SPDX-License-Identifier: Apache-2.0 */
/* What nobody implements: weak functions that say so. And how calls are recorded. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#include "platform/sim/hip/front.h"
#include "platform/sim/record.h"

#define XS_API(symbol, since, slot, class, form, params, args)                                     \
	__attribute__((weak)) hipError_t sim_##symbol params                                       \
	{                                                                                          \
		return hipErrorNotSupported;                                                       \
	}
#include "platform/hip/hip_api.def"

const struct xsim_record_types xsim_record_types = {
	.handles =
		(const struct xsim_record_handle[]){
			{ "hipStream_t", "stream" },
			{ "hipCtx_t", "context" },
			{ "hipEvent_t", "event" },
			{ "hipModule_t", "module" },
			{ "hipFunction_t", "function" },
			{ "hipLibrary_t", "library" },
			{ "hipKernel_t", "kernel" },
			{ "hipGraph_t", "graph" },
			{ "hipGraphNode_t", "graphNode" },
			{ "hipGraphExec_t", "graphExec" },
			{ "hipMemPool_t", "memoryPool" },
			{ NULL, NULL },
		},
	.wide = (const char *const[]){ "size_t", "unsigned long long", "uint64_t", NULL },
	.pointers = (const char *const[]){ "hipDeviceptr_t ", "hipHostFn_t", "hipStreamCallback_t",
		"hipUserObject_t", "hipArray_t", "hipArray_const_t", "hipMipmappedArray",
		"hipExternal", "hipLinkState_t", "hipExecutionCtx_t", "hipGraphicsResource_t",
		"hipMemGenericAllocationHandle_t", "hipSurfaceObject_t", "hipDevResourceDesc_t",
		NULL },
	.triples = (const char *const[]){ "dim3 ", NULL },
	.others = (const char *const[]){ "hipPitchedPtr ", "hipExtent ", "hipIpc",
		"hipMemLocation ", "float", NULL },
	.memory = true,
};
