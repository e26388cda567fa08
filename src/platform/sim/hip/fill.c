/* SPDX-License-Identifier: Apache-2.0 */
/* Fills. */
#include "platform/sim/hip/front.h"

/* A synchronous fill is over when the call returns. */
static hipError_t fill(void *dst, size_t pitch, unsigned int value, unsigned int element,
	size_t width, size_t height, hipStream_t handle, bool async)
{
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = hip_stream(handle, &stream);

	if (!result)
		result = xsim_fill_op(&op, (uintptr_t)dst, pitch, value, element, width, height);
	if (result)
		return (hipError_t)result;
	return (hipError_t)(async ? xsim_submit(stream, XSIM_NODE_FILL, &op)
				  : xsim_submit_wait(stream, &op));
}

hipError_t sim_hipMemset(void *dst, int value, size_t bytes)
{
	return fill(dst, bytes, (unsigned int)value, 1, bytes, 1, NULL, false);
}
XSIM_SAME(hipMemset_spt, hipMemset);

hipError_t sim_hipMemsetAsync(void *dst, int value, size_t bytes, hipStream_t stream)
{
	return fill(dst, bytes, (unsigned int)value, 1, bytes, 1, stream, true);
}
XSIM_SAME(hipMemsetAsync_spt, hipMemsetAsync);

hipError_t sim_hipMemsetD8(hipDeviceptr_t dst, unsigned char value, size_t count)
{
	return fill(dst, count, value, 1, count, 1, NULL, false);
}

hipError_t sim_hipMemsetD8Async(
	hipDeviceptr_t dst, unsigned char value, size_t count, hipStream_t stream)
{
	return fill(dst, count, value, 1, count, 1, stream, true);
}

hipError_t sim_hipMemsetD16(hipDeviceptr_t dst, unsigned short value, size_t count)
{
	return fill(dst, count * 2, value, 2, count, 1, NULL, false);
}

hipError_t sim_hipMemsetD16Async(
	hipDeviceptr_t dst, unsigned short value, size_t count, hipStream_t stream)
{
	return fill(dst, count * 2, value, 2, count, 1, stream, true);
}

hipError_t sim_hipMemsetD32(hipDeviceptr_t dst, int value, size_t count)
{
	return fill(dst, count * 4, (unsigned int)value, 4, count, 1, NULL, false);
}

hipError_t sim_hipMemsetD32Async(hipDeviceptr_t dst, int value, size_t count, hipStream_t stream)
{
	return fill(dst, count * 4, (unsigned int)value, 4, count, 1, stream, true);
}

hipError_t sim_hipMemset2D(void *dst, size_t pitch, int value, size_t width, size_t height)
{
	return fill(dst, pitch, (unsigned int)value, 1, width, height, NULL, false);
}
XSIM_SAME(hipMemset2D_spt, hipMemset2D);

hipError_t sim_hipMemset2DAsync(
	void *dst, size_t pitch, int value, size_t width, size_t height, hipStream_t stream)
{
	return fill(dst, pitch, (unsigned int)value, 1, width, height, stream, true);
}
XSIM_SAME(hipMemset2DAsync_spt, hipMemset2DAsync);

/* Slices that follow each other without a gap are one rectangle; others are filled one by one. */
static hipError_t fill_box(
	hipPitchedPtr p, int value, hipExtent extent, hipStream_t stream, bool async)
{
	hipError_t result = hipSuccess;

	if (p.ysize == extent.height || extent.depth < 2)
		return fill(p.ptr, p.pitch, (unsigned int)value, 1, extent.width,
			extent.height * extent.depth, stream, async);
	for (size_t z = 0; z < extent.depth && !result; z++)
		result = fill((char *)p.ptr + z * p.pitch * p.ysize, p.pitch, (unsigned int)value,
			1, extent.width, extent.height, stream, async);
	return result;
}

hipError_t sim_hipMemset3D(hipPitchedPtr ptr, int value, hipExtent extent)
{
	return fill_box(ptr, value, extent, NULL, false);
}
XSIM_SAME(hipMemset3D_spt, hipMemset3D);

hipError_t sim_hipMemset3DAsync(hipPitchedPtr ptr, int value, hipExtent extent, hipStream_t stream)
{
	return fill_box(ptr, value, extent, stream, true);
}
XSIM_SAME(hipMemset3DAsync_spt, hipMemset3DAsync);

hipError_t sim_hipMemsetD2D8(
	hipDeviceptr_t dst, size_t pitch, unsigned char value, size_t width, size_t height)
{
	return fill(dst, pitch, value, 1, width, height, NULL, false);
}

hipError_t sim_hipMemsetD2D8Async(hipDeviceptr_t dst, size_t pitch, unsigned char value,
	size_t width, size_t height, hipStream_t stream)
{
	return fill(dst, pitch, value, 1, width, height, stream, true);
}

hipError_t sim_hipMemsetD2D16(
	hipDeviceptr_t dst, size_t pitch, unsigned short value, size_t width, size_t height)
{
	return fill(dst, pitch, value, 2, width, height, NULL, false);
}

hipError_t sim_hipMemsetD2D16Async(hipDeviceptr_t dst, size_t pitch, unsigned short value,
	size_t width, size_t height, hipStream_t stream)
{
	return fill(dst, pitch, value, 2, width, height, stream, true);
}

hipError_t sim_hipMemsetD2D32(
	hipDeviceptr_t dst, size_t pitch, unsigned int value, size_t width, size_t height)
{
	return fill(dst, pitch, value, 4, width, height, NULL, false);
}

hipError_t sim_hipMemsetD2D32Async(hipDeviceptr_t dst, size_t pitch, unsigned int value,
	size_t width, size_t height, hipStream_t stream)
{
	return fill(dst, pitch, value, 4, width, height, stream, true);
}
