/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of the process that we are guests in: first use, fork, exit.
 *
 * Nothing happens before the first use. A forked child starts again unborn. At exit all gates open;
 * nothing is torn down, since other threads may still be inside the driver.
 */
#ifndef XS_PREEMPT_PROCESS_H
#define XS_PREEMPT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"
#include "base/atomic.h"

/* Called before anything that a fork or an exit would have to know about. Cheap when repeated. */
XS_EXPORT void xs_process_begin(void);

extern XS_EXPORT _Atomic bool xs_process_is_exiting;
extern XS_EXPORT _Atomic uint32_t xs_process_capture_count;

/* Submissions that could not be scheduled. */
extern XS_EXPORT _Atomic uint64_t xs_process_ungated;

static inline bool xs_process_exiting(void)
{
	return xs_load_relaxed(&xs_process_is_exiting);
}

/* Stream captures under way in this process. */
static inline bool xs_process_captures(void)
{
	return xs_load_relaxed(&xs_process_capture_count) != 0;
}

#endif
