/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's thread only. */
#include "server/say.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LINES_PER_SECOND 200u

static struct {
	uint64_t second;
	unsigned int lines;
	unsigned int suppressed;
} rate;

/* What a peer calls itself must not move the cursor of whoever reads the log. */
static void make_printable(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 127)
			*text = '?';
	}
}

void xs_say(const char *format, ...)
{
	struct pollfd output = { .fd = STDERR_FILENO, .events = POLLOUT };
	uint64_t second = xs_now_ns() / XS_NS_PER_S;
	char line[512];
	va_list args;

	if (!xs_log_enabled(XS_LOG_INFO))
		return;
	if (second != rate.second) {
		unsigned int suppressed = rate.suppressed;

		rate.second = second;
		rate.lines = rate.suppressed = 0;
		if (suppressed)
			xs_say("%u more lines like these", suppressed);
	}
	if (rate.lines >= LINES_PER_SECOND || poll(&output, 1, 0) != 1) {
		rate.suppressed++;
		return;
	}
	rate.lines++;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	make_printable(line);
	xs_info("%s", line);
}
