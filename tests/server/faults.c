/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine misbehaves, not a peer: a full disk, a clock that jumps, epoll at its limit, a daemon that is
 * killed while everybody is at work. Would catch: a log line that blocks or ends the daemon, a timer on the
 * time of day, a connection that ends the daemon, a state that is lost or a gate that stays closed after a
 * restart.
 */
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* A daemon whose standard error goes there; not one that has to come up. */
static pid_t start_with_log(const char *socket_path, const char *log)
{
	const char *build = getenv("BUILD");
	char program[512];

	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	setenv("XSCHED_SOCKET", socket_path, 1);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(open(log, O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		execl(program, "xserver", "--socket", socket_path, "--policy", "CFS", NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

/* Turns go round: each of two that always want to run is stopped and started again. */
static void turns_go_round(void)
{
	struct actor a, b;
	uint64_t beat;

	actor_enter(&a, "a", 0);
	actor_enter(&b, "b", 0);
	actor_ready(&a, 0);
	actor_ready(&b, 0);
	for (int i = 0; i < 10; i++) {
		actor_await_closed(&a, 0);
		actor_await_open(&a, 0);
		actor_await_closed(&b, 0);
		actor_await_open(&b, 0);
	}
	beat = xs_load_full(&a.page->heartbeat_ns);
	for (uint64_t end = xs_now_ns() + 20 * SEC;
		xs_load_full(&a.page->heartbeat_ns) == beat && xs_now_ns() < end;)
		usleep(1000);
	assert_true(xs_load_full(&a.page->heartbeat_ns) > beat);
	assert_true(xs_load_full(&a.page->heartbeat_ns) <= xs_now_ns());
	actor_close(&a);
	actor_close(&b);
}

static void a_full_disk_below_the_log(void **state)
{
	(void)state;
	pid_t server = start_with_log(kit_socket(), "/dev/full");
	for (int i = 0; i < 200; i++)
		close(actor_connect());
	turns_go_round();
	kit_stop(server);
}

/* No file can be made any more: it says so and ends, and is no half daemon. */
static void a_full_disk_below_the_socket(void **state)
{
	char directory[128], path[160];
	int status;

	(void)state;
	snprintf(directory, sizeof(directory), "%s.d", kit_socket());
	snprintf(path, sizeof(path), "%s/s", directory);
	assert_int_equal(mkdir(directory, 0700), 0);
	pid_t child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNS) != 0 ||
			mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
			mount("full", directory, "tmpfs", 0, "nr_inodes=1") != 0)
			_exit(77);
		pid_t server = start_with_log(path, "/dev/null");
		if (waitpid(server, &status, 0) != server || !WIFEXITED(status))
			_exit(2);
		_exit(WEXITSTATUS(status) == 1 && access(path, F_OK) != 0 ? 0 : 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	rmdir(directory);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* not allowed here */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static pid_t start_with(const char *preload)
{
	const char *build = getenv("BUILD"), *asan = getenv("ASAN_OPTIONS");
	char path[512], options[512];

	snprintf(
		path, sizeof(path), "%s/tests/server/preload/%s", build ? build : "build", preload);
	assert_int_equal(access(path, R_OK), 0);
	snprintf(options, sizeof(options), "%s:verify_asan_link_order=0", asan ? asan : "");
	setenv("ASAN_OPTIONS", options, 1);
	setenv("LD_PRELOAD", path, 1);
	pid_t server = start_with_log(kit_socket(), "/dev/null");
	unsetenv("LD_PRELOAD");
	return server;
}

static void the_time_of_day_jumps(void **state)
{
	(void)state;
	pid_t server = start_with("jumps.so");
	turns_go_round();
	kit_stop(server);
}

/* Connections that cannot be waited for end, and those that are there stay; without any, there is no daemon. */
static void nothing_more_can_be_watched(void **state)
{
	struct xs_message message;
	struct actor actor, more;
	char full[160];
	int status;

	(void)state;
	snprintf(full, sizeof(full), "%s.full", kit_socket());
	setenv("TEST_FULL", full, 1);
	pid_t server = start_with("unwatched.so");
	actor_enter(&actor, "before", 0);
	int fds = kit_open_fds(server);
	close(open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	for (int i = 0; i < 20; i++) {
		more = (struct actor){ .fd = actor_connect(), .bell = -1, .page_fd = -1 };
		assert_false(actor_receive(&more, &message));
		close(more.fd);
	}
	actor_sync(&actor);
	kit_await_fds(server, fds);
	unlink(full);
	turns_go_round();
	actor_close(&actor);
	kit_stop(server);

	close(open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	server = start_with("unwatched.so");
	assert_int_equal(waitpid(server, &status, 0), server);
	unlink(full);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

/* --- killed while everybody is at work ------------------------------------------------------------- */

#define CROWD  12
#define QUEUES 4

static struct actor crowd[CROWD];
static pthread_mutex_t bells[CROWD]; /* a bell is replaced while its owner works on */
static _Atomic bool finished;

/* Queues become ready and idle, whether there is a daemon or not. */
static void *work(void *unused)
{
	uint32_t random = 1;

	while (!xs_load_full(&finished)) {
		random = random * 1664525u + 1013904223u;
		uint32_t which = (random >> 8) % CROWD, slot = (random >> 20) % QUEUES;

		pthread_mutex_lock(&bells[which]);
		if (random >> 31)
			actor_ready(&crowd[which], slot);
		else
			actor_idle(&crowd[which], slot);
		pthread_mutex_unlock(&bells[which]);
	}
	return unused;
}

static void add_queues(struct actor *actor, int priority)
{
	actor_priority(actor, priority);
	for (uint32_t slot = 0; slot < QUEUES; slot++) {
		struct xs_message add = { .opcode = XS_OP_QUEUE_ADD };

		add.queue_add.slot = slot;
		add.queue_add.id = slot + 100;
		add.queue_add.device = slot % 2;
		actor_send(actor, &add);
	}
}

static void killed_and_started_under_load(void **state)
{
	pthread_t thread;

	(void)state;
	xs_store_full(&finished, false);
	pid_t server = kit_start(NULL);
	for (int i = 0; i < CROWD; i++) {
		pthread_mutex_init(&bells[i], NULL);
		assert_int_equal(actor_open(&crowd[i], "worker"), 0);
		for (uint32_t slot = 0; slot < QUEUES; slot++)
			xs_store_full(&crowd[i].page->slots[slot].word, XS_GATE_INITIAL);
		add_queues(&crowd[i], i);
	}
	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
	for (int round = 0; round < 5; round++) {
		usleep(20000);
		kit_kill(server, SIGKILL);
		server = kit_start(NULL);
		for (int i = 0; i < CROWD; i++) {
			pthread_mutex_lock(&bells[i]);
			assert_int_equal(actor_reopen(&crowd[i]), 0);
			pthread_mutex_unlock(&bells[i]);
			add_queues(&crowd[i], i);
		}
	}
	xs_store_full(&finished, true);
	pthread_join(thread, NULL);
	/* The new daemon knows how everybody stands. */
	for (int i = 0; i < CROWD; i++) {
		for (uint32_t slot = 0; slot < QUEUES; slot++)
			actor_idle(&crowd[i], slot);
	}
	for (int i = 0; i < CROWD; i++) {
		for (uint32_t slot = 0; slot < QUEUES; slot++)
			actor_await_open(&crowd[i], slot);
	}
	for (int i = 0; i < CROWD; i++)
		actor_ready(&crowd[i], 0);
	for (int i = 0; i < CROWD - 1; i++)
		actor_await_closed(&crowd[i], 0);
	actor_await_open(&crowd[CROWD - 1], 0);
	for (int i = 0; i < CROWD; i++)
		actor_close(&crowd[i]);
	kit_stop(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_below_the_log),
		cmocka_unit_test(a_full_disk_below_the_socket),
		cmocka_unit_test(the_time_of_day_jumps),
		cmocka_unit_test(nothing_more_can_be_watched),
		cmocka_unit_test(killed_and_started_under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
