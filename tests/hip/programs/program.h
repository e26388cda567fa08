/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs of tests/hip/programs share. Each is an application that knows nothing of a
 * scheduler; it prints what it computed and every error it got, and never anything that depends on
 * time. The same source is linked with HIP 5, 6 and 7.
 */
#ifndef TESTS_HIP_PROGRAM_H
#define TESTS_HIP_PROGRAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/hip/hip_driver.h"

#pragma GCC diagnostic ignored "-Wunused-variable"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Prints a call that failed; one that is expected to fail is shown in any case. */
#define check(call) checked(#call, (call))
#define show(call)  shown(#call, (call))

static inline hipError_t shown(const char *text, hipError_t result)
{
	printf("%s = %d\n", text, (int)result);
	return result;
}

static inline hipError_t checked(const char *text, hipError_t result)
{
	return result ? shown(text, result) : result;
}

static const dim3 one = { 1, 1, 1 };
static int major;

/* The stubs of kernels: their addresses are what counts. */
static char spin_us[8], affine[8], fill[8], increment[8], vector_add[8], fault[8], unknown[8];

/* What the constructor of a program compiled by hipcc does. */
static inline void start(void)
{
	static const struct {
		char *stub;
		const char *name;
	} kernels[] = { { spin_us, "spin_us" }, { affine, "affine" }, { fill, "fill" },
		{ increment, "increment" }, { vector_add, "vector_add" }, { fault, "fault" } };
	static const char image[64] = "__CLANG_OFFLOAD_BUNDLE__";
	static const struct {
		uint32_t magic, version;
		const void *binary, *unused;
	} wrapper = { 0x48495046, 1, image, NULL };
	void **modules = __hipRegisterFatBinary(&wrapper);
	int version = 0;

	for (size_t i = 0; i < COUNT(kernels); i++)
		__hipRegisterFunction(modules, kernels[i].stub, kernels[i].stub, kernels[i].name, 0,
			NULL, NULL, NULL, NULL, NULL);
	check(hipRuntimeGetVersion(&version));
	major = version / 10000000;
}

static inline hipError_t launch(const void *kernel, hipStream_t stream, void **args)
{
	return hipLaunchKernel(kernel, one, one, args, 0, stream);
}

static inline hipError_t spin(hipStream_t stream, uint32_t us)
{
	return launch(spin_us, stream, (void *[]){ &us });
}

/* *data = 10 * *data + digit on the device: the value tells what ran after what. */
static inline hipError_t append(hipStream_t stream, uint64_t *data, uint64_t digit)
{
	uint64_t ten = 10;

	return launch(affine, stream, (void *[]){ &data, &ten, &digit });
}

static inline hipStream_t stream_of(unsigned int flags, int priority)
{
	hipStream_t stream = NULL;

	check(hipStreamCreateWithPriority(&stream, flags, priority));
	return stream;
}

static inline uint64_t *word(uint64_t value)
{
	void *data = NULL;

	check(hipMalloc(&data, 2 * sizeof(value)));
	check(hipMemcpy(data, &value, sizeof(value), hipMemcpyHostToDevice));
	return data;
}

static inline void show_word(const char *what, const uint64_t *data)
{
	uint64_t value = 0;

	check(hipMemcpy(&value, data, sizeof(value), hipMemcpyDeviceToHost));
	printf("%s %llu\n", what, (unsigned long long)value);
}

#endif
