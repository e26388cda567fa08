/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All queues of the process: found by stream, by identity, or one after the other.
 *
 * Looking up is lock-free. Making and dropping a queue takes the registry's lock for a few stores;
 * no vendor code and no scheduler is called with it held.
 */
#ifndef XS_PREEMPT_REGISTRY_H
#define XS_PREEMPT_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/export.h"
#include "preempt/xqueue.h"

/* The low bits of a queue's id: its place among all queues. */
#define XS_REGISTRY_INDEX_BITS 12

/* Changes whenever a look-up could give another answer than before. */
extern XS_EXPORT _Atomic uint32_t xs_registry_epoch;

/* The queue of a stream, or NULL. */
XS_EXPORT struct xs_queue *xs_registry_find(const struct xs_stream *stream);

/* What is known about a stream when its queue is made. */
struct xs_stream_traits {
	const struct xs_hal *hal;
	XDevice device;
	int priority; /* as the vendor numbers it */
	bool blocking;
};

/* The queue of a stream, made if there is none, with the holder added. NULL when there is no room
 * or no memory: the stream then stays unscheduled. */
struct xs_queue *xs_registry_hold(
	const struct xs_stream *stream, const struct xs_stream_traits *traits, unsigned int holder);

/* The holder lets go. Returns whether it was the last one: the caller then retires the queue, which
 * no look-up finds any more, and gives it back with xs_registry_free(). */
bool xs_registry_drop(struct xs_queue *queue, unsigned int holder);
bool xs_registry_drop_locked(struct xs_queue *queue, unsigned int holder);
void xs_registry_free(struct xs_queue *queue);

/* The queue with that identity, kept from being reused until unpinned; NULL when it is gone. */
struct xs_queue *xs_registry_pin(uint64_t id);
struct xs_queue *xs_registry_pin_at(size_t index); /* whatever its identity is now */
void xs_registry_unpin(struct xs_queue *queue);

/* The queue that has this id now, without a pin: for callers that only touch atomics. */
XS_EXPORT struct xs_queue *xs_registry_by_id(uint64_t id);

/* Every queue that exists: at(0) to at(limit - 1), NULL where there is none. */
XS_EXPORT size_t xs_registry_limit(void);
XS_EXPORT struct xs_queue *xs_registry_at(size_t index);

struct xs_page *xs_registry_page(void);

/* The page, made if there is none, and its descriptor, which stays the registry's; -1: the
 * application closed it. NULL: no memory. */
struct xs_page *xs_registry_need_page(int *fd);

/* In a forked child: forgets everything, and cuts the child off from the parent's page. */
void xs_registry_forked(void);

void xs_registry_lock(void);
void xs_registry_unlock(void);

#endif
