/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon of its own, and processes that it schedules, for the benchmarks of the daemon. The processes
 * are pages and connections of this program; they do by hand what libpreempt would do. Anything that goes
 * wrong ends the program with a message.
 */
#ifndef BENCH_DAEMON_H
#define BENCH_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/page.h"

struct process {
	struct xs_page *page;
	int fd, bell;
};

__attribute__((noreturn)) void daemon_fail(const char *what);

/* With that policy; NULL: the default. It ends with this program, or before. */
void daemon_start(const char *policy);
void daemon_stop(void);

/* What it has used so far. */
double daemon_cpu_seconds(void);
double daemon_kib(void);

/* A process comes, and goes. */
void open_process(struct process *process, int priority);
void close_process(struct process *process);

/* enum of wire/message.h; of the process itself. */
void hint_process(struct process *process, uint32_t kind, int64_t value);
void add_queue(struct process *process, uint32_t slot, uint64_t device);

void become_ready(struct process *process, uint32_t slot);
void become_idle(struct process *process, uint32_t slot);
bool is_open(const struct process *process, uint32_t slot);

/* Shows the daemon that this process is alive, if it asks: whoever does not answer is taken for frozen,
 * and holds nobody back any more. */
void answer(struct process *process);

#endif
