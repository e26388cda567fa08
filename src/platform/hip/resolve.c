/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hipGetProcAddress() and hipGetDriverEntryPoint(). The runtime is asked first, with the
 * application's own arguments. It answers with one of its exports; if those do not lead to us by
 * themselves, through the dispatch table, and we override that one, the answer is replaced.
 */
#include <string.h>

#include "platform/hip/shim.h"

/* By the vendor's habit of naming, a function that hands work to the device. */
static bool looks_like_work(const char *name)
{
	return strstr(name, "Launch") || strstr(name, "Memcpy") || strstr(name, "Memset") ||
	       strstr(name, "Async");
}

void *xs_hip_lead_here(const struct xs_hip_runtime *runtime, void *exported_function)
{
	void *const *exported = (void *const *)&runtime->exported;
	void *const *real = (void *const *)&runtime->real;

	for (size_t i = 0; i < XS_HIP_FUNCTIONS; i++) {
		if (exported[i] != exported_function)
			continue;
		void *ours = xs_hip_entry(runtime, i);
		bool leads_here = xs_load_relaxed(&runtime->has_table) && real[i] != exported[i];
		return ours && !leads_here ? ours : exported_function;
	}
	return NULL;
}

static void *replace(const char *name, void *answer)
{
	void *instead = xs_hip_lead_here(xs_hip_here, answer);

	if (!instead && looks_like_work(name))
		xs_count_ungated(name);
	return instead ? instead : answer;
}

static hipError_t resolved(const char *symbol, void **pfn, hipError_t result)
{
	if (result == hipSuccess && symbol && pfn && *pfn)
		*pfn = replace(symbol, *pfn);
	return result;
}

hipError_t on_hipGetProcAddress(const char *symbol, void **pfn, int hip_version, uint64_t flags,
	hipDriverProcAddressQueryResult *symbol_status)
{
	return resolved(symbol, pfn,
		xs_hip_real()->hipGetProcAddress(symbol, pfn, hip_version, flags, symbol_status));
}

hipError_t on_hipGetProcAddress_spt(const char *symbol, void **pfn, int hip_version, uint64_t flags,
	hipDriverProcAddressQueryResult *symbol_status)
{
	return resolved(symbol, pfn,
		xs_hip_real()->hipGetProcAddress_spt(
			symbol, pfn, hip_version, flags, symbol_status));
}

hipError_t on_hipGetDriverEntryPoint(const char *symbol, void **func_ptr, unsigned long long flags,
	hipDriverEntryPointQueryResult *status)
{
	return resolved(symbol, func_ptr,
		xs_hip_real()->hipGetDriverEntryPoint(symbol, func_ptr, flags, status));
}

hipError_t on_hipGetDriverEntryPoint_spt(const char *symbol, void **func_ptr,
	unsigned long long flags, hipDriverEntryPointQueryResult *status)
{
	return resolved(symbol, func_ptr,
		xs_hip_real()->hipGetDriverEntryPoint_spt(symbol, func_ptr, flags, status));
}
