/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XSCHED_TRACE: one line on standard error for each call that allocates, frees or submits, such as
 *
 *   [TRACE_MALLOC] size=4096 ptr=0x7f31c4a00000 ret=0
 *   [TRACE_KERNEL] func=0x55d0c4a3e0 stream=(nil)
 *
 * Off by default; an override that traces then costs one load and one branch that is never taken.
 */
#ifndef XS_PLATFORM_COMMON_TRACE_H
#define XS_PLATFORM_COMMON_TRACE_H

#include <stdbool.h>

#include "base/atomic.h"

extern _Atomic bool xs_trace_on;

/* Reads the option; called before the first call of a thread is scheduled, or more often. */
void xs_trace_begin(void);

/* Writes the line, as a whole. Keeps errno. */
__attribute__((format(printf, 1, 2))) void xs_trace_line(const char *format, ...);

#define xs_trace(...)                                                                              \
	do {                                                                                       \
		if (xs_unlikely(xs_load_relaxed(&xs_trace_on)))                                    \
			xs_trace_line(__VA_ARGS__);                                                \
	} while (0)

#endif
