/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs of tests/e2e share. Each is an application that knows nothing of a scheduler; it
 * prints what it computed and every error it got, and never anything that depends on time. The same
 * object file is linked in three ways: with libcuda, with dlsym() and with cuGetProcAddress() (bind.c).
 */
#ifndef XS_TESTS_PROGRAM_H
#define XS_TESTS_PROGRAM_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/cuda/cuda_driver.h"

#define NON_BLOCKING CU_STREAM_NON_BLOCKING
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Prints a call that failed; one that is expected to fail is shown in any case. */
#ifndef check
#define check(call) checked(#call, (call))
#endif
#define show(call) shown(#call, (call))

static inline CUresult shown(const char *text, CUresult result)
{
	printf("%s = %d\n", text, (int)result);
	return result;
}

static inline CUresult checked(const char *text, CUresult result)
{
	return result ? shown(text, result) : result;
}

static CUcontext context;
static CUmodule module;

/* Kernels of the first module are looked up once, since threads use them without order. */
static struct {
	const char *name;
	CUmodule module;
	CUfunction function;
} kernels[] = { { .name = "affine" }, { .name = "fill" }, { .name = "increment" },
	{ .name = "spin_us" } };

static inline void start(void)
{
	check(cuInit(0));
	check(cuDevicePrimaryCtxRetain(&context, 0));
	check(cuCtxSetCurrent(context));
	check(cuModuleLoadData(&module, "any image"));
	for (size_t i = 0; i < COUNT(kernels); i++) {
		kernels[i].module = module;
		check(cuModuleGetFunction(&kernels[i].function, module, kernels[i].name));
	}
}

static inline CUfunction kernel(const char *name)
{
	CUfunction function = NULL;

	for (size_t i = 0; i < COUNT(kernels); i++) {
		if (kernels[i].module == module && !strcmp(kernels[i].name, name))
			return kernels[i].function;
	}
	check(cuModuleGetFunction(&function, module, name));
	return function;
}

static inline CUstream stream_of(unsigned int flags, int priority)
{
	CUstream stream = NULL;

	check(cuStreamCreateWithPriority(&stream, flags, priority));
	return stream;
}

static inline CUresult launch(CUfunction function, CUstream stream, void **params)
{
	return cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, stream, params, NULL);
}

static inline CUresult spin(CUstream stream, uint32_t us)
{
	return launch(kernel("spin_us"), stream, (void *[]){ &us });
}

/* *data = *data * factor + term on the device: the value tells what ran after what. */
static inline CUresult affine(CUstream stream, CUdeviceptr data, uint64_t factor, uint64_t term)
{
	return launch(kernel("affine"), stream, (void *[]){ &data, &factor, &term });
}

static inline CUresult append(CUstream stream, CUdeviceptr data, uint64_t digit)
{
	return affine(stream, data, 10, digit);
}

static inline CUdeviceptr word(uint64_t value)
{
	CUdeviceptr data = 0;

	check(cuMemAlloc_v2(&data, 2 * sizeof(value)));
	check(cuMemcpyHtoD_v2(data, &value, sizeof(value)));
	return data;
}

static inline uint64_t fetch(CUdeviceptr data)
{
	uint64_t value = 0;

	check(cuMemcpyDtoH_v2(&value, data, sizeof(value)));
	return value;
}

/* Without the driver, as a program may that knows where the memory is. */
static inline uint64_t peek(CUdeviceptr data)
{
	return __atomic_load_n((uint64_t *)(uintptr_t)data, __ATOMIC_ACQUIRE);
}

static inline void poke(CUdeviceptr data, uint32_t value)
{
	__atomic_store_n((uint32_t *)(uintptr_t)data, value, __ATOMIC_RELEASE);
}

/* The stream stands still until the host pokes 1. */
static inline CUresult stand_still(CUstream stream, CUdeviceptr gate)
{
	return cuStreamWaitValue32_v2(stream, gate, 1, CU_STREAM_WAIT_VALUE_GEQ);
}

static inline void show_word(const char *what, CUdeviceptr data)
{
	printf("%s %llu\n", what, (unsigned long long)fetch(data));
}

#endif
