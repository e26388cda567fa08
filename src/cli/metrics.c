/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli metrics: the text that Prometheus reads, as /metrics of the daemon, without HTTP. For its node
 * exporter: xcli metrics >DIRECTORY/xsched.prom.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/snapshot.h"
#include "wire/metrics.h"

struct stats {
	struct xs_msg_row_stat rows[64];
	size_t count;
};

static void collect(void *ctx, const struct xs_message *row)
{
	struct stats *stats = ctx;

	if (row->opcode == XS_OP_ROW_STAT &&
		stats->count < sizeof(stats->rows) / sizeof(*stats->rows))
		stats->rows[stats->count++] = row->row_stat;
}

/* --- text ---------------------------------------------------------------------------------------- */

static void print_metric(size_t metric, const struct xs_snapshot *snapshot)
{
	char text[XS_METRIC_ROOM];

	if (snapshot->queue_count) {
		xs_metric_write_head(text, metric);
		fputs(text, stdout);
	}
	for (size_t p = 0; p < snapshot->process_count; p++) {
		const struct xs_process *process = &snapshot->processes[p];

		for (size_t q = process->first; q < process->first + process->count; q++) {
			xs_metric_write_queue(text, metric, &snapshot->queues[q], process->row.uid,
				process->row.name);
			fputs(text, stdout);
		}
	}
}

static void print_text(const struct stats *stats, const struct xs_snapshot *snapshot)
{
	char text[XS_METRIC_ROOM];

	for (size_t i = 0; i < stats->count; i++) {
		xs_metric_write_stat(text, stats->rows[i].name, stats->rows[i].value);
		fputs(text, stdout);
	}
	for (size_t i = 0; i < xs_metric_count(); i++)
		print_metric(i, snapshot);
}

/* --- the verb ------------------------------------------------------------------------------------ */

static json_t *json_of(const struct stats *stats)
{
	json_t *object = json_object();

	for (size_t i = 0; i < stats->count; i++)
		json_object_set_new(object, stats->rows[i].name,
			json_integer((json_int_t)stats->rows[i].value));
	return json_pack("{s:o}", "stats", object);
}

static int run(int count, char **operands)
{
	static struct stats stats;
	struct xs_message request = { .opcode = XS_OP_STATS };
	struct xs_snapshot snapshot;
	int status = xs_ask(&request, collect, &stats, "the counters");

	(void)count;
	(void)operands;
	if (status)
		return status;
	if (xs_json_wanted())
		return xs_print_json(json_of(&stats));
	status = xs_snapshot_ask(&snapshot);
	if (!status) {
		print_text(&stats, &snapshot);
		status = xs_finish_output();
	}
	xs_snapshot_fini(&snapshot);
	return status;
}

const struct xs_verb xs_verb_metrics = {
	.name = "metrics",
	.summary = "Print the counters of the daemon and of all queues for Prometheus",
	.text = "The same names as at /metrics of `xserver --http`. With --json: the\n"
		"daemon's counters; those of the queues are in `xcli list --json`.",
	.run = run,
};
