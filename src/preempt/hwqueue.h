/* SPDX-License-Identifier: Apache-2.0 */
/* Hardware queues of the C API, for the constructors that each libhal<p>.so exports. */
#ifndef XS_PREEMPT_HWQUEUE_H
#define XS_PREEMPT_HWQUEUE_H

#include "base/export.h"
#include "preempt/hal.h"

/* The handle of a stream, made if there is none: asking twice gives the same one. */
XS_EXPORT XResult xs_hwqueue_create(
	HwQueueHandle *out, const struct xs_hal *hal, const struct xs_stream *stream);

/* The handle of a stream that is known already; kXSchedErrorNotFound otherwise. */
XS_EXPORT XResult xs_hwqueue_get(HwQueueHandle *out, const struct xs_stream *stream);

#endif
