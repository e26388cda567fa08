/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service manager and the daemon say to each other: the protocols of sd_notify(3) and
 * sd_listen_fds(3), which are a datagram and an environment variable.
 */
#ifndef XS_SERVER_NOTIFY_H
#define XS_SERVER_NOTIFY_H

/* Sends the state to $NOTIFY_SOCKET, if there is one: "READY=1", "STOPPING=1" and so on. */
void xs_notify(const char *state);

/* "RELOADING=1" with the time that the protocol asks for; READY=1 ends it. */
void xs_notify_reloading(void);

/* The listening socket that the service manager opened for us, or -1. Our caller owns it. */
int xs_notify_listener(void);

#endif
