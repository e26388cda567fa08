/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which queues may be stopped on the device (level 2): those whose standing still cannot keep
 * something more important of the same process from running.
 *
 * There are two ways in which it could. The legacy default stream of a context and its blocking
 * streams wait for each other on the device, without anybody saying so, blocking streams among
 * themselves by way of the legacy one; that is a default-stream domain. And the driver waits for a device that stands still: when it loads a module, allocates or
 * frees, holding locks that the important thread needs as well. So a queue is stopped on the host,
 * where what is in flight always finishes, while its own process has something more important on the
 * device; unless level 2 was asked for by name, which the domain rule still limits.
 */
#ifndef XS_PREEMPT_DOMAIN_H
#define XS_PREEMPT_DOMAIN_H

#include <stdbool.h>

struct xs_loans;
struct xs_queue;

/* Arms the queue if its markers may wait at the gate and there is a place among those that do, or
 * disarms it. */
void xs_domain_arm(struct xs_queue *queue);

/* The queue is no longer armed: pacing ended, or the queue did. */
void xs_domain_disarm(struct xs_queue *queue);

/* The queue is new or became more important: armed queues that it depends on, and which are less
 * important, are disarmed, and let through until they have caught up. */
void xs_domain_outranked_by(struct xs_queue *queue);

/* The queue may be waiting for armed queues that are less important: those are let through until
 * they have caught up. */
void xs_domain_let_through(struct xs_queue *queue);

/* Lends to all armed queues that are less important, for as long as the driver is asked about this
 * one: it might wait for them. The caller repays. */
void xs_domain_open_armed(const struct xs_queue *queue, struct xs_loans *loans);

void xs_domain_forked(void);

#endif
