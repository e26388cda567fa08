/* SPDX-License-Identifier: Apache-2.0 */
/* What came with HIP 6.1 to 7.2. Only this program is linked with version 7 alone. */
#include "simhip.h"

static void functions_by_name(void **state)
{
	(void)state;
	hipDriverProcAddressQueryResult status;
	void *pfn;

	ok(hipGetProcAddress("hipLaunchKernel", &pfn, 701, 0, &status));
	assert_ptr_equal(pfn, (void *)hipLaunchKernel);
	assert_int_equal(status, HIP_GET_PROC_ADDRESS_SUCCESS);
	ok(hipGetProcAddress("hipMemcpyAsync", &pfn, 70100000, 2, NULL));
	assert_ptr_equal(pfn, (void *)hipMemcpyAsync_spt);
	ok(hipGetProcAddress("hipGetDeviceProperties", &pfn, 600, 0, NULL));
	assert_ptr_equal(pfn, (void *)hipGetDevicePropertiesR0600);
	assert_int_equal(
		hipGetProcAddress("hipMemcpyBatchAsync", &pfn, 600, 0, &status) != hipSuccess, 1);
	assert_int_equal(status, HIP_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
	assert_null(pfn);
	hipGetProcAddress("cuLaunchKernel", &pfn, 701, 0, &status);
	assert_int_equal(status, HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
}

static void launches(void **state)
{
	(void)state;
	uint64_t *data = simhip_word(0), ten = 10, digit = 1;
	void *params[] = { &data, &ten, &digit };
	hipFunction_t f = simhip_function("affine"), same;
	hipLaunchAttribute cooperative = { .id = hipLaunchAttributeCooperative,
		.val.cooperative = 1 };
	hipLaunchConfig_t config = { one, one, 0, NULL, &cooperative, 1 };
	HIP_LAUNCH_CONFIG driver = { 1, 1, 1, 1, 1, 1, 0, NULL, NULL, 0 };

	ok(hipLaunchKernelExC(&config, &simhip_stub[STUB_AFFINE], params));
	digit = 2;
	ok(hipDrvLaunchKernelEx(&driver, f, params, NULL));
	digit = 3;
	ok(hipModuleLaunchCooperativeKernel(f, 1, 1, 1, 1, 1, 1, 0, NULL, params));
	digit = 4;
	hipFunctionLaunchParams list = { f, 1, 1, 1, 1, 1, 1, 0, NULL, params };
	ok(hipModuleLaunchCooperativeKernelMultiDevice(&list, 1, 0));
	digit = 5;
	ok(hipExtModuleLaunchKernel(f, 1, 1, 1, 1, 1, 1, 0, NULL, params, NULL, NULL, NULL, 0));
	ok(hipGetFuncBySymbol(&same, &simhip_stub[STUB_AFFINE]));
	digit = 6;
	ok(hipModuleLaunchKernel(same, 1, 1, 1, 1, 1, 1, 0, NULL, params, NULL));
	assert_int_equal(simhip_value(data), 123456);
	config.gridDim.x = 1 << 20;
	fails(hipLaunchKernelExC(&config, &simhip_stub[STUB_AFFINE], params),
		hipErrorCooperativeLaunchTooLarge);
	fails(hipLaunchKernelExC(NULL, &simhip_stub[STUB_AFFINE], params),
		hipErrorInvalidConfiguration);
}

static void batches(void **state)
{
	(void)state;
	uint64_t from[2] = { 3, 4 }, *a = simhip_word(0), *b = simhip_word(0);
	void *dsts[] = { a, b }, *srcs[] = { &from[0], &from[1] };
	size_t sizes[] = { 8, 8 }, failed = 9;
	hipStreamBatchMemOpParams ops[2] = {
		{ .writeValue = { .operation = hipStreamMemOpWriteValue64,
			  .address = a,
			  .value64 = 7 } },
		{ .waitValue = { .operation = hipStreamMemOpWaitValue32,
			  .address = a,
			  .value = 7,
			  .flags = hipStreamWaitValueEq } },
	};

	ok(hipMemcpyBatchAsync(dsts, srcs, sizes, 2, NULL, NULL, 0, &failed, NULL));
	ok(hipDeviceSynchronize());
	assert_true(simhip_value(a) == 3 && simhip_value(b) == 4);
	ok(hipStreamBatchMemOp(NULL, 2, ops, 0));
	ok(hipDeviceSynchronize());
	assert_int_equal(simhip_value(a), 7);
	ok(hipMemsetD2D32(b, 8, 5, 1, 1));
	assert_int_equal(simhip_value(b), 5);
	dsts[1] = NULL;
	fails(hipMemcpyBatchAsync(dsts, srcs, sizes, 2, NULL, NULL, 0, &failed, NULL),
		hipErrorInvalidValue);
	assert_int_equal(failed, 1);
}

static void libraries(void **state)
{
	(void)state;
	hipLibrary_t library;
	hipKernel_t kernel;
	hipFunction_t f;
	const char *name;

	ok(hipLibraryLoadData(&library, "any", NULL, NULL, 0, NULL, NULL, 0));
	ok(hipLibraryGetKernel(&kernel, library, "_Z6affinePmmm"));
	ok(hipKernelGetName(&name, kernel));
	assert_string_equal(name, "_Z6affinePmmm");
	ok(hipKernelGetFunction(&f, kernel));
	ok(hipLibraryUnload(library));
}

static void what_is_missing_says_so(void **state)
{
	(void)state;
	hipExecutionCtx_t ctx;

	fails(hipGreenCtxCreate(&ctx, NULL, 0, 0), hipErrorNotSupported);
	fails(hipExtGetLastError(), hipErrorNotSupported);
	fails(hipGetLastError(), hipErrorNotSupported);
}

static void properties(void **state)
{
	(void)state;
	hipDeviceProp_tR0600 now;
	hipDeviceProp_tR0000 old;

	ok(hipGetDevicePropertiesR0600(&now, 0));
	ok(hipGetDevicePropertiesR0000(&old, 0));
	assert_string_equal(now.name, old.name);
	assert_int_equal(now.warpSize, 64);
	assert_true(strncmp(now.gcnArchName, "gfx942", 6) == 0);
	assert_int_equal(offsetof(hipDeviceProp_tR0600, gcnArchName), 1160);
	assert_int_equal(sizeof(now), 1472);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_by_name),
		cmocka_unit_test(launches),
		cmocka_unit_test(batches),
		cmocka_unit_test(libraries),
		cmocka_unit_test(what_is_missing_says_so),
		cmocka_unit_test(properties),
	};

	return cmocka_run_group_tests(tests, simhip_setup, simhip_teardown);
}
