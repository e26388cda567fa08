/* SPDX-License-Identifier: Apache-2.0 */
/* The driver around streams: look-up by name, contexts, errors that stick, kernels that compute. */
#include "sim.h"

static void functions_by_name(void **state)
{
	(void)state;
	CUdriverProcAddressQueryResult status;
	void *pfn;

	ok(cuGetProcAddress_v2("cuLaunchKernel", &pfn, 13000, 0, &status));
	assert_ptr_equal(pfn, (void *)cuLaunchKernel);
	ok(cuGetProcAddress_v2("cuLaunchKernel", &pfn, 7000, 2, &status));
	assert_ptr_equal(pfn, (void *)cuLaunchKernel_ptsz);
	ok(cuGetProcAddress_v2("cuLaunchKernel", &pfn, 4000, 2, &status)); /* older than _ptsz */
	assert_ptr_equal(pfn, (void *)cuLaunchKernel);
	ok(cuGetProcAddress_v2("cuMemAlloc", &pfn, 13000, 0, NULL));
	assert_ptr_equal(pfn, (void *)cuMemAlloc_v2);
	ok(cuGetProcAddress_v2("cuMemcpyHtoD", &pfn, 13000, 2, NULL));
	assert_ptr_equal(pfn, (void *)cuMemcpyHtoD_v2_ptds);
	ok(cuGetProcAddress_v2("cuGetProcAddress", &pfn, 11030, 0, NULL));
	assert_ptr_equal(pfn, (void *)cuGetProcAddress);
	ok(cuGetProcAddress_v2("cuGetProcAddress", &pfn, 12000, 0, NULL));
	assert_ptr_equal(pfn, (void *)cuGetProcAddress_v2);
	fails(cuGetProcAddress_v2("cuCtxGetId", &pfn, 4000, 0, &status), CUDA_ERROR_NOT_FOUND);
	assert_int_equal(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
	fails(cuGetProcAddress_v2("cuD3D9Begin", &pfn, 13000, 0, &status), CUDA_ERROR_NOT_FOUND);
	assert_int_equal(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
	assert_null(pfn);
	ok(cuGetProcAddress("cuInit", &pfn, 13000, 0));
}

static void what_is_missing_says_so(void **state)
{
	(void)state;
	CUarray array;
	const char *text;

	fails(cuArrayCreate_v2(&array, NULL), CUDA_ERROR_NOT_SUPPORTED);
	ok(cuGetErrorName(CUDA_ERROR_NOT_SUPPORTED, &text));
	assert_string_equal(text, "CUDA_ERROR_NOT_SUPPORTED");
	fails(cuGetErrorName((CUresult)12345, &text), CUDA_ERROR_INVALID_VALUE);
}

static void kernels_compute(void **state)
{
	(void)state;
	float a[4] = { 1, 2, 3, 4 }, b[4] = { 10, 20, 30, 40 }, c[4];
	CUdeviceptr da, db, dc;
	uint32_t n = 4;
	size_t offset, size;
	CUfunction add = sim_function("vector_add"), missing;

	ok(cuMemAlloc_v2(&da, 16));
	ok(cuMemAlloc_v2(&db, 16));
	ok(cuMemAlloc_v2(&dc, 16));
	ok(cuMemcpyHtoD_v2(da, a, 16));
	ok(cuMemcpyHtoD_v2(db, b, 16));
	ok(sim_launch(add, NULL, (void *[]){ &da, &db, &dc, &n }));
	ok(cuMemcpyDtoH_v2(c, dc, 16));
	assert_true(c[0] == 11 && c[3] == 44);
	ok(cuFuncGetParamInfo(add, 3, &offset, &size));
	assert_true(offset == 24 && size == 4);
	fails(cuFuncGetParamInfo(add, 4, &offset, &size), CUDA_ERROR_INVALID_VALUE);
	fails(cuModuleGetFunction(&missing, sim_module, "no_such_kernel"), CUDA_ERROR_NOT_FOUND);
	fails(cuLaunchKernel(add, 0, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL), CUDA_ERROR_INVALID_VALUE);
	fails(cuLaunchKernel(add, 1, 1, 1, 2048, 1, 1, 0, NULL, NULL, NULL),
		CUDA_ERROR_INVALID_VALUE);
}

static int times_called;

static int count_call(const struct xsim_launch *launch)
{
	times_called += *(const int *)launch->params;
	return 0;
}

static void own_kernels(void **state)
{
	(void)state;
	int by = 5;

	assert_int_equal(xsim_register_kernel("count_call", count_call, 1000, "w"), 0);
	ok(sim_launch(sim_function("count_call"), NULL, (void *[]){ &by }));
	ok(cuCtxSynchronize());
	assert_int_equal(times_called, 5);
}

static void contexts_nest(void **state)
{
	(void)state;
	CUcontext context, now;
	unsigned int flags;
	int active;

	ok(cuCtxCreate_v2(&context, 0, 0));
	ok(cuCtxGetCurrent(&now));
	assert_ptr_equal(now, context);
	ok(cuCtxPushCurrent_v2(sim_context));
	ok(cuCtxPopCurrent_v2(&now));
	assert_ptr_equal(now, sim_context);
	ok(cuCtxDestroy_v2(context));
	ok(cuCtxGetCurrent(&now));
	assert_ptr_equal(now, sim_context);
	fails(cuCtxPushCurrent_v2(context), CUDA_ERROR_INVALID_CONTEXT);
	ok(cuDevicePrimaryCtxGetState(0, &flags, &active));
	assert_int_equal(active, 1);
	fails(cuDevicePrimaryCtxRetain(&now, 7), CUDA_ERROR_INVALID_DEVICE);
}

static void errors_stick_to_their_context(void **state)
{
	(void)state;
	CUcontext context;
	CUmodule module;
	CUfunction fault;
	CUstream stream;
	CUdeviceptr data;

	ok(cuCtxCreate_v2(&context, 0, 0));
	ok(cuStreamCreate(&stream, 0));
	ok(cuModuleLoadData(&module, "image"));
	ok(cuModuleGetFunction(&fault, module, "fault"));
	ok(sim_launch(fault, stream, NULL));
	fails(cuStreamSynchronize(stream), CUDA_ERROR_ILLEGAL_ADDRESS);
	fails(cuMemAlloc_v2(&data, 8), CUDA_ERROR_ILLEGAL_ADDRESS);
	fails(sim_launch(fault, stream, NULL), CUDA_ERROR_ILLEGAL_ADDRESS);
	fails(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
	ok(cuStreamDestroy_v2(stream));
	ok(cuCtxDestroy_v2(context));
	ok(cuCtxSynchronize()); /* the other context is well */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_by_name),
		cmocka_unit_test(what_is_missing_says_so),
		cmocka_unit_test(kernels_compute),
		cmocka_unit_test(own_kernels),
		cmocka_unit_test(contexts_nest),
		cmocka_unit_test(errors_stick_to_their_context),
	};
	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
