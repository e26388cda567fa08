/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to be woken when, the earliest first: a binary heap of timers that are embedded in their
 * owners. Setting one costs the logarithm of how many are set, and never fails.
 */
#ifndef XS_SCHED_TIMERS_H
#define XS_SCHED_TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct xs_timer {
	uint64_t at_ns; /* 0: not set */
	uint32_t place; /* in the heap, if it is set */
};

struct xs_timers {
	struct xs_timer **heap;
	uint32_t count, room;
};

/* Makes room for that many. Returns 0 or -ENOMEM. */
int xs_timers_reserve(struct xs_timers *timers, uint32_t count);
void xs_timers_fini(struct xs_timers *timers);

/* at_ns: 0 takes it out. Returns how many others were looked at. */
uint32_t xs_timers_set(struct xs_timers *timers, struct xs_timer *timer, uint64_t at_ns);

/* The earliest, or NULL. */
static inline struct xs_timer *xs_timers_first(const struct xs_timers *timers)
{
	return timers->count ? timers->heap[0] : NULL;
}

#endif
