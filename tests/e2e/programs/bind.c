/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver API for a program that is not linked with it: every entry point, found at the first
 * call of any, through dlsym() or, compiled with BIND_PROC, through cuGetProcAddress() as the CUDA
 * runtime does it. The symbols stay inside the program.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cuda/cuda_types.h"

#define XS_API(symbol, since, class, form, params, args) CUresult(*symbol) params;
static struct {
#include "platform/cuda/cuda_api.def"
} api;
#undef XS_API

static pthread_once_t once = PTHREAD_ONCE_INIT;

#ifdef BIND_PROC
static void *find(void *library, const char *symbol, int since)
{
	static CUresult (*look_up)(
		const char *, void **, int, cuuint64_t, CUdriverProcAddressQueryResult *);
	cuuint64_t flags = CU_GET_PROC_ADDRESS_LEGACY_STREAM;
	CUdriverProcAddressQueryResult status;
	void *function = NULL;
	char name[128];
	char *end;

	if (!look_up)
		*(void **)&look_up = dlsym(library, "cuGetProcAddress_v2");
	snprintf(name, sizeof(name), "%s", symbol);
	end = strrchr(name, '_');
	if (end && (!strcmp(end, "_ptsz") || !strcmp(end, "_ptds"))) {
		flags = CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
		*end = '\0';
		end = strrchr(name, '_');
	}
	if (end && end[1] == 'v')
		*end = '\0';
	if (!look_up || look_up(name, &function, since, flags, &status) != CUDA_SUCCESS)
		return NULL;
	return function;
}
#else
static void *find(void *library, const char *symbol, int since)
{
	(void)since;
	return dlsym(library, symbol);
}
#endif

static void bind(void)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		exit(3);
	}
#define XS_API(symbol, since, class, form, params, args)                                           \
	*(void **)&api.symbol = find(library, #symbol, since);
#include "platform/cuda/cuda_api.def"
#undef XS_API
	dlclose(library); /* whoever else has it open keeps it; ours is not the last word */
	dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
}

#define XS_API(symbol, since, class, form, params, args)                                           \
	CUresult symbol params;                                                                    \
	CUresult symbol params                                                                     \
	{                                                                                          \
		pthread_once(&once, bind);                                                         \
		return api.symbol args;                                                            \
	}
#include "platform/cuda/cuda_api.def"
