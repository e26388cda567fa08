/* SPDX-License-Identifier: Apache-2.0 */
/* Initialisation and questions about devices. The numbers are those of a mid-sized device. */
#include <stdio.h>

#include "platform/sim/cuda/front.h"
#include "platform/sim/device.h"

CUresult sim_cuInit(unsigned int flags)
{
	if (flags)
		return CUDA_ERROR_INVALID_VALUE;
	int result = xsim_init();
	if (!result && !xsim_config.devices)
		return CUDA_ERROR_NO_DEVICE;
	return (CUresult)result;
}

CUresult sim_cuDriverGetVersion(int *version)
{
	if (!version)
		return CUDA_ERROR_INVALID_VALUE;
	*version = 13000;
	return CUDA_SUCCESS;
}

/* What every query of a device checks first. */
static CUresult check(const void *out, CUdevice device)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!out)
		return CUDA_ERROR_INVALID_VALUE;
	return front_is_device(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult sim_cuDeviceGet(CUdevice *device, int ordinal)
{
	CUresult result = check(device, ordinal);

	if (!result)
		*device = ordinal;
	return result;
}

CUresult sim_cuDeviceGetCount(int *count)
{
	if (xs_load_acquire(&xsim_state) != XSIM_OK)
		return CUDA_ERROR_NOT_INITIALIZED;
	if (!count)
		return CUDA_ERROR_INVALID_VALUE;
	*count = (int)xsim_config.devices;
	return CUDA_SUCCESS;
}

CUresult sim_cuDeviceGetName(char *name, int len, CUdevice device)
{
	CUresult result = check(name, device);

	if (!result && len > 0)
		snprintf(name, (size_t)len, "%s", xsim_device_name());
	return result;
}

CUresult sim_cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)
{
	CUresult result = check(uuid, device);

	if (!result)
		xsim_device_uuid(uuid->bytes, device);
	return result;
}
XSIM_SAME(cuDeviceGetUuid, cuDeviceGetUuid_v2);

CUresult sim_cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)
{
	CUresult result = check(bytes, device);

	if (!result)
		*bytes = xsim_config.memory_mib << 20;
	return result;
}

CUresult sim_cuDeviceComputeCapability(int *major, int *minor, CUdevice device)
{
	CUresult result = check(major, device);

	if (!result && minor) {
		*major = 9;
		*minor = 0;
	}
	return result;
}

CUresult sim_cuDeviceGetPCIBusId(char *pci_bus_id, int len, CUdevice device)
{
	CUresult result = check(pci_bus_id, device);

	if (!result && len > 0)
		snprintf(pci_bus_id, (size_t)len, "0000:%02X:00.0", device + 1);
	return result;
}

CUresult sim_cuDeviceGetByPCIBusId(CUdevice *device, const char *pci_bus_id)
{
	unsigned int domain = 0, bus = 0, slot = 0;
	CUresult result = check(device, 0);

	if (result || !pci_bus_id)
		return result ? result : CUDA_ERROR_INVALID_VALUE;
	if (sscanf(pci_bus_id, "%x:%x:%x", &domain, &bus, &slot) != 3 &&
		sscanf(pci_bus_id, "%x:%x", &bus, &slot) != 2)
		return CUDA_ERROR_INVALID_VALUE;
	if (domain || slot || !front_is_device((int)bus - 1))
		return CUDA_ERROR_INVALID_DEVICE;
	*device = (int)bus - 1;
	return CUDA_SUCCESS;
}

/* Attributes that are not 0; those without a name here are asked for by the CUDA runtime. */
static const struct xsim_attribute attributes[] = {
	{ CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1024 },
	{ CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 1024 },
	{ CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 1024 },
	{ CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 64 },
	{ CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 2147483647 },
	{ CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 65535 },
	{ CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 65535 },
	{ CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 49152 },
	{ CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY, 65536 },
	{ CU_DEVICE_ATTRIBUTE_WARP_SIZE, 32 },
	{ CU_DEVICE_ATTRIBUTE_MAX_PITCH, 2147483647 },
	{ CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 65536 },
	{ CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1500000 },
	{ CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT, 512 },
	{ CU_DEVICE_ATTRIBUTE_GPU_OVERLAP, 1 },
	{ CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 64 },
	{ CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY, 1 },
	{ CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS, 1 },
	{ CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 2600000 },
	{ CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 5120 },
	{ CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 50 << 20 },
	{ CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 2048 },
	{ CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT, 2 },
	{ CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING, 1 },
	{ CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 9 },
	{ CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 0 },
	{ CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED, 1 },
	{ CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, 228 << 10 },
	{ 82, 65536 }, /* registers per multiprocessor */
	{ CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY, 1 },
	{ 86, 1 }, /* native atomics to the host */
	{ CU_DEVICE_ATTRIBUTE_COMPUTE_PREEMPTION_SUPPORTED, 1 },
	{ CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM, 1 },
	{ CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, 1 },
	{ 97, 227 << 10 }, /* shared memory per block, opted in */
	{ CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED, 1 },
	{ 106, 32 },   /* blocks per multiprocessor */
	{ 111, 1024 }, /* reserved shared memory per block */
	{ CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, 1 },
	{ CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS, 1 },
	{ CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_WAIT_VALUE_NOR, 1 },
};

CUresult sim_cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device)
{
	CUresult result = check(value, device);

	if (result)
		return result;
	if ((int)attribute <= 0 || (int)attribute > 200)
		return CUDA_ERROR_INVALID_VALUE;
	*value = attribute == CU_DEVICE_ATTRIBUTE_PCI_BUS_ID
			 ? device + 1
			 : XSIM_ATTRIBUTE(attributes, attribute);
	return CUDA_SUCCESS;
}

CUresult sim_cuDeviceGetProperties(CUdevprop *prop, CUdevice device)
{
	CUresult result = check(prop, device);

	if (!result)
		*prop = (CUdevprop){ 1024, { 1024, 1024, 64 }, { 2147483647, 65535, 65535 }, 49152,
			65536, 32, 2147483647, 65536, 1500000, 512 };
	return result;
}

CUresult sim_cuDeviceCanAccessPeer(int *can_access_peer, CUdevice device, CUdevice peer_dev)
{
	CUresult result = check(can_access_peer, device);

	if (!result && !front_is_device(peer_dev))
		result = CUDA_ERROR_INVALID_DEVICE;
	if (!result)
		*can_access_peer = device != peer_dev;
	return result;
}

CUresult sim_cuDeviceGetExecAffinitySupport(int *value, CUexecAffinityType type, CUdevice device)
{
	(void)type;
	CUresult result = check(value, device);

	if (!result)
		*value = 0;
	return result;
}

CUresult sim_cuProfilerStart(void)
{
	return CUDA_SUCCESS;
}
XSIM_SAME(cuProfilerStop, cuProfilerStart);
