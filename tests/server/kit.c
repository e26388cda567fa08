/* SPDX-License-Identifier: Apache-2.0 */
/* See kit.h. */
#include "kit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LIMIT_NS (60 * SEC)

static const char *scratch(const char *name, char *path, size_t size)
{
	const char *directory = getenv("TEST_TMP");

	snprintf(path, size, "%s/%s.%d", directory ? directory : "/tmp", name, (int)getpid());
	return path;
}

const char *kit_socket(void)
{
	static char path[108];

	return path[0] ? path : scratch("xs.sock", path, sizeof(path));
}

const char *kit_log(void)
{
	static char path[128];

	return path[0] ? path : scratch("xs.log", path, sizeof(path));
}

/* --- the daemon ---------------------------------------------------------------------------------- */

int kit_connect(void)
{
	return xs_wire_connect();
}

int kit_connect_patiently(void)
{
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int fd;

	while ((fd = kit_connect()) < 0) {
		assert_true(xs_now_ns() < limit);
		usleep(500);
	}
	return fd;
}

pid_t kit_start(const char *const *arguments)
{
	const char *argv[32] = { "xserver", "--socket", kit_socket() };
	const char *build = getenv("BUILD");
	char program[512];
	int count = 3;

	for (; arguments && *arguments; arguments++)
		argv[count++] = *arguments;
	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	setenv("XSCHED_SOCKET", kit_socket(), 1);
	pid_t pid = fork();
	if (pid == 0) {
		int log = open(kit_log(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, STDERR_FILENO);
		execv(program, (char **)argv);
		_exit(127);
	}
	assert_true(pid > 0);
	close(kit_connect_patiently());
	return pid;
}

void kit_stop(pid_t daemon)
{
	int status;

	kill(daemon, SIGTERM);
	assert_int_equal(waitpid(daemon, &status, 0), daemon);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void kit_kill(pid_t process, int signal)
{
	kill(process, signal);
	waitpid(process, NULL, 0);
}

int kit_open_fds(pid_t process)
{
	char path[64];
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)process);
	DIR *directory = opendir(path);
	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

void kit_await_fds(pid_t process, int count)
{
	uint64_t limit = xs_now_ns() + LIMIT_NS;

	while (kit_open_fds(process) != count && xs_now_ns() < limit)
		usleep(1000);
	assert_int_equal(kit_open_fds(process), count);
}

/* --- messages ------------------------------------------------------------------------------------ */

void actor_send(struct actor *actor, const struct xs_message *message)
{
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int err;

	while ((err = xs_wire_send(actor->fd, message, NULL, 0)) == -EAGAIN) {
		assert_true(xs_now_ns() < limit);
		usleep(100);
	}
	(void)err; /* a connection that is gone shows when it is read */
}

static int receive(struct actor *actor, struct xs_message *message, int *fds, size_t *fd_count)
{
	struct pollfd input = { .fd = actor->fd, .events = POLLIN };
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int err;

	do {
		assert_true(xs_now_ns() < limit);
		poll(&input, 1, 1000);
		err = xs_wire_receive(actor->fd, message, XS_TO_CLIENT, fds, fd_count);
	} while (err == -EAGAIN);
	assert_int_not_equal(err, -EPROTO);
	return err;
}

bool actor_receive(struct actor *actor, struct xs_message *message)
{
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	do {
		if (receive(actor, message, fds, &fd_count) != 0)
			return false;
		while (fd_count)
			close(fds[--fd_count]);
		if (message->opcode == XS_OP_LOOK && actor->page)
			xs_store_full(&actor->page->client_told, 0);
	} while (message->opcode == XS_OP_LOOK || message->opcode == XS_OP_POLICY_CHANGED);
	return true;
}

int actor_ask(struct actor *actor, struct xs_message *request, uint32_t *rows)
{
	static uint16_t serial;
	struct xs_message answer;
	uint32_t count = 0;

	request->serial = ++serial;
	actor_send(actor, request);
	for (;; count++) {
		if (!actor_receive(actor, &answer))
			return ECONNRESET;
		if (answer.serial != request->serial)
			continue;
		if (answer.opcode == XS_OP_ERROR)
			return answer.error.code;
		if (answer.opcode == XS_OP_DONE)
			break;
	}
	if (rows)
		*rows = count;
	return 0;
}

static int say_hello(struct actor *actor, uint32_t role, const char *name)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	actor->bell = -1;
	message.hello.version = XS_WIRE_VERSION;
	message.hello.oldest = XS_WIRE_OLDEST;
	message.hello.role = role;
	message.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(message.hello.name, name);
	xs_wire_send(actor->fd, &message, &actor->page_fd, role == XS_ROLE_PROCESS);
	if (receive(actor, &message, fds, &fd_count) != 0)
		return ECONNRESET;
	if (message.opcode == XS_OP_ERROR)
		return message.error.code;
	assert_int_equal(message.opcode, XS_OP_WELCOME);
	assert_int_equal(fd_count, role == XS_ROLE_PROCESS ? 1 : 0);
	if (fd_count)
		actor->bell = fds[0];
	actor->serial = message.welcome.serial;
	actor->version = message.welcome.version;
	memcpy(actor->policy, message.welcome.policy, sizeof(actor->policy));
	return 0;
}

int actor_open(struct actor *actor, const char *name)
{
	memset(actor, 0, sizeof(*actor));
	assert_int_equal(xs_page_create(&actor->page, &actor->page_fd), 0);
	for (size_t i = 0; i < 64; i++)
		xs_store_relaxed(&actor->page->slots[i].word, XS_GATE_INITIAL);
	actor->fd = kit_connect_patiently();
	return say_hello(actor, XS_ROLE_PROCESS, name);
}

int actor_reopen(struct actor *actor)
{
	close(actor->fd);
	close(actor->bell);
	actor->fd = kit_connect_patiently();
	return say_hello(actor, XS_ROLE_PROCESS, "again");
}

int control_open(struct actor *actor)
{
	memset(actor, 0, sizeof(*actor));
	actor->page_fd = -1;
	actor->fd = kit_connect_patiently();
	return say_hello(actor, XS_ROLE_CONTROL, "control");
}

void actor_close(struct actor *actor)
{
	close(actor->fd);
	if (actor->bell >= 0)
		close(actor->bell);
	if (actor->page_fd >= 0)
		close(actor->page_fd);
	if (actor->page)
		munmap(actor->page, sizeof(*actor->page));
}

/* --- moves --------------------------------------------------------------------------------------- */

uint64_t actor_handle(const struct actor *actor, uint32_t slot)
{
	return actor->serial << 32 | (slot + 100);
}

void actor_add(struct actor *actor, uint32_t slot, uint64_t device)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };

	message.queue_add.slot = slot;
	message.queue_add.level = 1;
	message.queue_add.id = slot + 100;
	message.queue_add.handle = actor_handle(actor, slot);
	message.queue_add.device = device;
	actor_send(actor, &message);
}

void actor_remove(struct actor *actor, uint32_t slot)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_REMOVE };

	message.queue_remove.slot = slot;
	message.queue_remove.id = slot + 100;
	actor_send(actor, &message);
}

void actor_priority(struct actor *actor, int priority)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = XS_TARGET_OWN_PROCESS;
	message.hint.kind = XS_WIRE_HINT_PRIORITY;
	message.hint.value = priority;
	actor_send(actor, &message);
}

void actor_tell(struct actor *actor, uint32_t slot)
{
	const uint64_t one = 1;

	if (xs_page_tell(actor->page, slot) && write(actor->bell, &one, sizeof(one)) < 0)
		print_message("the bell is broken: %s\n", strerror(errno));
}

void actor_ready(struct actor *actor, uint32_t slot)
{
	struct xs_slot *place = &actor->page->slots[slot];

	xs_gate_arrive(place);
	xs_gate_apply(place, XS_GATE_WAKE);
	xs_gate_depart(place);
	actor_tell(actor, slot);
}

void actor_idle(struct actor *actor, uint32_t slot)
{
	struct xs_slot *place = &actor->page->slots[slot];

	xs_gate_run_dry(place, xs_gate_submitted(xs_load_full(&place->word)));
	actor_tell(actor, slot);
}

uint64_t actor_word(const struct actor *actor, uint32_t slot)
{
	return xs_load_full(&actor->page->slots[slot].word);
}

uint64_t actor_await(const struct actor *actor, uint32_t slot, uint64_t mask, uint64_t value)
{
	uint64_t began = xs_now_ns();

	while ((actor_word(actor, slot) & mask) != value) {
		if (xs_now_ns() - began > LIMIT_NS)
			fail_msg("slot %u: word %llx, awaited %llx of %llx", slot,
				(unsigned long long)actor_word(actor, slot),
				(unsigned long long)value, (unsigned long long)mask);
		usleep(20);
	}
	return xs_now_ns() - began;
}

uint64_t actor_await_open(const struct actor *actor, uint32_t slot)
{
	return actor_await(actor, slot, XS_GATE_OPEN, XS_GATE_OPEN);
}

uint64_t actor_await_closed(const struct actor *actor, uint32_t slot)
{
	return actor_await(actor, slot, XS_GATE_OPEN, 0);
}

/* A refused request is answered after all that came before it. */
void actor_sync(struct actor *actor)
{
	struct xs_message request = { .opcode = XS_OP_QUEUE_REMOVE };

	request.queue_remove.slot = XS_PAGE_SLOTS;
	assert_int_equal(actor_ask(actor, &request, NULL), ENOENT);
}
