/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli metrics: the text that Prometheus reads, as /metrics of the daemon, without HTTP. For its node
 * exporter: xcli metrics >DIRECTORY/xsched.prom.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/snapshot.h"

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

#define METRICS (sizeof(metrics) / sizeof(*metrics))

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

/* A label's value: quotes and backslashes are escaped. */
static void print_label(const char *name, const char *text)
{
	printf("%s=\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? '?' : *text);
	}
	printf("\",");
}

static bool is_counter(const char *name)
{
	size_t length = strlen(name);

	return length > 6 && strcmp(name + length - 6, "_total") == 0;
}

static void print_queue(
	size_t metric, const struct xs_process *process, const struct xs_msg_row_queue *queue)
{
	printf("xsched_queue_%s{pid=\"%u\",uid=\"%u\",", metrics[metric].name, queue->pid,
		process->row.uid);
	print_label("name", process->row.name);
	printf("queue=\"0x%llx\",device=\"0x%llx\"} %.9g\n", (unsigned long long)queue->handle,
		(unsigned long long)queue->device, metrics[metric].value(queue));
}

static void print_metric(size_t metric, const struct xs_snapshot *snapshot)
{
	if (snapshot->queue_count)
		printf("# HELP xsched_queue_%s %s\n# TYPE xsched_queue_%s %s\n",
			metrics[metric].name, metrics[metric].help, metrics[metric].name,
			metrics[metric].type);
	for (size_t p = 0; p < snapshot->process_count; p++) {
		const struct xs_process *process = &snapshot->processes[p];

		for (size_t q = 0; q < process->count; q++)
			print_queue(metric, process, &snapshot->queues[process->first + q]);
	}
}

static void print_text(const struct stats *stats, const struct xs_snapshot *snapshot)
{
	for (size_t i = 0; i < stats->count; i++)
		printf("# TYPE xsched_%s %s\nxsched_%s %llu\n", stats->rows[i].name,
			is_counter(stats->rows[i].name) ? "counter" : "gauge", stats->rows[i].name,
			(unsigned long long)stats->rows[i].value);
	for (size_t i = 0; i < METRICS; i++)
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
