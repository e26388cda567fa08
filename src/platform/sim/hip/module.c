/* SPDX-License-Identifier: Apache-2.0 */
/* Modules, libraries and functions. A library is a module, its kernels are functions. */
#include "platform/sim/module.h"

#include <string.h>
#include <unistd.h>

#include "platform/sim/hip/front.h"

hipError_t sim_hipModuleLoadData(hipModule_t *module, const void *image)
{
	struct xsim_context *context;
	int result = hip_unsafe(&context);

	if (!result && (!module || !image))
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_module_create((struct xsim_module **)module));
}
XSIM_SAME(hipModuleLoadFatBinary, hipModuleLoadData);

hipError_t sim_hipModuleLoadDataEx(hipModule_t *module, const void *image, unsigned int count,
	hipJitOption *options, void **values)
{
	(void)count;
	(void)options;
	(void)values;
	return sim_hipModuleLoadData(module, image);
}

hipError_t sim_hipModuleLoad(hipModule_t *module, const char *path)
{
	if (!path || access(path, R_OK))
		return path ? hipErrorFileNotFound : hipErrorInvalidValue;
	return sim_hipModuleLoadData(module, path);
}

hipError_t sim_hipModuleUnload(hipModule_t module)
{
	struct xsim_context *context;
	int result = hip_unsafe(&context);

	if (result)
		return (hipError_t)result;
	xsim_context_sync(context); /* its kernels may be in flight */
	return (hipError_t)xsim_module_destroy((struct xsim_module *)module);
}

hipError_t sim_hipModuleGetFunction(hipFunction_t *function, hipModule_t module, const char *name)
{
	return (hipError_t)xsim_module_function(
		(struct xsim_module *)module, name, (struct xsim_function **)function);
}

hipError_t sim_hipModuleGetFunctionCount(unsigned int *count, hipModule_t module)
{
	if (!count || !xsim_handle_is(module, XSIM_KIND_MODULE))
		return hipErrorInvalidValue;
	*count = ((struct xsim_module *)module)->count;
	return hipSuccess;
}

hipError_t sim_hipModuleGetGlobal(
	hipDeviceptr_t *dptr, size_t *bytes, hipModule_t module, const char *name)
{
	(void)dptr;
	(void)bytes;
	if (!name || !xsim_handle_is(module, XSIM_KIND_MODULE))
		return hipErrorInvalidValue;
	return hipErrorNotFound;
}

/* --- libraries -------------------------------------------------------------------------------- */

hipError_t sim_hipLibraryLoadData(hipLibrary_t *library, const void *code,
	hipJitOption *jit_options, void **jit_values, unsigned int jit_count,
	hipLibraryOption *options, void **values, unsigned int count)
{
	(void)jit_options;
	(void)jit_values;
	(void)jit_count;
	(void)options;
	(void)values;
	(void)count;
	return sim_hipModuleLoadData((hipModule_t *)library, code);
}

hipError_t sim_hipLibraryLoadFromFile(hipLibrary_t *library, const char *path,
	hipJitOption *jit_options, void **jit_values, unsigned int jit_count,
	hipLibraryOption *options, void **values, unsigned int count)
{
	(void)jit_options;
	(void)jit_values;
	(void)jit_count;
	(void)options;
	(void)values;
	(void)count;
	return sim_hipModuleLoad((hipModule_t *)library, path);
}

hipError_t sim_hipLibraryUnload(hipLibrary_t library)
{
	return sim_hipModuleUnload((hipModule_t)library);
}

hipError_t sim_hipLibraryGetKernel(hipKernel_t *kernel, hipLibrary_t library, const char *name)
{
	return sim_hipModuleGetFunction((hipFunction_t *)kernel, (hipModule_t)library, name);
}

hipError_t sim_hipLibraryGetKernelCount(unsigned int *count, hipLibrary_t library)
{
	return sim_hipModuleGetFunctionCount(count, (hipModule_t)library);
}

hipError_t sim_hipLibraryGetModule(hipModule_t *module, hipLibrary_t library)
{
	if (!module || !xsim_handle_is(library, XSIM_KIND_MODULE))
		return hipErrorInvalidValue;
	*module = (hipModule_t)library;
	return hipSuccess;
}

/* --- functions -------------------------------------------------------------------------------- */

static struct xsim_function *function_of(const void *handle)
{
	return xsim_handle_is(handle, XSIM_KIND_FUNCTION)
		       ? (struct xsim_function *)(uintptr_t)handle
		       : NULL;
}

hipError_t sim_hipKernelGetFunction(hipFunction_t *function, hipKernel_t kernel)
{
	if (!function || !function_of(kernel))
		return hipErrorInvalidValue;
	*function = (hipFunction_t)kernel;
	return hipSuccess;
}

hipError_t sim_hipKernelGetLibrary(hipLibrary_t *library, hipKernel_t kernel)
{
	if (!library || !function_of(kernel))
		return hipErrorInvalidValue;
	*library = (hipLibrary_t)function_of(kernel)->module;
	return hipSuccess;
}

hipError_t sim_hipKernelGetName(const char **name, hipKernel_t kernel)
{
	if (!name || !function_of(kernel))
		return hipErrorInvalidValue;
	*name = function_of(kernel)->name;
	return hipSuccess;
}

hipError_t sim_hipKernelGetParamInfo(
	hipKernel_t kernel, size_t index, size_t *param_offset, size_t *param_size)
{
	struct xsim_function *function = function_of(kernel);

	if (!function || !param_offset || index >= function->param_count)
		return hipErrorInvalidValue;
	*param_offset = function->offset[index];
	if (param_size)
		*param_size = function->size[index];
	return hipSuccess;
}

hipError_t sim_hipFuncGetAttribute(int *value, hipFunction_attribute attribute, hipFunction_t f)
{
	struct xsim_function *function = function_of(f);

	if (!value || !function || attribute < 0 || attribute >= 32)
		return hipErrorInvalidValue;
	*value = attribute == 0   ? 1024 /* threads per block */
		 : attribute == 4 ? 32   /* registers */
				  : function->attributes[attribute];
	return hipSuccess;
}

hipError_t sim_hipKernelGetAttribute(
	int *value, hipFunction_attribute attribute, hipKernel_t kernel, hipDevice_t device)
{
	(void)device;
	return sim_hipFuncGetAttribute(value, attribute, (hipFunction_t)kernel);
}

hipError_t sim_hipKernelSetAttribute(
	hipFunction_attribute attribute, int value, hipKernel_t kernel, hipDevice_t device)
{
	(void)device;
	if (!function_of(kernel) || attribute < 0 || attribute >= 32)
		return hipErrorInvalidValue;
	function_of(kernel)->attributes[attribute] = value;
	return hipSuccess;
}

hipError_t sim_hipFuncGetAttributes(hipFuncAttributes *attributes, const void *function)
{
	struct xsim_function *f;
	int result = attributes ? hip_function(function, &f) : XSIM_INVALID_VALUE;

	if (result)
		return (hipError_t)result;
	*attributes = (hipFuncAttributes){ .maxThreadsPerBlock = 1024,
		.numRegs = 32,
		.maxDynamicSharedSizeBytes = 65536,
		.binaryVersion = 94,
		.ptxVersion = 94 };
	return hipSuccess;
}

hipError_t sim_hipFuncSetAttribute(const void *function, hipFuncAttribute attribute, int value)
{
	struct xsim_function *f;
	int result = hip_function(function, &f);

	if (!result && (attribute < 0 || attribute >= 32))
		result = XSIM_INVALID_VALUE;
	if (!result)
		f->attributes[attribute] = value;
	return (hipError_t)result;
}

hipError_t sim_hipFuncSetCacheConfig(const void *function, hipFuncCache_t config)
{
	struct xsim_function *f;

	(void)config;
	return (hipError_t)hip_function(function, &f);
}
XSIM_SAME(hipFuncSetSharedMemConfig, hipFuncSetCacheConfig);

/* --- occupancy: as if only threads counted ---------------------------------------------------- */

static hipError_t blocks(int *count, int block_size)
{
	if (!count || block_size <= 0)
		return hipErrorInvalidValue;
	*count = block_size > 1024 ? 0 : 2048 / block_size > 32 ? 32 : 2048 / block_size;
	return hipSuccess;
}

hipError_t sim_hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
	int *count, hipFunction_t f, int block_size, size_t shared_bytes, unsigned int flags)
{
	(void)shared_bytes;
	(void)flags;
	return function_of(f) ? blocks(count, block_size) : hipErrorInvalidValue;
}

hipError_t sim_hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(
	int *count, hipFunction_t f, int block_size, size_t shared_bytes)
{
	return sim_hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
		count, f, block_size, shared_bytes, 0);
}

hipError_t sim_hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
	int *count, const void *function, int block_size, size_t shared_bytes, unsigned int flags)
{
	struct xsim_function *f;
	int result = hip_function(function, &f);

	(void)shared_bytes;
	(void)flags;
	return result ? (hipError_t)result : blocks(count, block_size);
}

hipError_t sim_hipOccupancyMaxActiveBlocksPerMultiprocessor(
	int *count, const void *function, int block_size, size_t shared_bytes)
{
	return sim_hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
		count, function, block_size, shared_bytes, 0);
}

static hipError_t best_block(int *grid_size, int *block_size, int limit)
{
	if (!grid_size || !block_size || limit < 0)
		return hipErrorInvalidValue;
	*block_size = limit && limit < 1024 ? limit : 1024;
	*grid_size = 64 * (2048 / *block_size);
	return hipSuccess;
}

hipError_t sim_hipModuleOccupancyMaxPotentialBlockSize(
	int *grid_size, int *block_size, hipFunction_t f, size_t shared_bytes, int block_size_limit)
{
	(void)shared_bytes;
	return function_of(f) ? best_block(grid_size, block_size, block_size_limit)
			      : hipErrorInvalidValue;
}

hipError_t sim_hipModuleOccupancyMaxPotentialBlockSizeWithFlags(int *grid_size, int *block_size,
	hipFunction_t f, size_t shared_bytes, int block_size_limit, unsigned int flags)
{
	(void)flags;
	return sim_hipModuleOccupancyMaxPotentialBlockSize(
		grid_size, block_size, f, shared_bytes, block_size_limit);
}

hipError_t sim_hipOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size,
	const void *function, size_t shared_bytes, int block_size_limit)
{
	struct xsim_function *f;
	int result = hip_function(function, &f);

	(void)shared_bytes;
	return result ? (hipError_t)result : best_block(grid_size, block_size, block_size_limit);
}
