/* SPDX-License-Identifier: Apache-2.0 */
/* Every way to launch a kernel, parameters in both forms, and parameters that change after the call. */
#include "program.h"

static void extended(CUstream stream, CUdeviceptr data)
{
	uint64_t factor = 10, term = 2;
	CUlaunchAttribute attributes[] = {
		{ .id = CU_LAUNCH_ATTRIBUTE_PRIORITY, .value.priority = -1 },
	};
	CUlaunchConfig config = {
		.gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 1,
		.blockDimY = 1,
		.blockDimZ = 1,
		.hStream = stream,
		.attrs = attributes,
		.numAttrs = 1,
	};

	check(cuLaunchKernelEx(
		&config, kernel("affine"), (void *[]){ &data, &factor, &term }, NULL));
	term = 3;
	config.numAttrs = 0;
	check(cuLaunchKernelEx_ptsz(
		&config, kernel("affine"), (void *[]){ &data, &factor, &term }, NULL));
	config.gridDimX = 0;
	show(cuLaunchKernelEx(
		&config, kernel("affine"), (void *[]){ &data, &factor, &term }, NULL));
	show(cuLaunchKernelEx(NULL, kernel("affine"), NULL, NULL));
}

static void by_buffer(CUstream stream, CUdeviceptr data)
{
	struct {
		CUdeviceptr data;
		uint64_t factor, term;
	} packed = { data, 10, 4 };
	size_t bytes = sizeof(packed);
	void *extra[] = { CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE,
		&bytes, CU_LAUNCH_PARAM_END };

	check(cuLaunchKernel(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, stream, NULL, extra));
	memset(&packed, 0xff, sizeof(packed));
}

int main(void)
{
	uint64_t factor = 10, term = 5;
	CUdeviceptr data, numbers;
	CUstream stream;

	start();
	stream = stream_of(NON_BLOCKING, 0);
	data = word(1);
	check(append(stream, data, 1));
	extended(stream, data);
	by_buffer(stream, data);
	check(cuLaunchCooperativeKernel(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, stream,
		(void *[]){ &data, &factor, &term }));
	term = 6;
	check(cuLaunchCooperativeKernel_ptsz(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, stream,
		(void *[]){ &data, &factor, &term }));
	term = 99; /* too late to matter */
	check(cuStreamSynchronize(stream));
	show_word("order", data);

	check(cuMemAlloc_v2(&numbers, 4096));
	check(cuMemsetD32_v2(numbers, 0, 1024));
	check(cuStreamSynchronize(NULL)); /* which the other stream does not wait for by itself */
	for (uint32_t i = 0, n = 1024; i < 500; i++)
		check(launch(kernel("increment"), stream, (void *[]){ &numbers, &n }));
	check(cuStreamSynchronize(stream));
	show_word("two of 1024 words", numbers + 2048);

	show(cuLaunchKernel(kernel("affine"), 0, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
	show(cuLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
	show(cuModuleGetFunction(&(CUfunction){ 0 }, module, "no such kernel"));
	check(cuMemFree_v2(numbers));
	check(cuMemFree_v2(data));
	check(cuStreamDestroy_v2(stream));
	return 0;
}
