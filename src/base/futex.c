/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futex system calls and the three-state mutex of Drepper's "Futexes are tricky". Shared futexes
 * are used throughout, since most words live in the page that a process shares with the daemon.
 */
#include "base/futex.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

int xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline_ns / XS_NS_PER_S),
		.tv_nsec = (long)(deadline_ns % XS_NS_PER_S),
	};
	int saved_errno = errno;
	int err = 0;

	/* FUTEX_WAIT_BITSET takes an absolute deadline of CLOCK_MONOTONIC, FUTEX_WAIT a relative one. */
	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, deadline_ns ? &until : NULL, NULL,
		    FUTEX_BITSET_MATCH_ANY) < 0)
		err = errno;
	errno = saved_errno;
	return err == EINTR || err == ETIMEDOUT ? -err : 0;
}

void xs_futex_wake(_Atomic uint32_t *word, int count)
{
	int saved_errno = errno;

	syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
	errno = saved_errno;
}

void xs_mutex_lock(struct xs_mutex *mutex)
{
	uint32_t seen = 0;

	if (xs_cas_full(&mutex->state, &seen, 1))
		return;
	while (xs_swap_acquire(&mutex->state, 2) != 0)
		xs_futex_wait(&mutex->state, 2, 0);
}

bool xs_mutex_trylock(struct xs_mutex *mutex)
{
	uint32_t seen = 0;

	return xs_cas_full(&mutex->state, &seen, 1);
}

void xs_mutex_unlock(struct xs_mutex *mutex)
{
	if (xs_swap_full(&mutex->state, 0) == 2)
		xs_futex_wake(&mutex->state, 1);
}
