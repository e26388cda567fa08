/* SPDX-License-Identifier: Apache-2.0 */
/* top on a terminal. */
#ifndef XS_CLI_SCREEN_H
#define XS_CLI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/tasks.h"

/* Shows tasks until somebody quits, or `count` looks were taken (0: no limit). Returns an exit status. */
int xs_screen_run(int64_t period_us, int64_t count, enum xs_task_order order, bool reverse);

#endif
