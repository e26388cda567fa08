/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own declaration of the CUDA driver API: types and constants (cuda_types.h), and a prototype
 * for each entry point under its exported symbol, such as cuMemAlloc_v2 or cuLaunchKernel_ptsz.
 * There are no macros that pick a variant: who calls or defines one names it.
 */
#ifndef XS_PLATFORM_CUDA_DRIVER_H
#define XS_PLATFORM_CUDA_DRIVER_H

#include "platform/cuda/cuda_types.h"

/* Whoever defines one of these exports it. */
#pragma GCC visibility push(default)
#define XS_API(symbol, since, class, form, params, args) CUresult symbol params;
#include "platform/cuda/cuda_api.def"
#pragma GCC visibility pop

#endif
