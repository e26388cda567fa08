/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log. The level is read from the environment at the first message, never in a constructor: a
 * library that is preloaded everywhere must cost nothing where it is not used.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *colour;
} levels[] = {
	[XS_LOG_ERRO] = { "ERRO", "31" },
	[XS_LOG_WARN] = { "WARN", "33" },
	[XS_LOG_INFO] = { "INFO", "32" },
	[XS_LOG_DEBG] = { "DEBG", "36" },
};

#define LEVEL_COUNT  ((int)(sizeof(levels) / sizeof(levels[0])))
#define LEVEL_UNREAD (-1)

static _Atomic int default_level = XS_LOG_WARN;
static _Atomic int environment_level = LEVEL_UNREAD; /* LEVEL_COUNT: the environment says nothing */

static int read_environment(void)
{
	const char *value = getenv("XLOG_LEVEL");

	if (!value || !*value)
		return LEVEL_COUNT;
	for (int i = 0; i < LEVEL_COUNT; i++) {
		if (strcasecmp(value, levels[i].name) == 0)
			return i;
	}
	return XS_LOG_INFO; /* as XSched does with a word that it does not know */
}

void xs_log_set_default(enum xs_log_level level)
{
	xs_store_relaxed(&default_level, (int)level);
}

bool xs_log_enabled(enum xs_log_level level)
{
	int current = xs_load_relaxed(&environment_level);

	if (current == LEVEL_UNREAD) {
		current = read_environment();
		xs_store_relaxed(&environment_level, current);
	}
	if (current == LEVEL_COUNT)
		current = xs_load_relaxed(&default_level);
	return (int)level <= current;
}

/*
 * Whether this process came of a fork() and has not called exec() since. In such a one a lock of the C
 * library may be held for ever by a thread that is not there; fork() looks after some of them, but not
 * after that of the time zone. The kernel knows (PF_FORKNOEXEC).
 */
static bool is_forked(void)
{
	char text[512];
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return true;
	text[got] = '\0';
	const char *field = strrchr(text, ')'); /* the name before may hold anything */
	for (int i = 0; field && i < 7; i++)
		field = strchr(field + 1, ' ');
	return !field || strtoul(field, NULL, 10) & 0x40;
}

/* Seconds east of UTC, which change at the quarters of an hour at most. A forked child keeps what its
 * parent found, or shows UTC. */
static long time_zone(time_t now)
{
	static _Atomic long seconds;
	static _Atomic long asked_at = -1;
	struct tm local;

	if (xs_load_acquire(&asked_at) != now / 900) {
		if (!is_forked() && localtime_r(&now, &local))
			xs_store_relaxed(&seconds, local.tm_gmtoff);
		xs_store_release(&asked_at, now / 900);
	}
	return xs_load_relaxed(&seconds);
}

/* When nobody reads any more, the application is not to hear of it: the signal is taken back, unless
 * there was one already. */
static void write_line(const char *line, size_t length)
{
	const struct timespec at_once = { 0 };
	sigset_t broken, before, pending;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, &before);
	sigpending(&pending);
	if (write(STDERR_FILENO, line, length) < 0 && errno == EPIPE &&
		!sigismember(&pending, SIGPIPE)) {
		while (sigtimedwait(&broken, NULL, &at_once) < 0 && errno == EINTR) {
		}
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void xs_log(enum xs_log_level level, const char *format, ...)
{
	char line[1024];
	struct timespec now;
	va_list args;
	int saved_errno = errno;

	if (!xs_log_enabled(level))
		return;

	bool colour = isatty(STDERR_FILENO);
	clock_gettime(CLOCK_REALTIME, &now); /* for people to read; nothing is computed from it */
	long second = (long)((now.tv_sec + time_zone(now.tv_sec)) % 86400);
	int head = snprintf(line, sizeof(line),
		"%s%s%s[XSCHED %s @ T %ld @ %02ld:%02ld:%02ld.%06ld]%s ", colour ? "\033[" : "",
		colour ? levels[level].colour : "", colour ? "m" : "", levels[level].name,
		syscall(SYS_gettid), second / 3600, second / 60 % 60, second % 60,
		now.tv_nsec / 1000, colour ? "\033[0m" : "");

	va_start(args, format);
	int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	va_end(args);

	size_t length = (size_t)head + (body > 0 ? (size_t)body : 0);
	if (length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length] = '\n';
	write_line(line, length + 1);
	errno = saved_errno;
}
