/* SPDX-License-Identifier: Apache-2.0 */
/* Stream-ordered memory and the pools that it comes from. */
#include "platform/sim/pool.h"

#include "platform/sim/hip/front.h"

static hipError_t allocate_async(
	void **ptr, size_t size, struct xsim_pool *pool, hipStream_t handle)
{
	struct xsim_stream *stream;
	uint64_t address = 0;
	int result = hip_stream(handle, &stream);

	if (!result && !ptr)
		result = XSIM_INVALID_VALUE;
	if (!result && size)
		result = xsim_alloc_async(stream, pool, size, &address);
	if (!result)
		*ptr = (void *)(uintptr_t)address;
	return (hipError_t)result;
}

hipError_t sim_hipMallocAsync(void **ptr, size_t size, hipStream_t stream)
{
	return allocate_async(ptr, size, NULL, stream);
}

hipError_t sim_hipMallocFromPoolAsync(
	void **ptr, size_t size, hipMemPool_t pool, hipStream_t stream)
{
	return xsim_pool_of(pool) ? allocate_async(ptr, size, xsim_pool_of(pool), stream)
				  : hipErrorInvalidValue;
}

hipError_t sim_hipFreeAsync(void *ptr, hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !ptr)
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_free_async(stream, (uintptr_t)ptr));
}

hipError_t sim_hipMemPoolCreate(hipMemPool_t *pool, const hipMemPoolProps *props)
{
	int result = hip_ready();

	if (!result && (!pool || !props || props->location.type != hipMemLocationTypeDevice ||
			       !hip_is_device(props->location.id)))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	*pool = (hipMemPool_t)xsim_pool_create(props->location.id, false);
	return *pool ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t sim_hipMemPoolDestroy(hipMemPool_t pool)
{
	return (hipError_t)xsim_pool_destroy(pool);
}

static hipError_t device_pool(hipMemPool_t *pool, int device, bool by_default)
{
	int result = hip_ready();

	if (!result && !pool)
		result = XSIM_INVALID_VALUE;
	if (!result && !hip_is_device(device))
		result = XSIM_INVALID_DEVICE;
	if (!result)
		*pool = (hipMemPool_t)(by_default ? xsim_devices[device].default_pool
						  : xsim_devices[device].pool);
	return (hipError_t)result;
}

hipError_t sim_hipDeviceGetDefaultMemPool(hipMemPool_t *pool, int device)
{
	return device_pool(pool, device, true);
}

hipError_t sim_hipDeviceGetMemPool(hipMemPool_t *pool, int device)
{
	return device_pool(pool, device, false);
}

hipError_t sim_hipDeviceSetMemPool(int device, hipMemPool_t handle)
{
	struct xsim_pool *pool = xsim_pool_of(handle);
	int result = hip_ready();

	if (!result && !hip_is_device(device))
		result = XSIM_INVALID_DEVICE;
	if (!result && (!pool || pool->device != device))
		result = XSIM_INVALID_VALUE;
	if (!result)
		xsim_devices[device].pool = pool;
	return (hipError_t)result;
}

hipError_t sim_hipMemPoolTrimTo(hipMemPool_t pool, size_t min_bytes_to_hold)
{
	(void)min_bytes_to_hold; /* nothing is kept */
	return xsim_pool_of(pool) ? hipSuccess : hipErrorInvalidValue;
}

hipError_t sim_hipMemPoolSetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value)
{
	return (hipError_t)xsim_pool_set(pool, (int)attribute, value);
}

hipError_t sim_hipMemPoolGetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value)
{
	return (hipError_t)xsim_pool_get(pool, (int)attribute, value);
}

hipError_t sim_hipMemPoolSetAccess(hipMemPool_t pool, const hipMemAccessDesc *list, size_t count)
{
	return xsim_pool_of(pool) && (list || !count) ? hipSuccess : hipErrorInvalidValue;
}

hipError_t sim_hipMemPoolGetAccess(
	hipMemAccessFlags *flags, hipMemPool_t pool, hipMemLocation *location)
{
	if (!flags || !location || !xsim_pool_of(pool))
		return hipErrorInvalidValue;
	*flags = 3; /* read and write */
	return hipSuccess;
}
