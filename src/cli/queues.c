/* SPDX-License-Identifier: Apache-2.0 */
/* One row for each queue; processes without queues are in JSON only. */
#include "cli/queues.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/output.h"

struct row {
	const struct xs_msg_row_queue *queue;
	const struct xs_process *process;
};

#define QUEUE(row)   (((const struct row *)(row))->queue)
#define PROCESS(row) (((const struct row *)(row))->process)

/* The value of a column that is a number of the row as it is. */
#define NUMBER(name, expression)                                                                   \
	static json_t *name(const void *row)                                                       \
	{                                                                                          \
		return json_integer((json_int_t)(expression));                                     \
	}
#define FLAG(name, bit)                                                                            \
	static json_t *name(const void *row)                                                       \
	{                                                                                          \
		return json_boolean(QUEUE(row)->flags & XS_ROW_##bit);                             \
	}

NUMBER(pid, QUEUE(row)->pid)
NUMBER(level, QUEUE(row)->level)
NUMBER(priority, QUEUE(row)->priority)
NUMBER(threshold, QUEUE(row)->threshold)
NUMBER(batch, QUEUE(row)->batch)
NUMBER(submitted, QUEUE(row)->submitted)
NUMBER(pending, QUEUE(row)->pending)
NUMBER(holds, QUEUE(row)->holds)
NUMBER(device_ns, QUEUE(row)->device_ns)
NUMBER(held_ns, QUEUE(row)->held_ns)
NUMBER(waited_ns, QUEUE(row)->waited_ns)
NUMBER(in_state_ns, QUEUE(row)->in_state_ns)
FLAG(ready, READY)
FLAG(may_run, RUN)
FLAG(paced, PACED)
FLAG(tracked, TRACKED)
FLAG(stalled, STALLED)
FLAG(suspended, SUSPENDED)
FLAG(paused, PAUSED)

static json_t *lent(const void *row)
{
	int32_t priority_lent = QUEUE(row)->lent;

	return priority_lent == XS_WIRE_LEND_NONE ? json_null() : json_integer(priority_lent);
}

static json_t *handle(const void *row)
{
	return json_sprintf("0x%llx", (unsigned long long)QUEUE(row)->handle);
}

static json_t *device(const void *row)
{
	return json_sprintf("0x%llx", (unsigned long long)QUEUE(row)->device);
}

static json_t *name(const void *row)
{
	return xs_json_text(PROCESS(row)->row.name);
}

static json_t *command(const void *row)
{
	return xs_json_text(PROCESS(row)->row.cmdline);
}

const char *xs_queue_sched(uint32_t flags)
{
	if (flags & XS_ROW_SUSPENDED)
		return "HALT";
	if (flags & XS_ROW_PAUSED)
		return "PAUS";
	return flags & XS_ROW_RUN ? "RUN" : "SUS";
}

static void device_text(const void *row, char *cell, size_t size)
{
	xs_device_name(QUEUE(row)->device, cell, size);
}

static void stat_text(const void *row, char *cell, size_t size)
{
	snprintf(cell, size, "%s", QUEUE(row)->flags & XS_ROW_READY ? "RDY" : "BLK");
}

static void sched_text(const void *row, char *cell, size_t size)
{
	snprintf(cell, size, "%s", xs_queue_sched(QUEUE(row)->flags));
}

static void used_text(const void *row, char *cell, size_t size)
{
	xs_format_ns(QUEUE(row)->device_ns, cell, size);
}

static void held_text(const void *row, char *cell, size_t size)
{
	xs_format_ns(QUEUE(row)->held_ns, cell, size);
}

static void command_text(const void *row, char *cell, size_t size)
{
	xs_process_command(PROCESS(row), cell, size);
}

static const struct xs_column columns[] = {
	{ "PID", "pid", true, pid, NULL },
	{ "DEV", "device", false, device, device_text },
	{ "XQUEUE", "xqueue", false, handle, NULL },
	{ "STAT", "ready", false, ready, stat_text },
	{ "SCHED", "run", false, may_run, sched_text },
	{ "LV", "level", true, level, NULL },
	{ "PRI", "priority", true, priority, NULL },
	{ "USED", "device_ns", true, device_ns, used_text },
	{ "HELD", "held_ns", true, held_ns, held_text },
	{ "HOLDS", "holds", true, holds, NULL },
	{ "CMD", "cmdline", false, command, command_text },
	{ NULL, "name", false, name, NULL },
	{ NULL, "suspended", false, suspended, NULL },
	{ NULL, "paused", false, paused, NULL },
	{ NULL, "paced", false, paced, NULL },
	{ NULL, "tracked", false, tracked, NULL },
	{ NULL, "stalled", false, stalled, NULL },
	{ NULL, "lent", false, lent, NULL },
	{ NULL, "threshold", false, threshold, NULL },
	{ NULL, "batch_size", false, batch, NULL },
	{ NULL, "submitted", false, submitted, NULL },
	{ NULL, "pending", false, pending, NULL },
	{ NULL, "waited_ns", false, waited_ns, NULL },
	{ NULL, "in_state_ns", false, in_state_ns, NULL },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

static json_t *processes(const struct xs_snapshot *snapshot)
{
	json_t *list = json_array();

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct xs_msg_row_process *row = &snapshot->processes[i].row;

		json_array_append_new(list,
			json_pack("{s:i, s:i, s:i, s:b, s:i, s:I, s:I, s:o, s:o}", "pid",
				(int)row->pid, "uid", (int)row->uid, "queues", (int)row->queues,
				"suspended", row->suspended != 0, "waits", (int)row->waits,
				"wait_p50_ns", (json_int_t)row->wait_p50_ns, "wait_p99_ns",
				(json_int_t)row->wait_p99_ns, "name", xs_json_text(row->name),
				"cmdline", xs_json_text(row->cmdline)));
	}
	return list;
}

int xs_queues_print(const struct xs_snapshot *snapshot)
{
	struct row *rows = calloc(snapshot->queue_count + 1, sizeof(*rows));
	int status = XS_EXIT_OK;

	if (!rows) {
		xs_complain("no memory");
		return XS_EXIT_FAILED;
	}
	for (size_t p = 0; p < snapshot->process_count; p++) {
		const struct xs_process *process = &snapshot->processes[p];

		for (size_t q = process->first; q < process->first + process->count; q++)
			rows[q] = (struct row){ &snapshot->queues[q], process };
	}
	if (xs_json_wanted())
		status = xs_print_json(
			json_pack("{s:o, s:o}", "processes", processes(snapshot), "xqueues",
				xs_json_rows(columns, COLUMNS, rows, snapshot->queue_count,
					sizeof(*rows))));
	else
		status = xs_print_rows(
			columns, COLUMNS, "xqueues", rows, snapshot->queue_count, sizeof(*rows));
	free(rows);
	return status;
}
