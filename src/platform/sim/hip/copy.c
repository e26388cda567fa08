/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies. The kind of a copy is only checked: addresses decide, as on the real runtime.
 * Arrays are not there.
 */
#include "platform/sim/hip/front.h"

static int check_kind(hipMemcpyKind kind)
{
	return kind <= hipMemcpyDefault || kind == hipMemcpyDeviceToDeviceNoCU
		       ? XSIM_OK
		       : hipErrorInvalidMemcpyDirection;
}

/* Queues a copy. wait: it is over when this returns, whatever it copies. */
static hipError_t copy(struct xsim_op *op, hipStream_t handle, bool async, bool wait)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (result)
		return (hipError_t)result;
	return (hipError_t)(wait ? xsim_submit_wait(stream, op)
				 : xsim_submit_copy(stream, op, async));
}

int hip_copy_op(struct xsim_op *op, void *dst, const void *src, size_t bytes, hipMemcpyKind kind)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result)
		result = check_kind(kind);
	if (!result)
		result = xsim_linear_op(
			op, (uintptr_t)dst, (uintptr_t)src, bytes, XSIM_SIDE_ANY, XSIM_SIDE_ANY);
	return result;
}

static hipError_t linear(void *dst, const void *src, size_t bytes, hipMemcpyKind kind,
	hipStream_t stream, bool async, bool wait)
{
	struct xsim_op op;
	int result = hip_copy_op(&op, dst, src, bytes, kind);

	return result ? (hipError_t)result : copy(&op, stream, async, wait);
}

hipError_t sim_hipMemcpy(void *dst, const void *src, size_t bytes, hipMemcpyKind kind)
{
	return linear(dst, src, bytes, kind, NULL, false, false);
}
XSIM_SAME(hipMemcpy_spt, hipMemcpy);

hipError_t sim_hipMemcpyAsync(
	void *dst, const void *src, size_t bytes, hipMemcpyKind kind, hipStream_t stream)
{
	return linear(dst, src, bytes, kind, stream, true, false);
}
XSIM_SAME(hipMemcpyAsync_spt, hipMemcpyAsync);

/* The call waits for its copy on that stream. */
hipError_t sim_hipMemcpyWithStream(
	void *dst, const void *src, size_t bytes, hipMemcpyKind kind, hipStream_t stream)
{
	return linear(dst, src, bytes, kind, stream, false, true);
}

hipError_t sim_hipMemcpyHtoD(hipDeviceptr_t dst, void *src, size_t bytes)
{
	return linear(dst, src, bytes, hipMemcpyHostToDevice, NULL, false, false);
}

hipError_t sim_hipMemcpyHtoDAsync(hipDeviceptr_t dst, void *src, size_t bytes, hipStream_t stream)
{
	return linear(dst, src, bytes, hipMemcpyHostToDevice, stream, true, false);
}

hipError_t sim_hipMemcpyDtoH(void *dst, hipDeviceptr_t src, size_t bytes)
{
	return linear(dst, src, bytes, hipMemcpyDeviceToHost, NULL, false, false);
}

hipError_t sim_hipMemcpyDtoHAsync(void *dst, hipDeviceptr_t src, size_t bytes, hipStream_t stream)
{
	return linear(dst, src, bytes, hipMemcpyDeviceToHost, stream, true, false);
}

hipError_t sim_hipMemcpyDtoD(hipDeviceptr_t dst, hipDeviceptr_t src, size_t bytes)
{
	return linear(dst, src, bytes, hipMemcpyDeviceToDevice, NULL, false, false);
}

hipError_t sim_hipMemcpyDtoDAsync(
	hipDeviceptr_t dst, hipDeviceptr_t src, size_t bytes, hipStream_t stream)
{
	return linear(dst, src, bytes, hipMemcpyDeviceToDevice, stream, true, false);
}

static int check_peers(int a, int b)
{
	int result = hip_ready();

	return result                                 ? result
	       : hip_is_device(a) && hip_is_device(b) ? XSIM_OK
						      : XSIM_INVALID_DEVICE;
}

hipError_t sim_hipMemcpyPeer(
	void *dst, int dst_device, const void *src, int src_device, size_t bytes)
{
	int result = check_peers(dst_device, src_device);

	return result ? (hipError_t)result : hip_self.hipMemcpy(dst, src, bytes, hipMemcpyDefault);
}

hipError_t sim_hipMemcpyPeerAsync(void *dst, int dst_device, const void *src, int src_device,
	size_t bytes, hipStream_t stream)
{
	int result = check_peers(dst_device, src_device);

	return result ? (hipError_t)result
		      : hip_self.hipMemcpyAsync(dst, src, bytes, hipMemcpyDefault, stream);
}

hipError_t sim_hipMemcpyBatchAsync(void **dsts, void **srcs, size_t *sizes, size_t count,
	hipMemcpyAttributes *attributes, size_t *attribute_idxs, size_t attribute_count,
	size_t *fail_idx, hipStream_t stream)
{
	hipError_t result = dsts && srcs && sizes && count ? hipSuccess : hipErrorInvalidValue;

	(void)attributes;
	(void)attribute_idxs;
	(void)attribute_count;
	for (size_t i = 0; !result && i < count; i++) {
		result = linear(dsts[i], srcs[i], sizes[i], hipMemcpyDefault, stream, true, false);
		if (result && fail_idx)
			*fail_idx = i;
	}
	return result;
}

/* --- symbols ---------------------------------------------------------------------------------- */

hipError_t sim_hipMemcpyToSymbol(
	const void *symbol, const void *src, size_t bytes, size_t offset, hipMemcpyKind kind)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? (hipError_t)result
		      : linear((void *)(uintptr_t)address, src, bytes, kind, NULL, false, false);
}
XSIM_SAME(hipMemcpyToSymbol_spt, hipMemcpyToSymbol);

hipError_t sim_hipMemcpyFromSymbol(
	void *dst, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? (hipError_t)result
		      : linear(dst, (void *)(uintptr_t)address, bytes, kind, NULL, false, false);
}
XSIM_SAME(hipMemcpyFromSymbol_spt, hipMemcpyFromSymbol);

hipError_t sim_hipMemcpyToSymbolAsync(const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind, hipStream_t stream)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? (hipError_t)result
		      : hip_self.hipMemcpyAsync(
				(void *)(uintptr_t)address, src, bytes, kind, stream);
}

hipError_t sim_hipMemcpyToSymbolAsync_spt(const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind, hipStream_t stream)
{
	return sim_hipMemcpyToSymbolAsync(
		symbol, src, bytes, offset, kind, stream ? stream : hipStreamPerThread);
}

hipError_t sim_hipMemcpyFromSymbolAsync(void *dst, const void *symbol, size_t bytes, size_t offset,
	hipMemcpyKind kind, hipStream_t stream)
{
	uint64_t address;
	int result = hip_symbol(symbol, offset, bytes, &address);

	return result ? (hipError_t)result
		      : hip_self.hipMemcpyAsync(
				dst, (void *)(uintptr_t)address, bytes, kind, stream);
}

hipError_t sim_hipMemcpyFromSymbolAsync_spt(void *dst, const void *symbol, size_t bytes,
	size_t offset, hipMemcpyKind kind, hipStream_t stream)
{
	return sim_hipMemcpyFromSymbolAsync(
		dst, symbol, bytes, offset, kind, stream ? stream : hipStreamPerThread);
}

/* --- two and three dimensions ----------------------------------------------------------------- */

static hipError_t rectangle(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
	size_t height, hipMemcpyKind kind, hipStream_t stream, bool async)
{
	struct xsim_context *context;
	struct xsim_op op;
	struct xsim_copy c = { .dst = { .address = (uintptr_t)dst, .pitch = dpitch },
		.src = { .address = (uintptr_t)src, .pitch = spitch },
		.width = width,
		.height = height,
		.depth = 1 };
	int result = hip_context(&context);

	if (!result)
		result = check_kind(kind);
	if (!result && width && height && (dpitch < width || spitch < width))
		result = hipErrorInvalidPitchValue;
	if (!result)
		result = xsim_copy_op(&op, &c);
	return result ? (hipError_t)result : copy(&op, stream, async, false);
}

hipError_t sim_hipMemcpy2D(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
	size_t height, hipMemcpyKind kind)
{
	return rectangle(dst, dpitch, src, spitch, width, height, kind, NULL, false);
}
XSIM_SAME(hipMemcpy2D_spt, hipMemcpy2D);

hipError_t sim_hipMemcpy2DAsync(void *dst, size_t dpitch, const void *src, size_t spitch,
	size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream)
{
	return rectangle(dst, dpitch, src, spitch, width, height, kind, stream, true);
}
XSIM_SAME(hipMemcpy2DAsync_spt, hipMemcpy2DAsync);

static struct xsim_copy_side side_of(const hipPitchedPtr *ptr, const hipPos *at)
{
	return (struct xsim_copy_side){ .address = (uintptr_t)ptr->ptr,
		.x = at->x,
		.y = at->y,
		.z = at->z,
		.pitch = ptr->pitch,
		.rows = ptr->ysize };
}

int hip_copy_3d_op(struct xsim_op *op, const hipMemcpy3DParms *p)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && !p)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = check_kind(p->kind);
	if (!result && (p->srcArray || p->dstArray))
		result = XSIM_NOT_SUPPORTED;
	if (result)
		return result;
	struct xsim_copy c = { .dst = side_of(&p->dstPtr, &p->dstPos),
		.src = side_of(&p->srcPtr, &p->srcPos),
		.width = p->extent.width,
		.height = p->extent.height,
		.depth = p->extent.depth };
	return xsim_copy_op(op, &c);
}

static hipError_t box(const hipMemcpy3DParms *p, hipStream_t stream, bool async)
{
	struct xsim_op op;
	int result = hip_copy_3d_op(&op, p);

	return result ? (hipError_t)result : copy(&op, stream, async, false);
}

hipError_t sim_hipMemcpy3D(const hipMemcpy3DParms *p)
{
	return box(p, NULL, false);
}
XSIM_SAME(hipMemcpy3D_spt, hipMemcpy3D);

hipError_t sim_hipMemcpy3DAsync(const hipMemcpy3DParms *p, hipStream_t stream)
{
	return box(p, stream, true);
}
XSIM_SAME(hipMemcpy3DAsync_spt, hipMemcpy3DAsync);

static hipError_t peer_box(const hipMemcpy3DPeerParms *p, hipStream_t stream, bool async)
{
	if (!p)
		return hipErrorInvalidValue;
	int result = check_peers(p->dstDevice, p->srcDevice);
	hipMemcpy3DParms plain = { p->srcArray, p->srcPos, p->srcPtr, p->dstArray, p->dstPos,
		p->dstPtr, p->extent, hipMemcpyDefault };
	return result ? (hipError_t)result : box(&plain, stream, async);
}

hipError_t sim_hipMemcpy3DPeer(hipMemcpy3DPeerParms *p)
{
	return peer_box(p, NULL, false);
}

hipError_t sim_hipMemcpy3DPeerAsync(hipMemcpy3DPeerParms *p, hipStream_t stream)
{
	return peer_box(p, stream, true);
}

static hipPitchedPtr operand(const hipMemcpy3DOperand *o, const hipExtent *extent)
{
	size_t pitch = o->op.ptr.rowLength ? o->op.ptr.rowLength : extent->width;
	size_t rows = o->op.ptr.layerHeight ? o->op.ptr.layerHeight : extent->height;

	return (hipPitchedPtr){ o->op.ptr.ptr, pitch, extent->width, rows };
}

hipError_t sim_hipMemcpy3DBatchAsync(size_t count, hipMemcpy3DBatchOp *list, size_t *fail_idx,
	unsigned long long flags, hipStream_t stream)
{
	hipError_t result = count && list && !flags ? hipSuccess : hipErrorInvalidValue;

	for (size_t i = 0; !result && i < count; i++) {
		hipMemcpy3DParms p = { .srcPtr = operand(&list[i].src, &list[i].extent),
			.dstPtr = operand(&list[i].dst, &list[i].extent),
			.extent = list[i].extent,
			.kind = hipMemcpyDefault };

		result = list[i].src.type == 1 && list[i].dst.type == 1 ? box(&p, stream, true)
									: hipErrorNotSupported;
		if (result && fail_idx)
			*fail_idx = i;
	}
	return result;
}

/* --- the driver's forms ----------------------------------------------------------------------- */

static bool is_array(hipMemoryType type)
{
	return type == (hip_major < 6 ? hipMemoryTypeArray_v5 : hipMemoryTypeArray);
}

static uint64_t address_of(hipMemoryType type, const void *host, hipDeviceptr_t device)
{
	return (uintptr_t)(type == (hip_major < 6 ? hipMemoryTypeHost_v5 : hipMemoryTypeHost)
				   ? host
				   : device);
}

static hipError_t driver_copy(const struct xsim_copy *c, hipStream_t stream, bool async)
{
	struct xsim_context *context;
	struct xsim_op op;
	int result = hip_context(&context);

	if (!result)
		result = xsim_copy_op(&op, c);
	return result ? (hipError_t)result : copy(&op, stream, async, false);
}

static hipError_t driver_2d(const hip_Memcpy2D *p, hipStream_t stream, bool async)
{
	if (!p)
		return hipErrorInvalidValue;
	if (is_array(p->srcMemoryType) || is_array(p->dstMemoryType))
		return hipErrorNotSupported;
	struct xsim_copy c = {
		.src = { .address = address_of(p->srcMemoryType, p->srcHost, p->srcDevice),
			.x = p->srcXInBytes,
			.y = p->srcY,
			.pitch = p->srcPitch },
		.dst = { .address = address_of(p->dstMemoryType, p->dstHost, p->dstDevice),
			.x = p->dstXInBytes,
			.y = p->dstY,
			.pitch = p->dstPitch },
		.width = p->WidthInBytes,
		.height = p->Height,
		.depth = 1,
	};
	return driver_copy(&c, stream, async);
}

hipError_t sim_hipMemcpyParam2D(const hip_Memcpy2D *p)
{
	return driver_2d(p, NULL, false);
}
XSIM_SAME(hipDrvMemcpy2DUnaligned, hipMemcpyParam2D);

hipError_t sim_hipMemcpyParam2DAsync(const hip_Memcpy2D *p, hipStream_t stream)
{
	return driver_2d(p, stream, true);
}

/* HIP 5 has 32-bit numbers where later versions have size_t. */
#define DRIVER_3D(name, number)                                                                    \
	struct name {                                                                              \
		number src_x, src_y, src_z, src_lod;                                               \
		hipMemoryType src_type;                                                            \
		const void *src_host;                                                              \
		hipDeviceptr_t src_device;                                                         \
		hipArray_t src_array;                                                              \
		number src_pitch, src_height;                                                      \
		number dst_x, dst_y, dst_z, dst_lod;                                               \
		hipMemoryType dst_type;                                                            \
		void *dst_host;                                                                    \
		hipDeviceptr_t dst_device;                                                         \
		hipArray_t dst_array;                                                              \
		number dst_pitch, dst_height;                                                      \
		number width, height, depth;                                                       \
	}
DRIVER_3D(narrow_3d, unsigned int);
DRIVER_3D(wide_3d, size_t);

#define FROM_3D(c, p)                                                                              \
	do {                                                                                       \
		array = is_array((p)->src_type) || is_array((p)->dst_type);                        \
		(c)->src = (struct xsim_copy_side){ .x = (p)->src_x,                               \
			.y = (p)->src_y,                                                           \
			.z = (p)->src_z,                                                           \
			.pitch = (p)->src_pitch,                                                   \
			.rows = (p)->src_height,                                                   \
			.address = address_of((p)->src_type, (p)->src_host, (p)->src_device) };    \
		(c)->dst = (struct xsim_copy_side){ .x = (p)->dst_x,                               \
			.y = (p)->dst_y,                                                           \
			.z = (p)->dst_z,                                                           \
			.pitch = (p)->dst_pitch,                                                   \
			.rows = (p)->dst_height,                                                   \
			.address = address_of((p)->dst_type, (p)->dst_host, (p)->dst_device) };    \
		(c)->width = (p)->width;                                                           \
		(c)->height = (p)->height;                                                         \
		(c)->depth = (p)->depth;                                                           \
	} while (0)

static hipError_t driver_3d(const HIP_MEMCPY3D *p, hipStream_t stream, bool async)
{
	struct xsim_copy c;
	bool array;

	if (!p)
		return hipErrorInvalidValue;
	if (hip_major < 6)
		FROM_3D(&c, (const struct narrow_3d *)(const void *)p);
	else
		FROM_3D(&c, (const struct wide_3d *)(const void *)p);
	return array ? hipErrorNotSupported : driver_copy(&c, stream, async);
}

hipError_t sim_hipDrvMemcpy3D(const HIP_MEMCPY3D *p)
{
	return driver_3d(p, NULL, false);
}

hipError_t sim_hipDrvMemcpy3DAsync(const HIP_MEMCPY3D *p, hipStream_t stream)
{
	return driver_3d(p, stream, true);
}
