/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's side of a process in which a plug-in runs: its start, its answers, its end. */
#ifndef XS_SERVER_PLUGIN_RUNNER_H
#define XS_SERVER_PLUGIN_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "server/plugin_pipe.h"

struct xs_plugin_runner {
	struct xs_plugin_pipe *pipe;
	pid_t pid; /* 0: it is gone */
	clockid_t cpu_clock;
	uint32_t asked; /* number of the last request */
};

/* Starts the process. Its first answer is due without a request. The caller keeps the descriptor. */
int xs_plugin_start(struct xs_plugin_runner *runner, int image_fd);

/* Sends what is in the pipe as the next request. */
void xs_plugin_ask(struct xs_plugin_runner *runner);

/*
 * Waits for the answer to the last request. False: it has none to expect, said why on `why`. The limit is
 * of processor time, since on a busy machine the process may have to wait for its turn; what it may
 * sleep is limited apart from that.
 */
bool xs_plugin_await(struct xs_plugin_runner *runner, uint64_t most_cpu_ns, uint64_t most_ns,
	char *why, size_t size);

/* Ends the process, if it is there. */
void xs_plugin_kill(struct xs_plugin_runner *runner);

#endif
