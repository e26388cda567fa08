/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatch table. Since 6.0 the runtime hands the table through which all of its exports go to
 * rocprofiler_set_api_table(), at its first use; a tool may replace slots. This is how calls are
 * caught that go round a preloaded library: dlsym() on a handle, RTLD_DEEPBIND, RPATH, ctypes.
 *
 * The slot is meant for profilers, and one may be there as well: it is given the table first, so it
 * measures what the application calls without our waiting. The callbacks run inside the runtime's
 * own initialisation: they only read and write memory, and ask the loader.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/export.h"
#include "base/log.h"
#include "platform/hip/shim.h"

#define MOST_SLOTS   65536 /* beyond that, it is no table */
#define FEWEST_SLOTS 442   /* of HIP 6.0, the first one */

typedef int (*set_table_fn)(const char *name, uint64_t lib_version, uint64_t instance,
	void **tables, uint64_t table_count);

XS_EXPORT int rocprofiler_set_api_table(const char *name, uint64_t lib_version, uint64_t instance,
	void **tables, uint64_t table_count);
XS_EXPORT void *rocprofiler_configure(
	uint32_t version, const char *runtime_version, uint32_t priority, void *client_id);

static const int slots[XS_HIP_FUNCTIONS] = {
#define XS_NAME(symbol, since, slot, class, form) ((slot) < XS_COMPILER(0) ? (slot) : XS_NONE),
#include "platform/hip/hip_api.def"
};

static const size_t second_spelling =
	offsetof(struct xs_hip_functions, XS_HIP_EXT_MODULE_LAUNCH_CPP) / sizeof(void *);

/* --- a real profiler ----------------------------------------------------------------------------- */

/* Whether a profiler would have been loaded if we were not there. */
static bool profiler_wanted(void)
{
	const char *tools = getenv("ROCP_TOOL_LIBRARIES");

	return (tools && *tools) || dlsym(RTLD_NEXT, "rocprofiler_configure");
}

static set_table_fn profiler(void)
{
	void *next = dlsym(RTLD_NEXT, "rocprofiler_set_api_table");
	void *library;

	if (!next && profiler_wanted()) {
		library = dlopen("librocprofiler-sdk.so", RTLD_LAZY | RTLD_LOCAL);
		next = library ? dlsym(library, "rocprofiler_set_api_table") : NULL;
	}
	dlerror();
	return next == (void *)rocprofiler_set_api_table ? NULL : (set_table_fn)next;
}

/* --- the table ----------------------------------------------------------------------------------- */

/* The first word of the table is its size in bytes, itself included. */
static size_t slots_in(const void *table)
{
	size_t bytes;

	memcpy(&bytes, table, sizeof(bytes));
	if (bytes < sizeof(bytes) || bytes / sizeof(void *) > MOST_SLOTS)
		return 0;
	return bytes / sizeof(void *) - 1;
}

/* A profiler may have taken some of the slots, and the table may lie anywhere. */
static struct xs_hip_runtime *owner_of(const void *table, void *const *slot, size_t count)
{
	struct xs_hip_runtime *runtime = xs_hip_runtime_holding(table);

	for (size_t i = 0; !runtime && i < count; i++)
		runtime = slot[i] ? xs_hip_runtime_holding(slot[i]) : NULL;
	return runtime;
}

/* The slot's function becomes the real one, and ours takes its place. */
static void take_slot(struct xs_hip_runtime *runtime, void **slot, size_t function)
{
	void *volatile *real = (void *volatile *)&runtime->real;
	void *ours = xs_hip_entry(runtime, function);

	if (!*slot || *slot == ours)
		return;
	real[function] = *slot;
	if (ours)
		*(void *volatile *)slot = ours;
}

/* A function with two spellings has one slot, taken under the C one. */
static void take_second_spelling(struct xs_hip_runtime *runtime)
{
	struct xs_hip_functions *real = &runtime->real;

	if (real->hipExtModuleLaunchKernel != runtime->exported.hipExtModuleLaunchKernel)
		real->XS_HIP_EXT_MODULE_LAUNCH_CPP = real->hipExtModuleLaunchKernel;
}

static void take_table(void *table)
{
	void **slot = (void **)table + 1;
	size_t count = slots_in(table), known = 0;
	struct xs_hip_runtime *runtime = count ? owner_of(table, slot, count) : NULL;

	if (!runtime) {
		xs_warn_once("HIP handed out a dispatch table that we do not understand: only what "
			     "is linked against HIP is scheduled");
		return;
	}
	for (size_t i = 0; i < XS_HIP_FUNCTIONS; i++) {
		if (slots[i] < 0 || (size_t)slots[i] >= count || i == second_spelling)
			continue;
		take_slot(runtime, &slot[slots[i]], i);
		known++;
	}
	if (count < FEWEST_SLOTS)
		xs_warn_once("HIP's dispatch table has only %zu slots: what is not among them is "
			     "scheduled only where the program is linked with HIP",
			count);
	take_second_spelling(runtime);
	if (known < count)
		xs_debg("HIP has %zu functions that we do not know", count - known);
	xs_store_release(&runtime->has_table, true);
}

int rocprofiler_set_api_table(const char *name, uint64_t lib_version, uint64_t instance,
	void **tables, uint64_t table_count)
{
	set_table_fn next = profiler();
	int result = next ? next(name, lib_version, instance, tables, table_count) : 0;

	if (name && strcmp(name, "hip") == 0 && tables && table_count && tables[0])
		take_table(tables[0]);
	return result;
}

/* Its presence is what makes the runtime look for tools at all. A profiler that calls it is told
 * that we do not want to be one of its clients; it finds the others by itself. */
void *rocprofiler_configure(
	uint32_t version, const char *runtime_version, uint32_t priority, void *client_id)
{
	(void)version, (void)runtime_version, (void)priority, (void)client_id;
	return NULL;
}
