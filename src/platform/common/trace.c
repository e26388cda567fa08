/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of XSCHED_TRACE, each in a single write. */
#include "platform/common/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/options.h"

_Atomic bool xs_trace_on;

void xs_trace_begin(void)
{
	if (xs_options()->trace)
		xs_store_relaxed(&xs_trace_on, true);
}

void xs_trace_line(const char *format, ...)
{
	int saved_errno = errno;
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	int n = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (n > 0) {
		size_t length = (size_t)n < sizeof(line) - 2 ? (size_t)n : sizeof(line) - 2;
		line[length++] = '\n';
		if (write(STDERR_FILENO, line, length) < 0)
			errno = 0; /* nobody to tell */
	}
	errno = saved_errno;
}
