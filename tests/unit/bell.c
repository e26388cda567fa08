/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watcher's bell in a process that closes whatever is open, as daemons do. Would catch: a watcher that
 * burns a processor because what it sleeps on is no more, and a ring that is lost for that reason.
 */
#include "fake_hal.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "preempt/bell.h"

#define MOMENT (20 * XS_NS_PER_MS)

static struct xs_bell bell;
static int ends[2];

static int setup(void **state)
{
	(void)state;
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	CHECK(xs_bell_extend(&bell) == 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xs_bell_forked(&bell);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static int number(void)
{
	return (int)xs_load_full(&bell.eventfd) - 1;
}

/* Sleeps once, as the watcher does. Returns whether it was for the whole time. */
static bool sleeps(uint32_t rings)
{
	const struct pollfd socket = { .fd = ends[0], .events = POLLIN };
	uint64_t until = xs_now_ns() + MOMENT;

	CHECK(xs_bell_extend(&bell) == 0);
	xs_bell_wait(&bell, rings, &socket, until);
	return xs_now_ns() >= until;
}

static uint32_t rings(void)
{
	return xs_load_full(&bell.rings);
}

static void a_ring_wakes(void **state)
{
	(void)state;
	CHECK(sleeps(rings()));
	uint32_t before = rings();
	xs_bell_ring(&bell);
	CHECK(!sleeps(before));
}

static void a_closed_descriptor_is_replaced(void **state)
{
	int closed = number();

	(void)state;
	CHECK(close(closed) == 0);
	errno = EPERM;
	xs_bell_ring(&bell);
	CHECK(errno == EPERM);
	sleeps(rings()); /* finds out */
	CHECK(sleeps(rings()));
	xs_bell_ring(&bell);
	CHECK(!sleeps(rings())); /* the new one has been rung */
	CHECK(sleeps(rings()));
}

/* The application has put something of its own in its place: it is neither rung nor read. */
static void a_replaced_descriptor_is_left_alone(void **state)
{
	int old = number(), own[2];
	char text[16];

	(void)state;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, own) == 0);
	CHECK(dup2(own[0], old) == old);
	CHECK(write(own[1], "word", 4) == 4);
	xs_bell_ring(&bell);
	sleeps(rings());
	CHECK(sleeps(rings()));
	xs_bell_ring(&bell);
	CHECK(!sleeps(rings()));
	CHECK(number() != old);
	CHECK(recv(old, text, sizeof(text), MSG_DONTWAIT) == 4);
	CHECK(recv(own[1], text, sizeof(text), MSG_DONTWAIT) < 0);
	xs_bell_forked(&bell);
	CHECK(write(old, "x", 1) == 1);
	close(old);
	close(own[0]);
	close(own[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_ring_wakes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_closed_descriptor_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_replaced_descriptor_is_left_alone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
