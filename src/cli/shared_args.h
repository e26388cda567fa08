/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of options that more than one verb has. A verb adds what it says differently:
 *
 *   [PRIORITY] = { XS_ARG_PRIORITY("priority"), .letter = 'p', .help = "..." },
 *   [SLO] = { XS_ARG_SLO },
 */
#ifndef XS_CLI_SHARED_ARGS_H
#define XS_CLI_SHARED_ARGS_H

#include "cli/args.h"

/* --- whom it is about ---------------------------------------------------------------------------- */

#define XS_ARG_XQUEUE .name = "xqueue", .letter = 'x', .value = "HANDLE", .read = xs_read_handle

/* --- hints --------------------------------------------------------------------------------------- */

#define XS_ARG_PRIORITY(option)                                                                    \
	.name = option, .value = "N|CLASS", .read = xs_read_priority,                              \
	.words = XS_PRIORITY_CLASSES, .allowed = XS_PRIORITY_ALLOWED

#define XS_ARG_UTILIZATION                                                                         \
	.name = "utilization", .letter = 'u', .value = "N", .read = xs_read_number, .min = 0,      \
	.max = 100, .help = "percent of the device (policies UP, PUP, SPUP)"

#define XS_ARG_SHARE                                                                               \
	.name = "share", .value = "R[:L]", .read = xs_read_share,                                  \
	.help = "percent of the device: requested, and the limit (policy SHARE)"

/* A time as a hint can hold it. */
#define XS_ARG_TIME(option, units)                                                                 \
	.name = option, .read = xs_read_duration, .unit = units, .min = 1, .max = INT32_MAX

#define XS_ARG_SLO                                                                                 \
	XS_ARG_TIME("slo", "ms"), .value = "MS", .help = "target from ready to idle (policy SLO)"

#define XS_ARG_DEADLINE                                                                            \
	XS_ARG_TIME("deadline", "us"), .value = "US", .help = "after becoming ready (policy KEDF)"

#define XS_ARG_LAXITY                                                                              \
	XS_ARG_TIME("laxity", "us"), .value = "US", .help = "after becoming ready (policy LAX)"

/* --- how a queue is run -------------------------------------------------------------------------- */

#define XS_ARG_LEVEL                                                                               \
	.name = "level", .letter = 'l', .value = "1|2|3", .read = xs_read_number, .min = 1,        \
	.max = 3, .words = "1 2 3", .allowed = "1 to 3",                                           \
	.help = "what a suspend stops: not submitted, not started, running"

#define XS_ARG_COMMANDS(option)                                                                    \
	.name = option, .value = "N", .read = xs_read_number, .min = 1, .max = 65536

#endif
