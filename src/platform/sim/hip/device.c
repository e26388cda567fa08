/* SPDX-License-Identifier: Apache-2.0 */
/* Initialisation and questions about devices. */
#include <stdio.h>
#include <string.h>

#include "platform/sim/device.h"
#include "platform/sim/hip/front.h"

#define ARCHITECTURE "gfx942:sramecc+:xnack-"
#define UNITS        64
#define PCI_BUS      67 /* an attribute */

hipError_t sim_hipInit(unsigned int flags)
{
	int result = hip_ready();

	return (hipError_t)(!result && flags ? XSIM_INVALID_VALUE : result);
}

hipError_t sim_hipInitDevice(int device, unsigned int device_flags, unsigned int flags)
{
	struct xsim_context *context;
	int before = hip_thread.device;
	int result = hip_choose(device, &context);

	(void)device_flags;
	(void)flags;
	if (!result)
		result = hip_choose(before, &context);
	return (hipError_t)result;
}

/* HIP 5 says 50221153 for 5.2.21153; later versions count the same way. */
hipError_t sim_hipRuntimeGetVersion(int *version)
{
	if (!version)
		return hipErrorInvalidValue;
	*version = hip_major * 10000000 + hip_minor * 100000 + 21153;
	return hipSuccess;
}
XSIM_SAME(hipDriverGetVersion, hipRuntimeGetVersion);

hipError_t sim_hipGetDeviceCount(int *count)
{
	int result = hip_ready();

	if (!count)
		return hipErrorInvalidValue;
	*count = result ? 0 : (int)xsim_config.devices;
	return result == hipErrorInvalidDevice ? hipErrorNoDevice : (hipError_t)result;
}

hipError_t sim_hipSetDevice(int device)
{
	struct xsim_context *context;

	return (hipError_t)hip_choose(device, &context);
}

hipError_t sim_hipGetDevice(int *device)
{
	int result = hip_ready();

	if (!result && !device)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*device = hip_thread.device;
	return (hipError_t)result;
}

hipError_t sim_hipDeviceGet(hipDevice_t *device, int ordinal)
{
	hipError_t result = hip_check(device, ordinal);

	if (!result)
		*device = ordinal;
	return result;
}

hipError_t sim_hipDeviceGetName(char *text, int len, hipDevice_t device)
{
	hipError_t result = hip_check(text, device);

	if (!result && len <= 0)
		result = hipErrorInvalidValue;
	if (!result)
		snprintf(text, (size_t)len, "%s", xsim_device_name());
	return result;
}

hipError_t sim_hipDeviceGetUuid(hipUUID *uuid, hipDevice_t device)
{
	hipError_t result = hip_check(uuid, device);

	if (!result)
		xsim_device_uuid(uuid->bytes, device);
	return result;
}

hipError_t sim_hipDeviceTotalMem(size_t *bytes, hipDevice_t device)
{
	hipError_t result = hip_check(bytes, device);

	if (!result)
		*bytes = xsim_config.memory_mib << 20;
	return result;
}

hipError_t sim_hipDeviceComputeCapability(int *major, int *minor, hipDevice_t device)
{
	hipError_t result = hip_check(major, device);

	if (!result && minor) {
		*major = 9;
		*minor = 4;
	}
	return result;
}

hipError_t sim_hipDeviceGetPCIBusId(char *text, int len, int device)
{
	hipError_t result = hip_check(text, device);

	if (!result && len > 0)
		snprintf(text, (size_t)len, "0000:%02x:00.0", device + 1);
	return result;
}

hipError_t sim_hipDeviceGetByPCIBusId(int *device, const char *text)
{
	unsigned int domain = 0, bus = 0, slot = 0;
	hipError_t result = hip_check(device, 0);

	if (result || !text)
		return result ? result : hipErrorInvalidValue;
	if (sscanf(text, "%x:%x:%x", &domain, &bus, &slot) != 3 || domain || slot ||
		!hip_is_device((int)bus - 1))
		return hipErrorInvalidValue;
	*device = (int)bus - 1;
	return hipSuccess;
}

/* Attributes that are not 0, by their numbers since HIP 5. */
static const struct xsim_attribute attributes[] = {
	{ 2, 2 },                                       /* asynchronous engines */
	{ 3, 1 },                                       /* maps host memory */
	{ 5, 1500000 },                                 /* clock rate */
	{ 8, 1 },                                       /* concurrent kernels */
	{ 9, 1 },                                       /* concurrent managed access */
	{ 10, 1 },                                      /* cooperative launch */
	{ 11, 1 },                                      /* and on several devices */
	{ 19, 4 << 20 },                                /* L2 cache */
	{ 23, 9 },                                      /* compute capability */
	{ 24, 1 },                                      /* managed memory */
	{ 26, 1024 },                                   /* block dimensions */
	{ 27, 1024 }, { 28, 1024 }, { 29, 2147483647 }, /* grid dimensions */
	{ 30, 65536 }, { 31, 65536 }, { 56, 1024 },     /* threads per block */
	{ 57, 2048 },                                   /* threads per multiprocessor */
	{ 58, 2147483647 },                             /* pitch */
	{ 59, 8192 },                                   /* memory bus width */
	{ 60, 1300000 },                                /* memory clock rate */
	{ 61, 4 },                                      /* minor compute capability */
	{ 63, UNITS },                                  /* multiprocessors */
	{ 71, 65536 },                                  /* registers per block */
	{ 74, 65536 },                                  /* shared memory per block */
	{ 78, 1 },                                      /* stream priorities */
	{ 81, 256 },                                    /* texture alignment */
	{ 83, 2147483647 },                             /* constant memory */
	{ 85, 1 },                                      /* unified addressing */
	{ 87, 64 },                                     /* warp size */
	{ 88, 1 },                                      /* memory pools */
	{ 10002, 65536 },                               /* shared memory per multiprocessor */
	{ 10013, 1 },                                   /* waits for values on streams */
};

hipError_t sim_hipDeviceGetAttribute(int *value, hipDeviceAttribute_t attribute, int device)
{
	hipError_t result = hip_check(value, device);

	if (result)
		return result;
	if (attribute < 0 || attribute > 20000)
		return hipErrorInvalidValue;
	*value = attribute == PCI_BUS ? device + 1 : XSIM_ATTRIBUTE(attributes, attribute);
	return hipSuccess;
}

/* The fields that both forms of the properties have. */
#define COMMON(p, device)                                                                          \
	do {                                                                                       \
		memset(p, 0, sizeof(*(p)));                                                        \
		snprintf((p)->name, sizeof((p)->name), "%s", xsim_device_name());                  \
		snprintf((p)->gcnArchName, sizeof((p)->gcnArchName), ARCHITECTURE);                \
		(p)->totalGlobalMem = xsim_config.memory_mib << 20;                                \
		(p)->sharedMemPerBlock = (p)->maxSharedMemoryPerMultiProcessor = 65536;            \
		(p)->regsPerBlock = 65536;                                                         \
		(p)->warpSize = 64;                                                                \
		(p)->maxThreadsPerBlock = 1024;                                                    \
		for (int i = 0; i < 3; i++) {                                                      \
			(p)->maxThreadsDim[i] = 1024;                                              \
			(p)->maxGridSize[i] = i ? 65536 : 2147483647;                              \
		}                                                                                  \
		(p)->clockRate = 1500000;                                                          \
		(p)->memoryClockRate = 1300000;                                                    \
		(p)->memoryBusWidth = 8192;                                                        \
		(p)->totalConstMem = (p)->memPitch = 2147483647;                                   \
		(p)->major = 9;                                                                    \
		(p)->minor = 4;                                                                    \
		(p)->multiProcessorCount = UNITS;                                                  \
		(p)->l2CacheSize = 4 << 20;                                                        \
		(p)->maxThreadsPerMultiProcessor = 2048;                                           \
		(p)->clockInstructionRate = 100000;                                                \
		(p)->concurrentKernels = (p)->canMapHostMemory = (p)->cooperativeLaunch = 1;       \
		(p)->cooperativeMultiDeviceLaunch = (p)->isLargeBar = 1;                           \
		(p)->managedMemory = (p)->concurrentManagedAccess = 1;                             \
		(p)->textureAlignment = (p)->texturePitchAlignment = 256;                          \
		(p)->pciBusID = (device) + 1;                                                      \
	} while (0)

hipError_t sim_hipGetDevicePropertiesR0000(hipDeviceProp_tR0000 *prop, int device)
{
	hipError_t result = hip_check(prop, device);

	if (!result) {
		COMMON(prop, device);
		prop->gcnArch = 942;
	}
	return result;
}
XSIM_SAME(hipGetDeviceProperties, hipGetDevicePropertiesR0000);

hipError_t sim_hipGetDevicePropertiesR0600(hipDeviceProp_tR0600 *prop, int device)
{
	hipError_t result = hip_check(prop, device);

	if (result)
		return result;
	COMMON(prop, device);
	xsim_device_uuid(prop->uuid.bytes, device);
	prop->asyncEngineCount = 2;
	prop->unifiedAddressing = prop->streamPrioritiesSupported = 1;
	prop->memoryPoolsSupported = prop->hostRegisterSupported = 1;
	prop->sharedMemPerMultiprocessor = 65536;
	prop->regsPerMultiprocessor = 65536;
	prop->maxBlocksPerMultiProcessor = 32;
	return hipSuccess;
}

hipError_t sim_hipChooseDeviceR0000(int *device, const hipDeviceProp_tR0000 *prop)
{
	hipError_t result = hip_check(device, 0);

	if (!result && !prop)
		result = hipErrorInvalidValue;
	if (!result)
		*device = 0;
	return result;
}
XSIM_SAME(hipChooseDevice, hipChooseDeviceR0000);

hipError_t sim_hipChooseDeviceR0600(int *device, const hipDeviceProp_tR0600 *prop)
{
	return sim_hipChooseDeviceR0000(device, (const hipDeviceProp_tR0000 *)(const void *)prop);
}

hipError_t sim_hipDeviceCanAccessPeer(int *can_access, int device, int peer)
{
	hipError_t result = hip_check(can_access, device);

	if (!result && !hip_is_device(peer))
		result = hipErrorInvalidDevice;
	if (!result)
		*can_access = device != peer;
	return result;
}

/* One bit per device whose memory this process said it wants to reach. [xsim_lock] */
static uint32_t peers[XSIM_MAX_DEVICES];

static hipError_t set_peer(int peer, bool enable)
{
	hipError_t result = hip_check(&peer, peer);

	if (result || peer == hip_thread.device)
		return result ? result : hipErrorInvalidDevice;
	xs_mutex_lock(&xsim_lock);
	uint32_t *mask = &peers[hip_thread.device], bit = 1u << peer;
	if (!enable == !(*mask & bit))
		result = enable ? hipErrorPeerAccessAlreadyEnabled : hipErrorPeerAccessNotEnabled;
	*mask = enable ? *mask | bit : *mask & ~bit;
	xs_mutex_unlock(&xsim_lock);
	return result;
}

hipError_t sim_hipDeviceEnablePeerAccess(int peer, unsigned int flags)
{
	return flags ? hipErrorInvalidValue : set_peer(peer, true);
}

hipError_t sim_hipDeviceDisablePeerAccess(int peer)
{
	return set_peer(peer, false);
}

hipError_t sim_hipDeviceGetStreamPriorityRange(int *least_priority, int *greatest_priority)
{
	int result = hip_ready();

	if (!result && least_priority)
		*least_priority = 1;
	if (!result && greatest_priority)
		*greatest_priority = -1;
	return (hipError_t)result;
}

hipError_t sim_hipDeviceGetLimit(size_t *value, hipLimit_t limit)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && (!value || limit > hipLimitMallocHeapSize))
		result = value ? (int)hipErrorUnsupportedLimit : XSIM_INVALID_VALUE;
	if (!result)
		*value = context->limits[limit];
	return (hipError_t)result;
}

hipError_t sim_hipDeviceSetLimit(hipLimit_t limit, size_t value)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && limit > hipLimitMallocHeapSize)
		result = hipErrorUnsupportedLimit;
	if (!result)
		context->limits[limit] = value;
	return (hipError_t)result;
}

hipError_t sim_hipSetDeviceFlags(unsigned int flags)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result)
		context->flags = flags;
	return (hipError_t)result;
}

hipError_t sim_hipGetDeviceFlags(unsigned int *flags)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && !flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*flags = context->flags;
	return (hipError_t)result;
}

hipError_t sim_hipDeviceSetCacheConfig(hipFuncCache_t config)
{
	(void)config;
	return (hipError_t)hip_ready();
}
XSIM_SAME(hipCtxSetCacheConfig, hipDeviceSetCacheConfig);
XSIM_SAME(hipDeviceSetSharedMemConfig, hipDeviceSetCacheConfig);
XSIM_SAME(hipCtxSetSharedMemConfig, hipDeviceSetCacheConfig);

hipError_t sim_hipDeviceGetCacheConfig(hipFuncCache_t *config)
{
	int result = hip_ready();

	if (!result && !config)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*config = 0;
	return (hipError_t)result;
}
XSIM_SAME(hipCtxGetCacheConfig, hipDeviceGetCacheConfig);
XSIM_SAME(hipDeviceGetSharedMemConfig, hipDeviceGetCacheConfig);
XSIM_SAME(hipCtxGetSharedMemConfig, hipDeviceGetCacheConfig);

hipError_t sim_hipDeviceSynchronize(void)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	return (hipError_t)(result ? result : xsim_sync_context(context));
}
XSIM_SAME(hipCtxSynchronize, hipDeviceSynchronize);

hipError_t sim_hipDeviceReset(void)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (result == hipErrorInvalidDevice || result == hipErrorNotInitialized)
		return (hipError_t)result;
	return (hipError_t)xsim_primary_drop(hip_thread.device, true);
}

hipError_t sim_hipProfilerStart(void)
{
	return hipSuccess;
}
XSIM_SAME(hipProfilerStop, hipProfilerStart);
