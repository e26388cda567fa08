/* SPDX-License-Identifier: Apache-2.0 */
/* Launches of kernels: from the arguments of a call to an operation of a stream. */
#ifndef XS_SIM_LAUNCH_H
#define XS_SIM_LAUNCH_H

#include "platform/sim/kernel.h"
#include "platform/sim/op.h"

struct xsim_stream;

/* Parameters are an array of addresses, one for each, or the one buffer in the list extra. */
struct xsim_launch_args {
	const void *function; /* a handle */
	unsigned int grid[3], block[3];
	unsigned int shared_bytes;
	void **params;
	void **extra; /* (void *)1, buffer, ..., NULL or (void *)0 */
};

/* XSIM_INVALID_HANDLE, XSIM_INVALID_VALUE, XSIM_OUT_OF_MEMORY. */
int xsim_kernel_op(struct xsim_op *op, const struct xsim_launch_args *args);

/* Spends XSIM_LAUNCH_NS on the host and queues the kernel, unless XSIM_DISCARD drops it. */
int xsim_launch_kernel(struct xsim_stream *stream, const struct xsim_launch_args *args);

#endif
