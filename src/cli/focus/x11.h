/* SPDX-License-Identifier: Apache-2.0 */
/* The active window of an X display, as its window manager names it. */
#ifndef XS_CLI_FOCUS_X11_H
#define XS_CLI_FOCUS_X11_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Connects to a display, NULL: $DISPLAY. Returns a descriptor to wait for, or -errno after it has said
 * why on standard error. */
int focus_x11_open(const char *display);

/* The process that the active window belongs to; 0: none, or one of another machine. */
pid_t focus_x11_pid(void);

/*
 * Has anything come since the last look? 1: the active window may be another one; 0: the descriptor says
 * when something comes; -1: the display has gone. To be asked after the process and before waiting,
 * since what comes in between the answers of the display wakes nobody.
 */
int focus_x11_changed(void);

#endif
