/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the driver and fills in the table of real.h. Everything here runs once, and once more in a child
 * that was forked in the middle of it; the slots change from a stub to the final function and either is
 * right to call at any moment, so nobody who calls through the table needs a barrier.
 */
#include "platform/cuda/real.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "base/ld_cache.h"
#include "base/log.h"
#include "base/options.h"
#include "platform/common/find_library.h"

void *xs_cuda_load(unsigned index);

static const char *const symbols[] = {
#define XS_NAME(symbol, since, class, form) #symbol,
#include "platform/cuda/cuda_api.def"
};

#define SYMBOLS (sizeof(symbols) / sizeof(*symbols))
_Static_assert(sizeof(xs_cuda_real) == SYMBOLS * sizeof(void *), "one slot per symbol");

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static _Atomic bool loaded;
static _Thread_local bool loading;
static void *driver; /* [load_once] NULL: none was found */

/* --- what stands in for functions that are not there --------------------------------------------- */

static CUresult not_supported(void)
{
	return CUDA_ERROR_NOT_SUPPORTED;
}

static CUresult not_initialized(void)
{
	return CUDA_ERROR_NOT_INITIALIZED;
}

static CUresult no_device(unsigned int flags)
{
	(void)flags;
	return CUDA_ERROR_NO_DEVICE;
}

/* As if the installed driver were older than every program: the runtime says just that. */
static CUresult no_version(int *version)
{
	if (!version)
		return CUDA_ERROR_INVALID_VALUE;
	*version = 0;
	return CUDA_SUCCESS;
}

static CUresult find_nothing(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	(void)symbol, (void)version, (void)flags;
	if (pfn)
		*pfn = NULL;
	return CUDA_ERROR_NOT_FOUND;
}

static CUresult find_nothing_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
	CUdriverProcAddressQueryResult *status)
{
	if (status)
		*status = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	return find_nothing(symbol, pfn, version, flags);
}

static void *without_driver(const char *symbol)
{
	static const struct {
		const char *symbol;
		void *function;
	} special[] = {
		{ "cuDriverGetVersion", no_version },
		{ "cuGetProcAddress", find_nothing },
		{ "cuGetProcAddress_v2", find_nothing_v2 },
		{ "cuInit", no_device },
	};

	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		if (strcmp(symbol, special[i].symbol) == 0)
			return special[i].function;
	return not_initialized;
}

/* --- loading ------------------------------------------------------------------------------------- */

static void *open_driver(void)
{
	char searched[1024];
	const struct xs_library library = {
		.soname = "libcuda.so.1",
		.stem = "libcuda.so",
		.probe = "cuInit",
		.variable = "XSCHED_CUDA_LIB",
		.chosen = xs_options()->cuda_lib,
		.library_path = getenv("LD_LIBRARY_PATH"),
		.cache = XS_LD_CACHE,
		.directories = xs_driver_directories,
	};
	void *handle = xs_find_library(&library, searched, sizeof(searched));

	if (!handle)
		xs_warn("no CUDA driver (libcuda.so.1) found in %s; XSCHED_CUDA_LIB names one",
			searched);
	return handle;
}

/* Other threads may be calling through a slot while it changes. A pointer is written whole, and both
 * values are right; the thread sanitizer cannot know that. */
__attribute__((no_sanitize("thread"))) static void set_slot(unsigned index, void *function)
{
	void *volatile *slots = (void *volatile *)&xs_cuda_real;

	slots[index] = function;
}

static void *function_of(unsigned index)
{
	void *function = driver ? dlsym(driver, symbols[index]) : without_driver(symbols[index]);

	return function ? function : (void *)not_supported;
}

static void load(void)
{
	driver = open_driver();
	for (unsigned i = 0; i < SYMBOLS; i++)
		set_slot(i, function_of(i));
	xs_store_release(&loaded, true);
}

/*
 * Called by the stub of a slot: returns the function to go on to. If a constructor of the driver
 * calls back into the shim while this very thread is loading it, the driver is not there yet.
 */
void *xs_cuda_load(unsigned index)
{
	int saved_errno = errno;

	if (!xs_load_acquire(&loaded)) {
		if (loading)
			return not_initialized;
		loading = true;
		pthread_once(&load_once, load);
		loading = false;
	}
	errno = saved_errno;
	return ((void **)&xs_cuda_real)[index];
}

void *xs_cuda_find(const char *symbol)
{
	xs_cuda_load(0);
	return xs_load_acquire(&loaded) && driver ? dlsym(driver, symbol) : NULL;
}
