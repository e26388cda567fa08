/* SPDX-License-Identifier: Apache-2.0 */
/* The monotonic clock. No state. */
#include "base/clock.h"

#include <errno.h>
#include <time.h>

uint64_t xs_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * XS_NS_PER_S + (uint64_t)now.tv_nsec;
}

void xs_sleep_until_ns(uint64_t deadline_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline_ns / XS_NS_PER_S),
		.tv_nsec = (long)(deadline_ns % XS_NS_PER_S),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
	}
}
