/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: allocation, pinned host memory, pools, and questions about addresses. */
#include <string.h>

#include "platform/sim/cuda/front.h"
#include "platform/sim/pool.h"

#define DEVICE_TYPES                                                                               \
	(1u << XSIM_MEMORY_DEVICE | 1u << XSIM_MEMORY_MANAGED | 1u << XSIM_MEMORY_POOLED)

static CUresult allocate(CUdeviceptr *dptr, size_t bytes, enum xsim_memory_type type)
{
	struct xsim_context *context;
	uint64_t address;
	int result = front_unsafe(&context);

	if (result)
		return (CUresult)result;
	if (!dptr || !bytes)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_range range = {
		.size = bytes, .type = type, .device = context->device, .context = context
	};
	result = xsim_memory_alloc(&range, &address);
	if (!result)
		*dptr = address;
	return (CUresult)result;
}

CUresult sim_cuMemAlloc_v2(CUdeviceptr *dptr, size_t bytes)
{
	return allocate(dptr, bytes, XSIM_MEMORY_DEVICE);
}

CUresult sim_cuMemAllocManaged(CUdeviceptr *dptr, size_t bytes, unsigned int flags)
{
	if (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST)
		return CUDA_ERROR_INVALID_VALUE;
	return allocate(dptr, bytes, XSIM_MEMORY_MANAGED);
}

CUresult sim_cuMemAllocPitch_v2(
	CUdeviceptr *dptr, size_t *pitch, size_t width, size_t height, unsigned int element_bytes)
{
	if (!pitch || (element_bytes != 4 && element_bytes != 8 && element_bytes != 16))
		return CUDA_ERROR_INVALID_VALUE;
	*pitch = (width + 511) & ~(size_t)511;
	return sim_cuMemAlloc_v2(dptr, *pitch * height);
}

/* A free waits for the work of the context, as it does on a real device. */
CUresult sim_cuMemFree_v2(CUdeviceptr dptr)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	if (result || !dptr)
		return (CUresult)result;
	if (!xsim_memory_find(dptr, 1, NULL))
		return CUDA_ERROR_INVALID_VALUE;
	xsim_context_sync(context);
	return (CUresult)xsim_memory_free(dptr, DEVICE_TYPES);
}

CUresult sim_cuMemGetInfo_v2(size_t *free, size_t *total)
{
	struct xsim_context *context;
	uint64_t free_bytes, total_bytes;
	int result = front_context(&context);

	if (result || !free || !total)
		return result ? (CUresult)result : CUDA_ERROR_INVALID_VALUE;
	xsim_memory_info(context->device, &free_bytes, &total_bytes);
	*free = free_bytes;
	*total = total_bytes;
	return CUDA_SUCCESS;
}

CUresult sim_cuMemGetAddressRange_v2(CUdeviceptr *start, size_t *bytes, CUdeviceptr dptr)
{
	struct xsim_range range;

	if (!xsim_memory_find(dptr, 1, &range))
		return CUDA_ERROR_NOT_FOUND;
	if (start)
		*start = range.base;
	if (bytes)
		*bytes = range.size;
	return CUDA_SUCCESS;
}

/* --- host memory ------------------------------------------------------------------------------ */

CUresult sim_cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags)
{
	struct xsim_context *context;
	uint64_t address;
	int result = front_unsafe(&context);

	if (result)
		return (CUresult)result;
	if (!memory || !bytes || flags & ~7u)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_range range = { .size = bytes,
		.type = XSIM_MEMORY_PINNED,
		.flags = flags,
		.device = context->device,
		.context = context };
	result = xsim_memory_alloc(&range, &address);
	if (!result)
		*memory = (void *)(uintptr_t)address;
	return (CUresult)result;
}

CUresult sim_cuMemAllocHost_v2(void **memory, size_t bytes)
{
	return sim_cuMemHostAlloc(memory, bytes, 0);
}

CUresult sim_cuMemFreeHost(void *memory)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	if (result || !memory)
		return (CUresult)result;
	xsim_context_sync(context);
	return (CUresult)xsim_memory_free((uintptr_t)memory, 1u << XSIM_MEMORY_PINNED);
}

CUresult sim_cuMemHostRegister_v2(void *memory, size_t bytes, unsigned int flags)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	if (result)
		return (CUresult)result;
	if (!memory || !bytes || flags & ~15u)
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_range range = { .base = (uintptr_t)memory,
		.size = bytes,
		.type = XSIM_MEMORY_REGISTERED,
		.flags = flags,
		.device = context->device,
		.context = context };
	return (CUresult)xsim_memory_register(&range);
}
XSIM_SAME(cuMemHostRegister, cuMemHostRegister_v2);

CUresult sim_cuMemHostUnregister(void *memory)
{
	struct xsim_context *context;
	int result = front_unsafe(&context);

	if (result)
		return (CUresult)result;
	xsim_context_sync(context);
	result = xsim_memory_free((uintptr_t)memory, 1u << XSIM_MEMORY_REGISTERED);
	return result ? CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED : CUDA_SUCCESS;
}

static bool is_host(enum xsim_memory_type type)
{
	return type == XSIM_MEMORY_PINNED || type == XSIM_MEMORY_REGISTERED;
}

CUresult sim_cuMemHostGetDevicePointer_v2(CUdeviceptr *dptr, void *memory, unsigned int flags)
{
	struct xsim_range range;

	if (!dptr || flags || !xsim_memory_find((uintptr_t)memory, 1, &range) ||
		!is_host(range.type))
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = (uintptr_t)memory; /* unified addressing */
	return CUDA_SUCCESS;
}

CUresult sim_cuMemHostGetFlags(unsigned int *flags, void *memory)
{
	struct xsim_range range;

	if (!flags || !xsim_memory_find((uintptr_t)memory, 1, &range) || !is_host(range.type))
		return CUDA_ERROR_INVALID_VALUE;
	*flags = range.flags | CU_MEMHOSTALLOC_DEVICEMAP;
	return CUDA_SUCCESS;
}

/* --- attributes of addresses ------------------------------------------------------------------ */

static CUresult attribute_of(
	void *data, int attribute, const struct xsim_range *range, CUdeviceptr memory)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_CONTEXT:
		*(CUcontext *)data = (CUcontext)range->context;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		*(unsigned int *)data =
			is_host(range->type) ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
		*(CUdeviceptr *)data = memory;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_HOST_POINTER:
		if (!is_host(range->type) && range->type != XSIM_MEMORY_MANAGED)
			return CUDA_ERROR_INVALID_VALUE;
		*(void **)data = (void *)(uintptr_t)memory;
		return CUDA_SUCCESS;
	case 6: /* synchronous memory operations */
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
		*(unsigned int *)data = attribute != 6 && range->type == XSIM_MEMORY_MANAGED;
		return CUDA_SUCCESS;
	case 7: /* buffer id */
		*(unsigned long long *)data = range->id;
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		*(int *)data = range->device;
		return CUDA_SUCCESS;
	case 10: /* may be exported by legacy IPC */
		*(int *)data = 0;
		return CUDA_SUCCESS;
	case 11: /* start of the range */
		*(CUdeviceptr *)data = range->base;
		return CUDA_SUCCESS;
	case 12: /* its size */
		*(size_t *)data = range->size;
		return CUDA_SUCCESS;
	case 13: /* mapped */
		*(int *)data = 1;
		return CUDA_SUCCESS;
	case 17: /* pool */
		*(CUmemoryPool *)data = (CUmemoryPool)range->pool;
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

CUresult sim_cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr memory)
{
	struct xsim_range range;

	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!data || !xsim_memory_find(memory, 1, &range))
		return CUDA_ERROR_INVALID_VALUE;
	return attribute_of(data, (int)attribute, &range, memory);
}

/* This one gives zeros for an address that it does not know. */
CUresult sim_cuPointerGetAttributes(unsigned int num_attributes, CUpointer_attribute *attributes,
	void **data, CUdeviceptr memory)
{
	struct xsim_range range;

	if (!attributes || !data)
		return CUDA_ERROR_INVALID_VALUE;
	bool known = xsim_memory_find(memory, 1, &range);
	for (unsigned int i = 0; i < num_attributes; i++) {
		bool narrow = attributes[i] == CU_POINTER_ATTRIBUTE_MEMORY_TYPE ||
			      attributes[i] == CU_POINTER_ATTRIBUTE_IS_MANAGED ||
			      attributes[i] == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL ||
			      attributes[i] == 6 || attributes[i] == 10 || attributes[i] == 13;

		memset(data[i], 0, narrow ? 4 : 8);
		if (known)
			attribute_of(data[i], (int)attributes[i], &range, memory);
		else if (attributes[i] == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL)
			*(int *)data[i] = -2;
	}
	return CUDA_SUCCESS;
}

CUresult sim_cuPointerSetAttribute(
	const void *value, CUpointer_attribute attribute, CUdeviceptr memory)
{
	return value && (int)attribute == 6 && xsim_memory_find(memory, 1, NULL)
		       ? CUDA_SUCCESS
		       : CUDA_ERROR_INVALID_VALUE;
}

/* --- stream-ordered memory -------------------------------------------------------------------- */

static CUresult allocate_async(
	CUdeviceptr *dptr, size_t bytes, struct xsim_pool *pool, CUstream hStream)
{
	struct xsim_stream *stream;
	uint64_t address;
	int result = front_stream(hStream, &stream);

	if (!result && (!dptr || !bytes))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_alloc_async(stream, pool, bytes, &address);
	if (!result)
		*dptr = address;
	return (CUresult)result;
}

CUresult sim_cuMemAllocAsync(CUdeviceptr *dptr, size_t bytes, CUstream hStream)
{
	return allocate_async(dptr, bytes, NULL, hStream);
}
XSIM_SAME(cuMemAllocAsync_ptsz, cuMemAllocAsync);

CUresult sim_cuMemAllocFromPoolAsync(
	CUdeviceptr *dptr, size_t bytes, CUmemoryPool pool, CUstream hStream)
{
	if (!xsim_pool_of(pool))
		return CUDA_ERROR_INVALID_VALUE;
	return allocate_async(dptr, bytes, xsim_pool_of(pool), hStream);
}
XSIM_SAME(cuMemAllocFromPoolAsync_ptsz, cuMemAllocFromPoolAsync);

CUresult sim_cuMemFreeAsync(CUdeviceptr dptr, CUstream hStream)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (!result && dptr)
		result = xsim_free_async(stream, dptr);
	return (CUresult)result;
}
XSIM_SAME(cuMemFreeAsync_ptsz, cuMemFreeAsync);

CUresult sim_cuMemPoolCreate(CUmemoryPool *pool, const CUmemPoolProps *pool_props)
{
	if (!pool || !pool_props || pool_props->location.type != CU_MEM_LOCATION_TYPE_DEVICE ||
		!front_is_device(pool_props->location.id))
		return CUDA_ERROR_INVALID_VALUE;
	struct xsim_pool *created = xsim_pool_create(pool_props->location.id, false);
	*pool = (CUmemoryPool)created;
	return created ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult sim_cuMemPoolDestroy(CUmemoryPool pool)
{
	return (CUresult)xsim_pool_destroy(pool);
}

CUresult sim_cuDeviceGetDefaultMemPool(CUmemoryPool *pool, CUdevice device)
{
	if (!pool || !front_is_device(device))
		return pool ? CUDA_ERROR_INVALID_DEVICE : CUDA_ERROR_INVALID_VALUE;
	*pool = (CUmemoryPool)xsim_devices[device].default_pool;
	return CUDA_SUCCESS;
}

CUresult sim_cuDeviceGetMemPool(CUmemoryPool *pool, CUdevice device)
{
	if (!pool || !front_is_device(device))
		return pool ? CUDA_ERROR_INVALID_DEVICE : CUDA_ERROR_INVALID_VALUE;
	*pool = (CUmemoryPool)xsim_devices[device].pool;
	return CUDA_SUCCESS;
}

CUresult sim_cuDeviceSetMemPool(CUdevice device, CUmemoryPool handle)
{
	struct xsim_pool *pool = xsim_pool_of(handle);

	if (!front_is_device(device) || !pool || pool->device != device)
		return CUDA_ERROR_INVALID_VALUE;
	xsim_devices[device].pool = pool;
	return CUDA_SUCCESS;
}

CUresult sim_cuMemPoolTrimTo(CUmemoryPool pool, size_t min_bytes_to_keep)
{
	(void)min_bytes_to_keep; /* nothing is kept */
	return xsim_pool_of(pool) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult sim_cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	return (CUresult)xsim_pool_set(pool, (int)attribute, value);
}

CUresult sim_cuMemPoolGetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	return (CUresult)xsim_pool_get(pool, (int)attribute, value);
}

CUresult sim_cuMemPoolSetAccess(CUmemoryPool pool, const CUmemAccessDesc *map, size_t count)
{
	(void)map;
	(void)count;
	return xsim_pool_of(pool) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult sim_cuMemPoolGetAccess(
	CUmemAccess_flags *flags, CUmemoryPool mem_pool, CUmemLocation *location)
{
	if (!flags || !location || !xsim_pool_of(mem_pool))
		return CUDA_ERROR_INVALID_VALUE;
	*flags = 3; /* read and write */
	return CUDA_SUCCESS;
}
