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

int xs_bell_extend(struct xs_bell *bell)
{
	int none = 0;

	if (xs_load_full(&bell->eventfd))
		return 0;
	int fd = xs_descriptor_hide(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (fd < 0)
		return fd;
	if (!xs_cas_full(&bell->eventfd, &none, fd + 1))
		close(fd);
	return 0;
}

void xs_bell_ring(struct xs_bell *bell)
{
	const uint64_t one = 1;
	int saved_errno = errno;

	xs_add_full(&bell->rings, 1);
	int fd = xs_load_full(&bell->eventfd) - 1;
	/* The sleeper may have gone to sleep before there was a descriptor; and if the descriptor does
	 * not take it, it has been rung often enough. */
	if (fd < 0 || write(fd, &one, sizeof(one)) <= (ssize_t)sizeof(one))
		xs_futex_wake(&bell->rings, 1);
	errno = saved_errno; /* the descriptor may have been closed by the application */
}

void xs_bell_wait(
	struct xs_bell *bell, uint32_t rings, const struct pollfd *socket, uint64_t deadline_ns)
{
	int fd = xs_load_full(&bell->eventfd) - 1;
	struct pollfd both[2] = { { .fd = fd, .events = POLLIN } };
	struct timespec left = { 0 };
	uint64_t count, now = deadline_ns ? xs_now_ns() : 0;

	if (!socket || fd < 0) {
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
	if (both[0].revents & POLLNVAL) {
		/* The application closed what it did not open. Whoever extends the bell gets another. */
		xs_store_full(&bell->eventfd, 0);
		return;
	}
	if ((both[0].revents & POLLIN) && read(fd, &count, sizeof(count)) < 0)
		return; /* somebody else was faster; there is but one sleeper, so nobody is */
}

void xs_bell_forked(struct xs_bell *bell)
{
	int fd = xs_load_full(&bell->eventfd) - 1;

	if (fd >= 0)
		close(fd);
	xs_store_full(&bell->eventfd, 0);
	xs_store_full(&bell->rings, 0);
}
