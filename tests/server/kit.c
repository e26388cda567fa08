/* SPDX-License-Identifier: Apache-2.0 */
/* See kit.h. */
#include "kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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
	close(actor_connect());
	return pid;
}

void kit_stop(pid_t daemon)
{
	int status;

	assert_true(daemon > 0); /* it did not start: 0 would be this program and all around it */
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

void actor_fail(const char *format, ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	fail_msg("%s", text);
	abort(); /* outside of a test */
}
