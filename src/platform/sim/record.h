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
 * parameter list, so there is nothing to write per function; what the words in it mean is said by
 * the front door in xsim_record_types.
 */
#ifndef XS_SIM_RECORD_H
#define XS_SIM_RECORD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/atomic.h"

/* Types of a vendor, told by the words with which a parameter begins. Lists end with NULL. */
struct xsim_record_types {
	const struct xsim_record_handle {
		const char *type, *word; /* CUstream, stream */
	} * handles;
	const char *const *wide; /* numbers of 64 bits */
	const char *const
		*pointers; /* that do not look like one: functions, handles of no interest */
	const char *const *triples; /* structures of three 32-bit numbers */
	const char *const *others;  /* that nobody fetches: the line ends there */
	bool memory;                /* pointers into known memory are told by its ordinal */
};
extern const struct xsim_record_types xsim_record_types;

/* Not zero: calls take the slow way. Starts as RECORD_UNREAD until the environment was read. */
#define RECORD_UNREAD 1
#define RECORD_LOG    2
#define RECORD_FAIL   4
extern _Atomic int xsim_record_hooks;

/* Before the call: the failure that XSIM_FAIL asks for, or 0. */
int xsim_record_enter(const char *symbol);

/* After the call. params is the text of the parameter list, the arguments follow. */
void xsim_record_call(const char *symbol, const char *params, int result, ...);

/* A call that is not implemented and whose parameters nobody knows: returns error. */
int xsim_record_unsupported(const char *symbol, int error);

/* True if the next kernel is to fail: XSIM_FAIL=async:N. */
bool xsim_record_async_failure(int *error);

#endif
