/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Describes the copies of the runtime. A description is filled in by whichever thread comes first,
 * or by several at once: all of them write the same values, and nobody waits for anybody.
 */
#include "platform/hip/runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>

#include "base/log.h"
#include "platform/hip/bound.h"

__thread struct xs_hip_runtime *xs_hip_here;
__thread bool xs_hip_keep_error;

struct xs_hip_runtime xs_hip_runtimes[XS_HIP_RUNTIMES];
_Atomic uint64_t xs_hip_sites[XS_HIP_SITES];

const char *const xs_hip_symbols[XS_HIP_FUNCTIONS] = {
#define XS_NAME(symbol, since, slot, class, form) #symbol,
#include "platform/hip/hip_api.def"
};

static hipError_t not_supported(void)
{
	return hipErrorNotSupported;
}

/* --- one copy ------------------------------------------------------------------------------------ */

static void *volatile *slots_of(struct xs_hip_functions *functions)
{
	return (void *volatile *)functions;
}

static void *own_symbol(void *handle, const struct link_map *object, const char *symbol)
{
	void *function = handle ? dlsym(handle, symbol) : NULL;

	/* The search goes on in what the library needs: not every answer is its own. */
	return function && xs_hip_object_at(function) == object ? function : NULL;
}

/* A function with two spellings: older libraries have only the C++ one. */
static void join_spellings(struct xs_hip_functions *functions)
{
	if ((void *)functions->hipExtModuleLaunchKernel == (void *)not_supported)
		functions->hipExtModuleLaunchKernel = functions->XS_HIP_EXT_MODULE_LAUNCH_CPP;
	else if ((void *)functions->XS_HIP_EXT_MODULE_LAUNCH_CPP == (void *)not_supported)
		functions->XS_HIP_EXT_MODULE_LAUNCH_CPP = functions->hipExtModuleLaunchKernel;
}

/* Stores only where nothing is yet: meanwhile another thread may have been here, and have taken the
 * dispatch table already. What is exported leads back to us then. */
static void set_real(void *volatile *slot, void *function)
{
	void *none = NULL;

	xs_cas_full((_Atomic(void *) volatile *)slot, &none, function);
}

/* Functions that were taken from the dispatch table before stay. */
static void fill_in(struct xs_hip_runtime *runtime, void *handle)
{
	void *volatile *exported = slots_of(&runtime->exported);
	void *volatile *real = slots_of(&runtime->real);
	const struct link_map *object = xs_load_relaxed(&runtime->object);

	for (size_t i = 0; i < XS_HIP_FUNCTIONS; i++) {
		void *function = own_symbol(handle, object, xs_hip_symbols[i]);
		exported[i] = function ? function : (void *)not_supported;
	}
	join_spellings(&runtime->exported);
	for (size_t i = 0; i < XS_HIP_FUNCTIONS; i++)
		set_real(&real[i], exported[i]);
	for (int i = 0; i < XS_HIP_DEVICES; i++)
		runtime->contexts[i] = (struct xs_hip_context){ runtime, i };
}

/* The first that is free becomes this object's; they are never given back. */
static struct xs_hip_runtime *description_of(struct link_map *object)
{
	for (unsigned int i = 0; i < XS_HIP_RUNTIMES; i++) {
		void *owner = NULL;

		if (xs_cas_full(&xs_hip_runtimes[i].object, &owner, object) || owner == object)
			return &xs_hip_runtimes[i];
	}
	return NULL;
}

/* The handle is not given back: the copy stays loaded, since we keep its addresses. */
static struct xs_hip_runtime *adopt(struct link_map *object)
{
	struct xs_hip_runtime *runtime = object ? description_of(object) : NULL;

	if (object && !runtime)
		xs_warn_once("more than %d copies of the HIP runtime in one process: %s is not "
			     "scheduled",
			XS_HIP_RUNTIMES, object->l_name);
	if (!runtime || xs_load_acquire(&runtime->ready))
		return runtime;
	fill_in(runtime, xs_hip_object_open(object));
	xs_store_release(&runtime->ready, true);
	xs_debg("HIP runtime: %s", object->l_name);
	return runtime;
}

struct xs_hip_runtime *xs_hip_runtime_holding(const void *address)
{
	struct link_map *object = xs_hip_object_at(address);

	return object && xs_hip_object_is_runtime(object) ? adopt(object) : NULL;
}

void xs_hip_runtimes_discover(void)
{
	struct link_map *objects[XS_HIP_MAPPED];
	unsigned int found = xs_hip_objects_mapped(objects, XS_HIP_MAPPED);

	for (unsigned int i = 0; i < found; i++)
		adopt(objects[i]);
}

/* --- whose copy ---------------------------------------------------------------------------------- */

static void remember(const void *address, const struct xs_hip_runtime *runtime)
{
	uint64_t key = (uint64_t)(uintptr_t)address;

	if (key >> 60 == 0)
		xs_store_relaxed(&xs_hip_sites[(key ^ key >> 10) % XS_HIP_SITES],
			key << 4 | (uint64_t)(runtime - xs_hip_runtimes));
}

struct xs_hip_runtime *xs_hip_runtime_find(const void *address)
{
	int saved_errno = errno;
	struct link_map *object = xs_hip_object_bound(address);
	struct xs_hip_runtime *runtime = adopt(object);

	if (runtime)
		remember(address, runtime);
	else if (!object)
		xs_warn_once("a HIP function was called, but no HIP runtime is loaded; "
			     "XSCHED_HIP_LIB names one");
	errno = saved_errno;
	return runtime;
}

void *xs_hip_runtime_past(const void *address, const char *symbol)
{
	int saved_errno = errno;
	struct link_map *object = xs_hip_object_bound(address);
	void *handle = object ? xs_hip_object_open(object) : NULL;
	void *function = own_symbol(handle, object, symbol);

	if (handle)
		dlclose(handle);
	dlerror(); /* none of the questions is the application's */
	errno = saved_errno;
	return function;
}
