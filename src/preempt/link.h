/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the daemon, from HELLO until the daemon has closed its end too: the socket, what
 * waits to be sent, the daemon's bell, and whether the daemon lives.
 *
 * An object without a lock: all calls but xs_link_greet() are made with that of its owner held. None
 * blocks. Trouble is noted here and the watcher woken, which sees to the rest.
 */
#ifndef XS_PREEMPT_LINK_H
#define XS_PREEMPT_LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preempt/lease.h"
#include "preempt/outbox.h"
#include "wire/page.h"

/* A descriptor, and what it named when it was ours: the application may have closed it since. */
struct xs_link_end {
	int fd;
	uint64_t identity;
};

struct xs_link {
	struct xs_link_end socket; /* -1: not connected */
	struct xs_link_end bell;   /* the daemon's; -1: no WELCOME yet */
	struct xs_link_end
		left; /* a connection that we ended, and the daemon has not yet; -1: none */
	const struct xs_page *page; /* holds the daemon's sign of life */
	struct xs_lease lease;
	const char *trouble; /* why the connection is of no more use; NULL: it is */
	struct xs_outbox outbox;
};

/* clang-format off */
#define XS_LINK_NONE { .socket = { .fd = -1 }, .bell = { .fd = -1 }, .left = { .fd = -1 } }
/* clang-format on */

static inline bool xs_link_is_open(const struct xs_link *link)
{
	return link->socket.fd >= 0;
}

/* Finds the daemon, says HELLO and gives it the page. Returns a descriptor that is the caller's, or
 * -errno. */
int xs_link_greet(struct xs_page *page, int page_fd);

/* Takes over the descriptor of a daemon that was greeted. */
void xs_link_open(struct xs_link *link, int fd, const struct xs_page *page);

/* Ends the connection as far as we are concerned. The daemon may still use the page, until
 * xs_link_has_parted(). */
void xs_link_part(struct xs_link *link);

/* True once: the daemon has closed its end of a connection that was parted from. */
bool xs_link_has_parted(struct xs_link *link);

/* Closes the connection at once, and the bell, but not one that was parted from. */
void xs_link_drop(struct xs_link *link);

/* Closes what a child inherited: the parent's connection would not end with the parent. */
void xs_link_forked(struct xs_link *link);

/* Sends, or keeps for later. Nothing is sent after trouble. */
void xs_link_say(struct xs_link *link, const struct xs_message *message);

/* Everything that was said is with the daemon, and more may be. */
bool xs_link_is_free(const struct xs_link *link);

void xs_link_flush(struct xs_link *link);

/* Receives one message, as xs_wire_receive() does. */
int xs_link_receive(struct xs_link *link, struct xs_message *message, int *fds, size_t *fd_count);

/* The bell that came with WELCOME, which is the link's from now on. False, and closed: not wanted. */
bool xs_link_take_bell(struct xs_link *link, int bell);

/* Does nothing before there is a bell. */
void xs_link_ring(struct xs_link *link);

/* Notes trouble if the daemon gives no sign of life. Returns when it will have to have given one. */
uint64_t xs_link_check_lease(struct xs_link *link);

/* What to poll for; false: nothing. */
bool xs_link_poll(const struct xs_link *link, struct pollfd *socket);

#endif
