/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watcher: the one thread that we may have in an application.
 *
 * It exists only once somebody's idleness matters to somebody else, and sleeps unless a queue is
 * busy and silent. It finds out when such a queue has run dry, lets others go when one makes no
 * progress, takes back loans, and runs the timers of the scheduler in this process.
 */
#ifndef XS_PREEMPT_WATCH_H
#define XS_PREEMPT_WATCH_H

#include <stdbool.h>

#include "base/export.h"

struct xs_queue;

/* Makes sure that the watcher runs. -errno when there can be none. Any thread. */
int xs_watch_start(void);

/* There is something to look at. Costs a system call only if the watcher is in deep sleep. */
void xs_watch_ring(void);

/* The queue lives no more: gives it back to the registry once the watcher has turned from it; it will
 * not turn to it again. Returns then, so that the stream can be destroyed; but if the driver does not
 * let the watcher go it returns after a moment, and the watcher gives the queue back when it can. No
 * lock may be held that the watcher may want: the scheduler's, the loans', one of the vendor's. */
void xs_watch_free(struct xs_queue *queue);

/* Between the two the watcher asks the driver about no stream: one may be about to capture, and a
 * question would spoil that. The first returns once a question that is under way has been answered, or
 * after a moment if the driver does not answer. They nest. Any thread. */
XS_EXPORT void xs_watch_ask_nothing(void);
XS_EXPORT void xs_watch_ask_again(void);

/* The process exits: the watcher goes no more into the driver. Waits for it a moment at most. */
void xs_watch_exit(void);

void xs_watch_forked(void);

#endif
