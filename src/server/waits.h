/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the queues of a process had work and were held: the last thousand waits or so, as a histogram
 * with four parts to each doubling, from a microsecond to half a minute. What it says is at most a
 * fifth too high or too low.
 */
#ifndef XS_SERVER_WAITS_H
#define XS_SERVER_WAITS_H

#include <stdint.h>

#define XS_WAIT_PARTS   4
#define XS_WAIT_BUCKETS (24 * XS_WAIT_PARTS)

struct xs_waits {
	uint16_t counts[XS_WAIT_BUCKETS];
	uint32_t total; /* sum of the counts */
};

void xs_waits_add(struct xs_waits *waits, uint64_t ns);

/* The time that this part of the waits (of 1000) did not exceed; 0: there was none. */
uint64_t xs_waits_quantile_ns(const struct xs_waits *waits, uint32_t per_mille);

#endif
