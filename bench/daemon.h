/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon of its own for the benchmarks of the daemon, and the actors that it schedules. Anything that
 * goes wrong ends the program with a message.
 */
#ifndef BENCH_DAEMON_H
#define BENCH_DAEMON_H

#include "../tests/kit/actor.h"

/* With that policy; NULL: the default. It ends with this program, or before. */
void daemon_start(const char *policy);
void daemon_stop(void);

/* A process comes. */
void daemon_join(struct actor *actor, int priority);

/* What it has used so far. */
double daemon_cpu_seconds(void);
double daemon_kib(void);

#endif
