/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What librocprofiler-register.so.0 does for AMD's runtime: find a tool and hand it the tables.
 *
 * A tool is wanted if somebody exports rocprofiler_configure, or one of ROCP_TOOL_LIBRARIES,
 * ROCPROFILER_REGISTER_LIBRARY and ROCPROFILER_REGISTER_FORCE_LOAD is set. Its
 * rocprofiler_set_api_table() is searched for in what is loaded already, then in the library that
 * ROCPROFILER_REGISTER_LIBRARY names. ROCPROFILER_REGISTER_ENABLED=0 switches all of it off.
 */
#include "platform/sim/hip/tables.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "platform/sim/hip/front.h"

#define DEFAULT_LIBRARY "librocprofiler-sdk.so"

typedef int set_api_table_fn(const char *name, uint64_t lib_version, uint64_t lib_instance,
	void **tables, uint64_t table_count);

static struct xs_mutex lock;
static __thread bool announcing;

static bool is_off(const char *value)
{
	return value && (!strcmp(value, "0") || !strcmp(value, "false") || !strcmp(value, "off") ||
				!strcmp(value, "no"));
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static set_api_table_fn *find_tool(void)
{
	if (is_off(getenv("ROCPROFILER_REGISTER_ENABLED")))
		return NULL;
	if (!dlsym(RTLD_DEFAULT, "rocprofiler_configure") && !is_set("ROCP_TOOL_LIBRARIES") &&
		!is_set("ROCPROFILER_REGISTER_LIBRARY") &&
		(!is_set("ROCPROFILER_REGISTER_FORCE_LOAD") ||
			is_off(getenv("ROCPROFILER_REGISTER_FORCE_LOAD"))))
		return NULL;
	void *found = dlsym(RTLD_DEFAULT, "rocprofiler_set_api_table");
	if (!found) {
		const char *path = is_set("ROCPROFILER_REGISTER_LIBRARY")
					   ? getenv("ROCPROFILER_REGISTER_LIBRARY")
					   : DEFAULT_LIBRARY;
		void *library = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);

		found = library ? dlsym(library, "rocprofiler_set_api_table") : NULL;
	}
	return (set_api_table_fn *)found;
}

/* A table that is shorter or longer than that of the version, on demand. */
static void resize(struct hip_tables *tables)
{
	const char *text = getenv("XSIM_HIP_SLOTS");
	unsigned long slots = text ? strtoul(text, NULL, 10) : 0;

	if (!slots || strcmp(tables->name, "hip"))
		return;
	tables->slots = slots > HIP_MAX_SLOTS ? HIP_MAX_SLOTS : (unsigned int)slots;
	tables->table.size = 8 + 8 * (size_t)tables->slots;
}

void hip_announce(struct hip_tables *tables)
{
	uint64_t version = (uint64_t)hip_major * 10000 + (uint64_t)hip_minor * 100;

	if (announcing)
		return; /* the tool called us: it gets what is in the table so far */
	xs_mutex_lock(&lock);
	if (!xs_load_relaxed(&tables->ready)) {
		void *table = &tables->table;

		announcing = true;
		resize(tables);
		set_api_table_fn *tool = find_tool();
		if (tool)
			tool(tables->name, version, 0, &table, 1);
		announcing = false;
		xs_store_release(&tables->ready, 1);
	}
	xs_mutex_unlock(&lock);
}
