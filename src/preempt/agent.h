/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent stands between the queues of this process and whoever schedules them.
 *
 * It is unborn until the first queue asks to be scheduled; then it chooses who decides: the daemon, the
 * scheduler in this process, or the application itself. The scheduler in this process knows all queues
 * and hints in any case, so that it can take over at once when the daemon is lost. All functions may be
 * called from any thread; none blocks for longer than a scheduling decision takes.
 */
#ifndef XS_PREEMPT_AGENT_H
#define XS_PREEMPT_AGENT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"

#include "sched/sched.h"
#include "xsched/types.h"

struct xs_queue;

/* The queue wants to be scheduled, or no longer. */
void xs_agent_add(struct xs_queue *queue);
void xs_agent_remove(struct xs_queue *queue);

/* The queue became ready or idle; which of the two is read from its word, so that reports that
 * overtake each other do no harm. */
void xs_agent_changed(struct xs_queue *queue);

/* A ready queue makes no progress, or does again. */
void xs_agent_stalled(struct xs_queue *queue, bool stalled);

/* Adds measured device time. */
void xs_agent_used(struct xs_queue *queue, uint64_t device_ns);

/* The level or the stream's own priority changed. */
XS_EXPORT void xs_agent_reconfigured(struct xs_queue *queue);

/* queue: NULL for a hint that concerns the process. Returns 0 or -errno. */
int xs_agent_hint(struct xs_queue *queue, const struct xs_hint *hint);

/* Who decides from now on; hints and queues are kept. policy: NULL for the default. Returns 0 or
 * -errno. */
int xs_agent_choose(XSchedulerType type, const char *policy);

/* The name of a policy of the C API, NULL when there is none. */
const char *xs_agent_policy_name(XPolicyType policy);

/* Runs what is due and returns when to call again (0: no need). For the watcher. */
uint64_t xs_agent_tick(uint64_t now_ns);

/* What the watcher has to poll besides, if anything. */
bool xs_agent_poll(struct pollfd *socket);

/* The process exits. */
void xs_agent_exit(void);

void xs_agent_forked(void);

#endif
