/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Default-stream domains: the legacy default stream of a context and the blocking streams of that
 * context wait for each other on the device, without the application or us saying so.
 *
 * A queue that waits at its gate on the device would thereby stop the others of its domain. So in a
 * domain only the least important queues are stopped on the device (level 2); the others on the
 * host, where what is in flight always finishes.
 */
#ifndef XS_PREEMPT_DOMAIN_H
#define XS_PREEMPT_DOMAIN_H

#include <stdbool.h>

struct xs_queue;

/* Whether markers of this queue may wait at the gate. Takes a place among those that do. */
bool xs_domain_may_arm(struct xs_queue *queue);

/* The queue is no longer armed: pacing ended, or the queue did. */
void xs_domain_disarm(struct xs_queue *queue);

/* The queue is new or became more important: armed queues that it depends on, and which are less
 * important, are disarmed, and let through until they have caught up. */
void xs_domain_outranked_by(struct xs_queue *queue);

#endif
