/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A HIP program in small: registers a kernel as a compiler would, launches it in every spelling, and
 * says what became of that. Built as a program, as a library with the function run() for host.c, and
 * (BY_DLSYM) as a library that looks up everything in the handle that it is given.
 *
 * It prints "LAUNCHED GATED UNGATED ERROR...": what the runtime it is bound to was given, what went
 * through a gate, what the shim counted as passed by, and the results that were not success.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "gated.h"
#include "platform/hip/hip_driver.h"

#define EXT_CPP                                                                                    \
	_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j

#ifdef BY_DLSYM
static void *runtime;
#define NAME2(f) #f
#define NAME1(f) NAME2(f)
#define CALL(f)  ((__typeof__(&f))dlsym(runtime, NAME1(f)))
#else
#define CALL(f) f
extern unsigned long stub_launches __attribute__((weak));
#endif

static char kernel[16]; /* its address is what counts */
static const dim3 one = { 1, 1, 1 };

static void check(hipError_t result)
{
	if (result != hipSuccess)
		printf("error %d ", (int)result);
}

typedef hipError_t (*look_up_fn)(const char *, void **, int, uint64_t, int *);
typedef hipError_t (*launch_fn)(const void *, dim3, dim3, void **, size_t, hipStream_t);

/* Not linked: HIP 5 has no such function. */
static void launch_looked_up(hipStream_t stream)
{
#ifdef BY_DLSYM
	look_up_fn look_up = (look_up_fn)dlsym(runtime, "hipGetProcAddress");
#else
	look_up_fn look_up = (look_up_fn)dlsym(RTLD_DEFAULT, "hipGetProcAddress");
#endif
	launch_fn launch = NULL;

	if (!getenv("WORK_LOOK_UP") || !look_up)
		return;
	check(look_up("hipLaunchKernel", (void **)&launch, 60100, 0, NULL));
	if (launch)
		check(launch(kernel, one, one, NULL, 0, stream));
}

static void make_queue(hipStream_t stream)
{
	int (*make)(void *) = (int (*)(void *))dlsym(RTLD_DEFAULT, "host_make_queue");
	int result = make ? make(stream) : 0;

	if (result)
		printf("queue %d ", result);
}

int run(void *handle);
int run(void *handle)
{
	unsigned long through = gated();
	hipStream_t stream = NULL;
	void **modules;

#ifdef BY_DLSYM
	runtime = handle;
#else
	(void)handle;
#endif
	modules = CALL(__hipRegisterFatBinary)(NULL);
	CALL(__hipRegisterFunction)
	(modules, kernel, kernel, "kernel", 0, NULL, NULL, NULL, NULL, NULL);
	check(CALL(hipStreamCreateWithPriority)(&stream, hipStreamNonBlocking, -1));
	check(CALL(hipLaunchKernel)(kernel, one, one, NULL, 0, stream));
	check(CALL(hipLaunchKernel)(kernel, one, one, NULL, 0, NULL));
	check(CALL(hipModuleLaunchKernel)(NULL, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
	check(CALL(EXT_CPP)(NULL, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL, NULL, NULL, 0));
	launch_looked_up(stream);
	make_queue(stream);
	check(CALL(hipStreamSynchronize)(stream));
	check(CALL(hipDeviceSynchronize)());
	through = gated() - through; /* a destroyed stream takes its count along */
	check(CALL(hipStreamDestroy)(stream));
#ifdef BY_DLSYM
	printf("%lu ", *(unsigned long *)dlsym(runtime, "stub_launches"));
#else
	printf("%lu ", &stub_launches ? stub_launches : 0);
#endif
	printf("%lu %lu\n", through, ungated());
	fflush(stdout);
	return 0;
}

#ifdef PROGRAM
int main(void)
{
	return run(NULL);
}
#endif
