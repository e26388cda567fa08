/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which work an event stands for: the queue that it was recorded on last, and how much that queue
 * had submitted by then. Look-ups are lock-free; events that nobody needs to know about leave no
 * trace.
 */
#ifndef XS_PLATFORM_COMMON_EVENTS_H
#define XS_PLATFORM_COMMON_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct xs_queue;

/* early: the event may be reached while commands of the queue before that are still on their way. So it
 * says whom to wait for, and not that anything is done. */
void xs_events_note(void *event, struct xs_queue *queue, uint32_t submitted, bool early);
void xs_events_forget(void *event);

/* The events of a context that ends, of which nobody will be told. */
void xs_events_forget_context(const void *context);

/* The queue and what was noted with it; NULL when that is not known or long past. */
struct xs_queue *xs_events_find(void *event, uint32_t *submitted, bool *early);

#endif
