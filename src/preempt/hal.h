/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core asks of a platform: a handful of operations on the vendor's real driver, never on
 * our own interception of it. Each libhal<p>.so fills in one constant struct xs_hal.
 *
 * Operations return 0 or -errno and never block unless their comment says so. They may be called
 * from any thread, with any context current or none, and leave the caller's context and the
 * vendor's per-thread error state as they were. No lock of ours is held around them.
 */
#ifndef XS_PREEMPT_HAL_H
#define XS_PREEMPT_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "xsched/types.h"

/* Names one stream of the vendor's. Default streams have no handle of their own: they are named by
 * their context and, if per thread, can be reached by their own thread only. */
struct xs_stream {
	void *handle;      /* as the application passes it */
	void *context;     /* the context that it belongs to */
	const void *owner; /* not NULL: the default stream of that thread, and of no other */
};

struct xs_hal {
	const char *name;
	XPlatform platform;
	int max_level; /* deepest level that the platform can reach, 1 to 3 */

	/* The context current on the calling thread, NULL when there is none. */
	void *(*current_context)(void);

	/* The device that a context lives on. */
	XDevice (*device)(void *context);

	/* Blocks until everything submitted to the stream is done. -EIO: the vendor reports an error. */
	int (*synchronize)(const struct xs_stream *stream);

	/* 0: the stream has run dry; -EBUSY: it has not; -EOPNOTSUPP: cannot be asked from here. */
	int (*query)(const struct xs_stream *stream);

	/* Whether launches into the stream are recorded into a graph instead of executed. */
	bool (*capturing)(const struct xs_stream *stream);

	/* Makes memory of ours reachable for the device under the same address, for as long as the
	 * context lives. NULL: the device never looks at our memory. */
	int (*share)(void *context, void *memory, size_t bytes);

	/* Appends to the stream: when the work before is done, the device stores value there. -EAGAIN:
	 * not possible at this moment. */
	int (*mark)(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value);

	/* For platforms whose devices cannot store: looks which marks were reached and stores the
	 * value of the last one. NULL: the device does that by itself. Not called for one queue by
	 * two threads at a time. */
	void (*refresh)(const struct xs_stream *stream, _Atomic uint32_t *progress);

	/* The same, then the device waits until (*gate & mask) != 0. Level 2 and above only. */
	int (*mark_and_wait)(const struct xs_stream *stream, _Atomic uint32_t *progress,
		uint32_t value, _Atomic uint32_t *gate, uint32_t mask);
};

#endif
