/* SPDX-License-Identifier: Apache-2.0 */
/* /metrics: a copy of all counters, written out line by line as it is read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/client.h"
#include "server/http_api.h"
#include "wire/metrics.h"

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

static size_t write_info(const struct xs_metrics *metrics, char *buffer)
{
	return (size_t)snprintf(buffer, XS_METRIC_ROOM,
		"# HELP xsched_info version and policy\n# TYPE xsched_info gauge\n"
		"xsched_info{version=\"" XS_VERSION "\",policy=\"%s\"} 1\n",
		metrics->policy);
}

static size_t write_row(const struct xs_metrics *metrics, size_t metric, char *buffer)
{
	const struct row *row = &metrics->rows[metrics->row];
	size_t length = metrics->row == 0 ? xs_metric_write_head(buffer, metric) : 0;

	return length +
	       xs_metric_write_queue(buffer + length, metric, &row->queue, row->uid, row->name);
}

size_t xs_metrics_write(struct xs_metrics *metrics, char *buffer, size_t size)
{
	const size_t first_of_queues = 1 + metrics->stat_count;
	size_t written = 0;

	while (metrics->metric < first_of_queues + xs_metric_count() &&
		size - written >= 2 * XS_METRIC_ROOM) {
		char *at = buffer + written;

		if (metrics->metric == 0) {
			written += write_info(metrics, at);
			metrics->metric++;
		} else if (metrics->metric < first_of_queues) {
			const struct counter *stat = &metrics->stats[metrics->metric - 1];

			written += xs_metric_write_stat(at, stat->name, stat->value);
			metrics->metric++;
		} else if (metrics->row < metrics->row_count) {
			written += write_row(metrics, metrics->metric - first_of_queues, at);
			metrics->row++;
		} else {
			metrics->row = 0;
			metrics->metric++;
		}
	}
	return written;
}
