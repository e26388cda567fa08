/* SPDX-License-Identifier: Apache-2.0 */
/* A futex, and an event descriptor once a socket has to be waited for as well. */
#include "preempt/bell.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"
#include "preempt/descriptor.h"

/* The descriptor; -1: there is none, or the application has put something of its own in its place. */
static int descriptor_of(const struct xs_bell *bell)
{
	int fd = xs_load_full(&bell->eventfd) - 1;

	if (fd < 0 || xs_descriptor_identity(fd) != xs_load_full(&bell->identity))
		return -1;
	return fd;
}

int xs_bell_extend(struct xs_bell *bell)
{
	int none = 0;

	if (descriptor_of(bell) >= 0)
		return 0;
	xs_store_full(&bell->eventfd, 0); /* whoever extends it gets another */
	int fd = xs_descriptor_hide(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (fd < 0)
		return fd;
	xs_store_full(&bell->identity, xs_descriptor_identity(fd));
	if (!xs_cas_full(&bell->eventfd, &none, fd + 1))
		close(fd);
	return 0;
}

void xs_bell_ring(struct xs_bell *bell)
{
	const uint64_t one = 1;
	int saved_errno = errno;

	xs_add_full(&bell->rings, 1);
	int fd = descriptor_of(bell);
	/* The sleeper may have gone to sleep before there was a descriptor; and if the descriptor does
	 * not take it, it has been rung often enough. */
	if (fd < 0 || write(fd, &one, sizeof(one)) <= (ssize_t)sizeof(one))
		xs_futex_wake(&bell->rings, 1);
	errno = saved_errno; /* the descriptor may have been closed by the application */
}

void xs_bell_wait(
	struct xs_bell *bell, uint32_t rings, const struct pollfd *socket, uint64_t deadline_ns)
{
	int fd = descriptor_of(bell);
	struct pollfd both[2] = { { .fd = fd, .events = POLLIN } };
	struct timespec left = { 0 };
	uint64_t count, now = deadline_ns ? xs_now_ns() : 0;

	if (!socket || fd < 0) {
		if (socket && xs_load_full(&bell->eventfd))
			return; /* it has to be extended anew */
		xs_futex_wait(&bell->rings, rings, deadline_ns);
		return;
	}
	if (xs_load_full(&bell->rings) != rings)
		return;
	if (deadline_ns > now) {
		left.tv_sec = (time_t)((deadline_ns - now) / XS_NS_PER_S);
		left.tv_nsec = (long)((deadline_ns - now) % XS_NS_PER_S);
	}
	both[1] = *socket;
	ppoll(both, 2, deadline_ns ? &left : NULL, NULL);
	if (descriptor_of(bell) != fd)
		return; /* closed meanwhile: the next one is another */
	if ((both[0].revents & POLLIN) && read(fd, &count, sizeof(count)) < 0)
		return; /* somebody else was faster; there is but one sleeper, so nobody is */
}

void xs_bell_forked(struct xs_bell *bell)
{
	int fd = descriptor_of(bell);

	if (fd >= 0)
		close(fd);
	xs_store_full(&bell->eventfd, 0);
	xs_store_full(&bell->rings, 0);
}
