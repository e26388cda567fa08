/* SPDX-License-Identifier: Apache-2.0 */
/* See plugin_runner.h. */
#include "server/plugin_runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"

static uint64_t cpu_ns(const struct xs_plugin_runner *runner)
{
	struct timespec used;

	if (clock_gettime(runner->cpu_clock, &used) != 0)
		return 0;
	return (uint64_t)used.tv_sec * XS_NS_PER_S + (uint64_t)used.tv_nsec;
}

void xs_plugin_kill(struct xs_plugin_runner *runner)
{
	if (runner->pid <= 0)
		return;
	kill(runner->pid, SIGKILL);
	while (waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR)
		;
	runner->pid = 0;
}

/* Has the process ended by itself? Then says how. options: of waitpid(). */
static bool has_ended(struct xs_plugin_runner *runner, int options, char *why, size_t size)
{
	int status;

	if (waitpid(runner->pid, &status, options) != runner->pid)
		return false;
	runner->pid = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		snprintf(why, size, "it was killed");
	else if (WIFSIGNALED(status))
		snprintf(why, size, "it died of signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		snprintf(why, size, "it ended its process with status %d", WEXITSTATUS(status));
	return WIFEXITED(status) || WTERMSIG(status) != SIGKILL || options;
}

void xs_plugin_ask(struct xs_plugin_runner *runner)
{
	xs_store_full(&runner->pipe->asked, ++runner->asked);
	xs_futex_wake(&runner->pipe->asked, 1);
}

bool xs_plugin_await(struct xs_plugin_runner *runner, uint64_t most_cpu_ns, uint64_t most_ns,
	char *why, size_t size)
{
	uint64_t used_ns, began_cpu_ns = cpu_ns(runner), began_ns = xs_now_ns();
	uint32_t answered;

	while ((answered = xs_load_full(&runner->pipe->answered)) != runner->asked) {
		xs_futex_wait(&runner->pipe->answered, answered, xs_now_ns() + XS_NS_PER_MS);
		if (xs_load_full(&runner->pipe->answered) == runner->asked)
			break;
		if (has_ended(runner, WNOHANG, why, size))
			return false;
		if (cpu_ns(runner) - began_cpu_ns > most_cpu_ns)
			break;
		if (xs_now_ns() - began_ns > most_ns) {
			snprintf(why, size, "it did not answer within %llu ms",
				(unsigned long long)(most_ns / XS_NS_PER_MS));
			return false;
		}
	}
	used_ns = cpu_ns(runner) - began_cpu_ns;
	if (used_ns <= most_cpu_ns)
		return true;
	/* Its time may have gone into its end, which is not over yet. */
	kill(runner->pid, SIGKILL);
	if (has_ended(runner, 0, why, size))
		return false;
	snprintf(why, size, "a decision took more than %llu us",
		(unsigned long long)(most_cpu_ns / XS_NS_PER_US));
	return false;
}

static void become_process(int pipe_fd, int image_fd)
{
	static const char *const arguments[] = { "xserver", XS_PLUGIN_ROLE, NULL };
	/* Out of the way of the numbers that they get. */
	int pipe = fcntl(pipe_fd, F_DUPFD, 10), image = fcntl(image_fd, F_DUPFD, 10);

	if (pipe < 0 || image < 0 || dup2(pipe, XS_PLUGIN_PIPE_FD) < 0 ||
		dup2(image, XS_PLUGIN_IMAGE_FD) < 0)
		_exit(127);
#ifdef SYS_close_range
	syscall(SYS_close_range, XS_PLUGIN_IMAGE_FD + 1, ~0u, 0);
#endif
	execv("/proc/self/exe", (char *const *)arguments);
	_exit(127);
}

int xs_plugin_start(struct xs_plugin_runner *runner, int image_fd)
{
	int fd = memfd_create("xsched-plugin", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, sizeof(*runner->pipe)) != 0)
		goto failed;
	runner->pipe = mmap(NULL, sizeof(*runner->pipe), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (runner->pipe == MAP_FAILED)
		goto failed;
	/* The first answer, to which nothing has to be asked, is the introduction. */
	runner->asked = 1;
	xs_store_full(&runner->pipe->asked, 1);
	runner->pipe->daemon = (uint64_t)getpid();
	runner->pid = fork();
	if (runner->pid == 0)
		become_process(fd, image_fd);
	if (runner->pid < 0)
		goto failed;
	close(fd);
	return clock_getcpuclockid(runner->pid, &runner->cpu_clock) == 0 ? 0 : -ESRCH;
failed:
	close(fd);
	return -errno;
}
