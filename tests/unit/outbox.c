/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits to be sent to a daemon that does not read: it comes in order and whole, room is used again,
 * and there is an end to it. Would catch: a message lost, doubled or overtaken at the move to the front,
 * and an outbox that overflows or grows.
 */
#include "preempt/outbox.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/connection.h"

static struct xs_outbox outbox;
static int ours, daemons;

static int setup(void **state)
{
	const int least = 1;
	int ends[2];

	(void)state;
	xs_outbox_clear(&outbox);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	ours = ends[0];
	daemons = ends[1];
	return setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
}

static int teardown(void **state)
{
	(void)state;
	close(ours);
	return close(daemons);
}

static bool put(uint64_t number)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_REMOVE };

	message.queue_remove.id = number;
	return xs_outbox_put(&outbox, &message);
}

/* Reads all that has arrived, which goes on from that number. Returns the one that comes next. */
static uint64_t read_from(uint64_t number)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	while (xs_wire_receive(daemons, &message, XS_TO_SERVER, fds, &fd_count) == 0) {
		assert_int_equal(message.opcode, XS_OP_QUEUE_REMOVE);
		assert_int_equal(message.queue_remove.id, number++);
	}
	return number;
}

static void it_has_an_end(void **state)
{
	uint64_t count = 0;

	(void)state;
	while (put(count))
		assert_true(++count < XS_OUTBOX_SIZE);
	assert_true(count > 100);
	assert_true(outbox.end <= XS_OUTBOX_SIZE);
	assert_false(put(count));
}

static void room_is_used_again_before_it_is_empty(void **state)
{
	uint64_t count = 0, read_out = 0;

	(void)state;
	while (put(count))
		count++;
	while (outbox.begin < 2 * XS_WIRE_MAX) {
		xs_outbox_flush(&outbox, ours);
		read_out = read_from(read_out);
	}
	assert_false(xs_outbox_is_empty(&outbox));
	assert_true(put(count));
}

/* The socket takes a few at a time, so that the outbox moves to the front again and again. */
static void order_is_kept_for_as_long_as_it_takes(void **state)
{
	uint64_t put_in = 0, read_out = 0;

	(void)state;
	while (put_in < 10000) {
		while (put(put_in))
			put_in++;
		xs_outbox_flush(&outbox, ours);
		read_out = read_from(read_out);
	}
	while (xs_outbox_flush(&outbox, ours) != 0)
		read_out = read_from(read_out);
	assert_int_equal(read_from(read_out), put_in);
	assert_true(xs_outbox_is_empty(&outbox));
}

static void a_peer_that_is_gone_is_no_peer_that_waits(void **state)
{
	(void)state;
	assert_true(put(0));
	close(daemons);
	daemons = dup(ours);
	int err = xs_outbox_flush(&outbox, ours);
	assert_true(err < 0 && err != -EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_has_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(
			room_is_used_again_before_it_is_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(
			order_is_kept_for_as_long_as_it_takes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_peer_that_is_gone_is_no_peer_that_waits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
