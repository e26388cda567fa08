/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers that do not behave. Each costs at most its own connection: beside them an honest pair goes on
 * being scheduled, and when they are gone the daemon has as many descriptors as before.
 * Would catch: a crash, a hang, a leak, a decision about somebody else.
 */
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static pid_t server;
static struct actor high, low;
static int fds_before;

/* The honest pair is scheduled. */
static void all_is_well(void)
{
	for (int i = 0; i < 5; i++) {
		actor_ready(&low, 0);
		actor_ready(&high, 0);
		actor_await_closed(&low, 0);
		actor_idle(&high, 0);
		actor_await_open(&low, 0);
		actor_idle(&low, 0);
	}
}

static int setup(void **state)
{
	(void)state;
	server = kit_start(NULL);
	actor_enter(&high, "high", 100);
	actor_enter(&low, "low", 0);
	all_is_well();
	fds_before = kit_open_fds(server);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	actor_close(&high);
	actor_close(&low);
	kit_stop(server);
	return 0;
}

static int each_after(void **state)
{
	(void)state;
	all_is_well();
	kit_await_fds(server, fds_before);
	return 0;
}

/* The daemon closes the connection, perhaps after an ERROR. */
static void is_closed(int fd)
{
	struct actor actor = { .fd = fd };
	struct xs_message message;

	while (actor_receive(&actor, &message))
		assert_int_equal(message.opcode, XS_OP_ERROR);
	close(fd);
}

static uint32_t rnd(uint32_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static void garbage(void **state)
{
	uint8_t bytes[1000];

	(void)state;
	for (int round = 0; round < 500; round++) {
		int fd = actor_connect();
		size_t size = rnd(sizeof(bytes)) + 1;

		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)rnd(256);
		if (round % 2) { /* with a header that looks right */
			bytes[0] = (uint8_t)size;
			bytes[1] = (uint8_t)(size >> 8);
			bytes[2] = (uint8_t)(1 + rnd(24));
			bytes[3] = 0;
			bytes[4] = XS_WIRE_FRAME;
			bytes[5] = 0;
		}
		send(fd, bytes, size, MSG_NOSIGNAL);
		is_closed(fd);
	}
}

static void hello_in_wrong_ways(void **state)
{
	struct xs_message hello = { .opcode = XS_OP_HELLO };
	struct xs_page *page;
	int page_fd, fds[2];

	(void)state;
	assert_int_equal(xs_page_create(&page, &page_fd), 0);
	int loose = memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(loose, sizeof(struct xs_page)), 0);
	const struct {
		uint32_t version, oldest, role;
		int fds[2];
		size_t count;
	} tries[] = {
		{ 99, 99, 0, { page_fd }, 1 }, /* a version that we do not speak */
		{ 0, 0, 0, { page_fd }, 1 },
		{ 1, 1, 0, { 0 }, 0 }, /* no page */
		{ 1, 1, 0, { page_fd, page_fd }, 2 },
		{ 1, 1, 1, { page_fd }, 1 }, /* a page that is not needed */
		{ 1, 1, 7, { page_fd }, 1 },
		{ 1, 1, 0, { loose }, 1 }, /* a page that could shrink */
		{ 1, 1, 0, { STDIN_FILENO }, 1 },
	};
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		int fd = actor_connect();

		hello.hello.version = tries[i].version;
		hello.hello.oldest = tries[i].oldest;
		hello.hello.role = tries[i].role;
		memcpy(fds, tries[i].fds, sizeof(fds));
		xs_wire_send(fd, &hello, fds, tries[i].count);
		is_closed(fd);
	}
	close(loose);
	close(page_fd);
	munmap(page, sizeof(*page));
}

static void hello_twice(void **state)
{
	struct xs_message hello = { .opcode = XS_OP_HELLO };
	struct actor actor;

	(void)state;
	hello.hello.version = XS_WIRE_VERSION;
	hello.hello.oldest = XS_WIRE_OLDEST;
	hello.hello.role = XS_ROLE_PROCESS;
	assert_int_equal(actor_open(&actor, "again"), 0);
	assert_int_equal(xs_wire_send(actor.fd, &hello, &actor.page_fd, 1), 0);
	is_closed(dup(actor.fd));
	actor_close(&actor);
}

/* What comes with it is closed with it. */
static void a_descriptor_too_many(void **state)
{
	const struct xs_message add = { .opcode = XS_OP_QUEUE_ADD };
	struct actor actor;

	(void)state;
	assert_int_equal(actor_open(&actor, "generous"), 0);
	assert_int_equal(xs_wire_send(actor.fd, &add, &actor.page_fd, 1), 0);
	is_closed(dup(actor.fd));
	actor_close(&actor);
}

static void a_newer_client_is_served(void **state)
{
	struct actor actor = { .page_fd = -1 };
	struct xs_message message = { .opcode = XS_OP_HELLO };

	(void)state;
	actor.fd = actor_connect();
	message.hello.version = 7;
	message.hello.oldest = 1;
	message.hello.role = XS_ROLE_CONTROL;
	actor_send(&actor, &message);
	assert_true(actor_receive(&actor, &message));
	assert_int_equal(message.opcode, XS_OP_WELCOME);
	assert_int_equal(message.welcome.version, XS_WIRE_VERSION);
	close(actor.fd);
}

static void out_of_order_and_again(void **state)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };
	struct actor actor;

	(void)state;
	int fd = actor_connect(); /* before HELLO */
	xs_wire_send(fd, &message, NULL, 0);
	is_closed(fd);

	assert_int_equal(actor_open(&actor, "twice"), 0);
	message.queue_add.slot = 5;
	message.queue_add.id = 1;
	actor_send(&actor, &message);
	assert_int_equal(actor_ask(&actor, &message, NULL), EEXIST); /* replayed */
	message.queue_add.slot = XS_PAGE_SLOTS;
	assert_int_equal(actor_ask(&actor, &message, NULL), EINVAL);
	message.queue_add.slot = UINT32_MAX;
	assert_int_equal(actor_ask(&actor, &message, NULL), EINVAL);
	message = (struct xs_message){ .opcode = XS_OP_QUEUE_REMOVE };
	message.queue_remove.slot = 5;
	message.queue_remove.id = 2; /* of another life */
	assert_int_equal(actor_ask(&actor, &message, NULL), ENOENT);
	message = (struct xs_message){ .opcode = XS_OP_LEND };
	message.lend.slot = 6;
	assert_int_equal(actor_ask(&actor, &message, NULL), ENOENT);
	message = (struct xs_message){ .opcode = XS_OP_HINT };
	message.hint.target = XS_TARGET_OWN_PROCESS;
	message.hint.kind = 99;
	assert_int_equal(actor_ask(&actor, &message, NULL), EINVAL);
	message.hint.kind = XS_WIRE_HINT_CPU_PRIORITY;
	assert_int_equal(actor_ask(&actor, &message, NULL), EINVAL);
	/* A request of the command line is none of a process. */
	message = (struct xs_message){ .opcode = XS_OP_POLICY_SET };
	actor_send(&actor, &message);
	int copy = dup(actor.fd);
	is_closed(copy);
	actor_close(&actor);
}

/* Stores random bytes all over a page of which two queues are scheduled, while it rings. */
static void random_pages(void **state)
{
	struct actor actor;
	uint64_t end = xs_now_ns() + SEC;

	(void)state;
	assert_int_equal(actor_open(&actor, "noise"), 0);
	actor_priority(&actor, -200); /* so that it cannot stop the pair */
	for (uint32_t i = 0; i < 4; i++)
		actor_add(&actor, i * 1000, 7);
	while (xs_now_ns() < end) {
		uint8_t *bytes = (uint8_t *)actor.page;
		for (int i = 0; i < 5000; i++) {
			size_t at = rnd(8) ? rnd(1024) : rnd(sizeof(struct xs_page));
			bytes[at] = (uint8_t)rnd(256);
		}
		const uint64_t one = 1;
		assert_int_equal(write(actor.bell, &one, sizeof(one)), sizeof(one));
	}
	all_is_well();
	actor_close(&actor);
}

/* Four threads' worth of changes that never end. */
static void a_page_that_never_rests(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct actor actor;
		const uint64_t one = 1;
		actor_enter(&actor, "restless", -200);
		for (;;) {
			xs_page_tell(actor.page, 0);
			xs_or_full(&actor.page->slots[0].word, XS_GATE_READY);
			if (write(actor.bell, &one, sizeof(one)) < 0)
				_exit(1);
		}
	}
	usleep(100000);
	for (int i = 0; i < 20; i++)
		all_is_well();
	kit_kill(child, SIGKILL);
}

/* Whoever has a bell can change its flags and fill it up: the daemon must not care. */
static void a_bell_that_blocks(void **state)
{
	struct actor actor;
	uint64_t most = UINT64_MAX - 1;

	(void)state;
	assert_int_equal(actor_open(&actor, "bell"), 0);
	actor_priority(&actor, -200);
	actor_add(&actor, 0, 7);
	fcntl(actor.bell, F_SETFL, 0);
	assert_int_equal(write(actor.bell, &most, sizeof(most)), sizeof(most));
	all_is_well();
	assert_int_equal(read(actor.bell, &most, sizeof(most)), sizeof(most));
	all_is_well();
	actor_close(&actor);
}

static void requests_whose_answers_nobody_reads(void **state)
{
	struct xs_message list = { .opcode = XS_OP_PARAM_LIST };
	struct actor control;
	int err = 0;

	(void)state;
	assert_int_equal(control_open(&control), 0);
	for (int i = 0; i < 100000 && (err == 0 || err == -EAGAIN); i++) {
		err = xs_wire_send(control.fd, &list, NULL, 0);
		if (err == -EAGAIN)
			usleep(100);
	}
	assert_true(err == -EPIPE || err == -ECONNRESET); /* dropped, not served for ever */
	actor_close(&control);
}

static void receive_answer(struct actor *control)
{
	struct xs_message message = { 0 };

	while (message.opcode != XS_OP_DONE)
		assert_true(actor_receive(control, &message));
}

/* More passes through than may wait at a time, and something waits all the time. */
static void a_reader_that_is_always_behind(void **state)
{
	const struct xs_message list = { .opcode = XS_OP_POLICY_LIST };
	struct actor control;

	(void)state;
	assert_int_equal(control_open(&control), 0);
	for (int i = 0; i < 12000; i++) {
		actor_send(&control, &list);
		if (i >= 1000)
			receive_answer(&control);
	}
	for (int i = 0; i < 1000; i++)
		receive_answer(&control);
	actor_close(&control);
}

/* Who says nothing is sent away after some seconds. */
static void a_silent_connection(void **state)
{
	(void)state;
	is_closed(actor_connect());
}

static void many_connections(void **state)
{
	uint64_t began = xs_now_ns();
	int count = 0;

	(void)state;
	for (; count < 1500; count++) {
		struct actor actor;
		if (count % 3 == 0) {
			close(actor_connect());
			continue;
		}
		assert_int_equal(actor_open(&actor, "passer-by"), 0);
		actor_priority(&actor, -100);
		actor_add(&actor, 0, 7);
		if (count % 3 == 1)
			actor_ready(&actor, 0);
		actor_close(&actor);
	}
	print_message("%.0f connections a second\n", count / ((double)(xs_now_ns() - began) / 1e9));
}

/* --- no descriptors ------------------------------------------------------------------------------ */

/* In clock ticks. */
static long used_processor_time(void)
{
	unsigned long user = 0, system = 0;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)server);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(
		fscanf(file, "%*d (xserver) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &system),
		2);
	fclose(file);
	return (long)(user + system);
}

static void no_descriptors(void **state)
{
	struct rlimit few, old;
	int fds[64];

	(void)state;
	assert_int_equal(prlimit(server, RLIMIT_NOFILE, NULL, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)fds_before + 12;
	assert_int_equal(prlimit(server, RLIMIT_NOFILE, &few, NULL), 0);
	for (size_t i = 0; i < 64; i++)
		fds[i] = actor_connect(); /* they wait in the backlog */
	all_is_well();
	/* And are not looked at over and over. A machine that is busy may hide it if they are. */
	long before = used_processor_time();
	usleep(500000);
	assert_true(used_processor_time() - before < sysconf(_SC_CLK_TCK) / 10);
	for (size_t i = 0; i < 64; i++)
		close(fds[i]);
	assert_int_equal(prlimit(server, RLIMIT_NOFILE, &old, NULL), 0);
	struct actor actor;
	assert_int_equal(actor_open(&actor, "late"), 0);
	actor_close(&actor);
}

/* --- other users --------------------------------------------------------------------------------- */

/* Each connection stays below what one may let pile up; all of them together do not. */
static bool may_let_answers_pile_up(void)
{
	struct xs_message list = { .opcode = XS_OP_POLICY_LIST };
	struct actor controls[16];
	int err = 0;

	for (size_t i = 0; i < 16; i++) {
		if (control_open(&controls[i]) != 0)
			return false;
		for (int sent = 0; !err && sent < 2400; sent++) {
			while ((err = xs_wire_send(controls[i].fd, &list, NULL, 0)) == -EAGAIN)
				usleep(100);
		}
	}
	for (size_t i = 0; i < 16; i++)
		actor_close(&controls[i]);
	return !err;
}

static bool may_have_any_number_of_queues(void)
{
	const struct xs_message remove = { .opcode = XS_OP_QUEUE_REMOVE, .queue_remove.id = 1 };
	struct xs_message add = { .opcode = XS_OP_QUEUE_ADD };
	struct actor actors[18];
	bool refused = false;
	int err;

	for (size_t i = 0; i < 18; i++) {
		struct xs_message answer;

		if (actor_open(&actors[i], "many queues") != 0)
			return true;
		for (uint32_t slot = 0; slot < XS_PAGE_SLOTS; slot++) {
			add.queue_add.slot = slot;
			while ((err = xs_wire_send(actors[i].fd, &add, NULL, 0)) == -EAGAIN)
				usleep(100);
		}
		/* There is no such queue: that is the last answer. */
		actor_send(&actors[i], &remove);
		while (actor_receive(&actors[i], &answer) && answer.opcode == XS_OP_ERROR &&
			answer.error.code == EUSERS)
			refused = true;
	}
	for (size_t i = 0; i < 18; i++)
		actor_close(&actors[i]);
	return !refused;
}

/* What nobody tries against processes of root. Returns the number of the attempt that succeeded. */
static int misbehave_as_nobody(uint64_t handle, pid_t pid)
{
	struct xs_message hint = { .opcode = XS_OP_HINT }, request;
	struct actor control, actor;

	if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
		return 1;
	/* It may have its own processes scheduled. */
	if (actor_open(&actor, "nobody") != 0)
		return 2;
	actor_add(&actor, 0, 9);
	actor_sync(&actor);
	if (control_open(&control) != 0)
		return 3;
	hint.hint.kind = XS_WIRE_HINT_PRIORITY;
	hint.hint.value = -255;
	hint.hint.target = XS_TARGET_HANDLE;
	hint.hint.id = handle;
	if (actor_ask(&control, &hint, NULL) != EPERM)
		return 4;
	hint.hint.target = XS_TARGET_PID;
	hint.hint.id = (uint64_t)pid;
	if (actor_ask(&control, &hint, NULL) != EPERM)
		return 5;
	hint.hint.target = XS_TARGET_ALL;
	if (actor_ask(&control, &hint, NULL) != EPERM || actor_ask(&actor, &hint, NULL) != EPERM)
		return 6;
	request = (struct xs_message){ .opcode = XS_OP_SUSPEND };
	request.suspend.target = XS_TARGET_PID;
	request.suspend.id = (uint64_t)pid;
	request.suspend.on = 1;
	if (actor_ask(&control, &request, NULL) != EPERM)
		return 7;
	request = (struct xs_message){ .opcode = XS_OP_POLICY_SET };
	XS_MESSAGE_TEXT(request.policy_set.policy, "CFS");
	if (actor_ask(&control, &request, NULL) != EPERM)
		return 8;
	request = (struct xs_message){ .opcode = XS_OP_PARAM_SET };
	XS_MESSAGE_TEXT(request.param_set.policy, "HPF");
	XS_MESSAGE_TEXT(request.param_set.name, "floor");
	if (actor_ask(&control, &request, NULL) != EPERM)
		return 9;
	/* Its own it may. */
	hint.hint.target = XS_TARGET_PID;
	hint.hint.id = (uint64_t)getpid();
	if (actor_ask(&control, &hint, NULL) != 0)
		return 10;
	/* And not all memory and connections there are. */
	if (may_let_answers_pile_up())
		return 12;
	if (may_have_any_number_of_queues())
		return 13;
	for (int i = 0; i < 100000; i++) {
		struct actor more;
		if (control_open(&more) == EUSERS)
			return 0;
	}
	return 11;
}

static void another_user(void **state)
{
	int status;

	(void)state;
	if (getuid() != 0)
		skip();
	chmod(getenv("TEST_TMP") ? getenv("TEST_TMP") : "/tmp", 0755);
	pid_t child = fork();
	if (child == 0)
		_exit(misbehave_as_nobody(actor_handle(&high, 0), getppid()));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(garbage, each_after),
		cmocka_unit_test_teardown(hello_in_wrong_ways, each_after),
		cmocka_unit_test_teardown(hello_twice, each_after),
		cmocka_unit_test_teardown(a_descriptor_too_many, each_after),
		cmocka_unit_test_teardown(a_newer_client_is_served, each_after),
		cmocka_unit_test_teardown(out_of_order_and_again, each_after),
		cmocka_unit_test_teardown(random_pages, each_after),
		cmocka_unit_test_teardown(a_page_that_never_rests, each_after),
		cmocka_unit_test_teardown(a_bell_that_blocks, each_after),
		cmocka_unit_test_teardown(requests_whose_answers_nobody_reads, each_after),
		cmocka_unit_test_teardown(a_reader_that_is_always_behind, each_after),
		cmocka_unit_test_teardown(a_silent_connection, each_after),
		cmocka_unit_test_teardown(many_connections, each_after),
		cmocka_unit_test_teardown(no_descriptors, each_after),
		cmocka_unit_test_teardown(another_user, each_after),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
