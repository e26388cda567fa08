/* SPDX-License-Identifier: Apache-2.0 */
/* Copies, fills and memory operations: from the arguments of a call to an operation of a stream. */
#ifndef XS_SIM_COPY_H
#define XS_SIM_COPY_H

#include "platform/sim/op.h"

struct xsim_stream;

/* What a call says about one side of a copy. */
enum xsim_side { XSIM_SIDE_ANY, XSIM_SIDE_HOST, XSIM_SIDE_DEVICE };

/* A three-dimensional copy; x in bytes, pitch and rows 0: as wide and high as what is copied. */
struct xsim_copy {
	struct xsim_copy_side {
		enum xsim_side side;
		uint64_t address;
		size_t x, y, z;
		size_t pitch, rows;
	} dst, src;
	size_t width, height, depth;
};

/* XSIM_INVALID_VALUE: an address should be on the device and is not, or a pitch is too small. */
int xsim_copy_op(struct xsim_op *op, const struct xsim_copy *copy);
int xsim_linear_op(struct xsim_op *op, uint64_t dst, uint64_t src, size_t bytes,
	enum xsim_side dst_side, enum xsim_side src_side);
int xsim_fill_op(struct xsim_op *op, uint64_t dst, size_t pitch, unsigned int value,
	unsigned int element, size_t width, size_t height);

/* Queues a copy; what op owns passes on in any case. As with the real drivers an asynchronous copy
 * from pageable memory has taken its source when the call returns, and one to pageable memory is
 * done; a synchronous one does not wait if both sides are on the device. */
int xsim_submit_copy(struct xsim_stream *stream, struct xsim_op *op, bool async);

#endif
