/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the daemon. */
#ifndef XS_CLI_FOCUS_TELL_H
#define XS_CLI_FOCUS_TELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* -1 while there is none. Nothing comes by itself: when it can be read, it has closed. */
extern int focus_daemon;

void focus_leave(void);

/*
 * Says that the process owns the active window of the display, or does no more. Connects if need be. 0;
 * -ENOENT: the daemon does not know the process; -EPERM; -ENOTCONN: there is no daemon.
 */
int focus_tell(pid_t pid, bool active, uint64_t display);

#endif
