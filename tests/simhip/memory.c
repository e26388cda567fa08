/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: allocation, copies of every shape, fills, pools, attributes. */
#include "simhip.h"

static void allocation(void **state)
{
	(void)state;
	void *p = (void *)1;
	size_t free_before, free_now, total, pitch;

	ok(hipMalloc(&p, 0));
	assert_null(p);
	ok(hipFree(NULL));
	fails(hipMalloc(NULL, 8), hipErrorInvalidValue);
	fails(hipMalloc(&p, (size_t)1 << 50), hipErrorOutOfMemory);
	ok(hipMemGetInfo(&free_before, &total));
	ok(hipMalloc(&p, 1 << 20));
	ok(hipMemGetInfo(&free_now, &total));
	assert_int_equal(free_before - free_now, 1 << 20);
	fails(hipFree((char *)p + 8), hipErrorInvalidValue);
	ok(hipFree(p));
	fails(hipFree(p), hipErrorInvalidValue);
	ok(hipMemAllocPitch(&p, &pitch, 100, 10, 4));
	assert_int_equal(pitch, 256);
	ok(hipFree(p));
	ok(hipMallocHost(&p, 100));
	ok(hipHostFree(p));
	ok(hipHostMalloc(&p, 100, hipHostMallocPortable));
	ok(hipFree(p)); /* both free both */
	ok(hipMallocManaged(&p, 100, hipMemAttachGlobal));
	ok(hipFree(p));
	ok(hipExtMallocWithFlags(&p, 8, 2));
	ok(hipFree(p));
}

/* A free waits for work that may use the memory. */
static void free_waits(void **state)
{
	(void)state;
	hipStream_t stream;
	uint64_t *data = simhip_word(0), *other = simhip_word(0);

	ok(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
	ok(simhip_spin_us(stream, 20000));
	ok(simhip_affine(stream, data, 1, 1));
	ok(hipFree(other));
	assert_int_equal(*(volatile uint64_t *)data, 1);
	ok(hipStreamDestroy(stream));
}

static void attributes(void **state)
{
	(void)state;
	int now = hip_major() >= 6, on_stack = 0;
	hipPointerAttribute_t a;
	void *device, *host, *managed;

	ok(hipMalloc(&device, 64));
	ok(hipHostMalloc(&host, 64, 0));
	ok(hipMallocManaged(&managed, 64, hipMemAttachGlobal));
	ok(hipPointerGetAttributes(&a, (char *)device + 8));
	assert_int_equal(a.type, now ? hipMemoryTypeDevice : hipMemoryTypeDevice_v5);
	assert_ptr_equal(a.devicePointer, (char *)device + 8);
	assert_null(a.hostPointer);
	ok(hipPointerGetAttributes(&a, host));
	assert_int_equal(a.type, now ? hipMemoryTypeHost : hipMemoryTypeHost_v5);
	ok(hipPointerGetAttributes(&a, managed));
	assert_int_equal(a.isManaged, 1);
	if (now) {
		ok(hipPointerGetAttributes(&a, &on_stack));
		assert_int_equal(a.type, hipMemoryTypeUnregistered);
	} else {
		fails(hipPointerGetAttributes(&a, &on_stack), hipErrorInvalidValue);
	}
}

static void linear_copies(void **state)
{
	(void)state;
	uint32_t from[64], to[64];
	void *a, *b;

	for (uint32_t i = 0; i < 64; i++)
		from[i] = i;
	ok(hipMalloc(&a, sizeof(from)));
	ok(hipMalloc(&b, sizeof(from)));
	ok(hipMemcpyHtoD(a, from, sizeof(from)));
	ok(hipMemcpyDtoD(b, a, sizeof(from)));
	memset(to, 0, sizeof(to));
	ok(hipMemcpyDtoH(to, b, sizeof(to)));
	assert_memory_equal(from, to, sizeof(to));
	memset(to, 0, sizeof(to));
	ok(hipMemcpyWithStream(to, b, sizeof(to), hipMemcpyDeviceToHost, hipStreamPerThread));
	assert_memory_equal(from, to, sizeof(to));
	ok(hipMemset(b, 0, sizeof(to)));
	ok(simhip_spin_us(hipStreamPerThread, 5000)); /* the call waits also between two of those */
	ok(hipMemcpyWithStream(b, a, 8, hipMemcpyDeviceToDevice, hipStreamPerThread));
	assert_int_equal(((volatile uint32_t *)b)[1], 1);
	ok(hipMemcpyPeer(b, 0, a, 0, sizeof(to)));
	ok(hipMemcpyPeerAsync(b, 0, a, 0, sizeof(to), NULL));
	ok(hipMemcpyAsync(to, b, 4, hipMemcpyDefault, NULL));
	fails(hipMemcpyPeer(b, 3, a, 0, sizeof(to)), hipErrorInvalidDevice);
	fails(hipMemcpy(to, a, 4, (hipMemcpyKind)77), hipErrorInvalidMemcpyDirection);
	fails(hipMemcpy(to, NULL, 4, hipMemcpyDefault), hipErrorInvalidValue);
	ok(hipMemcpy(to, a, 0, hipMemcpyDefault));
	ok(hipFree(a));
	ok(hipFree(b));
}

/* A copy from pageable memory has its source when it returns; one to pageable memory is done. */
static void asynchronous_copies(void **state)
{
	(void)state;
	hipStream_t stream;
	uint64_t value = 5, back = 0;
	uint64_t *data = simhip_word(0);

	ok(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
	uint32_t *gate = simhip_close(stream);
	ok(hipMemcpyAsync(data, &value, 8, hipMemcpyHostToDevice, stream));
	value = 6;
	simhip_open(gate);
	ok(hipMemcpyAsync(&back, data, 8, hipMemcpyDeviceToHost, stream));
	assert_int_equal(back, 5);
	ok(hipStreamDestroy(stream));
}

static void rectangles_and_boxes(void **state)
{
	(void)state;
	unsigned char host[8][16], back[8][16];
	void *device;
	size_t pitch;

	for (int i = 0; i < 128; i++)
		host[i / 16][i % 16] = (unsigned char)i;
	ok(hipMallocPitch(&device, &pitch, 16, 8));
	ok(hipMemcpy2D(device, pitch, host, 16, 16, 8, hipMemcpyHostToDevice));
	memset(back, 0, sizeof(back));
	ok(hipMemcpy2DAsync(back, 16, device, pitch, 16, 8, hipMemcpyDeviceToHost, NULL));
	assert_memory_equal(host, back, sizeof(back));
	fails(hipMemcpy2D(device, 8, host, 16, 16, 8, hipMemcpyHostToDevice),
		hipErrorInvalidPitchValue);

	hipPitchedPtr box;
	hipExtent extent = { 4, 2, 2 }; /* 2 slices of 2 rows of 4 bytes */
	ok(hipMalloc3D(&box, extent));
	hipMemcpy3DParms p = { .srcPtr = { host, 16, 16, 2 },
		.dstPtr = box,
		.extent = extent,
		.srcPos = { 4, 0, 0 },
		.kind = hipMemcpyHostToDevice };
	ok(hipMemcpy3D(&p));
	memset(back, 0, sizeof(back));
	p = (hipMemcpy3DParms){ .srcPtr = box,
		.dstPtr = { back, 16, 16, 2 },
		.extent = extent,
		.kind = hipMemcpyDeviceToHost };
	ok(hipMemcpy3DAsync(&p, NULL));
	ok(hipDeviceSynchronize());
	assert_int_equal(back[0][0], 4);
	assert_int_equal(back[3][3], 3 * 16 + 4 + 3);
	ok(hipMemset3D(box, 9, extent));
	ok(hipMemcpy3D(&p));
	assert_int_equal(back[3][3], 9);

	hip_Memcpy2D d = { .srcMemoryType =
				   hip_major() >= 6 ? hipMemoryTypeHost : hipMemoryTypeHost_v5,
		.srcHost = host,
		.srcPitch = 16,
		.dstMemoryType = hip_major() >= 6 ? hipMemoryTypeDevice : hipMemoryTypeDevice_v5,
		.dstDevice = device,
		.dstPitch = pitch,
		.dstXInBytes = 1,
		.WidthInBytes = 2,
		.Height = 2 };
	ok(hipMemcpyParam2D(&d));
	ok(hipMemcpy2D(back, 16, device, pitch, 16, 8, hipMemcpyDeviceToHost));
	assert_true(back[0][1] == host[0][0] && back[1][2] == host[1][1]);
}

static void fills(void **state)
{
	(void)state;
	uint32_t back[4];
	void *device;

	ok(hipMalloc(&device, 16));
	ok(hipMemsetD32(device, 0x01020304, 4));
	ok(hipMemsetD16Async(device, 0x0506, 1, NULL));
	ok(hipMemsetD8(((char *)device) + 15, 7, 1));
	ok(hipMemcpy(back, device, 16, hipMemcpyDeviceToHost));
	assert_int_equal(back[0], 0x01020506);
	assert_int_equal(back[3], 0x07020304);
	ok(hipMemset2D(device, 8, 1, 4, 2));
	ok(hipMemcpy(back, device, 16, hipMemcpyDeviceToHost));
	assert_true(back[0] == 0x01010101 && back[1] == 0x01020304);
	fails(hipMemset(back, 0, 4), hipErrorInvalidValue); /* not the device's */
	fails(hipMemset(device, 0, 17), hipErrorInvalidValue);
}

static void pools(void **state)
{
	(void)state;
	hipMemPoolProps props = { .location = { hipMemLocationTypeDevice, 0 } };
	hipMemPool_t pool, own, now;
	hipStream_t stream;
	uint64_t used;
	void *p, *q;

	ok(hipStreamCreate(&stream));
	ok(hipDeviceGetDefaultMemPool(&pool, 0));
	ok(hipMemPoolCreate(&own, &props));
	ok(hipDeviceSetMemPool(0, own));
	ok(hipDeviceGetMemPool(&now, 0));
	assert_ptr_equal(now, own);
	ok(hipMallocAsync(&p, 512, stream));
	ok(hipMallocFromPoolAsync(&q, 512, own, stream));
	ok(hipMemsetAsync(p, 1, 512, stream));
	ok(hipMemPoolGetAttribute(own, hipMemPoolAttrUsedMemCurrent, &used));
	assert_int_equal(used, 1024);
	ok(hipFreeAsync(p, stream));
	ok(hipFreeAsync(q, stream));
	ok(hipStreamSynchronize(stream));
	ok(hipMemPoolGetAttribute(own, hipMemPoolAttrUsedMemCurrent, &used));
	assert_int_equal(used, 0);
	fails(hipFreeAsync(&used, stream), hipErrorInvalidValue);
	ok(hipMemPoolDestroy(own));
	fails(hipMemPoolDestroy(pool), hipErrorInvalidValue);
}

static void registered_memory(void **state)
{
	(void)state;
	static char page[4096];
	void *device;

	ok(hipHostRegister(page, sizeof(page), 0));
	fails(hipHostRegister(page, 16, 0), hipErrorHostMemoryAlreadyRegistered);
	ok(hipHostGetDevicePointer(&device, page, 0));
	assert_ptr_equal(device, page);
	ok(hipHostUnregister(page));
	fails(hipHostUnregister(page), hipErrorHostMemoryNotRegistered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocation),
		cmocka_unit_test(free_waits),
		cmocka_unit_test(attributes),
		cmocka_unit_test(linear_copies),
		cmocka_unit_test(asynchronous_copies),
		cmocka_unit_test(rectangles_and_boxes),
		cmocka_unit_test(fills),
		cmocka_unit_test(pools),
		cmocka_unit_test(registered_memory),
	};

	return cmocka_run_group_tests(tests, simhip_setup, simhip_teardown);
}
