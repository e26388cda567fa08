/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to the daemon: one request at a time, each answered by rows and a last word.
 *
 * The xs_daemon_ functions say nothing and return -errno, with the reason as a sentence in `why`; top
 * lives on them. xs_ask() is for verbs that make one request or a few and then end: it connects when it
 * is first needed, complains by itself and returns an exit status.
 */
#ifndef XS_CLI_DAEMON_H
#define XS_CLI_DAEMON_H

#include <stdbool.h>

#include "wire/message.h"

struct xs_daemon {
	int fd; /* -1: not connected */
	uint16_t serial;
	char server[32]; /* its version */
	char policy[32]; /* when the connection was made, or xs_daemon_refresh() called */
	char why[192];
};

typedef void (*xs_on_row)(void *ctx, const struct xs_message *row);

/* Connects and shakes hands. 0; -ENOENT, -ECONNREFUSED: nobody is there; -EPERM: who is there is not to
 * be trusted; -ETIMEDOUT; -EPROTONOSUPPORT: another version. */
int xs_daemon_open(struct xs_daemon *daemon);
void xs_daemon_close(struct xs_daemon *daemon);

/* Sends the request and gives each row to on_row (NULL: leaves them out). Returns 0, what the daemon
 * answered as -errno with its own words in why, or -EPIPE, -EPROTO, -ETIMEDOUT, after which the
 * connection is closed. */
int xs_daemon_ask(
	struct xs_daemon *daemon, struct xs_message *request, xs_on_row on_row, void *ctx);

/* Finds out which policy decides now. Returns as xs_daemon_ask(). */
int xs_daemon_refresh(struct xs_daemon *daemon);

/* Asks the daemon. `subject` is what a complaint is about: "process 4711". Returns an exit status. */
int xs_ask(struct xs_message *request, xs_on_row on_row, void *ctx, const char *subject);

/* The same request in silence, for the completion. False: no answer. */
bool xs_ask_quietly(struct xs_message *request, xs_on_row on_row, void *ctx);

#endif
