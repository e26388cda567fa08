/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels: registering them, and every way to launch one. */
#include "simhip.h"

#define EXT_CPP                                                                                    \
	_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j
#define HCC_CPP                                                                                    \
	_Z24hipHccModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_

static void fat_binaries(void **state)
{
	(void)state;
	static char stubs[4];
	static const char *const names[] = { "affine", NULL };
	struct simhip_wrapper wrong = { 0x12345678, 1, "__CLANG_OFFLOAD_BUNDLE__", NULL };
	uint64_t *data = simhip_word(3), factor = 2, term = 1;
	void *params[] = { &data, &factor, &term };

	assert_null(__hipRegisterFatBinary(&wrong));
	wrong.magic = 0x48495046;
	wrong.binary = "something that is no bundle at all";
	assert_null(__hipRegisterFatBinary(&wrong));
	assert_null(__hipRegisterFatBinary(NULL));

	void **compressed = simhip_register("CCOB\2\0\1\0 compressed", names, stubs);
	assert_non_null(compressed);
	ok(hipLaunchKernel(&stubs[0], one, one, params, 0, NULL));
	assert_int_equal(simhip_value(data), 7);
	__hipUnregisterFatBinary(compressed);
	fails(hipLaunchKernel(&stubs[0], one, one, params, 0, NULL), hipErrorInvalidDeviceFunction);
	fails(hipLaunchKernel(&stubs[1], one, one, params, 0, NULL), hipErrorInvalidDeviceFunction);
	fails(hipLaunchKernel(&simhip_stub[STUB_UNKNOWN], one, one, NULL, 0, NULL),
		hipErrorNoBinaryForGpu);
	assert_string_equal(
		hipKernelNameRefByPtr(&simhip_stub[STUB_AFFINE], NULL), "_Z6affinePmmm");
}

/* An image may be as short as its first bytes, and nothing be mapped behind it. */
static void images_that_end_with_the_page(void **state)
{
	(void)state;
	static const char *const starts[] = { "CCOB", "\177ELF", "__CLANG_OFFLOAD_BUNDLE__", "CC",
		"" };
	static void **kept[5]; /* the runtime keeps what was registered, for whoever looks it up */
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(
		NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	assert_int_equal(mprotect(pages + page, (size_t)page, PROT_NONE), 0);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t bytes = strlen(starts[i]) + (i > 2); /* those that are none end with 0 */
		struct simhip_wrapper wrapper = { 0x48495046, 1, pages + page - bytes, NULL };

		memcpy(pages + page - bytes, starts[i], bytes);
		kept[i] = __hipRegisterFatBinary(&wrapper);
		assert_int_equal(kept[i] != NULL, i < 3);
		__hipUnregisterFatBinary(kept[i]);
	}
	munmap(pages, 2 * (size_t)page);
}

static void call_configurations(void **state)
{
	(void)state;
	dim3 grid = { 2, 3, 4 }, block = { 5, 6, 7 };
	size_t shared;
	hipStream_t stream;

	ok(__hipPushCallConfiguration(one, one, 1, NULL));
	ok(__hipPushCallConfiguration(grid, block, 64, hipStreamPerThread));
	ok(__hipPopCallConfiguration(&grid, &block, &shared, &stream));
	assert_true(grid.x == 2 && grid.z == 4 && block.x == 5 && block.z == 7);
	assert_true(shared == 64 && stream == hipStreamPerThread);
	ok(__hipPopCallConfiguration(&grid, &block, &shared, &stream));
	assert_true(grid.x == 1 && shared == 1 && !stream);
	fails(__hipPopCallConfiguration(&grid, &block, &shared, &stream),
		hipErrorMissingConfiguration);
}

static void wrong_shapes(void **state)
{
	(void)state;
	dim3 none = { 0, 1, 1 }, many = { 2048, 1, 1 }, crowd = { 1 << 20, 1, 1 };
	const char *empty = &simhip_stub[STUB_EMPTY];

	fails(hipLaunchKernel(empty, none, one, NULL, 0, NULL), hipErrorInvalidConfiguration);
	fails(hipLaunchKernel(empty, one, many, NULL, 0, NULL), hipErrorInvalidConfiguration);
	fails(hipLaunchKernel(NULL, one, one, NULL, 0, NULL), hipErrorInvalidDeviceFunction);
	ok(hipLaunchKernel(empty, crowd, one, NULL, 0, NULL));
	fails(hipLaunchCooperativeKernel(empty, crowd, one, NULL, 0, NULL),
		hipErrorCooperativeLaunchTooLarge);
	fails(hipModuleLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL),
		hipErrorInvalidHandle);
	fails(hipModuleGetFunction((hipFunction_t[1]){ NULL }, simhip_module, "no such kernel"),
		hipErrorNotFound);
}

/* Each launch multiplies by 10 and adds a digit: the number tells what ran, in which order. */
static void every_launch(void **state)
{
	(void)state;
	uint64_t *data = simhip_word(0), ten = 10, digit = 0;
	void *params[] = { &data, &ten, &digit };
	const char *stub = &simhip_stub[STUB_AFFINE];
	hipFunction_t f = simhip_function("affine");
	hipStream_t stream;
	struct {
		uint64_t *data;
		uint64_t factor, term;
	} buffer = { data, 10, 4 };
	size_t size = sizeof(buffer);
	void *extra[] = { HIP_LAUNCH_PARAM_BUFFER_POINTER, &buffer, HIP_LAUNCH_PARAM_BUFFER_SIZE,
		&size, HIP_LAUNCH_PARAM_END };

	ok(hipStreamCreate(&stream));
	digit = 1;
	ok(hipLaunchKernel(stub, one, one, params, 0, stream));
	digit = 2;
	ok(hipLaunchCooperativeKernel(stub, one, one, params, 0, stream));
	digit = 3;
	ok(hipModuleLaunchKernel(f, 1, 1, 1, 64, 1, 1, 0, stream, params, NULL));
	ok(hipModuleLaunchKernel(f, 1, 1, 1, 64, 1, 1, 0, stream, NULL, extra)); /* 4 */
	digit = 5;
	hipLaunchParams list = { (void *)(uintptr_t)stub, one, one, params, 0, stream };
	ok(hipLaunchCooperativeKernelMultiDevice(&list, 1, 0));
	digit = 6;
	ok(hipExtLaunchMultiKernelMultiDevice(&list, 1, 0));
	digit = 7;
	ok(hipConfigureCall(one, one, 0, stream));
	ok(hipSetupArgument(&data, 8, 0));
	ok(hipSetupArgument(&ten, 8, 8));
	ok(hipSetupArgument(&digit, 8, 16));
	ok(hipLaunchByPtr(stub));
	fails(hipLaunchByPtr(stub), hipErrorMissingConfiguration);
	fails(hipExtLaunchMultiKernelMultiDevice(&list, 5, 0), hipErrorInvalidValue);
	ok(hipStreamSynchronize(stream));
	assert_int_equal(simhip_value(data), 1234567);
}

static void launches_with_events(void **state)
{
	(void)state;
	uint32_t us = 2000;
	void *params[] = { &us };
	hipFunction_t f = simhip_function("spin_us");
	hipEvent_t start, stop;
	float ms;

	ok(hipEventCreate(&start));
	ok(hipEventCreate(&stop));
	ok(hipExtLaunchKernel(&simhip_stub[STUB_SPIN], one, one, params, 0, NULL, start, stop, 0));
	ok(hipEventSynchronize(stop));
	ok(hipEventElapsedTime(&ms, start, stop));
	assert_true(ms >= 2);
	us = 1000;
	ok(EXT_CPP(f, 256, 1, 1, 256, 1, 1, 0, NULL, params, NULL, start, stop, 0));
	ok(hipEventSynchronize(stop));
	ok(hipEventElapsedTime(&ms, start, stop));
	assert_true(ms >= 1);
	us = 3000;
	ok(HCC_CPP(f, 256, 1, 1, 256, 1, 1, 0, NULL, params, NULL, start, stop));
	ok(hipEventSynchronize(stop));
	ok(hipEventElapsedTime(&ms, start, stop));
	assert_true(ms >= 3);
	fails(EXT_CPP(f, 256, 1, 1, 0, 1, 1, 0, NULL, params, NULL, start, stop, 0),
		hipErrorInvalidConfiguration);
	ok(hipEventDestroy(start));
	ok(hipEventDestroy(stop));
}

static uint32_t seen_grid[3];

static int note_grid(const struct xsim_launch *launch)
{
	memcpy(seen_grid, launch->grid, sizeof(seen_grid));
	return 0;
}

static void global_sizes_become_grids(void **state)
{
	(void)state;

	assert_int_equal(xsim_register_kernel("note_grid", note_grid, 0, ""), 0);
	hipFunction_t f = simhip_function("note_grid");
	ok(EXT_CPP(f, 1000, 4, 1, 256, 2, 1, 0, NULL, NULL, NULL, NULL, NULL, 0));
	ok(hipDeviceSynchronize());
	assert_true(seen_grid[0] == 4 && seen_grid[1] == 2 && seen_grid[2] == 1);
}

static void kernels_compute(void **state)
{
	(void)state;
	float a[4] = { 1, 2, 3, 4 }, b[4] = { 10, 20, 30, 40 }, c[4];
	void *da, *db, *dc;
	uint32_t n = 4;

	ok(hipMalloc(&da, 16));
	ok(hipMalloc(&db, 16));
	ok(hipMalloc(&dc, 16));
	ok(hipMemcpy(da, a, 16, hipMemcpyHostToDevice));
	ok(hipMemcpy(db, b, 16, hipMemcpyHostToDevice));
	ok(hipLaunchKernel(
		&simhip_stub[STUB_ADD], one, one, (void *[]){ &da, &db, &dc, &n }, 0, NULL));
	ok(hipMemcpy(c, dc, 16, hipMemcpyDeviceToHost));
	assert_true(c[0] == 11 && c[3] == 44);
}

static void variables(void **state)
{
	(void)state;
	static struct simhip_wrapper wrapper = { 0x48495046, 1, "__CLANG_OFFLOAD_BUNDLE__", NULL };
	static int shadow, *managed, initial = 7;
	void **modules = __hipRegisterFatBinary(&wrapper), *address;
	int values[2] = { 3, 4 }, back[2] = { 0 };
	size_t size;

	__hipRegisterVar(modules, &shadow, (char[]){ "v" }, (char[]){ "v" }, 0, 8, 0, 0);
	__hipRegisterManagedVar(modules, (void **)&managed, &initial, "m", 4, 4);
	assert_int_equal(*managed, 7);
	ok(hipMemcpyToSymbol(&shadow, values, 8, 0, hipMemcpyHostToDevice));
	ok(hipMemcpyFromSymbol(back, &shadow, 4, 4, hipMemcpyDeviceToHost));
	assert_int_equal(back[0], 4);
	ok(hipGetSymbolAddress(&address, &shadow));
	ok(hipGetSymbolSize(&size, &shadow));
	assert_int_equal(size, 8);
	ok(hipMemsetAsync(address, 0, 8, NULL));
	ok(hipMemcpyFromSymbolAsync(back, &shadow, 8, 0, hipMemcpyDeviceToHost, NULL));
	ok(hipDeviceSynchronize());
	assert_int_equal(back[0], 0);
	fails(hipMemcpyToSymbol(&shadow, values, 8, 4, hipMemcpyHostToDevice),
		hipErrorInvalidValue);
	fails(hipMemcpyToSymbol(&values, values, 8, 0, hipMemcpyHostToDevice),
		hipErrorInvalidSymbol);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fat_binaries),
		cmocka_unit_test(images_that_end_with_the_page),
		cmocka_unit_test(call_configurations),
		cmocka_unit_test(wrong_shapes),
		cmocka_unit_test(every_launch),
		cmocka_unit_test(launches_with_events),
		cmocka_unit_test(global_sizes_become_grids),
		cmocka_unit_test(kernels_compute),
		cmocka_unit_test(variables),
	};

	return cmocka_run_group_tests(tests, simhip_setup, simhip_teardown);
}
