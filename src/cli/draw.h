/* SPDX-License-Identifier: Apache-2.0 */
/* The picture that top shows. Everything fits into the terminal as it is at the moment, however small. */
#ifndef XS_CLI_DRAW_H
#define XS_CLI_DRAW_H

#include <stdbool.h>

#include "cli/tasks.h"

struct xs_view {
	const struct xs_tasks *tasks;
	size_t chosen;
	size_t scroll; /* the first task that is shown; drawing moves it so that the chosen one is */
	enum xs_task_order order;
	bool reverse;
	bool interval; /* rates are those of an interval; otherwise totals */
	bool help;
	double period_s;
	const char *policy;
	const char *message; /* the last line; "": the keys */
	bool trouble;        /* the message is one that matters */
};

/* Once, after ncurses has begun. Colours only where the terminal has them and $NO_COLOR is not set. */
void xs_draw_begin(void);

void xs_draw(struct xs_view *view);

#endif
