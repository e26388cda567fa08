/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: the registry, copies and fills with real data, pinned memory, pools, gates. */
#include "sim.h"

static void bad_pointers_are_found(void **state)
{
	(void)state;
	CUdeviceptr data;
	uint64_t host = 0;

	ok(cuMemAlloc_v2(&data, 1000));
	ok(cuMemcpyHtoD_v2(data + 992, &host, 8));
	fails(cuMemcpyHtoD_v2(data + 996, &host, 8), CUDA_ERROR_INVALID_VALUE);
	fails(cuMemcpyHtoD_v2(12345, &host, 8), CUDA_ERROR_INVALID_VALUE);
	fails(cuMemsetD8_v2(data, 0, 1001), CUDA_ERROR_INVALID_VALUE);
	fails(cuMemFree_v2(data + 8), CUDA_ERROR_INVALID_VALUE);
	ok(cuMemFree_v2(data));
	fails(cuMemFree_v2(data), CUDA_ERROR_INVALID_VALUE);
}

static void memory_is_limited(void **state)
{
	(void)state;
	CUdeviceptr data;
	size_t free_before, free_after, total;

	ok(cuMemGetInfo_v2(&free_before, &total));
	assert_true(total == (size_t)64 << 20);
	ok(cuMemAlloc_v2(&data, 32 << 20));
	ok(cuMemGetInfo_v2(&free_after, &total));
	assert_true(free_before - free_after == 32 << 20);
	CUdeviceptr more;
	fails(cuMemAlloc_v2(&more, 33 << 20), CUDA_ERROR_OUT_OF_MEMORY);
	ok(cuMemFree_v2(data));
}

static void copies_move_data(void **state)
{
	(void)state;
	CUdeviceptr a, b;
	uint32_t in[16], out[16];

	for (uint32_t i = 0; i < 16; i++)
		in[i] = i;
	ok(cuMemAlloc_v2(&a, sizeof(in)));
	ok(cuMemAlloc_v2(&b, sizeof(in)));
	ok(cuMemcpyHtoD_v2(a, in, sizeof(in)));
	ok(cuMemsetD32_v2(b, 0xabcd, 16));
	ok(cuMemcpyDtoD_v2(b, a, 32));
	ok(cuMemcpyDtoH_v2(out, b, sizeof(out)));
	assert_true(out[7] == 7 && out[8] == 0xabcd);
	/* The left 2x2 words of a 4x4 matrix. */
	CUDA_MEMCPY2D c = { .srcMemoryType = CU_MEMORYTYPE_DEVICE,
		.srcDevice = a,
		.srcPitch = 16,
		.dstMemoryType = CU_MEMORYTYPE_HOST,
		.dstHost = out,
		.dstPitch = 8,
		.WidthInBytes = 8,
		.Height = 2 };
	ok(cuMemcpy2D_v2(&c));
	assert_true(out[0] == 0 && out[1] == 1 && out[2] == 4 && out[3] == 5);
	ok(cuMemsetD2D8_v2(a, 16, 0xff, 4, 2));
	ok(cuMemcpy((CUdeviceptr)(uintptr_t)out, a, sizeof(out)));
	assert_true(out[0] == 0xffffffff && out[1] == 1 && out[4] == 0xffffffff && out[8] == 8);
	ok(cuMemFree_v2(a));
	ok(cuMemFree_v2(b));
}

static void a_pageable_source_may_change_after_the_call(void **state)
{
	(void)state;
	CUdeviceptr data = sim_word(0);
	CUstream stream;
	uint64_t value = 42;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(sim_spin_us(stream, 20000));
	ok(cuMemcpyHtoDAsync_v2(data, &value, sizeof(value), stream));
	value = 1;
	ok(cuStreamSynchronize(stream));
	assert_true(sim_peek(data) == 42);
	ok(cuStreamDestroy_v2(stream));
}

static void host_memory(void **state)
{
	(void)state;
	static char page[4096] __attribute__((aligned(4096)));
	CUdeviceptr data;
	void *pinned;
	unsigned int type;

	ok(cuMemHostRegister_v2(
		page, sizeof(page), CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP));
	fails(cuMemHostRegister_v2(page, 8, 0), CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
	ok(cuMemHostGetDevicePointer_v2(&data, page, 0));
	assert_true(data == (uintptr_t)page);
	ok(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, data));
	assert_int_equal(type, CU_MEMORYTYPE_HOST);
	ok(cuMemHostUnregister(page));
	fails(cuMemHostUnregister(page), CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
	ok(cuMemHostAlloc(&pinned, 100, CU_MEMHOSTALLOC_PORTABLE));
	ok(cuMemFreeHost(pinned));
	fails(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, (uintptr_t)&type),
		CUDA_ERROR_INVALID_VALUE);
}

static void pools_are_stream_ordered(void **state)
{
	(void)state;
	CUstream stream;
	CUmemoryPool pool;
	CUdeviceptr data;
	uint64_t used, value;

	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	ok(cuDeviceGetDefaultMemPool(&pool, 0));
	ok(sim_spin_us(stream, 20000));
	ok(cuMemAllocAsync(&data, 4096, stream));
	ok(cuMemsetD8Async(data, 1, 4096, stream));
	ok(cuMemcpyDtoHAsync_v2(&value, data, 8, stream));
	ok(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
	assert_true(used == 4096);
	ok(cuMemFreeAsync(data, stream));
	ok(cuStreamSynchronize(stream));
	ok(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
	assert_true(used == 0 && value == 0x0101010101010101ull);
	ok(cuStreamDestroy_v2(stream));
}

/* Opens a gate by each condition and looks that the stream stood still before. */
static void gates(void **state)
{
	(void)state;
	static uint32_t words[2] __attribute__((aligned(4096)));
	static const struct {
		unsigned int condition;
		uint32_t value, closed, open;
	} cases[] = {
		{ CU_STREAM_WAIT_VALUE_GEQ, 5, 4, 9 },
		{ CU_STREAM_WAIT_VALUE_GEQ, 1, 0xfffffff0, 1 }, /* cyclic */
		{ CU_STREAM_WAIT_VALUE_EQ, 5, 9, 5 },
		{ CU_STREAM_WAIT_VALUE_AND, 6, 1, 2 },
		{ CU_STREAM_WAIT_VALUE_NOR, 0xfffffff0, 0xf, 0x7 },
	};
	CUstream stream;
	CUdeviceptr gate = (uintptr_t)words, progress = gate + 4;

	ok(cuMemHostRegister_v2(words, sizeof(words), CU_MEMHOSTREGISTER_DEVICEMAP));
	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	for (uint32_t i = 0; i < 5; i++) {
		__atomic_store_n(&words[0], cases[i].closed, __ATOMIC_RELEASE);
		CUstreamBatchMemOpParams ops[] = {
			{ .waitValue = { CU_STREAM_MEM_OP_WAIT_VALUE_32, gate,
				  { .value = cases[i].value }, cases[i].condition, 0 } },
			{ .writeValue = { CU_STREAM_MEM_OP_WRITE_VALUE_32, progress,
				  { .value = i + 1 }, 0, 0 } },
		};
		ok(cuStreamBatchMemOp_v2(stream, 2, ops, 0));
		usleep(5000);
		assert_int_equal(__atomic_load_n(&words[1], __ATOMIC_ACQUIRE), i);
		fails(cuStreamQuery(stream), CUDA_ERROR_NOT_READY);
		__atomic_store_n(&words[0], cases[i].open, __ATOMIC_RELEASE);
		ok(cuStreamSynchronize(stream));
		assert_int_equal(__atomic_load_n(&words[1], __ATOMIC_ACQUIRE), i + 1);
	}
	fails(cuStreamWriteValue32_v2(stream, progress, 1, CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER),
		CUDA_ERROR_INVALID_VALUE);
	fails(cuStreamWriteValue32_v2(stream, 4096, 1, 0), CUDA_ERROR_INVALID_VALUE);
	ok(cuStreamDestroy_v2(stream));
	ok(cuMemHostUnregister(words));
}

/* Eight stalled streams hold all eight connections, four leave room. */
static void stalled_streams_block_their_connections(void **state)
{
	(void)state;
	CUstream stalled[8], other;
	CUdeviceptr gate = sim_word(0);

	ok(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
	for (int i = 0; i < 8; i++)
		ok(cuStreamCreate(&stalled[i], CU_STREAM_NON_BLOCKING));
	for (int i = 0; i < 4; i++)
		ok(cuStreamWaitValue32_v2(stalled[i], gate, 1, CU_STREAM_WAIT_VALUE_GEQ));
	usleep(5000);
	ok(sim_spin_us(other, 10));
	ok(cuStreamSynchronize(other));
	for (int i = 4; i < 8; i++)
		ok(cuStreamWaitValue32_v2(stalled[i], gate, 1, CU_STREAM_WAIT_VALUE_GEQ));
	usleep(5000);
	ok(sim_spin_us(other, 10));
	usleep(20000);
	fails(cuStreamQuery(other), CUDA_ERROR_NOT_READY);
	__atomic_store_n((uint32_t *)(uintptr_t)gate, 1, __ATOMIC_RELEASE);
	ok(cuStreamSynchronize(other));
	for (int i = 0; i < 8; i++)
		ok(cuStreamDestroy_v2(stalled[i]));
}

/* Registered memory belongs to the context that registered it, whichever stream writes there. The error
 * ends the context, so it is one that nobody else has. */
static void a_registration_ends_with_its_context(void **state)
{
	(void)state;
	static uint32_t word;
	CUcontext writer, owner;
	CUstream stream;
	CUevent event;

	ok(cuCtxCreate_v2(&writer, 0, 0));
	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	CUdeviceptr gate = sim_close(stream);
	ok(cuCtxCreate_v2(&owner, 0, 0));
	ok(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	ok(cuMemHostRegister_v2(&word, sizeof(word), CU_MEMHOSTREGISTER_PORTABLE));
	ok(cuStreamWriteValue32_v2(
		stream, (CUdeviceptr)(uintptr_t)&word, 1, CU_STREAM_WRITE_VALUE_DEFAULT));
	ok(cuCtxDestroy_v2(owner));
	fails(cuEventQuery(event), CUDA_ERROR_INVALID_HANDLE);
	sim_open(gate);
	fails(cuStreamSynchronize(stream), CUDA_ERROR_ILLEGAL_ADDRESS);
	assert_int_equal(word, 0);
	ok(cuCtxDestroy_v2(writer));
	ok(cuCtxSetCurrent(sim_context));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(bad_pointers_are_found),
		cmocka_unit_test(copies_move_data),
		cmocka_unit_test(a_pageable_source_may_change_after_the_call),
		cmocka_unit_test(host_memory),
		cmocka_unit_test(pools_are_stream_ordered),
		cmocka_unit_test(gates),
		cmocka_unit_test(stalled_streams_block_their_connections),
		cmocka_unit_test(a_registration_ends_with_its_context),
	};
	setenv("XSIM_MEMORY_MIB", "64", 1);
	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
