/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeping on a 32-bit word, and a mutex made of that.
 *
 * The word may lie in memory shared between processes. The mutex is for short sections inside one
 * process; it is all zero when free, so it needs no initialiser. A fork may come while another thread
 * holds it: whoever has one that is not allocated clears it in a function forked(), which is told of
 * forks before it is locked for the first time (tools/check-style looks for that). What is only done
 * once needs none: pthread_once() begins anew in a child that was forked in the middle.
 */
#ifndef XS_BASE_FUTEX_H
#define XS_BASE_FUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"

/*
 * Sleeps while *word == expected, until woken or until the deadline (0: none) of xs_now_ns().
 * Returns 0 when woken or when the value differed, -EINTR after a signal handler ran, -ETIMEDOUT.
 * A wake-up may be spurious: the caller looks at the word again in any case.
 */
int xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);

/* Wakes up to count sleepers of word in any process. */
void xs_futex_wake(_Atomic uint32_t *word, int count);

struct xs_mutex {
	_Atomic uint32_t state; /* 0 free, 1 held, 2 held and somebody may be asleep */
};

void xs_mutex_lock(struct xs_mutex *mutex);
bool xs_mutex_trylock(struct xs_mutex *mutex);
void xs_mutex_unlock(struct xs_mutex *mutex);

#endif
