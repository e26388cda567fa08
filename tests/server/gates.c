/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions between processes, and what happens to gates when somebody dies, hangs or comes back.
 * Would catch: a decision that reaches the wrong page, a client whose death keeps others waiting, a
 * daemon that leaves gates closed, a page that is not understood after a restart.
 */
#include "kit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"

static pid_t server;

static int start(void **state)
{
	(void)state;
	server = kit_start(NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	kit_stop(server);
	return 0;
}

/* An important and an unimportant process with a queue each on device 7. */
struct pair {
	struct actor high, low;
};

static void open_pair(struct pair *pair)
{
	actor_enter(&pair->high, "high", 100);
	actor_enter(&pair->low, "low", 0);
}

static void close_pair(struct pair *pair)
{
	actor_close(&pair->high);
	actor_close(&pair->low);
}

static void ready_closes_and_idle_opens(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_await(&pair.low, 0, XS_GATE_PACED, XS_GATE_PACED);
	assert_int_equal(xs_load_relaxed(&pair.low.page->slots[0].pace_epoch), 1);
	assert_int_equal(xs_load_relaxed(&pair.high.page->slots[0].priority), 100);
	assert_false(actor_word(&pair.high, 0) & XS_GATE_PACED);
	actor_ready(&pair.low, 0);
	for (int i = 0; i < 50; i++) {
		actor_ready(&pair.high, 0);
		actor_await_closed(&pair.low, 0);
		assert_true(actor_word(&pair.high, 0) & XS_GATE_OPEN);
		actor_idle(&pair.high, 0);
		actor_await_open(&pair.low, 0);
	}
	assert_int_equal(xs_load_relaxed(&pair.low.page->slots[0].holds), 50);
	assert_true(xs_load_relaxed(&pair.low.page->slots[0].held_ns) > 0);
	close_pair(&pair);
}

static void spin_until(const struct actor *actor, uint32_t slot, uint64_t open)
{
	uint64_t limit = xs_now_ns() + 60 * SEC;

	while ((actor_word(actor, slot) & XS_GATE_OPEN) != open) {
		if (xs_now_ns() > limit)
			fail_msg("a change was not seen");
		xs_cpu_relax();
	}
}

/* Each change comes right after the decision about the last one: while the daemon is about to sleep. */
static void no_change_is_lost_when_the_daemon_falls_asleep(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_ready(&pair.low, 0);
	for (int i = 0; i < 5000; i++) {
		actor_ready(&pair.high, 0);
		spin_until(&pair.low, 0, 0);
		actor_idle(&pair.high, 0);
		spin_until(&pair.low, 0, XS_GATE_OPEN);
	}
	close_pair(&pair);
}

/* Who is alone reports nothing; when somebody else comes, the daemon looks by itself. */
static void who_was_alone_is_looked_at(void **state)
{
	struct actor high, low;

	(void)state;
	actor_enter(&high, "high", 100);
	xs_gate_apply(&high.page->slots[0], XS_GATE_WAKE);
	actor_enter(&low, "low", 0);
	actor_ready(&low, 0);
	actor_await_closed(&low, 0);
	actor_close(&high);
	actor_await_open(&low, 0);
	actor_close(&low);
}

static void other_devices_are_left_alone(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_add(&pair.low, 130, 8);
	actor_sync(&pair.low);
	actor_ready(&pair.low, 130);
	actor_ready(&pair.low, 0);
	actor_ready(&pair.high, 0);
	actor_await_closed(&pair.low, 0);
	assert_true(actor_word(&pair.low, 130) & XS_GATE_OPEN);
	actor_remove(&pair.high, 0);
	actor_await_open(&pair.low, 0);
	actor_await(&pair.low, 0, XS_GATE_PACED, 0);
	close_pair(&pair);
}

static void a_tracked_process_is_told_to_look(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_await(&pair.high, 0, XS_GATE_TRACKED, XS_GATE_TRACKED);
	struct xs_message message;
	int fds[XS_WIRE_FDS], err;
	size_t fd_count;
	bool looked = false;
	while ((err = xs_wire_receive(pair.high.fd, &message, XS_TO_CLIENT, fds, &fd_count)) == 0)
		looked |= message.opcode == XS_OP_LOOK;
	assert_int_equal(err, -EAGAIN);
	/* Or it came while the kit waited for something else. */
	assert_true(looked || !xs_load_full(&pair.high.page->client_told));
	close_pair(&pair);
}

static void sleepers_in_other_processes_are_woken(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_ready(&pair.low, 0);
	actor_ready(&pair.high, 0);
	actor_await_closed(&pair.low, 0);
	pid_t child = fork();
	if (child == 0) {
		uint64_t limit = xs_now_ns() + 60 * SEC;
		while (!(actor_word(&pair.low, 0) & XS_GATE_OPEN) && xs_now_ns() < limit)
			xs_gate_sleep(&pair.low.page->slots[0], limit);
		_exit(xs_now_ns() < limit ? 0 : 1);
	}
	actor_await(&pair.low, 0, XS_GATE_SLEEPERS, XS_GATE_SLEEPERS);
	actor_idle(&pair.high, 0);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close_pair(&pair);
}

/* --- death of a client --------------------------------------------------------------------------- */

enum stage { CONNECTED, GREETED, ADDED, READY, HOLDING, STALLED, HELD, STAGES };

/* Plays an important (or, for HELD, an unimportant) process up to a stage, then waits to be killed. */
static void play(enum stage stage, int ready_fd)
{
	struct actor actor;

	if (stage == CONNECTED) {
		actor_connect();
	} else {
		actor_open(&actor, "victim");
		actor_priority(&actor, stage == HELD ? -100 : 100);
		if (stage >= ADDED)
			actor_add(&actor, 0, 7);
		actor_sync(&actor);
		if (stage >= READY)
			actor_ready(&actor, 0);
		if (stage == STALLED) {
			struct xs_message message = { .opcode = XS_OP_STALLED };
			message.stalled.id = 100;
			message.stalled.on = 1;
			actor_send(&actor, &message);
		}
		if (stage > GREETED)
			actor_sync(&actor);
	}
	if (write(ready_fd, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void killed_clients_hold_up_nobody(void **state)
{
	struct actor low;

	(void)state;
	actor_enter(&low, "low", 0);
	actor_ready(&low, 0);
	int before = kit_open_fds(server);
	for (int round = 0; round < 3; round++) {
		for (enum stage stage = CONNECTED; stage < STAGES; stage++) {
			int gate[2];
			char byte;

			assert_int_equal(pipe(gate), 0);
			pid_t child = fork();
			if (child == 0)
				play(stage, gate[1]);
			assert_int_equal(read(gate[0], &byte, 1), 1);
			if (stage == READY || stage == HOLDING)
				actor_await_closed(&low, 0);
			kit_kill(child, SIGKILL);
			actor_await_open(&low, 0); /* nothing else would open it */
			close(gate[0]);
			close(gate[1]);
		}
	}
	kit_await_fds(server, before);
	actor_close(&low);
}

/* Waits until the daemon knows no others: processes and queues are rows each. */
static void await_rows(uint32_t wanted)
{
	struct xs_message list = { .opcode = XS_OP_LIST };
	uint64_t limit = xs_now_ns() + 60 * SEC;
	struct actor control;
	uint32_t rows = 0;

	assert_int_equal(control_open(&control), 0);
	do {
		usleep(1000);
		assert_true(xs_now_ns() < limit);
		assert_int_equal(actor_ask(&control, &list, &rows), 0);
	} while (rows != wanted);
	actor_close(&control);
}

/* The connection lives on in a child of the dead process: the process descriptor tells. */
static void a_child_with_the_socket_does_not_count(void **state)
{
	struct actor low;
	int gate[2];
	pid_t grandchild;

	(void)state;
	actor_enter(&low, "low", 0);
	actor_ready(&low, 0);
	assert_int_equal(pipe(gate), 0);
	pid_t child = fork();
	if (child == 0) {
		struct actor high;
		actor_enter(&high, "high", 100);
		actor_ready(&high, 0);
		actor_sync(&high);
		pid_t heir = fork();
		if (heir == 0)
			for (;;)
				pause();
		if (write(gate[1], &heir, sizeof(heir)) != sizeof(heir))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(gate[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	actor_await_closed(&low, 0);
	kit_kill(child, SIGKILL);
	actor_await_open(&low, 0);
	await_rows(2); /* it is not only passed over because it stands still */
	assert_int_equal(kill(grandchild, SIGKILL), 0);
	actor_close(&low);
}

static void a_stopped_client_holds_up_only_those_below(void **state)
{
	struct pair pair;
	int gate[2];
	char byte;

	(void)state;
	open_pair(&pair);
	assert_int_equal(pipe(gate), 0);
	pid_t child = fork();
	if (child == 0)
		play(HELD, gate[1]);
	assert_int_equal(read(gate[0], &byte, 1), 1);
	kill(child, SIGSTOP);
	for (int i = 0; i < 20; i++) {
		actor_ready(&pair.low, 0);
		actor_ready(&pair.high, 0);
		actor_await_closed(&pair.low, 0);
		actor_idle(&pair.high, 0);
		actor_await_open(&pair.low, 0);
		actor_idle(&pair.low, 0);
	}
	kit_kill(child, SIGKILL);
	close_pair(&pair);
}

/* --- death of the daemon ------------------------------------------------------------------------- */

static uint64_t await_beat(const struct actor *actor, uint64_t last)
{
	uint64_t limit = xs_now_ns() + 60 * SEC, beat;

	while ((beat = xs_load_full(&actor->page->heartbeat_ns)) == last) {
		assert_true(xs_now_ns() < limit);
		usleep(1000);
	}
	assert_true(beat > last);
	return beat;
}

static void the_heart_beats_until_the_daemon_hangs(void **state)
{
	struct actor actor;

	(void)state;
	assert_int_equal(actor_open(&actor, "beat"), 0);
	uint64_t beat = xs_load_full(&actor.page->heartbeat_ns);
	assert_true(beat && beat <= xs_now_ns());
	for (int i = 0; i < 3; i++)
		beat = await_beat(&actor, beat);
	kill(server, SIGSTOP);
	assert_int_equal(waitpid(server, NULL, WUNTRACED), server);
	beat = xs_load_full(&actor.page->heartbeat_ns);
	usleep(400000);
	assert_true(xs_load_full(&actor.page->heartbeat_ns) == beat);
	kill(server, SIGCONT);
	await_beat(&actor, beat);
	actor_close(&actor);
}

static void restart_goes_on_with_the_same_pages(void **state)
{
	struct pair pair;
	struct xs_message message;

	(void)state;
	open_pair(&pair);
	actor_ready(&pair.low, 0);
	actor_ready(&pair.high, 0);
	actor_await_closed(&pair.low, 0);
	kit_kill(server, SIGKILL);
	assert_false(actor_receive(&pair.high, &message)); /* this is how a process learns of it */
	server = kit_start(NULL);
	/* The gates were not opened: the new daemon takes them as it finds them. */
	assert_int_equal(actor_reopen(&pair.high), 0);
	assert_int_equal(actor_reopen(&pair.low), 0);
	actor_priority(&pair.high, 100);
	actor_add(&pair.low, 0, 7);
	actor_await_open(&pair.low, 0);
	actor_await(&pair.low, 0, XS_GATE_PACED, 0); /* for whom? */
	actor_add(&pair.high, 0, 7);
	actor_await_closed(&pair.low, 0);
	actor_remove(&pair.low, 0);
	actor_await(&pair.high, 0, XS_GATE_TRACKED, 0);
	actor_add(&pair.low, 0, 7);
	actor_await_closed(&pair.low, 0);
	actor_idle(&pair.high, 0);
	actor_await_open(&pair.low, 0);
	close_pair(&pair);
}

static void sigterm_opens_all_gates(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	actor_ready(&pair.low, 0);
	actor_ready(&pair.high, 0);
	actor_await_closed(&pair.low, 0);
	kit_stop(server);
	assert_true(actor_word(&pair.low, 0) & XS_GATE_OPEN);
	assert_false(actor_word(&pair.low, 0) & (XS_GATE_PACED | XS_GATE_HELD | XS_GATE_TRACKED));
	assert_false(actor_word(&pair.high, 0) & XS_GATE_TRACKED);
	assert_int_not_equal(access(kit_socket(), F_OK), 0);
	close_pair(&pair);
	server = kit_start(NULL);
}

static void sharing_follows_measured_time(void **state)
{
	struct actor control, a, b;
	struct xs_message set = { .opcode = XS_OP_POLICY_SET };
	uint64_t used[2] = { 0, 0 };

	(void)state;
	assert_int_equal(control_open(&control), 0);
	XS_MESSAGE_TEXT(set.policy_set.policy, "CFS");
	assert_int_equal(actor_ask(&control, &set, NULL), 0);
	actor_enter(&a, "a", 0);
	actor_enter(&b, "b", 0);
	actor_ready(&a, 0);
	actor_ready(&b, 0);
	/* Each uses the device as long as its gate is open. How often the two change depends on the machine;
	 * in the end each has had a half. */
	uint64_t last = xs_now_ns(), began = last;
	double share = 0;
	while (last - began < SEC || share < 0.4 || share > 0.6) {
		struct actor *both[2] = { &a, &b };
		uint64_t now = xs_now_ns();
		for (int i = 0; i < 2; i++) {
			if (!(actor_word(both[i], 0) & XS_GATE_OPEN))
				continue;
			used[i] += now - last;
			xs_add_relaxed(&both[i]->page->slots[0].device_ns, now - last);
		}
		share = (double)used[0] / (double)(used[0] + used[1] + 1);
		last = now;
		assert_true(last - began < 60 * SEC);
		usleep(100);
	}
	print_message("share %.3f, together %.0f ms\n", share, (double)(used[0] + used[1]) / 1e6);
	XS_MESSAGE_TEXT(set.policy_set.policy, "HPF");
	assert_int_equal(actor_ask(&control, &set, NULL), 0);
	actor_close(&a);
	actor_close(&b);
	actor_close(&control);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_closes_and_idle_opens),
		cmocka_unit_test(no_change_is_lost_when_the_daemon_falls_asleep),
		cmocka_unit_test(who_was_alone_is_looked_at),
		cmocka_unit_test(other_devices_are_left_alone),
		cmocka_unit_test(a_tracked_process_is_told_to_look),
		cmocka_unit_test(sleepers_in_other_processes_are_woken),
		cmocka_unit_test(killed_clients_hold_up_nobody),
		cmocka_unit_test(a_child_with_the_socket_does_not_count),
		cmocka_unit_test(a_stopped_client_holds_up_only_those_below),
		cmocka_unit_test(the_heart_beats_until_the_daemon_hangs),
		cmocka_unit_test(restart_goes_on_with_the_same_pages),
		cmocka_unit_test(sigterm_opens_all_gates),
		cmocka_unit_test(sharing_follows_measured_time),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
