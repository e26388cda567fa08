/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: coming, messages, going. */
#include "server/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/say.h"
#include "wire/connection.h"

#define MESSAGES_AT_ONCE     64
#define MOST_PENDING         (8u << 20)
#define MOST_PENDING_OF_USER (4 * MOST_PENDING) /* of all connections of one who is not a steward */
#define LEAST_PENDING        (16 * XS_WIRE_MAX)

static void on_socket(uv_poll_t *handle, int status, int events);

/* --- sending ------------------------------------------------------------------------------------- */

static void watch_socket(struct xs_client *client)
{
	int events = UV_READABLE | UV_DISCONNECT;

	if (client->out_begin != client->out_end)
		events |= UV_WRITABLE;
	if (!client->dropped)
		uv_poll_start(&client->socket, events, on_socket);
}

static bool may_pile_up(const struct xs_client *client, size_t room)
{
	size_t sum = room;

	if (client->peer.steward)
		return room <= MOST_PENDING;
	xs_list_for_each (link, &client->server->clients) {
		const struct xs_client *other = xs_list_entry(link, struct xs_client, link);

		if (other != client && other->peer.uid == client->peer.uid)
			sum += other->out_room;
	}
	return room <= MOST_PENDING && sum <= MOST_PENDING_OF_USER;
}

static void move_to_the_front(struct xs_client *client)
{
	client->out_end -= client->out_begin;
	memmove(client->out, client->out + client->out_begin, client->out_end);
	client->out_begin = 0;
}

/* Makes room for one more message behind those that wait. A peer that is always a little behind is not one
 * that does not read: what it has read makes room, as soon as it is enough to be worth the move. */
static bool make_room(struct xs_client *client)
{
	if (client->out_begin == client->out_end)
		client->out_begin = client->out_end = 0;
	if (client->out_room - client->out_end >= XS_WIRE_MAX)
		return true;
	if (client->out_begin > client->out_room / 4) {
		move_to_the_front(client);
		return true;
	}
	size_t room = client->out_room ? 2 * client->out_room : LEAST_PENDING;
	uint8_t *out = may_pile_up(client, room) ? realloc(client->out, room) : NULL;
	if (!out)
		return false;
	client->out = out;
	client->out_room = room;
	return true;
}

void xs_client_send(struct xs_client *client, const struct xs_message *message)
{
	if (client->dropped)
		return;
	if (client->out_begin == client->out_end) {
		int err = xs_wire_send(client->fd, message, NULL, 0);
		if (!err)
			return;
		if (err != -EAGAIN) {
			xs_client_doom(client, NULL);
			return;
		}
	}
	if (!make_room(client)) {
		xs_client_doom(client, "it does not read its answers");
		return;
	}
	int size = xs_message_encode(message, client->out + client->out_end);
	client->out_end += size > 0 ? (size_t)size : 0;
	watch_socket(client);
}

/* Sends what waits, as long as the peer takes it. */
static void flush(struct xs_client *client)
{
	int err = xs_wire_flush(client->fd, client->out, &client->out_begin, client->out_end);

	if (err && err != -EAGAIN)
		xs_client_doom(client, NULL);
	if (err)
		return;
	if (client->out_room > LEAST_PENDING) {
		free(client->out);
		client->out = NULL;
		client->out_begin = client->out_end = client->out_room = 0;
	}
	watch_socket(client);
}

void xs_client_refuse(
	struct xs_client *client, const struct xs_message *request, int err, const char *text)
{
	struct xs_message answer = { .opcode = XS_OP_ERROR, .serial = request->serial };

	answer.error.code = -err;
	answer.error.opcode = request->opcode;
	XS_MESSAGE_TEXT(answer.error.text, text ? text : strerror(-err));
	xs_client_send(client, &answer);
}

/* --- going --------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
	struct xs_client *client = handle->data;

	if (--client->handles)
		return;
	free(client->out);
	free(client);
}

void xs_client_doom(struct xs_client *client, const char *reason)
{
	if (client->dropped || !xs_list_empty(&client->doom_link))
		return;
	client->reason = reason;
	xs_list_append(&client->server->doomed, &client->doom_link);
}

static void leave_world(struct xs_client *client)
{
	struct xs_tenant *tenant = &client->tenant;

	if (client->bell >= 0) {
		xs_bells_remove(client->server, client, client->bell);
		close(client->bell);
	}
	if (tenant->world) {
		xs_tenant_remove(tenant);
		xs_say("client process %d closed%s%s", (int)client->peer.pid,
			client->reason ? ": " : "", client->reason ? client->reason : "");
	} else if (client->reason) {
		xs_say("connection of process %d closed: %s", (int)client->peer.pid,
			client->reason);
	}
	if (tenant->page)
		munmap(tenant->page, sizeof(*tenant->page));
}

void xs_client_drop(struct xs_client *client)
{
	struct xs_server *server = client->server;

	if (client->dropped)
		return;
	client->dropped = true;
	leave_world(client);
	xs_list_remove(&client->link);
	xs_list_remove(&client->doom_link);
	xs_list_remove(&client->restless_link);
	server->client_count--;
	server->drops += client->reason != NULL;
	uv_close((uv_handle_t *)&client->socket, on_closed);
	if (client->watches_end)
		uv_close((uv_handle_t *)&client->ended, on_closed);
	close(client->fd);
	xs_peer_close(&client->peer);
	xs_listen_resume(server);
}

static void on_ended(uv_poll_t *handle, int status, int events)
{
	struct xs_client *client = handle->data;

	(void)status;
	(void)events;
	xs_server_begin(client->server);
	xs_client_doom(client, NULL);
	xs_server_end(client->server);
}

/* --- messages ------------------------------------------------------------------------------------ */

static void on_message(
	struct xs_client *client, const struct xs_message *message, const int *fds, size_t fd_count)
{
	int err;

	if (message->opcode == XS_OP_HELLO) {
		xs_client_greet(client, message, fds, fd_count);
		return;
	}
	if (fd_count || !client->greeted) {
		while (fd_count)
			close(fds[--fd_count]);
		err = -EPROTO;
	} else if (client->role == XS_ROLE_CONTROL) {
		err = xs_control(client, message);
	} else {
		err = xs_client_told(client, message);
	}
	/* What comes too late, twice or without the right to it is answered and does no harm. */
	if (err)
		xs_client_refuse(client, message, err, NULL);
	if (err == -EPROTO)
		xs_client_doom(client, "it does not keep to the protocol");
}

static void read_messages(struct xs_client *client)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	for (int i = 0; i < MESSAGES_AT_ONCE && xs_list_empty(&client->doom_link); i++) {
		int err = xs_wire_receive(client->fd, &message, XS_TO_SERVER, fds, &fd_count);

		if (err == -EAGAIN)
			return;
		if (err == -ENOMSG)
			continue;
		if (err == -EPROTO) {
			message.opcode = 0;
			message.serial = 0;
			xs_client_refuse(client, &message, err, NULL);
			xs_client_doom(client, "it sent a malformed message");
		} else if (err) {
			xs_client_doom(client, NULL);
		} else {
			on_message(client, &message, fds, fd_count);
		}
	}
}

static void on_socket(uv_poll_t *handle, int status, int events)
{
	struct xs_client *client = handle->data;
	struct xs_server *server = client->server;

	xs_server_begin(server);
	if (status < 0)
		xs_client_doom(client, NULL);
	if (events & UV_READABLE)
		read_messages(client);
	else if (events & UV_DISCONNECT)
		xs_client_doom(client, NULL);
	if ((events & UV_WRITABLE) && xs_list_empty(&client->doom_link))
		flush(client);
	xs_server_end(server);
}

/* --- coming -------------------------------------------------------------------------------------- */

/* A user's own daemon serves him and root; root's daemon serves everybody. */
static bool is_welcome(const struct xs_client *client)
{
	return geteuid() == 0 || client->peer.steward;
}

static bool has_too_many(const struct xs_client *client)
{
	size_t count = 0;

	if (client->peer.steward)
		return false;
	xs_list_for_each (link, &client->server->clients)
		count += xs_list_entry(link, struct xs_client, link)->peer.uid == client->peer.uid;
	return count > client->server->most_per_user;
}

/* Returns 0 or -errno: there are limits to what one may wait for, too. */
static int watch(struct xs_client *client)
{
	int err = uv_poll_init(&client->server->loop, &client->socket, client->fd);

	if (err)
		return err;
	client->socket.data = client;
	client->handles = 1;
	watch_socket(client);
	if (client->peer.pidfd < 0 ||
		uv_poll_init(&client->server->loop, &client->ended, client->peer.pidfd) != 0)
		return 0;
	client->ended.data = client;
	client->handles++;
	client->watches_end = true;
	uv_poll_start(&client->ended, UV_READABLE, on_ended);
	return 0;
}

/* Takes over the descriptor if it returns one; it is in no list yet. */
static struct xs_client *open_client(struct xs_server *server, int fd)
{
	struct xs_client *client = calloc(1, sizeof(*client));

	if (!client || xs_peer_open(&client->peer, fd, server->current.group) != 0) {
		free(client);
		return NULL;
	}
	client->server = server;
	client->fd = fd;
	client->bell = -1;
	client->since_ns = xs_now_ns();
	xs_list_init(&client->link);
	xs_list_init(&client->doom_link);
	xs_list_init(&client->restless_link);
	int err = watch(client);
	if (!err)
		return client;
	xs_warn_once("a connection cannot be watched: %s", strerror(-err));
	xs_peer_close(&client->peer);
	free(client);
	return NULL;
}

void xs_client_create(struct xs_server *server, int fd)
{
	const struct xs_message nothing = { .opcode = XS_OP_HELLO };
	struct xs_client *client = open_client(server, fd);
	int err = 0;

	if (!client) {
		server->refusals++;
		close(fd);
		return;
	}
	xs_list_append(&server->clients, &client->link);
	server->client_count++;

	if (!is_welcome(client))
		err = -EACCES;
	else if (has_too_many(client))
		err = -EUSERS;
	if (!err)
		return;
	server->refusals++;
	xs_server_begin(server);
	xs_client_refuse(client, &nothing, err, NULL);
	xs_client_doom(client, "it is not welcome");
	xs_server_end(server);
}
