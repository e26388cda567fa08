/* SPDX-License-Identifier: Apache-2.0 */
/* Code objects that are loaded by name: what rocBLAS, MIOpen and Triton do. */
#include "program.h"

int main(void)
{
	hipFunction_t function = NULL;
	hipStream_t stream;
	hipModule_t module;
	hipEvent_t began, ended;
	uint64_t *data, ten = 10, digit = 1;
	void *params[] = { &data, &ten, &digit };
	float ms = -1;

	start();
	check(hipModuleLoadData(&module, "any image"));
	check(hipModuleGetFunction(&function, module, "affine"));
	show(hipModuleGetFunction(&(hipFunction_t){ 0 }, module, "no such kernel"));
	stream = stream_of(hipStreamNonBlocking, 0);
	data = word(0);
	check(hipEventCreate(&began));
	check(hipEventCreate(&ended));
	check(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, stream, params, NULL));
	digit = 2;
	check(_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j(
		function, 64, 1, 1, 64, 1, 1, 0, stream, params, NULL, began, ended, 0));
	check(hipEventSynchronize(ended));
	check(hipEventElapsedTime(&ms, began, ended));

	struct {
		uint64_t *data, factor, term;
	} packed = { data, 10, 3 };
	size_t bytes = sizeof(packed);
	void *extra[] = { (void *)1, &packed, (void *)2, &bytes, (void *)3 };
	check(hipModuleLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, NULL, extra));
	memset(&packed, 0xff, sizeof(packed)); /* too late to matter */
	digit = 4;
	check(hipLaunchCooperativeKernel(affine, one, one, params, 0, stream));
	hipLaunchParams list = { affine, one, one, params, 0, stream };
	digit = 5;
	check(hipLaunchCooperativeKernelMultiDevice(&list, 1, 0));
	digit = 6;
	check(hipExtLaunchKernel(affine, one, one, params, 0, stream, began, ended, 0));
	digit = 99;
	check(hipStreamSynchronize(stream));
	printf("time %s\n", ms >= 0 ? "passed" : "did not pass");
	show_word("order", data);
	show(hipModuleLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
	show(hipModuleLaunchKernel(function, 0, 1, 1, 1, 1, 1, 0, stream, params, NULL));
	check(hipModuleUnload(module));
	check(hipStreamDestroy(stream));
	return 0;
}
