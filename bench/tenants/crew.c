/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts processes and the daemon. A process says by a byte that it is ready, and starts by one; what it
 * reports goes into a memory file, so that nobody waits for us to read.
 */
#include "crew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kit.h"
#include "wire/connection.h"

#define READY 3 /* the descriptor on which a program says so */
#define WORDS 24

/* Where a driver may be that the loader does not find by itself. */
#define DRIVER_PLACES "/usr/local/nvidia/lib64:/usr/lib/wsl/lib:/opt/rocm/lib"

static void fail(const char *what)
{
	fprintf(stderr, "tenants: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the daemon ------------------------------------------------------------------------------------- */

static char directory[64];
static pid_t server;

static void stop_server(void)
{
	char path[128];

	if (server > 0) {
		kill(server, SIGTERM);
		waitpid(server, NULL, 0);
	}
	server = 0;
	snprintf(path, sizeof(path), "%s/s.lock", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/s", directory);
	unlink(path);
	rmdir(directory);
	*directory = '\0';
}

static int connect_to_server(void)
{
	for (int i = 0; i < 5000; i++) {
		int fd = xs_wire_connect();

		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	fail("the daemon does not answer");
	return -1;
}

static void start_server(const struct crew *crew, const char *policy)
{
	char program[4096], path[96];

	snprintf(directory, sizeof(directory), "/tmp/xsched-tenants-XXXXXX");
	if (!mkdtemp(directory))
		fail(directory);
	snprintf(path, sizeof(path), "%s/s", directory);
	snprintf(program, sizeof(program), "%s/bin/xserver", crew->build);
	setenv("XSCHED_SOCKET", path, 1);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("XLOG_LEVEL", "WARN", 1);
		execl(program, "xserver", "--policy", policy, NULL);
		_exit(127);
	}
	close(connect_to_server());
}

/* The next message of the daemon to us. */
static void receive(int fd, struct xs_message *message)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int fds[XS_WIRE_FDS], err;
	size_t count;

	do {
		poll(&input, 1, 1000);
		err = xs_wire_receive(fd, message, XS_TO_CLIENT, fds, &count);
	} while (err == -EAGAIN || err == -ENOMSG);
	if (err)
		fail("the daemon said nothing");
}

/* How many processes the daemon knows of. */
static unsigned int count_connected(void)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int fd = connect_to_server();
	unsigned int count = 0;

	message.hello.version = message.hello.oldest = XS_WIRE_VERSION;
	message.hello.role = XS_ROLE_CONTROL;
	xs_wire_send(fd, &message, NULL, 0);
	receive(fd, &message);
	message = (struct xs_message){ .opcode = XS_OP_LIST };
	xs_wire_send(fd, &message, NULL, 0);
	do {
		receive(fd, &message);
		count += message.opcode == XS_OP_ROW_PROCESS;
	} while (message.opcode != XS_OP_DONE && message.opcode != XS_OP_ERROR);
	close(fd);
	return count;
}

/* --- one process ------------------------------------------------------------------------------------ */

static void set_number(const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	setenv(name, text, 1);
}

/* In the child. */
static void set_up(const struct crew *crew, const struct member *member, bool scheduled)
{
	const char *path = getenv("LD_LIBRARY_PATH"),
		   *hip = strcmp(crew->device, "hip") == 0 ? "hip" : "cuda";
	char text[8192];

	if (strcmp(crew->device, "cuda") != 0) /* HIP's too, as in the demonstration */
		snprintf(text, sizeof(text), "%s/sim", crew->build);
	else
		snprintf(text, sizeof(text), "%s%s" DRIVER_PLACES, path ? path : "",
			path ? ":" : "");
	setenv("LD_LIBRARY_PATH", text, 1);
	/* A software device for these processes alone. */
	snprintf(text, sizeof(text), "/xsim-tenants-%ld", (long)getppid());
	setenv("XSIM_DEVICE", text, 1);
	if (!scheduled)
		return;
	snprintf(text, sizeof(text), "%s/lib/libshim%s.so", crew->build, hip);
	setenv("LD_PRELOAD", text, 1);
	setenv("XSCHED_SCHEDULER", "GLB", 1);
	set_number("XSCHED_AUTO_XQUEUE_PRIORITY", member->priority);
	if (member->request)
		set_number("XSCHED_AUTO_XQUEUE_REQUEST", member->request);
}

static void become(const struct crew *crew, struct member *member)
{
	char program[4096], options[512], *words[WORDS + 1] = { program }, *rest;
	size_t count = 1;

	snprintf(program, sizeof(program), "%s/demo/models%s", crew->build,
		strcmp(crew->device, "hip") == 0 ? "_hip" : "");
	snprintf(options, sizeof(options), "-w %s", member->options);
	for (char *word = strtok_r(options, " ", &rest); word && count < WORDS;
		word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	execv(program, words);
	perror(program);
}

static void start(const struct crew *crew, struct member *member, bool scheduled, int ready)
{
	int ends[2];

	member->records = memfd_create("records", MFD_CLOEXEC);
	if (member->records < 0 || pipe2(ends, O_CLOEXEC) != 0)
		fail("starting");
	member->pid = fork();
	if (member->pid < 0)
		fail("fork");
	if (member->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_up(crew, member, scheduled);
		/* No descriptor is in the way of another: all of ours are above. */
		int input = fcntl(ends[0], F_DUPFD, 64),
		    output = fcntl(member->records, F_DUPFD, 64);
		int told = fcntl(ready, F_DUPFD, 64);
		dup2(input, STDIN_FILENO);
		dup2(output, STDOUT_FILENO);
		dup2(told, READY);
		close(input);
		close(output);
		close(told);
		become(crew, member);
		_exit(127);
	}
	close(ends[0]);
	member->go = ends[1];
}

static void finish(struct member *member)
{
	int status;

	if (waitpid(member->pid, &status, 0) != member->pid || status) {
		fprintf(stderr, "tenants: %s did not come to a good end (status %#x)\n",
			member->name, (unsigned int)status);
		exit(1);
	}
	lseek(member->records, 0, SEEK_SET);
	FILE *records = fdopen(member->records, "r");
	if (!records || !outcome_take(&member->outcome, records))
		fail("reading");
	fclose(records);
	close(member->go);
}

/* --- all of them ------------------------------------------------------------------------------------ */

/* Ends early if a process ended instead: nobody holds the other end then. */
static void await_all(const struct crew *crew, int ready)
{
	char byte;

	for (size_t i = 0; i < crew->count; i++) {
		if (read(ready, &byte, 1) == 1)
			continue;
		fprintf(stderr, "tenants: a program ended before it began\n");
		exit(1);
	}
}

void crew_run(struct crew *crew, const char *policy)
{
	char segment[64];
	int ends[2];

	if (policy) {
		start_server(crew, policy);
		atexit(stop_server); /* once more does no harm */
	}
	if (pipe2(ends, O_CLOEXEC) != 0)
		fail("pipe");
	for (size_t i = 0; i < crew->count; i++)
		start(crew, &crew->members[i], policy != NULL, ends[1]);
	close(ends[1]);
	await_all(crew, ends[0]);
	close(ends[0]);
	crew->connected = policy ? count_connected() : 0;
	for (size_t i = 0; i < crew->count; i++)
		if (write(crew->members[i].go, "", 1) != 1)
			fail("starting");
	for (size_t i = 0; i < crew->count; i++)
		finish(&crew->members[i]);
	if (policy)
		stop_server();
	snprintf(segment, sizeof(segment), "/xsim-tenants-%ld", (long)getpid());
	shm_unlink(segment);
}

void crew_clear(struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		outcome_free(&crew->members[i].outcome);
}
