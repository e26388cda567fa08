/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler in this process: src/sched under one mutex.
 *
 * It knows queues, states and hints from the first queue on; its decisions reach the gates only
 * while it is active. Any thread may call.
 */
#ifndef XS_PREEMPT_LOCAL_H
#define XS_PREEMPT_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/sched.h"

struct xs_queue;

/* Decides from now on, under that policy (NULL: HPF with a small floor). Returns 0 or -errno. */
int xs_local_activate(const char *policy);

/* Decides no more: all queues are free. yields: because somebody else does, whose business their words
 * and priorities are from now on. */
void xs_local_deactivate(bool yields);

/* [watcher] Somebody else has changed the words: they become what was decided, or free if nothing is. */
void xs_local_apply_again(void);

/* What the agent passes on; see agent.h. */
int xs_local_add(struct xs_queue *queue);
void xs_local_remove(struct xs_queue *queue);
void xs_local_changed(struct xs_queue *queue);
void xs_local_stalled(struct xs_queue *queue, bool stalled);
void xs_local_used(struct xs_queue *queue, uint64_t device_ns);
void xs_local_reconfigured(struct xs_queue *queue);
int xs_local_hint(struct xs_queue *queue, const struct xs_hint *hint);

/* Calls each() for the hints of the queue, or for those that concern the whole process (NULL). A lock
 * is held meanwhile: each() calls nothing of this file. */
void xs_local_each_hint(const struct xs_queue *queue,
	void (*each)(void *ctx, const struct xs_hint *hint), void *ctx);

uint64_t xs_local_tick(uint64_t now_ns);

void xs_local_forked(void);

#endif
