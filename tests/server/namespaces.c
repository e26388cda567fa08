/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process ids that mean different things on both sides, processes that become others, and a daemon of
 * another user. Would catch: a process that is known by its number, a program that takes the place of
 * another one in the list, a user's daemon that lets strangers in.
 */
#include "kit.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static pid_t server;

static int setup(void **state)
{
	(void)state;
	server = kit_start(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_stop(server);
	return 0;
}

/* Plays an important process that is busy until it is killed. */
static void be_important(int ready_fd)
{
	struct actor high;

	actor_enter(&high, "high", 100);
	actor_ready(&high, 0);
	actor_sync(&high);
	if (write(ready_fd, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void two_pid_namespaces_share_a_daemon(void **state)
{
	struct actor low;
	pid_t children[2];
	int gate[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			if (unshare(CLONE_NEWPID) != 0)
				_exit(77);
			pid_t first = fork();
			if (first == 0)
				be_important(gate[1]); /* process 1 of its namespace, twice */
			int status;
			waitpid(first, &status, 0);
			_exit(0);
		}
	}
	struct pollfd input = { .fd = gate[0], .events = POLLIN };
	for (int i = 0; i < 2; i++) {
		int status;
		if (poll(&input, 1, 200) == 1) {
			assert_int_equal(read(gate[0], &byte, 1), 1);
		} else if (waitpid(children[0], &status, WNOHANG) == children[0] &&
			   WEXITSTATUS(status) == 77) {
			waitpid(children[1], NULL, 0);
			skip(); /* not allowed here */
		} else {
			assert_int_equal(read(gate[0], &byte, 1), 1);
		}
	}
	actor_enter(&low, "low", 0);
	actor_ready(&low, 0);
	actor_await_closed(&low, 0);
	/* The end of one of them is not that of the other, whatever they are called. */
	for (int i = 0; i < 2; i++) {
		char command[64];
		snprintf(command, sizeof(command), "kill -9 $(cat /proc/%d/task/%d/children)",
			(int)children[i], (int)children[i]);
		assert_int_equal(system(command), 0);
		assert_int_equal(waitpid(children[i], NULL, 0), children[i]);
		usleep(50000);
		if (i == 0)
			actor_await_closed(&low, 0);
		else
			actor_await_open(&low, 0);
	}
	actor_close(&low);
	close(gate[0]);
	close(gate[1]);
}

/* XSched's daemon died of a process that became another program. */
static void exec_ends_what_was_before(void **state)
{
	struct actor low;
	int gate[2];
	char byte;

	(void)state;
	actor_enter(&low, "low", 0);
	actor_ready(&low, 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(pipe(gate), 0);
		pid_t child = fork();
		if (child == 0) {
			struct actor high;
			actor_enter(&high, "high", 100);
			actor_ready(&high, 0);
			actor_sync(&high);
			if (write(gate[1], "x", 1) != 1)
				_exit(1);
			usleep(20000);
			execlp("sleep", "sleep", "100", (char *)NULL);
			_exit(1);
		}
		assert_int_equal(read(gate[0], &byte, 1), 1);
		actor_await_closed(&low, 0);
		actor_await_open(&low, 0); /* it execs: its connection is gone */
		kit_kill(child, SIGKILL);
		close(gate[0]);
		close(gate[1]);
	}
	actor_close(&low);
}

static void a_users_daemon_refuses_others(void **state)
{
	struct xs_message message;
	struct actor actor;
	int status;

	(void)state;
	if (getuid() != 0)
		skip();
	const char *directory = getenv("TEST_TMP") ? getenv("TEST_TMP") : "/tmp";
	char own[96], path[108];
	chmod(directory, 0755);
	snprintf(own, sizeof(own), "%s/own", directory);
	snprintf(path, sizeof(path), "%s/s", own);
	mkdir(own, 0755);
	assert_int_equal(chown(own, 65534, 65534), 0);
	setenv("XSCHED_SOCKET", path, 1);
	pid_t other = fork();
	if (other == 0) {
		char program[512];
		const char *build = getenv("BUILD");
		snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
		if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
			_exit(1);
		execl(program, "xserver", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(control_open(&actor), 0); /* root may */
	actor_close(&actor);
	/* Even with a socket that everybody may open: the peer is looked at. */
	assert_int_equal(chmod(path, 0666), 0);
	pid_t stranger = fork();
	if (stranger == 0) {
		if (setgid(65533) != 0 || setuid(65533) != 0)
			_exit(1);
		actor.fd = actor_connect();
		actor.page = NULL;
		if (!actor_receive(&actor, &message) || message.opcode != XS_OP_ERROR ||
			message.error.code != EACCES)
			_exit(2);
		_exit(actor_receive(&actor, &message) ? 3 : 0);
	}
	assert_int_equal(waitpid(stranger, &status, 0), stranger);
	assert_int_equal(status, 0);
	kit_kill(other, SIGTERM);
	setenv("XSCHED_SOCKET", kit_socket(), 1);
}

static void a_group_may_act_on_others(void **state)
{
	const char *const arguments[] = { "--group", "65531", NULL };
	struct xs_message set = { .opcode = XS_OP_POLICY_SET };
	int status;

	(void)state;
	if (getuid() != 0)
		skip();
	kit_stop(server);
	server = kit_start(arguments);
	XS_MESSAGE_TEXT(set.policy_set.policy, "HPF");
	for (int member = 0; member < 2; member++) {
		pid_t child = fork();
		if (child == 0) {
			const gid_t groups[] = { 65530, 65531 };
			struct actor control;
			if (setgroups(member ? 2 : 1, groups) != 0 || setgid(65534) != 0 ||
				setuid(65534) != 0 || control_open(&control) != 0)
				_exit(1);
			_exit(actor_ask(&control, &set, NULL) == (member ? 0 : EPERM) ? 0 : 2);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_pid_namespaces_share_a_daemon),
		cmocka_unit_test(exec_ends_what_was_before),
		cmocka_unit_test(a_users_daemon_refuses_others),
		cmocka_unit_test(a_group_may_act_on_others),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
