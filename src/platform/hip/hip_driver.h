/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own declaration of the HIP runtime API: types and constants (hip_types.h), and a prototype
 * for each entry point under its exported symbol, such as hipMemcpyAsync_spt or the C++ spelling of
 * hipExtModuleLaunchKernel. There are no macros that pick a variant: who calls or defines one names
 * it.
 */
#ifndef XS_PLATFORM_HIP_DRIVER_H
#define XS_PLATFORM_HIP_DRIVER_H

#include "platform/hip/hip_types.h"

/* Whoever defines one of these exports it. */
#pragma GCC visibility push(default)
#define XS_ODD(symbol, since, slot, class, form, result, params, args) result symbol params;
#include "platform/hip/hip_api.def"
#pragma GCC visibility pop

#endif
