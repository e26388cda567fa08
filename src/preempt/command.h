/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the C API, each by itself: callbacks that a program makes, and what became of them. How
 * they pass through a queue is in commands.h. Transparent interception uses none of this.
 */
#ifndef XS_PREEMPT_COMMAND_H
#define XS_PREEMPT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "xsched/types.h"

struct xs_queue;

XResult xs_command_create(HwCommandHandle *command, LaunchCallback launch, void *data);
XResult xs_command_destroy(HwCommandHandle command);

/* Launches on the calling thread, outside of any schedule, and consumes the command. */
XResult xs_command_launch(struct xs_queue *queue, HwCommandHandle command);

/* Calls back. It may call the vendor's functions: they are part of this command, not new ones. */
XResult xs_command_call(struct xs_queue *queue, LaunchCallback launch, void *data);

/*
 * --- on the way through a queue: by index, from the claim until it is launched or dropped ---
 */

/* A command that was not submitted yet. awaited: the caller takes its result. 0: there is none. */
uint32_t xs_command_claim(HwCommandHandle command, uint64_t queue_id, bool awaited);
void xs_command_unclaim(uint32_t index);
void xs_command_callback(uint32_t index, LaunchCallback *launch, void **data);
void xs_command_launched(uint32_t index, XResult result);
void xs_command_dropped(uint32_t index);

/* Of one that is over and that the caller awaited: until now nobody could use its entry again. */
XResult xs_command_take_result(uint32_t index);

/* Launched or dropped, or no command at all. */
bool xs_command_is_over(HwCommandHandle command);

enum xs_command_fate {
	XS_COMMAND_UNKNOWN,
	XS_COMMAND_SUBMITTED, /* it may be over already */
	XS_COMMAND_LAUNCHED,  /* long ago */
};

/* Where a command of this queue is that somebody wants to wait for, which he may once. */
enum xs_command_fate xs_command_await(HwCommandHandle command, uint64_t queue_id);

/* How one that is over ended; many others may have come and gone since. */
bool xs_command_was_dropped(HwCommandHandle command);

void xs_command_forked(void);

#endif
