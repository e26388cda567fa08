/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to the daemon, which schedules the queues of all processes (doc/wire.md).
 *
 * Queues, hints and what is told about them go out from any thread, without blocking: what the
 * socket does not take waits in a small buffer. All that comes in is read by the watcher. Ready and
 * idle go through the shared page and the daemon's bell.
 *
 * Nothing here decides what happens without a daemon: the agent does. It connects and closes with its
 * own lock held, so these two are never called at the same time.
 */
#ifndef XS_PREEMPT_GLOBAL_H
#define XS_PREEMPT_GLOBAL_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/sched.h"

struct xs_queue;

/* Connects if a daemon is there, and asks it (HELLO). 0 or -errno: nobody is there, nobody who can be
 * trusted, no descriptors; -EBADF: the application closed the page, for good. */
int xs_global_connect(void);

/* The daemon has answered and is in charge: sends all hints and queues that there are, and from now on
 * whatever changes. */
void xs_global_introduce(void);

/* The daemon may change words until it has closed its end too. */
void xs_global_close(void);

/* The same as those of the agent. They do nothing before the introduction. */
void xs_global_add(struct xs_queue *queue);
void xs_global_remove(struct xs_queue *queue);
void xs_global_changed(struct xs_queue *queue);
void xs_global_stalled(struct xs_queue *queue, bool stalled);
void xs_global_reconfigured(struct xs_queue *queue);
void xs_global_hint(struct xs_queue *queue, const struct xs_hint *hint);

/* [watcher] What to poll for; false: there is no connection. */
bool xs_global_poll(struct pollfd *socket);

/* [watcher] The daemon has closed its end of a connection that was closed here: what it did to our words
 * meanwhile has to be overruled. True once. */
bool xs_global_has_parted(void);

enum xs_global_state {
	XS_GLOBAL_ASKED,
	XS_GLOBAL_ANSWERS,
	XS_GLOBAL_LOST,
};

/* [watcher] Reads what came and sends what waits. Says when to call again at the latest, and what the
 * trouble is with a daemon that is lost. */
enum xs_global_state xs_global_serve(uint64_t *wake_ns, const char **trouble);

/* The process exits: the daemon forgets its queues at once. */
void xs_global_exit(void);

void xs_global_forked(void);

#endif
