/* SPDX-License-Identifier: Apache-2.0 */
/* See daemon.h. */
#include "daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/connection.h"
#include "wire/gate.h"

void daemon_fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the daemon ---------------------------------------------------------------------------------- */

static char directory[32];
static pid_t server;

void daemon_stop(void)
{
	char lock[128];

	if (!server)
		return;
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	snprintf(lock, sizeof(lock), "%s/s.lock", directory);
	unlink(lock);
	rmdir(directory);
	server = 0;
}

void daemon_start(const char *policy)
{
	const char *build = getenv("BUILD");
	static char program[512], path[128];
	static bool registered;

	strcpy(directory, "/tmp/xsched-bench-XXXXXX");
	if (!mkdtemp(directory))
		daemon_fail("mkdtemp");
	snprintf(path, sizeof(path), "%s/s", directory);
	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	setenv("XSCHED_SOCKET", path, 1);
	setenv("XLOG_LEVEL", "WARN", 1);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (policy)
			execl(program, "xserver", "--policy", policy, NULL);
		execl(program, "xserver", NULL);
		_exit(127);
	}
	if (!registered)
		atexit(daemon_stop);
	registered = true;
}

/* Seconds of processor time that the daemon has used. */
double daemon_cpu_seconds(void)
{
	char path[64], text[1024];
	unsigned long user, system;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)server);
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file)
		fclose(file);
	text[size] = '\0';
	const char *rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			     &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double daemon_kib(void)
{
	unsigned long size, resident = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)server);
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}

/* --- processes ----------------------------------------------------------------------------------- */

static void receive_welcome(struct process *process)
{
	struct pollfd input = { .fd = process->fd, .events = POLLIN };
	struct xs_message message;
	int fds[XS_WIRE_FDS], err;
	size_t count;

	do {
		poll(&input, 1, 1000);
		err = xs_wire_receive(process->fd, &message, XS_TO_CLIENT, fds, &count);
	} while (err == -EAGAIN);
	if (err || message.opcode != XS_OP_WELCOME || count != 1)
		daemon_fail("no welcome");
	process->bell = fds[0];
}

static void send_message(struct process *process, const struct xs_message *message)
{
	while (xs_wire_send(process->fd, message, NULL, 0) == -EAGAIN)
		usleep(100);
}

void open_process(struct process *process, int priority)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int page_fd;

	if (xs_page_create(&process->page, &page_fd) != 0)
		daemon_fail("no page");
	for (int i = 0; (process->fd = xs_wire_connect()) < 0; i++) {
		if (i == 5000)
			daemon_fail("no daemon");
		usleep(1000);
	}
	message.hello.version = message.hello.oldest = XS_WIRE_VERSION;
	xs_wire_send(process->fd, &message, &page_fd, 1);
	close(page_fd);
	receive_welcome(process);
	hint_process(process, XS_WIRE_HINT_PRIORITY, priority);
}

void close_process(struct process *process)
{
	close(process->fd);
	close(process->bell);
	munmap(process->page, sizeof(*process->page));
}

void hint_process(struct process *process, uint32_t kind, int64_t value)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = XS_TARGET_OWN_PROCESS;
	message.hint.kind = kind;
	message.hint.value = value;
	send_message(process, &message);
}

void add_queue(struct process *process, uint32_t slot, uint64_t device)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };

	xs_store_full(&process->page->slots[slot].word, XS_GATE_INITIAL);
	message.queue_add.slot = slot;
	message.queue_add.id = slot;
	message.queue_add.device = device;
	send_message(process, &message);
}

static void tell(struct process *process, uint32_t slot)
{
	const uint64_t one = 1;

	if (xs_page_tell(process->page, slot) && write(process->bell, &one, sizeof(one)) < 0)
		daemon_fail("the bell");
}

void become_ready(struct process *process, uint32_t slot)
{
	struct xs_slot *place = &process->page->slots[slot];

	xs_gate_arrive(place);
	xs_gate_apply(place, XS_GATE_WAKE);
	xs_gate_depart(place);
	tell(process, slot);
}

void become_idle(struct process *process, uint32_t slot)
{
	struct xs_slot *place = &process->page->slots[slot];

	xs_gate_run_dry(place, xs_gate_submitted(xs_load_full(&place->word)));
	tell(process, slot);
}

bool is_open(const struct process *process, uint32_t slot)
{
	return xs_load_full(&process->page->slots[slot].word) & XS_GATE_OPEN;
}

void answer(struct process *process)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS], err;
	size_t count;

	if (!xs_load_full(&process->page->client_told))
		return;
	xs_store_full(&process->page->client_told, 0); /* first: what comes after it asks anew */
	do {
		err = xs_wire_receive(process->fd, &message, XS_TO_CLIENT, fds, &count);
		for (size_t i = 0; !err && i < count; i++)
			close(fds[i]);
	} while (!err);
	if (err != -EAGAIN)
		daemon_fail("the daemon");
}
