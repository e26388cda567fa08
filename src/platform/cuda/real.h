/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real driver: one function pointer per entry point, under the name of its symbol. libhalcuda.so
 * owns the table, libshimcuda.so uses it too.
 *
 * A pointer can be called from the start: until the driver is loaded, it leads to a stub that loads
 * it, fills in the table and goes on to the real function (lazy_<cpu>.S). That happens once, at the
 * first call of any of them, in any thread; from then on the table does not change. An entry point
 * that the driver lacks returns CUDA_ERROR_NOT_SUPPORTED. Without a driver, cuInit() reports
 * CUDA_ERROR_NO_DEVICE and the others CUDA_ERROR_NOT_INITIALIZED.
 */
#ifndef XS_PLATFORM_CUDA_REAL_H
#define XS_PLATFORM_CUDA_REAL_H

#include <stdbool.h>

#include "platform/cuda/cuda_driver.h"

struct xs_cuda_real {
#define XS_API(symbol, since, class, form, params, args) CUresult(*symbol) params;
#define XS_NAME(symbol, since, class, form)              CUresult (*symbol)(void);
#include "platform/cuda/cuda_api.def"
};

#pragma GCC visibility push(default)
extern struct xs_cuda_real xs_cuda_real;

/* The constant operations on the real driver. */
extern const struct xs_hal xs_cuda_hal;

/* The real function of this symbol, loading the driver if need be; NULL if the driver lacks it. */
void *xs_cuda_find(const char *symbol);
#pragma GCC visibility pop

#endif
