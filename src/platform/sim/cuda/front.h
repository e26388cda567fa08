/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CUDA front door: what its files share.
 *
 * entry.c exports every name of cuda_api.def; each export calls sim_<name>, which is one of the
 * functions of this directory or a weak one that says CUDA_ERROR_NOT_SUPPORTED. Variants with the
 * same parameters are aliases (XSIM_SAME); what _ptsz and _ptds mean is noted by the export in
 * xsim_self.per_thread, so an implementation does not see the difference.
 */
#ifndef XS_SIM_CUDA_FRONT_H
#define XS_SIM_CUDA_FRONT_H

#include "platform/cuda/cuda_driver.h"
#include "platform/sim/build.h"
#include "platform/sim/config.h"
#include "platform/sim/copy.h"
#include "platform/sim/kernel.h"
#include "platform/sim/launch.h"
#include "platform/sim/submit.h"

#define XS_API(symbol, since, class, form, params, args) CUresult sim_##symbol params;
#include "platform/cuda/cuda_api.def"

/* Makes sim_<variant> another name of sim_<symbol>, which is defined above in the same file. */
#define XSIM_SAME(variant, symbol)                                                                 \
	__typeof__(sim_##symbol) sim_##variant __attribute__((alias("sim_" #symbol)))

/* The stream behind a handle; the sticky error of its context, or why there is none. */
int front_stream(CUstream handle, struct xsim_stream **out);

/* A current context without a sticky error; and no capture that forbids this call. */
int front_context(struct xsim_context **out);
int front_unsafe(struct xsim_context **out);

/* Fills op from a description. */
int front_copy_op(struct xsim_op *op, const CUDA_MEMCPY3D *copy);
int front_node_op(struct xsim_op *op, const CUDA_KERNEL_NODE_PARAMS_v1 *p, CUkernel kernel);
int front_memops_op(struct xsim_op *op, unsigned int count, const CUstreamBatchMemOpParams *ops);

static inline bool front_is_device(int device)
{
	return device >= 0 && device < (int)xsim_config.devices;
}

#endif
