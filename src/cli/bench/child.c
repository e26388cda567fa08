/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the program with two pipes and reads both until they end. */
#include "cli/bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Lines out of what comes in pieces. Longer ones are cut. */
struct lines {
	char text[8192];
	size_t used;
};

static void take_line(const struct xs_listener *listener, bool is_progress, char *line)
{
	char *what;

	if (!is_progress) {
		listener->on_line(listener->ctx, line);
		return;
	}
	double share = strtod(line, &what);
	if (what != line)
		listener->on_progress(listener->ctx, share, what + strspn(what, " "));
}

static void take(const struct xs_listener *listener, bool is_progress, struct lines *lines)
{
	char *end;

	while ((end = memchr(lines->text, '\n', lines->used))) {
		size_t length = (size_t)(end - lines->text) + 1;

		*end = '\0';
		take_line(listener, is_progress, lines->text);
		lines->used -= length;
		memmove(lines->text, lines->text + length, lines->used);
	}
	if (lines->used == sizeof(lines->text))
		lines->used = 0;
}

static void read_all(int output, int progress, const struct xs_listener *listener)
{
	static struct lines lines[2];
	struct pollfd inputs[2] = { { .fd = output, .events = POLLIN },
		{ .fd = progress, .events = POLLIN } };

	lines[0].used = lines[1].used = 0;
	while (inputs[0].fd >= 0) {
		if (poll(inputs, 2, -1) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			if (inputs[i].fd < 0 || !inputs[i].revents)
				continue;
			ssize_t size = read(inputs[i].fd, lines[i].text + lines[i].used,
				sizeof(lines[i].text) - lines[i].used);
			if (size <= 0) {
				inputs[i].fd = -1;
				continue;
			}
			lines[i].used += (size_t)size;
			take(listener, i == 1, &lines[i]);
		}
	}
}

static void become(char *const *words, int output, int progress)
{
	char number[16];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(output, STDOUT_FILENO);
	fcntl(progress, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", progress);
	setenv("BENCH_PROGRESS", number, 1);
	execv(words[0], words);
	fprintf(stderr, "xcli bench: %s: %s\n", words[0], strerror(errno));
	_exit(127);
}

int xs_child_run(char *const *words, const struct xs_listener *listener)
{
	int output[2], progress[2], status;

	if (pipe2(output, O_CLOEXEC) != 0)
		return -errno;
	if (pipe2(progress, O_CLOEXEC) != 0) {
		close(output[0]);
		close(output[1]);
		return -errno;
	}
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		become(words, output[1], progress[1]);
	int err = child < 0 ? -errno : 0;
	close(output[1]);
	close(progress[1]);
	if (!err)
		read_all(output[0], progress[0], listener);
	close(output[0]);
	close(progress[0]);
	while (!err && waitpid(child, &status, 0) < 0)
		err = errno == EINTR ? 0 : -errno;
	return err ? err : status;
}
