/* SPDX-License-Identifier: Apache-2.0 */
/* The text that Prometheus reads. See metrics.h. */
#include "wire/metrics.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_NAME 63 /* of a process, on the wire */

#define XS_METRIC(name, type, help, expression)                                                    \
	static double name(const struct xs_msg_row_queue *queue)                                   \
	{                                                                                          \
		return expression;                                                                 \
	}
#include "wire/metrics.def"
#undef XS_METRIC

static const struct {
	const char *name, *type, *help;
	double (*value)(const struct xs_msg_row_queue *queue);
} metrics[] = {
#define XS_METRIC(name, type, help, expression) { #name, type, help, name },
#include "wire/metrics.def"
#undef XS_METRIC
};

size_t xs_metric_count(void)
{
	return sizeof(metrics) / sizeof(*metrics);
}

static bool is_counter(const char *name)
{
	size_t length = strlen(name);

	return length > 6 && strcmp(name + length - 6, "_total") == 0;
}

size_t xs_metric_write_stat(char *buffer, const char *name, uint64_t value)
{
	return (size_t)snprintf(buffer, XS_METRIC_ROOM, "# TYPE xsched_%s %s\nxsched_%s %llu\n",
		name, is_counter(name) ? "counter" : "gauge", name, (unsigned long long)value);
}

size_t xs_metric_write_head(char *buffer, size_t metric)
{
	return (size_t)snprintf(buffer, XS_METRIC_ROOM,
		"# HELP xsched_queue_%s %s\n# TYPE xsched_queue_%s %s\n", metrics[metric].name,
		metrics[metric].help, metrics[metric].name, metrics[metric].type);
}

/* A label's value: quotes and backslashes are escaped, control characters go. */
static void escape(char to[2 * LONGEST_NAME + 1], const char *from)
{
	for (size_t i = 0; i < LONGEST_NAME && from[i]; i++) {
		if (from[i] == '"' || from[i] == '\\')
			*to++ = '\\';
		*to++ = (unsigned char)from[i] < ' ' ? '?' : from[i];
	}
	*to = '\0';
}

size_t xs_metric_write_queue(char *buffer, size_t metric, const struct xs_msg_row_queue *queue,
	uint32_t uid, const char *process)
{
	char name[2 * LONGEST_NAME + 1];

	escape(name, process);
	return (size_t)snprintf(buffer, XS_METRIC_ROOM,
		"xsched_queue_%s{pid=\"%u\",uid=\"%u\",name=\"%s\",queue=\"0x%llx\","
		"device=\"0x%llx\"} %.9g\n",
		metrics[metric].name, queue->pid, uid, name, (unsigned long long)queue->handle,
		(unsigned long long)queue->device, metrics[metric].value(queue));
}
