/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to the daemon. See link.h. */
#include "preempt/link.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/options.h"
#include "preempt/descriptor.h"
#include "preempt/watch.h"
#include "wire/connection.h"

static struct xs_link_end end_of(int fd)
{
	return (struct xs_link_end){ .fd = fd, .identity = xs_descriptor_identity(fd) };
}

/* False, and forgotten: there is none, or the application has put something of its own in its place. */
static bool is_ours(struct xs_link_end *end)
{
	if (end->fd >= 0 && xs_descriptor_identity(end->fd) != end->identity)
		end->fd = -1;
	return end->fd >= 0;
}

static void close_if_open(struct xs_link_end *end)
{
	if (is_ours(end))
		close(end->fd);
	end->fd = -1;
}

/* The watcher does the rest. */
static void fail(struct xs_link *link, const char *trouble)
{
	if (!link->trouble)
		link->trouble = trouble;
	xs_watch_ring();
}

/* --- coming and going ---------------------------------------------------------------------------- */

int xs_link_greet(struct xs_page *page, int page_fd)
{
	struct xs_message hello = { .opcode = XS_OP_HELLO };
	int fd = xs_wire_connect();

	if (fd < 0)
		return fd;
	fd = xs_descriptor_hide(fd);
	hello.hello.version = XS_WIRE_VERSION;
	hello.hello.oldest = XS_WIRE_OLDEST;
	hello.hello.role = XS_ROLE_PROCESS;
	hello.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(hello.hello.name,
		xs_options()->name ? xs_options()->name : program_invocation_short_name);
	xs_store_full(&page->client_told, 0);
	int err = xs_wire_send(fd, &hello, &page_fd, 1);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

void xs_link_open(struct xs_link *link, int fd, const struct xs_page *page)
{
	link->socket = end_of(fd);
	link->page = page;
	link->trouble = NULL;
	xs_lease_begin(&link->lease, xs_load_relaxed(&page->heartbeat_ns), xs_now_ns());
	xs_outbox_clear(&link->outbox);
}

/* The daemon may be about to open or close a gate of ours, and opens all when it learns of this. So the
 * end is its end: it closes the connection when it is done with the page. */
void xs_link_part(struct xs_link *link)
{
	if (!is_ours(&link->socket) || shutdown(link->socket.fd, SHUT_WR) != 0)
		return;
	close_if_open(&link->left);
	link->left = link->socket;
	link->socket.fd = -1;
}

bool xs_link_has_parted(struct xs_link *link)
{
	struct pollfd end = { .fd = link->left.fd };

	if (link->left.fd < 0 || (is_ours(&link->left) && poll(&end, 1, 0) != 1))
		return false;
	close_if_open(&link->left);
	return true;
}

void xs_link_drop(struct xs_link *link)
{
	close_if_open(&link->socket);
	close_if_open(&link->bell);
}

void xs_link_forked(struct xs_link *link)
{
	xs_link_drop(link);
	close_if_open(&link->left);
}

/* --- sending ------------------------------------------------------------------------------------- */

void xs_link_say(struct xs_link *link, const struct xs_message *message)
{
	int err = -EAGAIN;

	if (link->trouble)
		return;
	if (!is_ours(&link->socket))
		err = -EBADF;
	else if (xs_outbox_is_empty(&link->outbox))
		err = xs_wire_send(link->socket.fd, message, NULL, 0);
	if (err == -EAGAIN && xs_outbox_put(&link->outbox, message))
		xs_watch_ring();
	else if (err)
		fail(link,
			err == -EAGAIN ? "does not read what it is sent" : "closed the connection");
}

bool xs_link_is_free(const struct xs_link *link)
{
	return !link->trouble && xs_outbox_is_empty(&link->outbox);
}

void xs_link_flush(struct xs_link *link)
{
	int err = is_ours(&link->socket) ? xs_outbox_flush(&link->outbox, link->socket.fd) : -EBADF;

	if (err && err != -EAGAIN)
		fail(link, "closed the connection");
}

/* One that takes no more has been rung often enough. */
static bool rings(int bell)
{
	const uint64_t one = 1;

	return write(bell, &one, sizeof(one)) >= 0 || errno == EAGAIN;
}

void xs_link_ring(struct xs_link *link)
{
	int saved_errno = errno;

	if (link->bell.fd >= 0 && !(is_ours(&link->bell) && rings(link->bell.fd)))
		fail(link, "took its bell away");
	errno = saved_errno;
}

/* --- receiving ----------------------------------------------------------------------------------- */

int xs_link_receive(struct xs_link *link, struct xs_message *message, int *fds, size_t *fd_count)
{
	int err = -EAGAIN;

	if (link->socket.fd >= 0)
		err = is_ours(&link->socket) ? xs_wire_receive(link->socket.fd, message,
						       XS_TO_CLIENT, fds, fd_count)
					     : -EBADF;
	if (err && err != -EAGAIN && err != -ENOMSG)
		fail(link, "closed the connection");
	return err;
}

bool xs_link_take_bell(struct xs_link *link, int bell)
{
	if (link->bell.fd < 0 && link->socket.fd >= 0 && bell >= 0) {
		link->bell = end_of(xs_descriptor_hide(bell));
		return true;
	}
	if (bell >= 0)
		close(bell);
	return false;
}

uint64_t xs_link_check_lease(struct xs_link *link)
{
	uint64_t beat = xs_load_relaxed(&link->page->heartbeat_ns);

	if (!xs_lease_holds(&link->lease, beat, xs_now_ns()))
		fail(link, "gives no sign of life");
	return link->lease.until_ns;
}

bool xs_link_poll(const struct xs_link *link, struct pollfd *socket)
{
	socket->fd = link->socket.fd;
	socket->events = (short)(POLLIN | (xs_outbox_is_empty(&link->outbox) ? 0 : POLLOUT));
	if (link->socket.fd < 0) {
		socket->fd = link->left.fd;
		socket->events = 0; /* its end shows without being asked for */
	}
	return socket->fd >= 0;
}
