/* SPDX-License-Identifier: Apache-2.0 */
/* A program that measures, as a child: its rows, and how far it is. */
#ifndef XS_CLI_BENCH_CHILD_H
#define XS_CLI_BENCH_CHILD_H

/* What it tells while it runs. */
struct xs_listener {
	void (*on_line)(void *ctx, char *line);                         /* of standard output */
	void (*on_progress)(void *ctx, double share, const char *what); /* 0 to 1 */
	void *ctx;
};

/* Runs words[0]. Returns its status as waitpid() gives it, or -errno. */
int xs_child_run(char *const *words, const struct xs_listener *listener);

#endif
