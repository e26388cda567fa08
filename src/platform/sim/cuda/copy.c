/* SPDX-License-Identifier: Apache-2.0 */
/* Copies and fills. */
#include "platform/sim/cuda/front.h"

static struct xsim_copy_side side_of(CUmemorytype type, const void *host, CUdeviceptr device,
	size_t pitch, size_t rows, const size_t at[3])
{
	return (struct xsim_copy_side){
		.side = type == CU_MEMORYTYPE_HOST     ? XSIM_SIDE_HOST
			: type == CU_MEMORYTYPE_DEVICE ? XSIM_SIDE_DEVICE
						       : XSIM_SIDE_ANY,
		.address = type == CU_MEMORYTYPE_HOST ? (uintptr_t)host : device,
		.x = at[0],
		.y = at[1],
		.z = at[2],
		.pitch = pitch,
		.rows = rows,
	};
}

int front_copy_op(struct xsim_op *op, const CUDA_MEMCPY3D *c)
{
	if (c->srcMemoryType == CU_MEMORYTYPE_ARRAY || c->dstMemoryType == CU_MEMORYTYPE_ARRAY)
		return XSIM_NOT_SUPPORTED;
	struct xsim_copy copy = {
		.src = side_of(c->srcMemoryType, c->srcHost, c->srcDevice, c->srcPitch,
			c->srcHeight, (size_t[]){ c->srcXInBytes, c->srcY, c->srcZ }),
		.dst = side_of(c->dstMemoryType, c->dstHost, c->dstDevice, c->dstPitch,
			c->dstHeight, (size_t[]){ c->dstXInBytes, c->dstY, c->dstZ }),
		.width = c->WidthInBytes,
		.height = c->Height,
		.depth = c->Depth,
	};
	return xsim_copy_op(op, &copy);
}

static CUresult copy(struct xsim_op *op, CUstream hStream, bool async)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	return (CUresult)(result ? result : xsim_submit_copy(stream, op, async));
}

static CUresult linear(CUdeviceptr dst, CUdeviceptr src, size_t bytes, enum xsim_side dst_side,
	enum xsim_side src_side, CUstream hStream, bool async)
{
	struct xsim_context *context;
	struct xsim_op op;
	int result = front_context(&context);

	if (!result)
		result = xsim_linear_op(&op, dst, src, bytes, dst_side, src_side);
	return result ? (CUresult)result : copy(&op, hStream, async);
}

#define HOST   XSIM_SIDE_HOST
#define DEVICE XSIM_SIDE_DEVICE
#define ANY    XSIM_SIDE_ANY

CUresult sim_cuMemcpy(CUdeviceptr dst, CUdeviceptr src, size_t bytes)
{
	return linear(dst, src, bytes, ANY, ANY, NULL, false);
}
XSIM_SAME(cuMemcpy_ptds, cuMemcpy);

CUresult sim_cuMemcpyAsync(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream hStream)
{
	return linear(dst, src, bytes, ANY, ANY, hStream, true);
}
XSIM_SAME(cuMemcpyAsync_ptsz, cuMemcpyAsync);

CUresult sim_cuMemcpyHtoD_v2(CUdeviceptr dst, const void *src, size_t bytes)
{
	return linear(dst, (uintptr_t)src, bytes, DEVICE, HOST, NULL, false);
}
XSIM_SAME(cuMemcpyHtoD_v2_ptds, cuMemcpyHtoD_v2);

CUresult sim_cuMemcpyHtoDAsync_v2(CUdeviceptr dst, const void *src, size_t bytes, CUstream hStream)
{
	return linear(dst, (uintptr_t)src, bytes, DEVICE, HOST, hStream, true);
}
XSIM_SAME(cuMemcpyHtoDAsync_v2_ptsz, cuMemcpyHtoDAsync_v2);

CUresult sim_cuMemcpyDtoH_v2(void *dst, CUdeviceptr src, size_t bytes)
{
	return linear((uintptr_t)dst, src, bytes, HOST, DEVICE, NULL, false);
}
XSIM_SAME(cuMemcpyDtoH_v2_ptds, cuMemcpyDtoH_v2);

CUresult sim_cuMemcpyDtoHAsync_v2(void *dst, CUdeviceptr src, size_t bytes, CUstream hStream)
{
	return linear((uintptr_t)dst, src, bytes, HOST, DEVICE, hStream, true);
}
XSIM_SAME(cuMemcpyDtoHAsync_v2_ptsz, cuMemcpyDtoHAsync_v2);

CUresult sim_cuMemcpyDtoD_v2(CUdeviceptr dst, CUdeviceptr src, size_t bytes)
{
	return linear(dst, src, bytes, DEVICE, DEVICE, NULL, false);
}
XSIM_SAME(cuMemcpyDtoD_v2_ptds, cuMemcpyDtoD_v2);

CUresult sim_cuMemcpyDtoDAsync_v2(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream hStream)
{
	return linear(dst, src, bytes, DEVICE, DEVICE, hStream, true);
}
XSIM_SAME(cuMemcpyDtoDAsync_v2_ptsz, cuMemcpyDtoDAsync_v2);

CUresult sim_cuMemcpyPeer(CUdeviceptr dst, CUcontext dst_context, CUdeviceptr src,
	CUcontext src_context, size_t bytes)
{
	(void)dst_context;
	(void)src_context;
	return linear(dst, src, bytes, DEVICE, DEVICE, NULL, false);
}
XSIM_SAME(cuMemcpyPeer_ptds, cuMemcpyPeer);

CUresult sim_cuMemcpyPeerAsync(CUdeviceptr dst, CUcontext dst_context, CUdeviceptr src,
	CUcontext src_context, size_t bytes, CUstream hStream)
{
	(void)dst_context;
	(void)src_context;
	return linear(dst, src, bytes, DEVICE, DEVICE, hStream, true);
}
XSIM_SAME(cuMemcpyPeerAsync_ptsz, cuMemcpyPeerAsync);

static CUresult copy_3d(const CUDA_MEMCPY3D *c, CUstream hStream, bool async)
{
	struct xsim_context *context;
	struct xsim_op op;
	int result = front_context(&context);

	if (!result && !c)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = front_copy_op(&op, c);
	return result ? (CUresult)result : copy(&op, hStream, async);
}

static CUresult copy_2d(const CUDA_MEMCPY2D *c, CUstream hStream, bool async)
{
	if (!c)
		return CUDA_ERROR_INVALID_VALUE;
	CUDA_MEMCPY3D full = {
		.srcXInBytes = c->srcXInBytes,
		.srcY = c->srcY,
		.srcMemoryType = c->srcMemoryType,
		.srcHost = c->srcHost,
		.srcDevice = c->srcDevice,
		.srcPitch = c->srcPitch,
		.dstXInBytes = c->dstXInBytes,
		.dstY = c->dstY,
		.dstMemoryType = c->dstMemoryType,
		.dstHost = c->dstHost,
		.dstDevice = c->dstDevice,
		.dstPitch = c->dstPitch,
		.WidthInBytes = c->WidthInBytes,
		.Height = c->Height,
		.Depth = 1,
	};
	return copy_3d(&full, hStream, async);
}

CUresult sim_cuMemcpy2D_v2(const CUDA_MEMCPY2D *c)
{
	return copy_2d(c, NULL, false);
}
XSIM_SAME(cuMemcpy2D_v2_ptds, cuMemcpy2D_v2);
XSIM_SAME(cuMemcpy2DUnaligned_v2, cuMemcpy2D_v2);
XSIM_SAME(cuMemcpy2DUnaligned_v2_ptds, cuMemcpy2D_v2);

CUresult sim_cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *c, CUstream hStream)
{
	return copy_2d(c, hStream, true);
}
XSIM_SAME(cuMemcpy2DAsync_v2_ptsz, cuMemcpy2DAsync_v2);

CUresult sim_cuMemcpy3D_v2(const CUDA_MEMCPY3D *c)
{
	return copy_3d(c, NULL, false);
}
XSIM_SAME(cuMemcpy3D_v2_ptds, cuMemcpy3D_v2);

CUresult sim_cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *c, CUstream hStream)
{
	return copy_3d(c, hStream, true);
}
XSIM_SAME(cuMemcpy3DAsync_v2_ptsz, cuMemcpy3DAsync_v2);

/* --- fills ------------------------------------------------------------------------------------ */

/* A fill is asynchronous to the host in both forms; the plain one is on the default stream. */
static CUresult fill(CUdeviceptr dst, size_t pitch, unsigned int value, unsigned int element,
	size_t width, size_t height, CUstream hStream, bool async)
{
	struct xsim_stream *stream;
	struct xsim_op op;
	int result = front_stream(hStream, &stream);

	if (!result && !async)
		result = xsim_capture_touch_unsafe();
	if (!result)
		result = xsim_fill_op(&op, dst, pitch, value, element, width, height);
	return (CUresult)(result ? result : xsim_submit(stream, XSIM_NODE_FILL, &op));
}

CUresult sim_cuMemsetD8_v2(CUdeviceptr dst, unsigned char value, size_t count)
{
	return fill(dst, count, value, 1, count, 1, NULL, false);
}
XSIM_SAME(cuMemsetD8_v2_ptds, cuMemsetD8_v2);

CUresult sim_cuMemsetD16_v2(CUdeviceptr dst, unsigned short value, size_t count)
{
	return fill(dst, count * 2, value, 2, count, 1, NULL, false);
}
XSIM_SAME(cuMemsetD16_v2_ptds, cuMemsetD16_v2);

CUresult sim_cuMemsetD32_v2(CUdeviceptr dst, unsigned int value, size_t count)
{
	return fill(dst, count * 4, value, 4, count, 1, NULL, false);
}
XSIM_SAME(cuMemsetD32_v2_ptds, cuMemsetD32_v2);

CUresult sim_cuMemsetD8Async(CUdeviceptr dst, unsigned char value, size_t count, CUstream hStream)
{
	return fill(dst, count, value, 1, count, 1, hStream, true);
}
XSIM_SAME(cuMemsetD8Async_ptsz, cuMemsetD8Async);

CUresult sim_cuMemsetD16Async(CUdeviceptr dst, unsigned short value, size_t count, CUstream hStream)
{
	return fill(dst, count * 2, value, 2, count, 1, hStream, true);
}
XSIM_SAME(cuMemsetD16Async_ptsz, cuMemsetD16Async);

CUresult sim_cuMemsetD32Async(CUdeviceptr dst, unsigned int value, size_t count, CUstream hStream)
{
	return fill(dst, count * 4, value, 4, count, 1, hStream, true);
}
XSIM_SAME(cuMemsetD32Async_ptsz, cuMemsetD32Async);

CUresult sim_cuMemsetD2D8_v2(
	CUdeviceptr dst, size_t dst_pitch, unsigned char value, size_t width, size_t height)
{
	return fill(dst, dst_pitch, value, 1, width, height, NULL, false);
}
XSIM_SAME(cuMemsetD2D8_v2_ptds, cuMemsetD2D8_v2);

CUresult sim_cuMemsetD2D16_v2(
	CUdeviceptr dst, size_t dst_pitch, unsigned short value, size_t width, size_t height)
{
	return fill(dst, dst_pitch, value, 2, width, height, NULL, false);
}
XSIM_SAME(cuMemsetD2D16_v2_ptds, cuMemsetD2D16_v2);

CUresult sim_cuMemsetD2D32_v2(
	CUdeviceptr dst, size_t dst_pitch, unsigned int value, size_t width, size_t height)
{
	return fill(dst, dst_pitch, value, 4, width, height, NULL, false);
}
XSIM_SAME(cuMemsetD2D32_v2_ptds, cuMemsetD2D32_v2);

CUresult sim_cuMemsetD2D8Async(CUdeviceptr dst, size_t dst_pitch, unsigned char value, size_t width,
	size_t height, CUstream hStream)
{
	return fill(dst, dst_pitch, value, 1, width, height, hStream, true);
}
XSIM_SAME(cuMemsetD2D8Async_ptsz, cuMemsetD2D8Async);

CUresult sim_cuMemsetD2D16Async(CUdeviceptr dst, size_t dst_pitch, unsigned short value,
	size_t width, size_t height, CUstream hStream)
{
	return fill(dst, dst_pitch, value, 2, width, height, hStream, true);
}
XSIM_SAME(cuMemsetD2D16Async_ptsz, cuMemsetD2D16Async);

CUresult sim_cuMemsetD2D32Async(CUdeviceptr dst, size_t dst_pitch, unsigned int value, size_t width,
	size_t height, CUstream hStream)
{
	return fill(dst, dst_pitch, value, 4, width, height, hStream, true);
}
XSIM_SAME(cuMemsetD2D32Async_ptsz, cuMemsetD2D32Async);
