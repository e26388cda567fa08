/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules: sets of functions by name. The image does not matter: whatever it is, its functions are
 * the kernels that the device knows by name.
 */
#ifndef XS_SIM_MODULE_H
#define XS_SIM_MODULE_H

#include "base/futex.h"
#include "platform/sim/kernel.h"

struct xsim_module {
	struct xsim_handle handle;
	struct xs_mutex lock;
	struct xsim_function **functions; /* [lock] those asked for so far */
	unsigned int count, room;         /* [lock] */
};

/* XSIM_OUT_OF_MEMORY. */
int xsim_module_create(struct xsim_module **out);

/* The work of its functions must be over. XSIM_INVALID_HANDLE. */
int xsim_module_destroy(struct xsim_module *module);

/* The same object for each question about a name. XSIM_INVALID_HANDLE, XSIM_NOT_FOUND. */
int xsim_module_function(struct xsim_module *module, const char *name, struct xsim_function **out);

#endif
