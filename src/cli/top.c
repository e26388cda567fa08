/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli top: who runs, who waits, what it costs. On a terminal a screen with keys (screen.c), elsewhere
 * a table each period; --once prints one table of all that was so far. It asks for one list a period
 * and nothing else, so the scheduler hardly notices.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/screen.h"
#include "cli/tasks.h"

enum { FREQUENCY, ONCE, COUNT, SORT, REVERSE };

/* Times a second, kept as the period in microseconds. */
static bool read_frequency(const struct xs_arg *arg, const char *text, int64_t *period_us)
{
	char *end;
	double frequency = strtod(text, &end);

	(void)arg;
	if (end == text || *end || !(frequency >= 0.1 && frequency <= 30))
		return false;
	*period_us = (int64_t)(1e6 / frequency + 0.5);
	return true;
}

static struct xs_arg args[] = {
	[FREQUENCY] = { .name = "frequency",
		.letter = 'f',
		.value = "HZ",
		.read = read_frequency,
		.number = 1000000,
		.allowed = "0.1 to 30 times a second",
		.help = "how often to look, default 1 time a second" },
	[ONCE] = { .name = "once", .help = "print a table of all so far, and end" },
	[COUNT] = { .name = "count",
		.letter = 'n',
		.value = "N",
		.read = xs_read_number,
		.min = 1,
		.max = 1000000000,
		.help = "end after so many looks" },
	[SORT] = { .name = "sort",
		.value = "BY",
		.read = xs_read_word,
		.words = "share priority wait pid name",
		.help = "order on each device" },
	[REVERSE] = { .name = "reverse", .help = "the other way round" },
};

static enum xs_task_order order(void)
{
	return (enum xs_task_order)args[SORT].number;
}

/* --- tables -------------------------------------------------------------------------------------- */

static int print(const struct xs_tasks *tasks, bool total)
{
	if (xs_json_wanted() && !total)
		return xs_print_json_line(json_pack("{s:o}", "tasks",
			xs_json_rows(xs_task_columns, xs_task_column_count, tasks->at, tasks->count,
				sizeof(*tasks->at))));
	return xs_print_rows(total ? xs_task_columns_total : xs_task_columns,
		total ? xs_task_column_count_total : xs_task_column_count, "tasks", tasks->at,
		tasks->count, sizeof(*tasks->at));
}

static int print_snapshot(const struct xs_snapshot *now, const struct xs_snapshot *before)
{
	struct xs_tasks tasks;

	if (xs_tasks_make(&tasks, now, before) != 0) {
		xs_complain("no memory");
		return XS_EXIT_FAILED;
	}
	xs_tasks_sort(&tasks, order(), args[REVERSE].given);
	int status = print(&tasks, !before);
	xs_tasks_fini(&tasks);
	return status;
}

static int once(void)
{
	struct xs_snapshot now;
	int status = xs_snapshot_ask(&now);

	if (!status)
		status = print_snapshot(&now, NULL);
	xs_snapshot_fini(&now);
	return status;
}

static void wait_us(int64_t us)
{
	struct timespec rest = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&rest, NULL);
}

/* A table each period, until the count is full or nobody reads. */
static int stream(void)
{
	struct xs_snapshot now, before;
	int status = xs_snapshot_ask(&before);

	for (int64_t i = 0; !status && (!args[COUNT].given || i < args[COUNT].number); i++) {
		wait_us(args[FREQUENCY].number);
		status = xs_snapshot_ask(&now);
		if (status)
			break;
		if (i && !xs_json_wanted())
			putchar('\n');
		status = print_snapshot(&now, &before);
		xs_snapshot_fini(&before);
		before = now;
	}
	xs_snapshot_fini(&before);
	return status;
}

static int run(int count, char **operands)
{
	(void)count;
	(void)operands;
	if (args[ONCE].given)
		return once();
	if (xs_json_wanted() || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return stream();
	return xs_screen_run(
		args[FREQUENCY].number, args[COUNT].number, order(), args[REVERSE].given);
}

const struct xs_verb xs_verb_top = {
	.name = "top",
	.summary = "Show who runs and who waits, again and again",
	.text = "A line is a process on a device. STATE: RUN; WAIT has work and is held by\n"
		"the policy; IDLE; HALT is suspended by a user, PAUS by its application.\n"
		"READY: queues with work, of all. DEPTH: commands that are not known to be\n"
		"done. SHARE: measured device time (with --once: of what all used). WAIT:\n"
		"time held. HOLD/S: how often it was stopped a second. P50, P99: of the last\n"
		"thousand times or so that it had work and was stopped, until it went on.\n"
		"\n"
		"Keys: up, down choose; < > sort by another column; R reverses; r renices;\n"
		"s suspends; c continues (resumes); + - change the frequency; space looks\n"
		"now; h helps; q ends.",
	XS_ARGS(args),
	.run = run,
};
