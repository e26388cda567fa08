/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli config: level, threshold and batch size of a queue, each by itself or together. The daemon asks
 * the process, which may have reasons to do less; so the queue is shown as it is then.
 */
#include <time.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/queues.h"
#include "cli/shared_args.h"
#include "cli/snapshot.h"
#include "cli/target.h"

enum { XQUEUE, LEVEL, THRESHOLD, BATCH };

static struct xs_arg args[] = {
	[XQUEUE] = { XS_ARG_XQUEUE, .help = "the queue" },
	[LEVEL] = { XS_ARG_LEVEL },
	[THRESHOLD] = { XS_ARG_COMMANDS("threshold"), .letter = 't',
		.help = "most commands in flight while it is paced" },
	[BATCH] = { XS_ARG_COMMANDS("batch-size"), .letter = 'b',
		.help = "commands between two markers; at most the threshold" },
};

static bool as_wanted(const struct xs_msg_row_queue *queue)
{
	return (!args[LEVEL].given || queue->level == args[LEVEL].number) &&
	       (!args[THRESHOLD].given || queue->threshold == args[THRESHOLD].number) &&
	       (!args[BATCH].given || queue->batch == args[BATCH].number);
}

/* Leaves the one queue, and its process, in the snapshot. */
static bool keep_one(struct xs_snapshot *snapshot, uint64_t handle)
{
	for (size_t p = 0; p < snapshot->process_count; p++) {
		struct xs_process *process = &snapshot->processes[p];

		for (size_t q = process->first; q < process->first + process->count; q++) {
			if (snapshot->queues[q].handle != handle)
				continue;
			snapshot->queues[0] = snapshot->queues[q];
			snapshot->processes[0] = *process;
			snapshot->processes[0].first = 0;
			snapshot->processes[0].count = 1;
			snapshot->queue_count = snapshot->process_count = 1;
			return true;
		}
	}
	return false;
}

static void complain_about(const struct xs_msg_row_queue *queue)
{
	if (args[THRESHOLD].given && queue->batch > args[THRESHOLD].number)
		xs_complain("--threshold: '%lld' is less than the batch size, %d; change both",
			(long long)args[THRESHOLD].number, queue->batch);
	else
		xs_complain("the process has not done all of that (yet); this is how it is");
}

/* Waits up to a second for the process to do it. */
static int show(uint64_t handle)
{
	const struct timespec pause = { 0, 20000000 };
	struct xs_snapshot snapshot;
	int status;

	for (int tries = 50;; tries--) {
		status = xs_snapshot_ask(&snapshot);
		if (status || !keep_one(&snapshot, handle) || !tries ||
			as_wanted(&snapshot.queues[0]))
			break;
		xs_snapshot_fini(&snapshot);
		nanosleep(&pause, NULL);
	}
	if (!status && snapshot.queue_count == 1 && snapshot.queues[0].handle == handle) {
		bool done = as_wanted(&snapshot.queues[0]);

		if (!done)
			complain_about(&snapshot.queues[0]);
		status = xs_queues_print(&snapshot);
		if (!done)
			status = XS_EXIT_FAILED;
	}
	xs_snapshot_fini(&snapshot);
	return status;
}

static int run(int count, char **operands)
{
	struct xs_message message = { .opcode = XS_OP_CONFIG };
	struct xs_target target = xs_target_queue(args[XQUEUE].number);

	(void)count;
	(void)operands;
	if (!args[XQUEUE].given)
		return xs_usage_error("for which queue? --xqueue HANDLE");
	if (!args[LEVEL].given && !args[THRESHOLD].given && !args[BATCH].given)
		return xs_usage_error("what? --level, --threshold or --batch-size");
	if (args[THRESHOLD].given && args[BATCH].number > args[THRESHOLD].number)
		return xs_usage_error(
			"--batch-size: '%lld' is not allowed; at most the threshold, %lld",
			(long long)args[BATCH].number, (long long)args[THRESHOLD].number);
	message.config.handle = target.id;
	message.config.level = (uint32_t)args[LEVEL].number;
	message.config.threshold = (int32_t)args[THRESHOLD].number;
	message.config.batch = (int32_t)args[BATCH].number;
	int status = xs_ask(&message, NULL, NULL, target.subject);
	return status ? status : show(target.id);
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	(void)count;
	(void)operands;
	xs_target_complete_queue(say);
}

const struct xs_verb xs_verb_config = {
	.name = "config",
	.summary = "Change level, threshold or batch size of a queue",
	.text = "What is not given stays as it is. Threshold and batch size bound the\n"
		"commands in flight in addition to the time budget.",
	XS_ARGS(args),
	.complete = complete,
	.run = run,
};
