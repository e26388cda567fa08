/* SPDX-License-Identifier: Apache-2.0 */
/* Queues summed up by process and device. */
#include "cli/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const xs_task_orders[XS_ORDERS] = { "share", "priority", "wait", "pid", "name" };

/* --- what happened to one queue ------------------------------------------------------------------ */

struct key {
	uint32_t pid;
	uint64_t serial, handle;
};

/* The order of xs_snapshot.queues. */
static int compare_key(const void *a, const void *b)
{
	const struct key *key = a;
	const struct xs_msg_row_queue *row = b;

	if (key->pid != row->pid)
		return key->pid < row->pid ? -1 : 1;
	if (key->serial != row->serial)
		return key->serial < row->serial ? -1 : 1;
	return key->handle < row->handle ? -1 : key->handle > row->handle;
}

static const struct xs_msg_row_queue *find_before(
	const struct xs_snapshot *before, const struct xs_msg_row_queue *queue)
{
	struct key key = { queue->pid, queue->serial, queue->handle };

	if (!before || !before->queue_count)
		return NULL;
	return bsearch(
		&key, before->queues, before->queue_count, sizeof(*before->queues), compare_key);
}

/* Counters of a queue that was not there before begin at zero; none of them runs backwards. */
static uint64_t since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void add_queue(struct xs_task *task, const struct xs_msg_row_queue *queue,
	const struct xs_msg_row_queue *before)
{
	static const struct xs_msg_row_queue none;
	const struct xs_msg_row_queue *from = before ? before : &none;
	bool ready = queue->flags & XS_ROW_READY;
	uint64_t held_ns = since(queue->held_ns, from->held_ns);

	if (!task->queues++ || queue->priority > task->priority)
		task->priority = queue->priority;
	task->ready += ready;
	task->runs |= ready && (queue->flags & XS_ROW_RUN) &&
		      !(queue->flags & (XS_ROW_SUSPENDED | XS_ROW_PAUSED));
	task->flags |= queue->flags;
	task->device_ns += since(queue->device_ns, from->device_ns);
	task->held_ns += held_ns;
	if (held_ns > task->most_held_ns)
		task->most_held_ns = held_ns;
	task->holds += (uint32_t)(queue->holds - from->holds);
	task->pending += queue->pending;
	task->submitted += (uint32_t)(queue->submitted - from->submitted);
}

/* --- all tasks ----------------------------------------------------------------------------------- */

/* The task of a queue among those of the same process, which begin at `first`. */
static struct xs_task *task_of(
	struct xs_tasks *tasks, size_t first, const struct xs_process *process, uint64_t device)
{
	for (size_t i = first; i < tasks->count; i++) {
		if (tasks->at[i].device == device)
			return &tasks->at[i];
	}
	struct xs_task *task = &tasks->at[tasks->count++];
	*task = (struct xs_task){
		.process = process, .serial = process->row.serial, .device = device
	};
	return task;
}

static uint64_t used_of_device(const struct xs_tasks *tasks, uint64_t device)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < tasks->count; i++)
		sum += tasks->at[i].device == device ? tasks->at[i].device_ns : 0;
	return sum;
}

static double ratio(double part, double whole)
{
	return whole <= 0 ? 0 : part > whole ? 1 : part / whole;
}

static void rate(struct xs_tasks *tasks, double interval_ns)
{
	uint64_t device = 0, used = 0;
	bool total = interval_ns <= 0;

	for (size_t i = 0; i < tasks->count; i++) {
		struct xs_task *task = &tasks->at[i];

		if (total && (i == 0 || task->device != device))
			used = used_of_device(tasks, task->device);
		device = task->device;
		task->second = interval_ns / 1e9;
		task->share = ratio((double)task->device_ns, total ? (double)used : interval_ns);
		task->waits = ratio((double)task->most_held_ns, interval_ns);
	}
}

int xs_tasks_make(
	struct xs_tasks *tasks, const struct xs_snapshot *now, const struct xs_snapshot *before)
{
	tasks->count = 0;
	tasks->at = calloc(now->queue_count + 1, sizeof(*tasks->at));
	if (!tasks->at)
		return -ENOMEM;
	for (size_t p = 0; p < now->process_count; p++) {
		const struct xs_process *process = &now->processes[p];
		size_t first = tasks->count;

		for (size_t q = process->first; q < process->first + process->count; q++) {
			const struct xs_msg_row_queue *queue = &now->queues[q];

			add_queue(task_of(tasks, first, process, queue->device), queue,
				find_before(before, queue));
		}
	}
	rate(tasks, before ? (double)(now->at_ns - before->at_ns) : 0);
	return 0;
}

void xs_tasks_fini(struct xs_tasks *tasks)
{
	free(tasks->at);
	tasks->at = NULL;
	tasks->count = 0;
}

const char *xs_task_state(const struct xs_task *task)
{
	if (task->process->row.suspended || (task->flags & XS_ROW_SUSPENDED && !task->runs))
		return "HALT";
	if (task->flags & XS_ROW_PAUSED && !task->runs)
		return "PAUS";
	if (!task->ready)
		return "IDLE";
	return task->runs ? "RUN" : "WAIT";
}

/* --- order --------------------------------------------------------------------------------------- */

static enum xs_task_order order_now;
static bool reverse_now;

static int compare_by(const struct xs_task *a, const struct xs_task *b)
{
	switch (order_now) {
	case XS_ORDER_SHARE:
		return (a->share < b->share) - (a->share > b->share);
	case XS_ORDER_PRIORITY:
		return (a->priority < b->priority) - (a->priority > b->priority);
	case XS_ORDER_WAIT:
		return (a->held_ns < b->held_ns) - (a->held_ns > b->held_ns);
	case XS_ORDER_NAME:
		return strcmp(a->process->row.name, b->process->row.name);
	default:
		return 0; /* by process id, as all do in the end */
	}
}

static int compare_tasks(const void *one, const void *other)
{
	const struct xs_task *a = one, *b = other;
	int order;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	order = compare_by(a, b);
	if (!order)
		order = (a->process->row.pid > b->process->row.pid) -
			(a->process->row.pid < b->process->row.pid);
	if (!order)
		order = (a->serial > b->serial) - (a->serial < b->serial);
	return reverse_now ? -order : order;
}

void xs_tasks_sort(struct xs_tasks *tasks, enum xs_task_order order, bool reverse)
{
	order_now = order;
	reverse_now = reverse;
	qsort(tasks->at, tasks->count, sizeof(*tasks->at), compare_tasks);
}
