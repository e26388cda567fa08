/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log. The level is read from the environment at the first message, never in a constructor: a
 * library that is preloaded everywhere must cost nothing where it is not used.
 */
#include "base/log.h"

#include <errno.h>
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

void xs_log(enum xs_log_level level, const char *format, ...)
{
	char line[1024];
	struct timespec now;
	struct tm local;
	va_list args;
	int saved_errno = errno;

	if (!xs_log_enabled(level))
		return;

	bool colour = isatty(STDERR_FILENO);
	clock_gettime(CLOCK_REALTIME, &now); /* for people to read; nothing is computed from it */
	localtime_r(&now.tv_sec, &local);
	int head =
		snprintf(line, sizeof(line), "%s%s%s[XSCHED %s @ T %ld @ %02d:%02d:%02d.%06ld]%s ",
			colour ? "\033[" : "", colour ? levels[level].colour : "",
			colour ? "m" : "", levels[level].name, syscall(SYS_gettid), local.tm_hour,
			local.tm_min, local.tm_sec, now.tv_nsec / 1000, colour ? "\033[0m" : "");

	va_start(args, format);
	int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	va_end(args);

	size_t length = (size_t)head + (body > 0 ? (size_t)body : 0);
	if (length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length] = '\n';
	if (write(STDERR_FILENO, line, length + 1) < 0) {
		/* Nobody to tell. */
	}
	errno = saved_errno;
}
