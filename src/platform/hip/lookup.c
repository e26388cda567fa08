/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last resort: dlsym(). A program that opens the runtime by itself and asks its handle for
 * functions goes round a preloaded library; HIP 6 and later lead it back by their dispatch table, HIP 5
 * does not. So the preloaded shim has a dlsym() as well (lookup_<cpu>.S). It answers with our way in
 * only where somebody asks a handle for a function of HIP that we override, and finds it in a
 * runtime; everything else is left to the C library, by a jump, as if we were not there.
 *
 * Any thread, any time, inside the loader and before constructors, too: nothing here takes memory or
 * waits.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "platform/hip/bound.h"
#include "platform/hip/shim.h"

typedef void *(*dlsym_fn)(void *handle, const char *symbol);

dlsym_fn xs_hip_dlsym_for(void *handle, const char *symbol, const void *caller);

/* The C library's, or that of somebody who is preloaded behind us. */
static dlsym_fn real_dlsym(void)
{
	static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };
	static _Atomic(dlsym_fn) known;
	dlsym_fn found = xs_load_relaxed(&known);

	for (size_t i = 0; !found && i < sizeof(versions) / sizeof(versions[0]); i++)
		found = (dlsym_fn)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
	xs_store_relaxed(&known, found);
	return found;
}

static bool names_hip(const char *symbol)
{
	return strncmp(symbol, "hip", 3) == 0 ||
	       (strncmp(symbol, "_Z", 2) == 0 && strstr(symbol, "hip"));
}

/* Our own libraries, which look for the real functions, and a runtime, which looks for its own. */
static bool is_insider(const void *caller)
{
	static _Atomic(const struct link_map *) shim, hal;
	struct link_map *object = xs_hip_object_at(caller);

	if (!xs_load_relaxed(&hal)) {
		xs_store_relaxed(&shim, xs_hip_object_at((const void *)xs_hip_dlsym_for));
		xs_store_relaxed(&hal, xs_hip_object_at(xs_hip_runtimes));
	}
	return !object || object == xs_load_relaxed(&shim) || object == xs_load_relaxed(&hal) ||
	       xs_hip_object_is_runtime(object);
}

static void *look_up(void *handle, const char *symbol)
{
	void *answer = real_dlsym()(handle, symbol);
	int saved_errno = errno;
	struct xs_hip_runtime *runtime;
	void *instead;

	if (!answer)
		return NULL; /* dlerror() says why */
	runtime = xs_hip_runtime_holding(answer);
	instead = runtime ? xs_hip_lead_here(runtime, answer) : NULL;
	dlerror(); /* none of our questions is the application's */
	errno = saved_errno;
	return instead ? instead : answer;
}

/* The first look-ups, and then fewer and fewer, are an occasion to see who else is there. */
static void take_the_occasion(void)
{
	static _Atomic uint32_t count;
	uint32_t now = xs_add_relaxed(&count, 1) + 1;

	if ((now & (now - 1)) == 0)
		xs_hip_look_for_strays();
}

dlsym_fn xs_hip_dlsym_for(void *handle, const char *symbol, const void *caller)
{
	if (handle == RTLD_DEFAULT || handle == RTLD_NEXT || !symbol)
		return real_dlsym();
	if (!names_hip(symbol)) {
		take_the_occasion();
		return real_dlsym();
	}
	return is_insider(caller) ? real_dlsym() : look_up;
}
