/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a change is for: a process or one queue, as people write them. */
#ifndef XS_CLI_TARGET_H
#define XS_CLI_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#define XS_LARGEST_PID 4194304 /* of Linux, on 64 bits */

struct xs_target {
	uint32_t target; /* XS_TARGET_PID, XS_TARGET_HANDLE or XS_TARGET_ALL */
	uint64_t id;
	char subject[48]; /* "process 4711", "XQueue 0x2a00000064", "everybody" */
};

struct xs_target xs_target_process(int64_t pid);
struct xs_target xs_target_queue(int64_t handle);
struct xs_target xs_target_all(void);

/* A process id, or the handle of a queue. Handles are larger than any process id, and 0x says that a
 * small one is a handle. False: neither. */
bool xs_target_read(struct xs_target *target, const char *text);

/* Sends one hint. Returns an exit status. kind: XS_WIRE_HINT_* */
int xs_target_hint(const struct xs_target *target, uint32_t kind, int64_t value);

/* Completion of operands: the processes, or the queues, that the daemon knows. */
void xs_target_complete_pid(void (*say)(const char *word));
void xs_target_complete_queue(void (*say)(const char *word));

#endif
