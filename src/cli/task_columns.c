/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of top: on the screen, in the table of --once and in JSON. */
#include <stdio.h>

#include "cli/tasks.h"

#define TASK(row) ((const struct xs_task *)(row))

#define NUMBER(name, expression)                                                                   \
	static json_t *name(const void *row)                                                       \
	{                                                                                          \
		return json_integer((json_int_t)(expression));                                     \
	}

NUMBER(pid, TASK(row)->process->row.pid)
NUMBER(uid, TASK(row)->process->row.uid)
NUMBER(priority, TASK(row)->priority)
NUMBER(queues, TASK(row)->queues)
NUMBER(ready, TASK(row)->ready)
NUMBER(device_ns, TASK(row)->device_ns)
NUMBER(held_ns, TASK(row)->held_ns)
NUMBER(holds, TASK(row)->holds)
NUMBER(submitted, TASK(row)->submitted)
NUMBER(pending, TASK(row)->pending)
NUMBER(wait_count, TASK(row)->process->row.waits)
NUMBER(wait_p50, TASK(row)->process->row.wait_p50_ns)
NUMBER(wait_p99, TASK(row)->process->row.wait_p99_ns)

static json_t *device(const void *row)
{
	return json_sprintf("0x%llx", (unsigned long long)TASK(row)->device);
}

static json_t *state(const void *row)
{
	return json_string(xs_task_state(row));
}

static json_t *share(const void *row)
{
	return json_real(TASK(row)->share);
}

static json_t *waits(const void *row)
{
	return json_real(TASK(row)->waits);
}

static json_t *name(const void *row)
{
	return xs_json_text(TASK(row)->process->row.name);
}

static json_t *command(const void *row)
{
	return xs_json_text(TASK(row)->process->row.cmdline);
}

/* --- as people read it --------------------------------------------------------------------------- */

static void device_text(const void *row, char *cell, size_t size)
{
	xs_device_name(TASK(row)->device, cell, size);
}

static void ready_text(const void *row, char *cell, size_t size)
{
	snprintf(cell, size, "%u/%u", TASK(row)->ready, TASK(row)->queues);
}

static void percent(double value, char *cell, size_t size)
{
	snprintf(cell, size, "%.1f%%", value * 100);
}

static void share_text(const void *row, char *cell, size_t size)
{
	percent(TASK(row)->share, cell, size);
}

static void waits_text(const void *row, char *cell, size_t size)
{
	percent(TASK(row)->waits, cell, size);
}

static void used_text(const void *row, char *cell, size_t size)
{
	xs_format_ns(TASK(row)->device_ns, cell, size);
}

static void held_text(const void *row, char *cell, size_t size)
{
	xs_format_ns(TASK(row)->held_ns, cell, size);
}

static void per_second(uint64_t count, const struct xs_task *task, char *cell, size_t size)
{
	double rate = task->second > 0 ? (double)count / task->second : 0;

	snprintf(cell, size, rate < 10 && rate > 0 ? "%.1f" : "%.0f", rate);
}

static void hold_rate_text(const void *row, char *cell, size_t size)
{
	per_second(TASK(row)->holds, row, cell, size);
}

static void command_rate_text(const void *row, char *cell, size_t size)
{
	per_second(TASK(row)->submitted, row, cell, size);
}

static void wait_text(uint64_t ns, const struct xs_task *task, char *cell, size_t size)
{
	if (task->process->row.waits)
		xs_format_ns(ns, cell, size);
	else
		snprintf(cell, size, "-");
}

static void p50_text(const void *row, char *cell, size_t size)
{
	wait_text(TASK(row)->process->row.wait_p50_ns, row, cell, size);
}

static void p99_text(const void *row, char *cell, size_t size)
{
	wait_text(TASK(row)->process->row.wait_p99_ns, row, cell, size);
}

static void name_text(const void *row, char *cell, size_t size)
{
	if (TASK(row)->process->row.name[0])
		snprintf(cell, size, "%s", TASK(row)->process->row.name);
	else
		xs_process_command(TASK(row)->process, cell, size);
}

static void command_text(const void *row, char *cell, size_t size)
{
	xs_process_command(TASK(row)->process, cell, size);
}

/* --- the tables ---------------------------------------------------------------------------------- */

#define COMMON                                                                                     \
	{ "PID", "pid", true, pid, NULL }, { "DEV", "device", false, device, device_text },        \
		{ "STATE", "state", false, state, NULL },                                          \
		{ "PRI", "priority", true, priority, NULL },                                       \
		{ "READY", "ready", true, ready, ready_text },                                     \
		{ "DEPTH", "pending", true, pending, NULL },                                       \
	{                                                                                          \
		"SHARE", "share", true, share, share_text                                          \
	}
#define NAMES                                                                                      \
	{ "NAME", "name", false, name, name_text },                                                \
		{ "CMD", "cmdline", false, command, command_text },                                \
		{ NULL, "uid", false, uid, NULL }, { NULL, "queues", false, queues, NULL },        \
	{                                                                                          \
		NULL, "waits", false, wait_count, NULL                                             \
	}

const struct xs_column xs_task_columns[] = {
	COMMON,
	{ "WAIT", "wait", true, waits, waits_text },
	{ "HOLD/S", "holds", true, holds, hold_rate_text },
	{ "P50", "wait_p50_ns", true, wait_p50, p50_text },
	{ "P99", "wait_p99_ns", true, wait_p99, p99_text },
	{ "CMD/S", "submitted", true, submitted, command_rate_text },
	NAMES,
	{ NULL, "device_ns", false, device_ns, NULL },
	{ NULL, "held_ns", false, held_ns, NULL },
};

const struct xs_column xs_task_columns_total[] = {
	COMMON,
	{ "USED", "device_ns", true, device_ns, used_text },
	{ "HELD", "held_ns", true, held_ns, held_text },
	{ "HOLDS", "holds", true, holds, NULL },
	{ "P50", "wait_p50_ns", true, wait_p50, p50_text },
	{ "P99", "wait_p99_ns", true, wait_p99, p99_text },
	{ "CMDS", "submitted", true, submitted, NULL },
	NAMES,
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

_Static_assert(COUNT(xs_task_columns) <= XS_TASK_COLUMNS, "there is room for all");
_Static_assert(COUNT(xs_task_columns_total) <= XS_TASK_COLUMNS, "there is room for all");

const size_t xs_task_column_count = COUNT(xs_task_columns);
const size_t xs_task_column_count_total = COUNT(xs_task_columns_total);
