/* SPDX-License-Identifier: Apache-2.0 */
/* Several contexts: stacks, default streams of each, destroyed with work in flight, made again. */
#include "program.h"

static CUdeviceptr in_new_context(CUcontext *made, uint64_t value)
{
	check(cuCtxCreate_v2(made, 0, 0));
	check(cuModuleLoadData(&module, "any image"));
	return word(value);
}

int main(void)
{
	CUcontext first, second, popped, current;
	CUmodule modules[2], primary_module;
	CUdeviceptr a, b;
	CUstream stream;

	start();
	primary_module = module;
	a = in_new_context(&first, 1);
	modules[0] = module;
	b = in_new_context(&second, 2);
	modules[1] = module;
	for (int i = 0; i < 10; i++) {
		check(append(NULL, b, 1));
		check(cuCtxPushCurrent_v2(first));
		module = modules[0];
		check(append(NULL, a, 2));
		check(append(CU_STREAM_PER_THREAD, a, 3));
		check(cuCtxPopCurrent_v2(&popped));
		printf("popped the first: %d\n", popped == first);
		module = modules[1];
	}
	show_word("second", b);
	check(cuCtxSetCurrent(first));
	show_word("first", a);
	check(cuCtxGetCurrent(&current));
	printf("current %d\n", current == first);

	module = modules[0];
	stream = stream_of(NON_BLOCKING, 0);
	check(cuCtxSetCurrent(second));
	show(append(stream, a, 4)); /* a stream of another context */
	check(cuCtxSetCurrent(first));
	check(spin(stream, 20000));
	check(spin(NULL, 20000));
	check(cuCtxDestroy_v2(first)); /* in flight */
	show(cuStreamQuery(stream));
	show(cuCtxSynchronize());
	check(cuCtxSetCurrent(context));
	module = primary_module;
	for (int i = 0; i < 5; i++) { /* addresses of contexts are used again */
		a = in_new_context(&first, 7);
		check(append(NULL, a, 1));
		check(append(CU_STREAM_PER_THREAD, a, 2));
		check(cuCtxSynchronize());
		printf("again %llu\n", (unsigned long long)peek(a));
		check(cuCtxDestroy_v2(first));
	}
	check(cuCtxSetCurrent(NULL));
	show(cuLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL));
	show(cuStreamSynchronize(NULL));
	check(cuCtxDestroy_v2(second));
	show(cuCtxDestroy_v2(second));
	return 0;
}
