/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another tool that is preloaded beside the shim: it stands before the allocator, as jemalloc and its
 * like do, and before one function of CUDA, as profilers and other shims do. Both look for the next one
 * of their name, so whoever makes RTLD_NEXT mean something else sends them round in a circle.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

#include "platform/cuda/cuda_driver.h"

__attribute__((visibility("default"))) void *malloc(size_t bytes);

void *malloc(size_t bytes)
{
	static void *(*next)(size_t);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "malloc");
	return next(bytes);
}

CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
	unsigned int grid_z, unsigned int block_x, unsigned int block_y, unsigned int block_z,
	unsigned int shared_bytes, CUstream hStream, void **params, void **extra)
{
	static __typeof__(&cuLaunchKernel) next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "cuLaunchKernel");
	if (!next)
		return CUDA_ERROR_NOT_FOUND;
	return next(function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes,
		hStream, params, extra);
}
