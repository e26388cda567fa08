/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which work an event stands for: the queue that it was recorded on last, and how much that queue
 * had submitted by then. Look-ups are lock-free; events that nobody needs to know about leave no
 * trace.
 */
#ifndef XS_PLATFORM_COMMON_EVENTS_H
#define XS_PLATFORM_COMMON_EVENTS_H

#include <stdint.h>

struct xs_queue;

void xs_events_note(void *event, struct xs_queue *queue, uint32_t submitted);
void xs_events_forget(void *event);

/* The events of a context that ends, of which nobody will be told. */
void xs_events_forget_context(const void *context);

/* The queue and, in *submitted, what the event covers; NULL when that is not known or long past. */
struct xs_queue *xs_events_find(void *event, uint32_t *submitted);

#endif
