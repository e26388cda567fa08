/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copies of the HIP runtime in this process: one as a rule, several when a Python wheel brings
 * its own beside the system's. Streams, modules and kernels belong to the copy that made them, so
 * whoever calls must reach the copy that the loader gave him, as if we were not there.
 *
 * A copy is known once somebody called it through us or it handed us its dispatch table. It is then
 * kept loaded and described here for the life of the process. We never load one by ourselves, unless
 * none is there and XSCHED_HIP_LIB names one.
 *
 * Any thread may call these functions. No lock of ours is held while the loader is asked: the caller
 * may be inside a constructor, with the loader's lock held.
 */
#ifndef XS_PLATFORM_HIP_RUNTIME_H
#define XS_PLATFORM_HIP_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "platform/hip/hip_driver.h"

#define XS_HIP_RUNTIMES 4
#define XS_HIP_DEVICES  64

/* One function pointer per entry point, none of them NULL: what the library lacks returns
 * hipErrorNotSupported. */
struct xs_hip_functions {
#define XS_ODD(symbol, since, slot, class, form, result, params, args) result(*symbol) params;
#define XS_NAME(symbol, since, slot, class, form)                      hipError_t (*symbol)(void);
#include "platform/hip/hip_api.def"
};

/* hipExtModuleLaunchKernel() as a C++ compiler spells it, and the one that has no other spelling. */
#define XS_HIP_EXT_MODULE_LAUNCH_CPP                                                               \
	_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j
#define XS_HIP_HCC_MODULE_LAUNCH_CPP                                                               \
	_Z24hipHccModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_

/* The device of a copy: what the core calls a context. */
struct xs_hip_context {
	struct xs_hip_runtime *runtime;
	int device;
};

struct xs_hip_runtime {
	struct xs_hip_functions real;     /* never lead back to us: what our own code calls */
	struct xs_hip_functions exported; /* as the library exports them */
	_Atomic bool has_table;           /* its dispatch table leads to us: its exports do, too */
	_Atomic bool ready;               /* the functions are filled in */
	_Atomic(void *) object;           /* the loader's link_map; NULL: not in use */
	struct xs_hip_context contexts[XS_HIP_DEVICES];
};

#pragma GCC visibility push(default)

extern struct xs_hip_runtime xs_hip_runtimes[XS_HIP_RUNTIMES];

/* The copy that the call under way on this thread is for; NULL before the first. */
extern __thread struct xs_hip_runtime *xs_hip_here;

/* The call under way on this thread failed, and the application may ask hipGetLastError() for it:
 * until it is over, the operations of hal.h call nothing that would overwrite that. */
extern __thread bool xs_hip_keep_error;

/* The answers of xs_hip_runtime_find(), by address: address << 4 | index. */
#define XS_HIP_SITES 1024
extern _Atomic uint64_t xs_hip_sites[XS_HIP_SITES];

/*
 * The copy that code at this address is bound to, or that a kernel with this host function was
 * registered with: the one that the loader chose for the object that holds the address. NULL when
 * there is no HIP runtime in this process.
 */
struct xs_hip_runtime *xs_hip_runtime_find(const void *address);

/* A function of that copy, when it is one too many to be described. Slow. NULL: there is none. */
void *xs_hip_runtime_past(const void *address, const char *symbol);

/* The copy that this memory (a function, a table) is part of; NULL when it is no HIP runtime. */
struct xs_hip_runtime *xs_hip_runtime_holding(const void *address);

/* Describes the copies that are loaded under the usual name and that nobody called yet. */
void xs_hip_runtimes_discover(void);

/* The names, in the order of struct xs_hip_functions. */
#define XS_HIP_FUNCTIONS (sizeof(struct xs_hip_functions) / sizeof(void *))
extern const char *const xs_hip_symbols[XS_HIP_FUNCTIONS];

extern const struct xs_hal xs_hip_hal;

#pragma GCC visibility pop

/* As xs_hip_runtime_find(), for an address that is asked about again and again. */
static inline struct xs_hip_runtime *xs_hip_runtime_for(const void *address)
{
	uint64_t key = (uint64_t)(uintptr_t)address;
	uint64_t site = xs_load_relaxed(&xs_hip_sites[(key ^ key >> 10) % XS_HIP_SITES]);

	if (xs_likely(site >> 4 == key))
		return &xs_hip_runtimes[site & 15];
	return xs_hip_runtime_find(address);
}

#endif
