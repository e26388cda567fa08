/* SPDX-License-Identifier: Apache-2.0 */
/* /metrics: a copy of all counters, written out line by line as it is read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/client.h"
#include "server/http_api.h"

#define LONGEST_LINE 512

struct row {
	struct xs_msg_row_queue queue;
	uint32_t uid;
	char name[64];
};

struct counter {
	const char *name;
	uint64_t value;
};

struct xs_metrics {
	struct row *rows;
	size_t row_count, row_room;
	struct counter stats[32];
	size_t stat_count;
	char policy[32];
	size_t metric, row; /* what is written next */
};

/* --- what there is about each queue -------------------------------------------------------------- */

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
} metrics_of_queue[] = {
#define XS_METRIC(name, type, help, expression) { #name, type, help, name },
#include "wire/metrics.def"
#undef XS_METRIC
};

#define QUEUE_METRICS (sizeof(metrics_of_queue) / sizeof(metrics_of_queue[0]))

/* --- the copy ------------------------------------------------------------------------------------ */

static void add_stat(void *ctx, const char *name, uint64_t value)
{
	struct xs_metrics *metrics = ctx;

	if (metrics->stat_count < sizeof(metrics->stats) / sizeof(metrics->stats[0]))
		metrics->stats[metrics->stat_count++] = (struct counter){ name, value };
}

static void add_row(void *ctx, const struct xs_sched_row *from)
{
	struct xs_metrics *metrics = ctx;

	if (metrics->row_count == metrics->row_room)
		return; /* no memory for more */
	struct row *row = &metrics->rows[metrics->row_count++];
	xs_control_row(&row->queue, from);
	row->uid = xs_lane_of_number(from->queue)->tenant->uid;
	memcpy(row->name, xs_lane_of_number(from->queue)->tenant->name, sizeof(row->name));
}

struct xs_metrics *xs_metrics_create(struct xs_server *server)
{
	struct xs_metrics *metrics = calloc(1, sizeof(*metrics));
	size_t room = server->world.queue_count;

	if (!metrics)
		return NULL;
	metrics->rows = calloc(room ? room : 1, sizeof(*metrics->rows));
	metrics->row_room = metrics->rows ? room : 0;
	snprintf(metrics->policy, sizeof(metrics->policy), "%s",
		xs_sched_policy(server->world.sched));
	xs_world_begin(&server->world);
	xs_control_stats(server, add_stat, metrics);
	xs_sched_snapshot(server->world.sched, add_row, metrics);
	return metrics;
}

void xs_metrics_destroy(struct xs_metrics *metrics)
{
	free(metrics->rows);
	free(metrics);
}

/* --- writing ------------------------------------------------------------------------------------- */

/* A label's value: quotes, backslashes and line ends are escaped, other control characters go. */
static void escape(char *to, const char *from)
{
	for (; *from; from++) {
		if (*from == '"' || *from == '\\')
			*to++ = '\\';
		*to++ = (unsigned char)*from < ' ' ? '?' : *from;
	}
	*to = '\0';
}

static int write_head(const struct xs_metrics *metrics, char *buffer)
{
	int length = snprintf(buffer, 2 * LONGEST_LINE,
		"# HELP xsched_info version and policy\n# TYPE xsched_info gauge\n"
		"xsched_info{version=\"" XS_VERSION "\",policy=\"%s\"} 1\n",
		metrics->policy);

	return length;
}

static int write_stat(const struct counter *stat, char *buffer)
{
	size_t length = strlen(stat->name);
	bool counter = length > 6 && strcmp(stat->name + length - 6, "_total") == 0;

	return snprintf(buffer, LONGEST_LINE, "# TYPE xsched_%s %s\nxsched_%s %llu\n", stat->name,
		counter ? "counter" : "gauge", stat->name, (unsigned long long)stat->value);
}

static int write_row(const struct xs_metrics *metrics, size_t metric, size_t index, char *buffer)
{
	const struct row *row = &metrics->rows[index];
	char name[2 * sizeof(row->name)], *at = buffer;

	if (index == 0)
		at += snprintf(at, LONGEST_LINE,
			"# HELP xsched_queue_%s %s\n# TYPE xsched_queue_%s %s\n",
			metrics_of_queue[metric].name, metrics_of_queue[metric].help,
			metrics_of_queue[metric].name, metrics_of_queue[metric].type);
	escape(name, row->name);
	at += snprintf(at, LONGEST_LINE,
		"xsched_queue_%s{pid=\"%u\",uid=\"%u\",name=\"%s\",queue=\"0x%llx\","
		"device=\"0x%llx\"} %.9g\n",
		metrics_of_queue[metric].name, row->queue.pid, row->uid, name,
		(unsigned long long)row->queue.handle, (unsigned long long)row->queue.device,
		metrics_of_queue[metric].value(&row->queue));
	return (int)(at - buffer);
}

size_t xs_metrics_write(struct xs_metrics *metrics, char *buffer, size_t size)
{
	const size_t first_queue_metric = 1 + metrics->stat_count;
	size_t written = 0;

	while (metrics->metric < first_queue_metric + QUEUE_METRICS &&
		size - written >= 2 * LONGEST_LINE) {
		char *at = buffer + written;

		if (metrics->metric == 0) {
			written += (size_t)write_head(metrics, at);
			metrics->metric++;
		} else if (metrics->metric < first_queue_metric) {
			written += (size_t)write_stat(&metrics->stats[metrics->metric - 1], at);
			metrics->metric++;
		} else if (metrics->row < metrics->row_count) {
			written += (size_t)write_row(
				metrics, metrics->metric - first_queue_metric, metrics->row, at);
			metrics->row++;
		} else {
			metrics->row = 0;
			metrics->metric++;
		}
	}
	return written;
}
