/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the software device share. Each program has a segment of its own, so that tests
 * that run at the same time do not share a device.
 */
#ifndef XS_TESTS_SIM_H
#define XS_TESTS_SIM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/cuda/cuda_driver.h"
#include "platform/sim/kernel.h"

#define ok(call)          assert_int_equal((call), CUDA_SUCCESS)
#define fails(call, with) assert_int_equal((call), (with))

static char sim_segment[64];
static CUcontext sim_context;
static CUmodule sim_module;

static inline void sim_private_segment(void)
{
	snprintf(sim_segment, sizeof(sim_segment), "/xsim-test-%d", (int)getpid());
	setenv("XSIM_DEVICE", sim_segment, 1);
}

static inline int sim_setup(void **state)
{
	(void)state;
	if (!*sim_segment)
		sim_private_segment();
	if (cuInit(0) || cuDevicePrimaryCtxRetain(&sim_context, 0) ||
		cuCtxSetCurrent(sim_context) || cuModuleLoadData(&sim_module, "any image"))
		return -1;
	return 0;
}

static inline int sim_teardown(void **state)
{
	(void)state;
	shm_unlink(sim_segment);
	return 0;
}

static inline CUfunction sim_function(const char *name)
{
	CUfunction function;

	ok(cuModuleGetFunction(&function, sim_module, name));
	return function;
}

static inline CUresult sim_launch(CUfunction function, CUstream stream, void **params)
{
	return cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, params, NULL);
}

static inline CUresult sim_spin_us(CUstream stream, uint32_t us)
{
	return sim_launch(sim_function("spin_us"), stream, (void *[]){ &us });
}

/* *data = *data * factor + term, in stream order: the value tells what ran after what. */
static inline CUresult sim_affine(CUstream stream, CUdeviceptr data, uint64_t factor, uint64_t term)
{
	return sim_launch(sim_function("affine"), stream, (void *[]){ &data, &factor, &term });
}

static inline CUdeviceptr sim_word(uint64_t value)
{
	CUdeviceptr data;

	ok(cuMemAlloc_v2(&data, sizeof(value)));
	ok(cuMemcpyHtoD_v2(data, &value, sizeof(value)));
	return data;
}

/* A stream that waits until its gate is opened, however long the host takes. */
static inline CUdeviceptr sim_close(CUstream stream)
{
	CUdeviceptr gate = sim_word(0);

	ok(cuStreamWaitValue32_v2(stream, gate, 1, CU_STREAM_WAIT_VALUE_EQ));
	return gate;
}

static inline void sim_open(CUdeviceptr gate)
{
	__atomic_store_n((uint32_t *)(uintptr_t)gate, 1, __ATOMIC_RELEASE);
}

/* Reads without any synchronisation, as a test may that knows where the memory is. */
static inline uint64_t sim_peek(CUdeviceptr data)
{
	return __atomic_load_n((uint64_t *)(uintptr_t)data, __ATOMIC_ACQUIRE);
}

static inline uint64_t sim_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

#endif
