/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we keep per thread: all of it in one small structure of static thread-local storage, so that
 * the first access from any context costs one instruction and allocates nothing.
 */
#ifndef XS_PREEMPT_THREAD_H
#define XS_PREEMPT_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/export.h"

struct xs_queue;

struct xs_thread {
	unsigned int
		depth; /* calls of ours under way on this thread; only the outermost is scheduled */

	/* The last stream looked up, valid while the registry is at that epoch. */
	uint32_t epoch;
	bool per_thread;
	bool ours; /* a thread of our own: never scheduled */
	void *stream;
	struct xs_queue *queue;

	void *context; /* current context; valid while context_known */
	bool context_known;
	bool has_stream; /* owns the queue of a per-thread default stream, retired at its end */

	/* The most important queue that this thread feeds; its generation tells whether it still is. */
	struct xs_queue *feeds;
	uint64_t feeds_id;
};

extern XS_EXPORT __thread struct xs_thread xs_self;

#endif
