/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recording of driver calls (XSIM_RECORD) and failures on demand (XSIM_FAIL).
 *
 * One line per call, written when it returns:
 *
 *      2 cuLaunchKernel(func#1, 1, 1, 1, 1, 1, 1, 0, stream#3, ptr, null) = 0
 *
 * the ordinal of the thread, the name, the arguments with every handle and device pointer replaced
 * by the ordinal in which it was first seen, and the result. The line is made from the text of the
 * parameter list, so there is nothing to write per function.
 */
#ifndef XS_SIM_CUDA_RECORD_H
#define XS_SIM_CUDA_RECORD_H

#include "base/atomic.h"
#include "platform/cuda/cuda_driver.h"

/* Not zero: calls take the slow way. Starts as RECORD_UNREAD until the environment was read. */
#define RECORD_UNREAD 1
#define RECORD_LOG    2
#define RECORD_FAIL   4
extern _Atomic int record_hooks;

/* Before the call: the failure that XSIM_FAIL asks for, or CUDA_SUCCESS. */
CUresult record_enter(const char *symbol);

/* After the call. params is the text of the parameter list, the arguments follow. */
void record_call(const char *symbol, const char *params, CUresult result, ...);

/* A call that is not implemented and whose parameters nobody knows. */
CUresult record_unsupported(const char *symbol);

/* True if the next kernel is to fail: XSIM_FAIL=async:N. */
bool record_async_failure(CUresult *error);

#endif
