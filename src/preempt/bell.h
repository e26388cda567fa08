/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the watcher sleeps on: rung by any thread, and while there is a daemon, also woken by its
 * socket.
 *
 * Without a socket the bell is a futex, which costs no descriptor. All zero is a bell that works.
 */
#ifndef XS_PREEMPT_BELL_H
#define XS_PREEMPT_BELL_H

#include <poll.h>
#include <stdint.h>

#include "base/atomic.h"

struct xs_bell {
	_Atomic uint32_t rings;
	_Atomic int eventfd;       /* one more than the descriptor; 0: none yet */
	_Atomic uint64_t identity; /* what it names, the same for each that is made */
};

/* From now on the bell can be waited for together with a descriptor. 0 or -errno. */
int xs_bell_extend(struct xs_bell *bell);

void xs_bell_ring(struct xs_bell *bell);

/* Sleeps until the bell was rung since `rings` was read, until the socket has what it is polled for
 * (NULL: none), or until the deadline (0: none). May return early. */
void xs_bell_wait(
	struct xs_bell *bell, uint32_t rings, const struct pollfd *socket, uint64_t deadline_ns);

/* In a forked child. */
void xs_bell_forked(struct xs_bell *bell);

#endif
