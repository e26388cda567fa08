/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stay of our own code in the runtime, between the application's calls.
 *
 * HIP keeps a last error per thread, and its versions differ in what changes it: up to 6 every call
 * does, also one that succeeds; since 7 only those that fail. It can be read and cleared, not set.
 * The application's error survives us for these reasons:
 *
 *   - Before the application's own call anything may be called: up to 6 that call replaces the last
 *     error in any case, and since 7 our calls succeed.
 *   - After a call that failed nothing is called (xs_hip_keep_error).
 *   - After a call that succeeded there is no error (up to 6) or an older one (since 7). If there is
 *     none and one of our calls fails, such as a query that says "not ready", it is cleared again.
 */
#ifndef XS_PLATFORM_HIP_VISIT_H
#define XS_PLATFORM_HIP_VISIT_H

#include <stdbool.h>

#include "platform/hip/runtime.h"

struct xs_hip_visit {
	const struct xs_hip_functions *real;
	hipStreamCaptureMode mode;
	bool relaxed;
	bool clean; /* there was no last error */
	int device; /* current before; -1: it is the right one */
};

/* Makes the device current, and leaves a capture of another thread alone meanwhile. Returns 0, or
 * -EAGAIN when the runtime must not be called now. */
int xs_hip_enter(struct xs_hip_visit *visit, const struct xs_hip_context *context);

/* Without a device: for questions about handles. */
int xs_hip_enter_any(struct xs_hip_visit *visit, struct xs_hip_runtime *runtime);

void xs_hip_leave(struct xs_hip_visit *visit);

#endif
