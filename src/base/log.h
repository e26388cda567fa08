/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-line messages on standard error, in XSched's format:
 *
 *   [XSCHED WARN @ T 4711 @ 12:34:56.123456] message
 *
 * The level comes from XLOG_LEVEL (ERRO, WARN, INFO, DEBG). Inside an application the default is
 * WARN, so nothing is printed unless something is wrong; the daemon starts with INFO. Any thread,
 * any time; each message is a single write, without memory from the heap and, in a forked child,
 * without a lock; when nobody reads, no signal tells the application.
 */
#ifndef XS_BASE_LOG_H
#define XS_BASE_LOG_H

#include <stdbool.h>

#include "base/atomic.h"

enum xs_log_level { XS_LOG_ERRO, XS_LOG_WARN, XS_LOG_INFO, XS_LOG_DEBG };

/* Level in force when XLOG_LEVEL is not set. */
void xs_log_set_default(enum xs_log_level level);

bool xs_log_enabled(enum xs_log_level level);

__attribute__((format(printf, 2, 3))) void xs_log(enum xs_log_level level, const char *format, ...);

#define xs_erro(...) xs_log(XS_LOG_ERRO, __VA_ARGS__)
#define xs_warn(...) xs_log(XS_LOG_WARN, __VA_ARGS__)
#define xs_info(...) xs_log(XS_LOG_INFO, __VA_ARGS__)
#define xs_debg(...)                                                                               \
	do {                                                                                       \
		if (xs_log_enabled(XS_LOG_DEBG))                                                   \
			xs_log(XS_LOG_DEBG, __VA_ARGS__);                                          \
	} while (0)

/* Warns the first time that this line of code is reached, and never again in this process. */
#define xs_warn_once(...)                                                                          \
	do {                                                                                       \
		static _Atomic bool said;                                                          \
		if (!xs_swap_full(&said, true))                                                    \
			xs_log(XS_LOG_WARN, __VA_ARGS__);                                          \
	} while (0)

#endif
