/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies and fills.
 *
 * Everything is brought into the form of a three-dimensional copy. Addresses decide the direction:
 * what is not in the registry is pageable memory of the host. As with the real driver a copy from
 * pageable memory has taken its source when the call returns, and one to pageable memory is done.
 */
#include <string.h>

#include "platform/sim/cuda/front.h"

static bool is_device(uint64_t address, uint64_t bytes)
{
	struct xsim_range range;

	return xsim_memory_find(address, bytes, &range) && range.type != XSIM_MEMORY_PINNED &&
	       range.type != XSIM_MEMORY_REGISTERED;
}

static bool is_pageable(const void *address)
{
	return !xsim_memory_find((uintptr_t)address, 1, NULL);
}

/* Bytes from the first to behind the last that one side of the copy touches. */
static uint64_t extent(size_t pitch, size_t slice, const struct xsim_op *op)
{
	return (op->copy.depth - 1) * slice + (op->copy.height - 1) * pitch + op->copy.width;
}

/* Chooses the unit; refuses an address that should be on the device and is not. */
static int check_sides(struct xsim_op *op, CUmemorytype dst_type, CUmemorytype src_type)
{
	uint64_t dst_bytes = extent(op->copy.dst_pitch, op->copy.dst_slice, op);
	uint64_t src_bytes = extent(op->copy.src_pitch, op->copy.src_slice, op);
	uint64_t dst = (uintptr_t)op->copy.dst, src = (uintptr_t)op->copy.src;
	bool to = is_device(dst, dst_bytes), from = is_device(src, src_bytes);

	if (!dst || !src)
		return XSIM_INVALID_VALUE;
	if (dst_type == CU_MEMORYTYPE_DEVICE && !to && !xsim_memory_find(dst, dst_bytes, NULL))
		return XSIM_INVALID_VALUE;
	if (src_type == CU_MEMORYTYPE_DEVICE && !from && !xsim_memory_find(src, src_bytes, NULL))
		return XSIM_INVALID_VALUE;
	op->unit = to == from ? XSIM_UNIT_COMPUTE : to ? XSIM_UNIT_UP : XSIM_UNIT_DOWN;
	return XSIM_OK;
}

int front_copy_op(struct xsim_op *op, const CUDA_MEMCPY3D *c)
{
	if (c->srcMemoryType == CU_MEMORYTYPE_ARRAY || c->dstMemoryType == CU_MEMORYTYPE_ARRAY)
		return XSIM_NOT_SUPPORTED;
	size_t src_pitch = c->srcPitch ? c->srcPitch : c->WidthInBytes;
	size_t dst_pitch = c->dstPitch ? c->dstPitch : c->WidthInBytes;
	size_t src_slice = src_pitch * (c->srcHeight ? c->srcHeight : c->Height);
	size_t dst_slice = dst_pitch * (c->dstHeight ? c->dstHeight : c->Height);
	const char *src = c->srcMemoryType == CU_MEMORYTYPE_HOST
				  ? c->srcHost
				  : (const char *)(uintptr_t)c->srcDevice;
	char *dst = c->dstMemoryType == CU_MEMORYTYPE_HOST ? c->dstHost
							   : (char *)(uintptr_t)c->dstDevice;

	if (c->Height > 1 && (src_pitch < c->WidthInBytes || dst_pitch < c->WidthInBytes))
		return XSIM_INVALID_VALUE;
	if (!c->WidthInBytes || !c->Height || !c->Depth) {
		*op = (struct xsim_op){ .kind = XSIM_OP_EMPTY };
		return XSIM_OK;
	}
	*op = (struct xsim_op){
		.kind = XSIM_OP_COPY,
		.copy = {
			.src = src + c->srcXInBytes + c->srcY * src_pitch + c->srcZ * src_slice,
			.dst = dst + c->dstXInBytes + c->dstY * dst_pitch + c->dstZ * dst_slice,
			.src_pitch = src_pitch, .dst_pitch = dst_pitch,
			.src_slice = src_slice, .dst_slice = dst_slice,
			.width = c->WidthInBytes, .height = c->Height, .depth = c->Depth,
		},
	};
	return check_sides(op, c->dstMemoryType, c->srcMemoryType);
}

/* Replaces the source of the copy by a copy of it that the operation owns. */
static int stage(struct xsim_op *op)
{
	uint64_t bytes = extent(op->copy.src_pitch, op->copy.src_slice, op);

	if (xsim_op_set_heap(op, op->copy.src, bytes))
		return XSIM_OUT_OF_MEMORY;
	op->copy.src = NULL;
	return XSIM_OK;
}

static CUresult copy(struct xsim_op *op, CUstream hStream, bool async)
{
	struct xsim_stream *stream;
	int result = front_stream(hStream, &stream);

	if (result)
		return (CUresult)result;
	bool empty = op->kind == XSIM_OP_EMPTY;
	bool captured = xs_load_relaxed(&stream->capture) != NULL;
	if (!async) {
		if (!empty && op->unit == XSIM_UNIT_COMPUTE && !is_pageable(op->copy.dst) &&
			!is_pageable(op->copy.src)) {
			/* Between device addresses the host does not wait. */
			result = xsim_capture_touch_unsafe();
			return (CUresult)(result ? result
						 : front_submit(
							   stream, CU_GRAPH_NODE_TYPE_MEMCPY, op));
		}
		return (CUresult)front_submit_wait(stream, op);
	}
	if (!empty && !captured && is_pageable(op->copy.dst))
		return (CUresult)front_submit_wait(stream, op);
	if (!empty && !captured && is_pageable(op->copy.src))
		result = stage(op);
	return (CUresult)(result ? result : front_submit(stream, CU_GRAPH_NODE_TYPE_MEMCPY, op));
}

static CUresult linear(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUmemorytype dst_type,
	CUmemorytype src_type, CUstream hStream, bool async)
{
	struct xsim_context *context;
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	int result = front_context(&context);

	if (result)
		return (CUresult)result;
	if (bytes) {
		op.kind = XSIM_OP_COPY;
		op.copy.dst = (void *)(uintptr_t)dst;
		op.copy.src = (const void *)(uintptr_t)src;
		op.copy.dst_pitch = op.copy.src_pitch = op.copy.dst_slice = op.copy.src_slice =
			bytes;
		op.copy.width = bytes;
		op.copy.height = op.copy.depth = 1;
		result = check_sides(&op, dst_type, src_type);
	}
	return result ? (CUresult)result : copy(&op, hStream, async);
}

#define HOST   CU_MEMORYTYPE_HOST
#define DEVICE CU_MEMORYTYPE_DEVICE
#define ANY    CU_MEMORYTYPE_UNIFIED

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

int front_fill_op(struct xsim_op *op, CUdeviceptr dst, size_t pitch, unsigned int value,
	unsigned int element, size_t width, size_t height)
{
	*op = (struct xsim_op){ .kind = XSIM_OP_EMPTY };
	if (element != 1 && element != 2 && element != 4)
		return XSIM_INVALID_VALUE;
	if (!width || !height)
		return XSIM_OK;
	if (height > 1 && pitch < width * element)
		return XSIM_INVALID_VALUE;
	if (dst % element || !xsim_memory_find(dst, (height - 1) * pitch + width * element, NULL))
		return XSIM_INVALID_VALUE;
	op->kind = XSIM_OP_FILL;
	op->fill.dst = (void *)(uintptr_t)dst;
	op->fill.pitch = pitch;
	op->fill.width = width;
	op->fill.height = height;
	op->fill.value = value;
	op->fill.element = element;
	return XSIM_OK;
}

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
		result = front_fill_op(&op, dst, pitch, value, element, width, height);
	return (CUresult)(result ? result : front_submit(stream, CU_GRAPH_NODE_TYPE_MEMSET, &op));
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
