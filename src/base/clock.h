/* SPDX-License-Identifier: Apache-2.0 */
/* Time. Everything in this project runs on CLOCK_MONOTONIC: a wall clock jumps. */
#ifndef XS_BASE_CLOCK_H
#define XS_BASE_CLOCK_H

#include <stdint.h>

#define XS_NS_PER_US 1000ull
#define XS_NS_PER_MS 1000000ull
#define XS_NS_PER_S  1000000000ull

/* Nanoseconds since some fixed point, the same for all processes of the machine. Never fails. */
uint64_t xs_now_ns(void);

/* Sleeps until the given time of xs_now_ns(), also across signals. Returns at once if it is past. */
void xs_sleep_until_ns(uint64_t deadline_ns);

#endif
