/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What top shows: a task is a process on one device, the sum of its queues there. What happened in an
 * interval is the difference of two snapshots, taken queue by queue.
 */
#ifndef XS_CLI_TASKS_H
#define XS_CLI_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/output.h"
#include "cli/snapshot.h"

struct xs_task {
	const struct xs_process *process;
	uint64_t serial, device; /* which task it is, from one snapshot to the next */
	uint32_t queues, ready;
	uint32_t flags; /* XS_ROW_* of any of its queues */
	int32_t priority;
	bool runs; /* a queue that has work may run */
	/* In the interval, or since the queues were made. */
	uint64_t device_ns, held_ns, holds, submitted, pending;
	double share;          /* of the device: of the interval, or of what all used; 0 to 1 */
	uint64_t most_held_ns; /* of the queue that was held longest */
	double waits;          /* the part of the interval in which that queue was held */
	double second;         /* length of the interval; 0: there is none */
};

enum xs_task_order {
	XS_ORDER_SHARE,
	XS_ORDER_PRIORITY,
	XS_ORDER_WAIT,
	XS_ORDER_PID,
	XS_ORDER_NAME,
	XS_ORDERS,
};
extern const char *const xs_task_orders[XS_ORDERS];

struct xs_tasks {
	struct xs_task *at;
	size_t count;
};

/* The tasks of a snapshot, which has to live as long. before: of some time ago, or NULL. Returns 0 or
 * -ENOMEM. */
int xs_tasks_make(
	struct xs_tasks *tasks, const struct xs_snapshot *now, const struct xs_snapshot *before);
void xs_tasks_fini(struct xs_tasks *tasks);

/* By device, and on each by this. */
void xs_tasks_sort(struct xs_tasks *tasks, enum xs_task_order order, bool reverse);

/* RUN, WAIT, IDLE, HALT or PAUS. */
const char *xs_task_state(const struct xs_task *task);

#define XS_TASK_COLUMNS 24 /* at most */

/* Columns of an interval, and of the time since the queues were made. */
extern const struct xs_column xs_task_columns[], xs_task_columns_total[];
extern const size_t xs_task_column_count, xs_task_column_count_total;

#endif
