/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: allocation, host memory, and questions about addresses. */
#include <string.h>

#include "platform/sim/hip/front.h"

#define DEVICE_TYPES                                                                               \
	(1u << XSIM_MEMORY_DEVICE | 1u << XSIM_MEMORY_MANAGED | 1u << XSIM_MEMORY_POOLED)

/* Zero bytes are a null pointer and no error. */
static hipError_t allocate(void **ptr, size_t bytes, enum xsim_memory_type type, unsigned int flags)
{
	struct xsim_context *context;
	uint64_t address = 0;
	int result = hip_unsafe(&context);

	if (!result && !ptr)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	struct xsim_range range = { .size = bytes,
		.type = type,
		.flags = flags,
		.device = context->device,
		.context = context };
	if (bytes)
		result = xsim_memory_alloc(&range, &address);
	*ptr = (void *)(uintptr_t)address;
	return (hipError_t)result;
}

hipError_t sim_hipMalloc(void **ptr, size_t size)
{
	return allocate(ptr, size, XSIM_MEMORY_DEVICE, 0);
}

hipError_t sim_hipExtMallocWithFlags(void **ptr, size_t size, unsigned int flags)
{
	return allocate(ptr, size, XSIM_MEMORY_DEVICE, flags);
}

hipError_t sim_hipMallocManaged(void **ptr, size_t size, unsigned int flags)
{
	if (flags != hipMemAttachGlobal && flags != hipMemAttachHost)
		return hipErrorInvalidValue;
	return allocate(ptr, size, XSIM_MEMORY_MANAGED, flags);
}

static size_t pitch_of(size_t width)
{
	return (width + 255) & ~(size_t)255;
}

hipError_t sim_hipMallocPitch(void **ptr, size_t *pitch, size_t width, size_t height)
{
	if (!pitch)
		return hipErrorInvalidValue;
	*pitch = pitch_of(width);
	return allocate(ptr, *pitch * height, XSIM_MEMORY_DEVICE, 0);
}

hipError_t sim_hipMemAllocPitch(
	hipDeviceptr_t *ptr, size_t *pitch, size_t width, size_t height, unsigned int element_bytes)
{
	if (element_bytes != 4 && element_bytes != 8 && element_bytes != 16)
		return hipErrorInvalidValue;
	return hip_self.hipMallocPitch(ptr, pitch, width, height);
}

hipError_t sim_hipMalloc3D(hipPitchedPtr *pitched, hipExtent extent)
{
	if (!pitched)
		return hipErrorInvalidValue;
	*pitched = (hipPitchedPtr){ NULL, pitch_of(extent.width), extent.width, extent.height };
	return allocate(&pitched->ptr, pitched->pitch * extent.height * extent.depth,
		XSIM_MEMORY_DEVICE, 0);
}

/* A free of whatever memory waits for the work of the device, as on the real runtime. */
static hipError_t release(void *ptr, unsigned int types)
{
	struct xsim_context *context;
	struct xsim_range range;
	int result = hip_unsafe(&context);

	if (result || !ptr)
		return (hipError_t)result;
	if (!xsim_memory_find((uintptr_t)ptr, 1, &range) || range.base != (uintptr_t)ptr)
		return hipErrorInvalidValue;
	xsim_context_sync(range.context ? range.context : context);
	return (hipError_t)xsim_memory_free((uintptr_t)ptr, types);
}

hipError_t sim_hipFree(void *ptr)
{
	return release(ptr, DEVICE_TYPES | 1u << XSIM_MEMORY_PINNED);
}
XSIM_SAME(hipHostFree, hipFree);
XSIM_SAME(hipFreeHost, hipFree);

hipError_t sim_hipMemGetInfo(size_t *free, size_t *total)
{
	struct xsim_context *context;
	uint64_t free_bytes, total_bytes;
	int result = hip_context(&context);

	if (!result && (!free || !total))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	xsim_memory_info(context->device, &free_bytes, &total_bytes);
	*free = free_bytes;
	*total = total_bytes;
	return hipSuccess;
}

hipError_t sim_hipMemGetAddressRange(hipDeviceptr_t *base, size_t *size, hipDeviceptr_t ptr)
{
	struct xsim_range range;

	if (!xsim_memory_find((uintptr_t)ptr, 1, &range))
		return hipErrorNotFound;
	if (base)
		*base = (void *)(uintptr_t)range.base;
	if (size)
		*size = range.size;
	return hipSuccess;
}

hipError_t sim_hipMemPtrGetInfo(void *ptr, size_t *size)
{
	struct xsim_range range;

	if (!size || !xsim_memory_find((uintptr_t)ptr, 1, &range))
		return hipErrorInvalidValue;
	*size = range.size;
	return hipSuccess;
}

/* --- host memory ------------------------------------------------------------------------------ */

hipError_t sim_hipHostMalloc(void **ptr, size_t size, unsigned int flags)
{
	return allocate(ptr, size, XSIM_MEMORY_PINNED, flags);
}
XSIM_SAME(hipHostAlloc, hipHostMalloc);
XSIM_SAME(hipExtHostAlloc, hipHostMalloc);

hipError_t sim_hipMallocHost(void **ptr, size_t size)
{
	return hip_self.hipHostMalloc(ptr, size, 0);
}
XSIM_SAME(hipMemAllocHost, hipMallocHost);

hipError_t sim_hipHostRegister(void *ptr, size_t size, unsigned int flags)
{
	struct xsim_context *context;
	int result = hip_unsafe(&context);

	if (!result && (!ptr || !size))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	struct xsim_range range = { .base = (uintptr_t)ptr,
		.size = size,
		.type = XSIM_MEMORY_REGISTERED,
		.flags = flags,
		.device = context->device,
		.context = context };
	return (hipError_t)xsim_memory_register(&range);
}

hipError_t sim_hipHostUnregister(void *ptr)
{
	hipError_t result = release(ptr, 1u << XSIM_MEMORY_REGISTERED);

	return result == hipErrorInvalidValue ? hipErrorHostMemoryNotRegistered : result;
}

static bool is_host(enum xsim_memory_type type)
{
	return type == XSIM_MEMORY_PINNED || type == XSIM_MEMORY_REGISTERED;
}

hipError_t sim_hipHostGetDevicePointer(void **out, void *ptr, unsigned int flags)
{
	struct xsim_range range;

	(void)flags;
	if (!out || !xsim_memory_find((uintptr_t)ptr, 1, &range) || !is_host(range.type))
		return hipErrorInvalidValue;
	*out = ptr; /* unified addressing */
	return hipSuccess;
}

hipError_t sim_hipHostGetFlags(unsigned int *flags, void *ptr)
{
	struct xsim_range range;

	if (!flags || !xsim_memory_find((uintptr_t)ptr, 1, &range) || !is_host(range.type))
		return hipErrorInvalidValue;
	*flags = range.flags;
	return hipSuccess;
}

/* --- attributes of addresses ------------------------------------------------------------------ */

static hipMemoryType type_of(const struct xsim_range *range)
{
	if (is_host(range->type))
		return hip_major < 6 ? hipMemoryTypeHost_v5 : hipMemoryTypeHost;
	if (hip_major < 6)
		return hipMemoryTypeDevice_v5;
	return range->type == XSIM_MEMORY_MANAGED ? hipMemoryTypeManaged : hipMemoryTypeDevice;
}

/* An address that is not known is an error in HIP 5 and ordinary host memory since. */
hipError_t sim_hipPointerGetAttributes(hipPointerAttribute_t *attributes, const void *ptr)
{
	struct xsim_range range;
	int result = hip_ready();

	if (!result && (!attributes || !ptr))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	memset(attributes, 0, sizeof(*attributes));
	if (!xsim_memory_find((uintptr_t)ptr, 1, &range)) {
		if (hip_major < 6)
			return hipErrorInvalidValue;
		attributes->type = hipMemoryTypeUnregistered;
		attributes->device = -2;
		return hipSuccess;
	}
	attributes->type = type_of(&range);
	attributes->device = range.device;
	attributes->devicePointer = (void *)(uintptr_t)ptr;
	if (is_host(range.type) || range.type == XSIM_MEMORY_MANAGED)
		attributes->hostPointer = (void *)(uintptr_t)ptr;
	attributes->isManaged = range.type == XSIM_MEMORY_MANAGED;
	attributes->allocationFlags = range.flags;
	return hipSuccess;
}

static hipError_t attribute_of(
	void *data, hipPointer_attribute attribute, const struct xsim_range *range, void *ptr)
{
	switch (attribute) {
	case 1:
		*(void **)data = range->context;
		return hipSuccess;
	case 2:
		*(unsigned int *)data = type_of(range);
		return hipSuccess;
	case 3: /* device pointer */
	case 4: /* host pointer */
		*(void **)data = ptr;
		return attribute == 3 || is_host(range->type) || range->type == XSIM_MEMORY_MANAGED
			       ? hipSuccess
			       : hipErrorInvalidValue;
	case 7:
		*(unsigned long long *)data = range->id;
		return hipSuccess;
	case 8:
		*(bool *)data = range->type == XSIM_MEMORY_MANAGED;
		return hipSuccess;
	case 9:
		*(int *)data = range->device;
		return hipSuccess;
	case 11:
		*(void **)data = (void *)(uintptr_t)range->base;
		return hipSuccess;
	case 12:
		*(size_t *)data = range->size;
		return hipSuccess;
	default:
		return hipErrorInvalidValue;
	}
}

hipError_t sim_hipPointerGetAttribute(
	void *data, hipPointer_attribute attribute, hipDeviceptr_t ptr)
{
	struct xsim_range range;

	if (!data || !xsim_memory_find((uintptr_t)ptr, 1, &range))
		return hipErrorInvalidValue;
	return attribute_of(data, attribute, &range, ptr);
}

hipError_t sim_hipDrvPointerGetAttributes(
	unsigned int count, hipPointer_attribute *attributes, void **data, hipDeviceptr_t ptr)
{
	struct xsim_range range;

	if (!attributes || !data)
		return hipErrorInvalidValue;
	bool known = xsim_memory_find((uintptr_t)ptr, 1, &range);
	for (unsigned int i = 0; known && i < count; i++)
		attribute_of(data[i], attributes[i], &range, ptr);
	return hipSuccess;
}

/* --- managed memory: it is where it is -------------------------------------------------------- */

static hipError_t check_managed(const void *ptr, size_t count)
{
	struct xsim_range range;

	return count && xsim_memory_find((uintptr_t)ptr, count, &range) ? hipSuccess
									: hipErrorInvalidValue;
}

hipError_t sim_hipMemAdvise(const void *ptr, size_t count, hipMemoryAdvise advice, int device)
{
	(void)advice;
	(void)device;
	return check_managed(ptr, count);
}

hipError_t sim_hipMemAdvise_v2(
	const void *ptr, size_t count, hipMemoryAdvise advice, hipMemLocation location)
{
	(void)advice;
	(void)location;
	return check_managed(ptr, count);
}

static hipError_t prefetch(const void *ptr, size_t count, hipStream_t handle)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result)
		result = check_managed(ptr, count);
	return (hipError_t)(result ? result : xsim_submit(stream, XSIM_NODE_EMPTY, &op));
}

hipError_t sim_hipMemPrefetchAsync(const void *ptr, size_t count, int device, hipStream_t stream)
{
	(void)device;
	return prefetch(ptr, count, stream);
}

hipError_t sim_hipMemPrefetchAsync_v2(const void *ptr, size_t count, hipMemLocation location,
	unsigned int flags, hipStream_t stream)
{
	(void)location;
	(void)flags;
	return prefetch(ptr, count, stream);
}
