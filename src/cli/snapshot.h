/* SPDX-License-Identifier: Apache-2.0 */
/* All processes and queues of the daemon at one moment. */
#ifndef XS_CLI_SNAPSHOT_H
#define XS_CLI_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/daemon.h"

/* A process, and its queues as a range of the array of all queues. */
struct xs_process {
	struct xs_msg_row_process row;
	size_t first, count;
};

struct xs_snapshot {
	uint64_t at_ns;               /* CLOCK_MONOTONIC */
	struct xs_process *processes; /* by process id */
	size_t process_count;
	struct xs_msg_row_queue *queues; /* by process, each in the order of their making */
	size_t queue_count;
};

/* Returns as xs_daemon_ask(); also -ENOMEM. The snapshot is empty then. */
int xs_snapshot_take(struct xs_snapshot *snapshot, struct xs_daemon *daemon);
/* The same with xs_ask(): complains, and returns an exit status. */
int xs_snapshot_ask(struct xs_snapshot *snapshot);
void xs_snapshot_fini(struct xs_snapshot *snapshot);

/* What to call a process: the command line if we may see it, otherwise its user. */
void xs_process_command(const struct xs_process *process, char *text, size_t size);

/* "GPU(0x1a00)", as XSched writes a device. */
void xs_device_name(uint64_t device, char *text, size_t size);

#endif
