/* SPDX-License-Identifier: Apache-2.0 */
/* Modules, libraries and functions. A library is a module, a kernel is a function. */
#include <unistd.h>

#include "platform/sim/cuda/front.h"
#include "platform/sim/module.h"

static CUresult load(void *out, const void *image)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!out || !image)
		return CUDA_ERROR_INVALID_VALUE;
	return (CUresult)xsim_module_create(out);
}

/* --- modules ---------------------------------------------------------------------------------- */

CUresult sim_cuModuleLoadData(CUmodule *module, const void *image)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	return result ? (CUresult)result : load(module, image);
}
XSIM_SAME(cuModuleLoadFatBinary, cuModuleLoadData);

CUresult sim_cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int num_options,
	CUjit_option *options, void **option_values)
{
	(void)num_options;
	(void)options;
	(void)option_values;
	return sim_cuModuleLoadData(module, image);
}

CUresult sim_cuModuleLoad(CUmodule *module, const char *fname)
{
	if (!fname || access(fname, R_OK))
		return fname ? CUDA_ERROR_FILE_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
	return sim_cuModuleLoadData(module, fname);
}

CUresult sim_cuModuleUnload(CUmodule module)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	if (result)
		return (CUresult)result;
	xsim_context_sync(context); /* its kernels may be in flight */
	return (CUresult)xsim_module_destroy((struct xsim_module *)module);
}

CUresult sim_cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
	return (CUresult)xsim_module_function(
		(struct xsim_module *)module, name, (struct xsim_function **)function);
}

CUresult sim_cuModuleGetFunctionCount(unsigned int *count, CUmodule module)
{
	if (!count || !xsim_handle_is(module, XSIM_KIND_MODULE))
		return CUDA_ERROR_INVALID_VALUE;
	*count = ((struct xsim_module *)module)->count;
	return CUDA_SUCCESS;
}

CUresult sim_cuModuleGetGlobal_v2(
	CUdeviceptr *dptr, size_t *bytes, CUmodule module, const char *name)
{
	(void)dptr;
	(void)bytes;
	if (!name || !xsim_handle_is(module, XSIM_KIND_MODULE))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_FOUND;
}

CUresult sim_cuModuleGetLoadingMode(CUmoduleLoadingMode *mode)
{
	if (!mode)
		return CUDA_ERROR_INVALID_VALUE;
	*mode = 2; /* lazy */
	return CUDA_SUCCESS;
}

/* --- libraries -------------------------------------------------------------------------------- */

CUresult sim_cuLibraryLoadData(CUlibrary *library, const void *code, CUjit_option *jit_options,
	void **jit_options_values, unsigned int num_jit_options, CUlibraryOption *library_options,
	void **library_option_values, unsigned int num_library_options)
{
	(void)jit_options;
	(void)jit_options_values;
	(void)num_jit_options;
	(void)library_options;
	(void)library_option_values;
	(void)num_library_options;
	return load(library, code);
}

CUresult sim_cuLibraryLoadFromFile(CUlibrary *library, const char *file_name,
	CUjit_option *jit_options, void **jit_options_values, unsigned int num_jit_options,
	CUlibraryOption *library_options, void **library_option_values,
	unsigned int num_library_options)
{
	if (!file_name || access(file_name, R_OK))
		return file_name ? CUDA_ERROR_FILE_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
	return sim_cuLibraryLoadData(library, file_name, jit_options, jit_options_values,
		num_jit_options, library_options, library_option_values, num_library_options);
}

CUresult sim_cuLibraryUnload(CUlibrary library)
{
	for (int i = 0; i < (int)xsim_config.devices; i++) {
		struct xsim_context *primary = xsim_devices[i].primary;

		if (primary)
			xsim_context_sync(primary);
	}
	return (CUresult)xsim_module_destroy((struct xsim_module *)library);
}

CUresult sim_cuLibraryGetKernel(CUkernel *kernel, CUlibrary library, const char *name)
{
	return (CUresult)xsim_module_function(
		(struct xsim_module *)library, name, (struct xsim_function **)kernel);
}

CUresult sim_cuLibraryGetModule(CUmodule *module, CUlibrary library)
{
	if (!module || !xsim_handle_is(library, XSIM_KIND_MODULE))
		return module ? CUDA_ERROR_INVALID_HANDLE : CUDA_ERROR_INVALID_VALUE;
	*module = (CUmodule)library;
	return CUDA_SUCCESS;
}

CUresult sim_cuLibraryGetKernelCount(unsigned int *count, CUlibrary library)
{
	return sim_cuModuleGetFunctionCount(count, (CUmodule)library);
}

CUresult sim_cuLibraryGetGlobal(
	CUdeviceptr *dptr, size_t *bytes, CUlibrary library, const char *name)
{
	return sim_cuModuleGetGlobal_v2(dptr, bytes, (CUmodule)library, name);
}

CUresult sim_cuKernelGetFunction(CUfunction *function, CUkernel kernel)
{
	if (!function || !xsim_handle_is(kernel, XSIM_KIND_FUNCTION))
		return function ? CUDA_ERROR_INVALID_HANDLE : CUDA_ERROR_INVALID_VALUE;
	*function = (CUfunction)kernel;
	return CUDA_SUCCESS;
}

CUresult sim_cuKernelGetLibrary(CUlibrary *library, CUkernel kernel)
{
	if (!library || !xsim_handle_is(kernel, XSIM_KIND_FUNCTION))
		return CUDA_ERROR_INVALID_HANDLE;
	*library = (CUlibrary)((struct xsim_function *)kernel)->module;
	return CUDA_SUCCESS;
}

/* --- functions -------------------------------------------------------------------------------- */

static struct xsim_function *function_of(CUfunction handle)
{
	return xsim_handle_is(handle, XSIM_KIND_FUNCTION) ? (struct xsim_function *)handle : NULL;
}

CUresult sim_cuFuncGetName(const char **name, CUfunction function)
{
	if (!name || !function_of(function))
		return CUDA_ERROR_INVALID_VALUE;
	*name = function_of(function)->name;
	return CUDA_SUCCESS;
}

CUresult sim_cuKernelGetName(const char **name, CUkernel kernel)
{
	return sim_cuFuncGetName(name, (CUfunction)kernel);
}

CUresult sim_cuFuncGetModule(CUmodule *module, CUfunction function)
{
	if (!module || !function_of(function))
		return CUDA_ERROR_INVALID_VALUE;
	*module = (CUmodule)function_of(function)->module;
	return CUDA_SUCCESS;
}

CUresult sim_cuFuncGetParamInfo(
	CUfunction handle, size_t param_index, size_t *param_offset, size_t *param_size)
{
	struct xsim_function *function = function_of(handle);

	if (!function || !param_offset || param_index >= function->param_count)
		return CUDA_ERROR_INVALID_VALUE;
	*param_offset = function->offset[param_index];
	if (param_size)
		*param_size = function->size[param_index];
	return CUDA_SUCCESS;
}

CUresult sim_cuKernelGetParamInfo(
	CUkernel kernel, size_t param_index, size_t *param_offset, size_t *param_size)
{
	return sim_cuFuncGetParamInfo((CUfunction)kernel, param_index, param_offset, param_size);
}

CUresult sim_cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction handle)
{
	struct xsim_function *function = function_of(handle);

	if (!value || !function || (unsigned int)attribute >= 32)
		return CUDA_ERROR_INVALID_VALUE;
	*value = function->attributes[attribute];
	if (attribute == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK)
		*value = 1024;
	if (attribute == CU_FUNC_ATTRIBUTE_NUM_REGS)
		*value = 32;
	if (attribute == CU_FUNC_ATTRIBUTE_PTX_VERSION ||
		attribute == CU_FUNC_ATTRIBUTE_BINARY_VERSION)
		*value = 90;
	return CUDA_SUCCESS;
}

CUresult sim_cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value)
{
	if (!function_of(function) || (unsigned int)attribute >= 32)
		return CUDA_ERROR_INVALID_VALUE;
	function_of(function)->attributes[attribute] = value;
	return CUDA_SUCCESS;
}

CUresult sim_cuKernelGetAttribute(
	int *value, CUfunction_attribute attribute, CUkernel kernel, CUdevice device)
{
	(void)device;
	return sim_cuFuncGetAttribute(value, attribute, (CUfunction)kernel);
}

CUresult sim_cuKernelSetAttribute(
	CUfunction_attribute attribute, int value, CUkernel kernel, CUdevice device)
{
	(void)device;
	return sim_cuFuncSetAttribute((CUfunction)kernel, attribute, value);
}

CUresult sim_cuFuncSetCacheConfig(CUfunction function, CUfunc_cache config)
{
	(void)config;
	return function_of(function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult sim_cuFuncIsLoaded(CUfunctionLoadingState *state, CUfunction function)
{
	if (!state || !function_of(function))
		return CUDA_ERROR_INVALID_VALUE;
	*state = 1;
	return CUDA_SUCCESS;
}

CUresult sim_cuFuncLoad(CUfunction function)
{
	return function_of(function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult sim_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *num_blocks,
	CUfunction function, int block_size, size_t dynamic_smem_size, unsigned int flags)
{
	(void)dynamic_smem_size;
	(void)flags;
	if (!num_blocks || !function_of(function) || block_size <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	*num_blocks = block_size > 1024 ? 0 : 2048 / block_size > 32 ? 32 : 2048 / block_size;
	return CUDA_SUCCESS;
}

CUresult sim_cuOccupancyMaxActiveBlocksPerMultiprocessor(
	int *num_blocks, CUfunction function, int block_size, size_t dynamic_smem_size)
{
	return sim_cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
		num_blocks, function, block_size, dynamic_smem_size, 0);
}
