/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HIP front door: what its files share.
 *
 * entry.inc exports every name of hip_api.def, once for each major version (entry5.c to entry7.c);
 * each export ends in sim_<name>, which is one of the functions of this directory or a weak one
 * that says hipErrorNotSupported. Variants with the same parameters are aliases (XSIM_SAME); what
 * _spt means is noted by the export in xsim_self.per_thread. The functions here serve all versions
 * and ask hip_major where these differ.
 *
 * There is no cuInit() here: whatever needs a device initialises it, takes device 0 unless the
 * thread chose one, and works on the primary context of that device.
 */
#ifndef XS_SIM_HIP_FRONT_H
#define XS_SIM_HIP_FRONT_H

#include "platform/hip/hip_driver.h"
#include "platform/sim/build.h"
#include "platform/sim/config.h"
#include "platform/sim/copy.h"
#include "platform/sim/kernel.h"
#include "platform/sim/launch.h"
#include "platform/sim/submit.h"

#define XS_ODD(symbol, since, slot, class, form, result, params, args) result sim_##symbol params;
#include "platform/hip/hip_api.def"

/* Makes sim_<variant> another name of sim_<symbol>, which is defined above in the same file. */
#define XSIM_SAME(variant, symbol)                                                                 \
	__typeof__(sim_##symbol) sim_##variant __attribute__((alias("sim_" #symbol)))

/* --- what differs between the versions (entry.inc) -------------------------------------------- */

extern const int hip_major, hip_minor;

/* How a function of ours calls another entry point: HIP 5 through its export, which somebody may
 * have interposed; later versions directly. These are the calls seen in AMD's 5.2.3. */
struct hip_self {
	__typeof__(hipHostMalloc) *hipHostMalloc;
	__typeof__(hipMallocPitch) *hipMallocPitch;
	__typeof__(hipMemcpy) *hipMemcpy;
	__typeof__(hipMemcpyAsync) *hipMemcpyAsync;
	__typeof__(hipModuleLaunchKernel) *hipModuleLaunchKernel;
	__typeof__(hipGraphExecUpdate) *hipGraphExecUpdate;
};
extern const struct hip_self hip_self;

/* Every exported function by name, in the order of strcmp(). */
struct hip_name {
	const char *symbol;
	int since;
	void *address;
};
extern const struct hip_name hip_names[];
extern const size_t hip_name_count;

/* --- a thread --------------------------------------------------------------------------------- */

#define HIP_NESTED    8
#define HIP_ARG_BYTES 4096

struct hip_call {
	dim3 grid, block;
	size_t shared_bytes;
	hipStream_t stream;
};

/* What hipConfigureCall() and hipSetupArgument() gather. */
struct hip_configured {
	struct hip_call call;
	size_t arg_bytes;
	struct hip_configured *outer;
	_Alignas(16) unsigned char args[HIP_ARG_BYTES];
};

/* Small: whoever opens the library with dlopen() has little room for it. */
struct hip_thread {
	hipError_t last;         /* what hipGetLastError() gives */
	hipError_t last_command; /* the result of the latest call, for hipExtGetLastError() */
	bool keep;               /* the call under way does not change these */
	int device;
	unsigned int pushed_count;
	struct hip_call pushed[HIP_NESTED];
	struct hip_configured *configured; /* owned; the innermost one */
};
extern __thread struct hip_thread hip_thread;

/* Notes the result of a call; gives it back. */
hipError_t hip_note(hipError_t result);

/* --- from handles to objects ------------------------------------------------------------------ */

/* Initialises. hipErrorInvalidDevice if there is none, as the real runtime says. */
int hip_ready(void);

/* The context of the current device; its sticky error. */
int hip_context(struct xsim_context **out);

/* The same for a call that may be forbidden while a stream captures. */
int hip_unsafe(struct xsim_context **out);

/* What every question about a device begins with: there is room for the answer, and a device. */
hipError_t hip_check(const void *out, int device);

/* Makes device the current one of this thread. */
int hip_choose(int device, struct xsim_context **out);

/* hipErrorContextIsDestroyed for a handle that is none, as the real runtime says. */
int hip_stream(hipStream_t handle, struct xsim_stream **out);

/* The function that is known by the address of its stub in the program or by its handle.
 * hipErrorInvalidDeviceFunction: registered with nobody or with another copy of the runtime. */
int hip_function(const void *address, struct xsim_function **out);

/* The address of a variable on the current device by that of its shadow in the program. */
int hip_symbol(const void *symbol, size_t offset, size_t bytes, uint64_t *address);

/* Makes variables whose registration came before the device known to it. */
void hip_adopt_managed(void);

/* --- operations ------------------------------------------------------------------------------- */

int hip_kernel_op(struct xsim_op *op, const hipKernelNodeParams *params);
int hip_copy_3d_op(struct xsim_op *op, const hipMemcpy3DParms *params);
int hip_copy_op(struct xsim_op *op, void *dst, const void *src, size_t bytes, hipMemcpyKind kind);
int hip_to_symbol_op(struct xsim_op *op, const void *symbol, const void *src, size_t bytes,
	size_t offset, hipMemcpyKind kind);
int hip_from_symbol_op(struct xsim_op *op, void *dst, const void *symbol, size_t bytes,
	size_t offset, hipMemcpyKind kind);
int hip_fill_op(struct xsim_op *op, const hipMemsetParams *params);
int hip_host_op(struct xsim_op *op, const hipHostNodeParams *params);
int hip_memops_op(struct xsim_op *op, unsigned int count, const hipStreamBatchMemOpParams *params);

/* Gives up the user objects that a graph holds, and the mask of a stream. */
void hip_forget_graph(uint64_t graph_id);
void hip_forget_mask(uint64_t stream_id);

static inline bool hip_is_device(int device)
{
	return device >= 0 && device < (int)xsim_config.devices;
}

#endif
