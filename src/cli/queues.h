/* SPDX-License-Identifier: Apache-2.0 */
/* The table of queues, which list prints, and config after a change. */
#ifndef XS_CLI_QUEUES_H
#define XS_CLI_QUEUES_H

#include "cli/snapshot.h"

/* Returns an exit status. */
int xs_queues_print(const struct xs_snapshot *snapshot);

/* RUN, SUS, HALT or PAUS; the flags are XS_ROW_*. */
const char *xs_queue_sched(uint32_t flags);

#endif
