/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels: what a name in a module stands for.
 *
 * A kernel is timed (only device time passes) or a host function that computes on device memory,
 * called by the engine when the kernel ends. Names are looked up among the built-ins and those
 * registered with xsim_register_kernel(); XSIM_UNKNOWN_KERNELS=accept turns every other name into
 * a timed kernel without parameters. A mangled C++ name is looked up as it is, then by the last
 * component of the function's name: _ZN5model6affineEPmmm finds affine.
 */
#ifndef XS_SIM_KERNEL_H
#define XS_SIM_KERNEL_H

#include <stdint.h>

#include "platform/sim/handle.h"

#define XSIM_MAX_PARAMS 16
#define XSIM_API        __attribute__((visibility("default")))

/* What a kernel function is given. Its parameters lie behind each other, aligned as in C. */
struct xsim_launch {
	const void *params;
	uint32_t grid[3], block[3];
	uint32_t shared_bytes;
};

/* Returns 0, or the error that becomes the sticky error of the context. Engine thread: it must not
 * call the driver. */
typedef int xsim_kernel_fn(const struct xsim_launch *launch);

/* Duration in device time of one launch; NULL: XSIM_KERNEL_NS. */
typedef uint64_t xsim_duration_fn(const struct xsim_launch *launch);

struct xsim_kernel {
	const char *name;
	xsim_kernel_fn *run; /* NULL: timed only */
	xsim_duration_fn *duration;
	const char *params; /* one letter per parameter: b 1, h 2, w 4, q or p 8 bytes */
};

struct xsim_function {
	struct xsim_handle handle;
	char *name; /* that was asked for; owned */
	struct xsim_kernel kernel;
	uint32_t param_count, param_bytes;
	uint32_t offset[XSIM_MAX_PARAMS], size[XSIM_MAX_PARAMS];
	uint64_t fixed_ns; /* of unknown kernels that are accepted */
	void *module;      /* the front door's */
	int cooperative_blocks;
	int attributes[32]; /* as set by the application */
};

/*
 * Makes name known to every module loaded later or before; a name that exists is replaced. params
 * as in struct xsim_kernel; duration_ns 0 means XSIM_KERNEL_NS. name and params are copied.
 * Returns 0, XSIM_OUT_OF_MEMORY or XSIM_INVALID_VALUE.
 */
XSIM_API int xsim_register_kernel(
	const char *name, xsim_kernel_fn *run, uint64_t duration_ns, const char *params);

/* A function object for name. XSIM_NOT_FOUND. */
int xsim_function_create(const char *name, void *module, struct xsim_function **out);
void xsim_function_destroy(struct xsim_function *function);

/* Built-in number index, or NULL behind the last one. */
const struct xsim_kernel *xsim_kernel_builtin(unsigned int index);

#endif
