/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the C API on their way through an XQueue: one thread of the queue launches them when its
 * gate is open.
 *
 * A queue keeps up to XS_COMMANDS_RING commands that are not launched yet, in a fixed ring. Its
 * launcher thread is started by the first of them and ends when there has been none for a while.
 *
 * The caller has pinned the queue.
 */
#ifndef XS_PREEMPT_COMMANDS_H
#define XS_PREEMPT_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "xsched/types.h"

struct xs_queue;

#define XS_COMMANDS_RING 1024u

/* Submits while the queue is that XQueue. wait_launch: returns what the callback returned. */
XResult xs_commands_submit(
	struct xs_queue *queue, XQueueHandle xq, HwCommandHandle command, bool wait_launch);
XResult xs_commands_wait(struct xs_queue *queue, HwCommandHandle command);

/* Until all submitted so far are launched or dropped; what callbacks returned is taken out. */
XResult xs_commands_wait_launched(struct xs_queue *queue);
XResult xs_commands_take_error(struct xs_queue *queue);

/* Commands that are not launched yet. */
uint32_t xs_commands_pending(struct xs_queue *queue);

/* All that was ever submitted to the queue, here or by the application past us. */
uint64_t xs_commands_total(struct xs_queue *queue);
void xs_commands_drop(struct xs_queue *queue);

/* Whether the calling thread is in a callback of this queue. */
bool xs_commands_inside(struct xs_queue *queue);

void xs_commands_forked(void);

#endif
