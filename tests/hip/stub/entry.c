/* SPDX-License-Identifier: Apache-2.0 */
/* The exports and the dispatch table of the test runtime (stub.h), and all functions that runtime.c
 * does not define. Arguments are passed on as words, whatever they are. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stub.h"

#define MOST_SLOTS 1200

#define WORDS                                                                                      \
	long a0, long a1, long a2, long a3, long a4, long a5, long a6, long a7, long a8, long a9,  \
		long a10, long a11, long a12, long a13, long a14, long a15, long a16
#define ARGS a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16
typedef long (*any_fn)(WORDS);

long stub_arguments[17];
const char *stub_last;
int stub_result;

#define XS_NAME(symbol, since, slot, class, form)                                                  \
	__attribute__((weak)) long impl_##symbol(WORDS);                                           \
	__attribute__((weak)) long impl_##symbol(WORDS)                                            \
	{                                                                                          \
		long all[] = { ARGS };                                                             \
		memcpy(stub_arguments, all, sizeof(all));                                          \
		stub_last = #symbol;                                                               \
		if (strstr(#symbol, "LaunchKernel") || strstr(#symbol, "GraphLaunch"))             \
			stub_launches++;                                                           \
		return stub_done(#symbol, stub_result);                                            \
	}
#include "platform/hip/hip_api.def"

/* --- the dispatch table --------------------------------------------------------------------------- */

static struct {
	size_t bytes;
	any_fn slots[MOST_SLOTS];
} table;

typedef int (*set_table_fn)(const char *, uint64_t, uint64_t, void **, uint64_t);

/* As librocprofiler-register: if anything looks like a tool, its library gets the table. */
static void offer(void)
{
	const char *library = getenv("ROCPROFILER_REGISTER_LIBRARY");
	const char *enabled = getenv("ROCPROFILER_REGISTER_ENABLED");
	void *tables[1] = { &table };
	set_table_fn set;

	if ((enabled && strcmp(enabled, "0") == 0) ||
		(!dlsym(RTLD_DEFAULT, "rocprofiler_configure") && !library &&
			!getenv("ROCP_TOOL_LIBRARIES")))
		return;
	set = (set_table_fn)dlsym(RTLD_DEFAULT, "rocprofiler_set_api_table");
	if (!set) {
		void *handle = dlopen(library ? library : "librocprofiler-sdk.so", RTLD_LAZY);
		set = handle ? (set_table_fn)dlsym(handle, "rocprofiler_set_api_table") : NULL;
	}
	if (set)
		set("hip", 60400, 0, tables, 1);
}

static void make_table(void)
{
	const char *slots = getenv("STUB_SLOTS");
	const char *wanted = getenv("STUB_TABLE");
	size_t count = slots ? strtoul(slots, NULL, 0) : 477;

#define XS_NAME(symbol, since, slot, class, form)                                                  \
	if ((slot) >= 0 && (slot) < XS_COMPILER(0))                                                \
		table.slots[slot] = (any_fn)impl_##symbol;
#include "platform/hip/hip_api.def"
	table.bytes = (count + 1) * sizeof(void *);
	if (!wanted || strcmp(wanted, "0") != 0)
		offer();
}

static any_fn find(int slot, long (*impl)(WORDS))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (STUB_MAJOR < 6)
		return impl;
	pthread_once(&once, make_table);
	return slot >= 0 && slot < MOST_SLOTS && table.slots[slot] ? table.slots[slot] : impl;
}

#define XS_NAME(symbol, since, slot, class, form)                                                  \
	EXPORT long symbol(WORDS);                                                                 \
	long symbol(WORDS)                                                                         \
	{                                                                                          \
		return find((slot) < XS_COMPILER(0) ? (slot) : -1, impl_##symbol)(ARGS);           \
	}
#include "platform/hip/hip_api.def"
