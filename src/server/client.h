/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection. A client is a process that is scheduled (it has a page, and is a tenant of the
 * world), or the command line (it asks and is answered). It lives until its socket closes, its
 * process ends, or it sends something malformed; then only the connection is lost.
 *
 * The client owns its descriptors, its mapping of the page and what waits to be sent. It is freed
 * when libuv has closed its handles; until then it is in no list.
 */
#ifndef XS_SERVER_CLIENT_H
#define XS_SERVER_CLIENT_H

#include "server/peer.h"
#include "server/server.h"

struct xs_client {
	struct xs_server *server;
	int fd, bell;
	struct xs_peer peer;
	uv_poll_t socket, ended;
	unsigned int handles; /* of libuv that are still open */
	bool watches_end;
	bool greeted;
	bool dropped;
	uint32_t role;
	uint64_t since_ns;
	struct xs_tenant tenant; /* in the world if the role is that of a process */
	char cmdline[256];
	uint8_t *out; /* encoded messages that could not be sent yet */
	size_t out_begin, out_end, out_room;
	const char *reason;           /* why it is dropped, for the log */
	struct xs_list link;          /* server.clients */
	struct xs_list doom_link;     /* server.doomed */
	struct xs_list restless_link; /* server.restless */
};

/* Takes over the connection. A peer that is not welcome is told so and dropped. */
void xs_client_create(struct xs_server *server, int fd);

/* Drops the client at the end of this event. `reason` is a constant text, NULL: it left. */
void xs_client_doom(struct xs_client *client, const char *reason);

/* Drops it now. Its tenant is gone and its gates are open when this returns. */
void xs_client_drop(struct xs_client *client);

/* Sends a message, or keeps it until the peer reads. A peer that lets too much pile up is doomed. */
void xs_client_send(struct xs_client *client, const struct xs_message *message);

/* Answers `request` with ERROR; err is a negative errno. */
void xs_client_refuse(
	struct xs_client *client, const struct xs_message *request, int err, const char *text);

static inline struct xs_client *xs_client_of(struct xs_tenant *tenant)
{
	return xs_container_of(tenant, struct xs_client, tenant);
}

/* --- hello.c and told.c: a process ----------------------------------------------------------------- */

/* Answers HELLO, and takes the descriptors over. A client that cannot be welcomed is doomed. */
void xs_client_greet(struct xs_client *client, const struct xs_message *message, const int *fds,
	size_t fd_count);

/* Does what a message of a process says. 0 or -errno; -EPROTO: it is none that a process sends. */
int xs_client_told(struct xs_client *client, const struct xs_message *message);

/* --- control.c: the command line ------------------------------------------------------------------ */

/* Answers a request of the command line. -EPROTO: it is none. */
int xs_control(struct xs_client *client, const struct xs_message *request);

/* The hint in a message. -EINVAL: there is no such kind. */
int xs_control_read_hint(struct xs_hint *hint, const struct xs_msg_hint *message);

/* A hint from anybody. Looks at the rights of the peer. 0 or -errno. */
int xs_control_hint(
	struct xs_server *server, const struct xs_peer *peer, const struct xs_msg_hint *hint);

/* Stops or starts queues by hand, by handle or pid. 0 or -errno. */
int xs_control_suspend(
	struct xs_server *server, const struct xs_peer *peer, const struct xs_msg_suspend *message);

/* One row about a queue. */
void xs_control_row(struct xs_msg_row_queue *row, const struct xs_sched_row *from);

/* The daemon's counters; names that end with _total only grow. */
void xs_control_stats(struct xs_server *server,
	void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx);

/* Another level, threshold or batch size for a queue: asks its process for it. 0 or -errno. */
int xs_control_config(struct xs_server *server, const struct xs_peer *peer, uint64_t handle,
	uint32_t level, int32_t threshold, int32_t batch);

#endif
