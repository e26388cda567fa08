/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the HIP front door share. Programs that are linked with HIP 5, 6 and 7 ask
 * hip_major() where these differ. Each has a segment of its own, so that tests that run at the same
 * time do not share a device.
 */
#ifndef XS_TESTS_SIMHIP_H
#define XS_TESTS_SIMHIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/hip/hip_driver.h"
#include "platform/sim/kernel.h"

#define ok(call)          assert_int_equal((call), hipSuccess)
#define fails(call, with) assert_int_equal((call), (with))

/* What a compiler puts around the code for the device. */
struct simhip_wrapper {
	uint32_t magic, version;
	const void *binary;
	void *unused;
};

static char simhip_segment[64];
static hipModule_t simhip_module;
static char simhip_stub[16]; /* addresses of stubs: any will do */

static inline int hip_major(void)
{
	int version = 0;

	return hipRuntimeGetVersion(&version) ? 0 : version / 10000000;
}

static inline void simhip_private_segment(void)
{
	snprintf(simhip_segment, sizeof(simhip_segment), "/xsim-test-%d", (int)getpid());
	setenv("XSIM_DEVICE", simhip_segment, 1);
}

/* Registers kernels as the constructor of a program compiled by hipcc does. */
static inline void **simhip_register(const char *image, const char *const *names, char *stubs)
{
	static struct simhip_wrapper wrapper = { 0x48495046, 1, NULL, NULL };

	wrapper.binary = image;
	void **modules = __hipRegisterFatBinary(&wrapper);
	for (int i = 0; names[i]; i++)
		__hipRegisterFunction(modules, &stubs[i], (char *)(uintptr_t)names[i], names[i],
			~0u, NULL, NULL, NULL, NULL, NULL);
	return modules;
}

enum { STUB_AFFINE, STUB_SPIN, STUB_EMPTY, STUB_ADD, STUB_UNKNOWN };

static inline int simhip_setup(void **state)
{
	static const char *const names[] = { "_Z6affinePmmm", "_ZN4test7spin_usEj", "empty",
		"_ZL10vector_addPKfS0_Pfj", "_Z7unknownv", NULL };

	(void)state;
	if (!*simhip_segment)
		simhip_private_segment();
	simhip_register("__CLANG_OFFLOAD_BUNDLE__ and whatever", names, simhip_stub);
	return hipModuleLoadData(&simhip_module, "any image");
}

static inline int simhip_teardown(void **state)
{
	(void)state;
	shm_unlink(simhip_segment);
	return 0;
}

static inline hipFunction_t simhip_function(const char *name)
{
	hipFunction_t function;

	ok(hipModuleGetFunction(&function, simhip_module, name));
	return function;
}

static const dim3 one = { 1, 1, 1 };

static inline hipError_t simhip_spin_us(hipStream_t stream, uint32_t us)
{
	return hipLaunchKernel(&simhip_stub[STUB_SPIN], one, one, (void *[]){ &us }, 0, stream);
}

/* *data = *data * factor + term, in stream order: the value tells what ran after what. */
static inline hipError_t simhip_affine(
	hipStream_t stream, uint64_t *data, uint64_t factor, uint64_t term)
{
	return hipLaunchKernel(&simhip_stub[STUB_AFFINE], one, one,
		(void *[]){ &data, &factor, &term }, 0, stream);
}

static inline uint64_t *simhip_word(uint64_t value)
{
	void *data;

	ok(hipMalloc(&data, sizeof(value)));
	ok(hipMemcpy(data, &value, sizeof(value), hipMemcpyHostToDevice));
	return data;
}

static inline uint64_t simhip_value(const uint64_t *data)
{
	uint64_t value = 0;

	ok(hipMemcpy(&value, data, sizeof(value), hipMemcpyDeviceToHost));
	return value;
}

/* A stream that waits until *gate is 1. */
static inline uint32_t *simhip_close(hipStream_t stream)
{
	void *gate;

	ok(hipHostMalloc(&gate, 4, 0));
	__atomic_store_n((uint32_t *)gate, 0, __ATOMIC_RELEASE);
	ok(hipStreamWaitValue32(stream, gate, 1, hipStreamWaitValueEq, ~0u));
	return gate;
}

static inline void simhip_open(uint32_t *gate)
{
	__atomic_store_n(gate, 1, __ATOMIC_RELEASE);
}

#endif
