/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: coming, messages, going. */
#include "server/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/say.h"
#include "wire/connection.h"

#define MESSAGES_AT_ONCE 64
#define MOST_PENDING     (8u << 20)
#define LEAST_PENDING    (16 * XS_WIRE_MAX)

/* Of all connections of a user who is not a steward. */
#define MOST_PENDING_OF_USER (4 * MOST_PENDING)
#define MOST_QUEUES_OF_USER  (16 * XS_PAGE_SLOTS)

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

/* Makes room for one more message behind those that wait. */
static bool make_room(struct xs_client *client)
{
	if (client->out_begin == client->out_end)
		client->out_begin = client->out_end = 0;
	if (client->out_room - client->out_end >= XS_WIRE_MAX)
		return true;
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

/* --- HELLO --------------------------------------------------------------------------------------- */

static void welcome(struct xs_client *client, const struct xs_message *request, int version)
{
	struct xs_server *server = client->server;
	struct xs_message answer = { .opcode = XS_OP_WELCOME, .serial = request->serial };

	answer.welcome.version = (uint32_t)version;
	answer.welcome.serial = client->tenant.serial;
	XS_MESSAGE_TEXT(answer.welcome.policy, xs_sched_policy(server->world.sched));
	XS_MESSAGE_TEXT(answer.welcome.server, XS_VERSION);
	client->greeted = true;
	if (client->bell < 0)
		xs_client_send(client, &answer);
	else if (xs_wire_send(client->fd, &answer, &client->bell, 1) != 0)
		xs_client_doom(client, "it does not take its welcome");
}

/* The page is mapped and the process becomes a tenant. */
static int move_in(struct xs_client *client, const struct xs_msg_hello *hello, int page_fd)
{
	struct xs_server *server = client->server;
	struct xs_tenant *tenant = &client->tenant;
	int err = xs_page_map(&tenant->page, page_fd);

	if (err)
		return err;
	client->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (client->bell < 0)
		return -errno;
	err = xs_bells_add(server, client, client->bell);
	if (err)
		return err;
	tenant->pid = client->peer.pid;
	tenant->uid = client->peer.uid;
	tenant->limited = !client->peer.steward;
	XS_MESSAGE_TEXT(tenant->name, hello->name);
	err = xs_tenant_add(&server->world, tenant);
	if (err)
		return err;
	xs_peer_cmdline(&client->peer, client->cmdline, sizeof(client->cmdline));
	xs_say("client process %d connected, cmdline: %s", (int)client->peer.pid,
		client->cmdline[0] ? client->cmdline : hello->name);
	return 0;
}

/* Takes the descriptors over. */
static void greet(
	struct xs_client *client, const struct xs_message *message, const int *fds, size_t fd_count)
{
	const struct xs_msg_hello *hello = &message->hello;
	int version = xs_message_agree(hello);
	int err = 0;

	if (client->greeted || hello->role > XS_ROLE_CONTROL ||
		fd_count != (hello->role == XS_ROLE_PROCESS ? 1 : 0)) {
		err = -EPROTO;
	} else if (version < 0) {
		err = version;
	} else {
		client->role = hello->role;
		client->tenant.serial = ++client->server->next_serial;
		if (hello->role == XS_ROLE_PROCESS)
			err = move_in(client, hello, fds[0]);
	}
	while (fd_count)
		close(fds[--fd_count]);
	if (!err) {
		welcome(client, message, version);
		return;
	}
	xs_client_refuse(client, message, err,
		err == -EPROTONOSUPPORT ? "no version in common"
		: err == -EPERM         ? "the page is not a sealed memory file"
					: NULL);
	xs_client_doom(client, "its HELLO was refused");
}

/* --- messages of a process ----------------------------------------------------------------------- */

static int on_lend(struct xs_tenant *tenant, const struct xs_msg_lend *lend)
{
	struct xs_world *world = tenant->world;
	const struct xs_lane *lane = xs_tenant_find(tenant, lend->slot, lend->id);

	return lane ? xs_sched_queue_lend(
			      world->sched, xs_lane_number(lane), lend->priority, world->now_ns)
		    : -ENOENT;
}

static int on_stalled(struct xs_tenant *tenant, const struct xs_msg_stalled *stalled)
{
	struct xs_lane *lane = xs_tenant_find(tenant, stalled->slot, stalled->id);

	return lane ? xs_lane_stalled(lane, stalled->on != 0) : -ENOENT;
}

static int on_own_hint(struct xs_client *client, const struct xs_msg_hint *message)
{
	struct xs_tenant *tenant = &client->tenant;
	struct xs_hint hint;
	struct xs_lane *lane;

	if (message->target != XS_TARGET_OWN_QUEUE && message->target != XS_TARGET_OWN_PROCESS)
		return xs_control_hint(client->server, &client->peer, message);
	int err = xs_control_read_hint(&hint, message);
	if (err)
		return err;
	if (message->target == XS_TARGET_OWN_PROCESS)
		return xs_tenant_hint(tenant, &hint);
	lane = xs_tenant_find(tenant, message->slot, message->id);
	return lane ? xs_lane_hint(lane, &hint) : -ENOENT;
}

/* Looks at all connections once for each 64 queues only. */
static bool has_too_many_queues(const struct xs_client *client)
{
	uint64_t count = 0;

	if (client->peer.steward || client->tenant.queue_count % 64 != 63)
		return false;
	xs_list_for_each (link, &client->server->clients) {
		const struct xs_client *other = xs_list_entry(link, struct xs_client, link);

		if (other->peer.uid == client->peer.uid)
			count += other->tenant.queue_count;
	}
	return count >= MOST_QUEUES_OF_USER;
}

static int on_queue_add(struct xs_client *client, const struct xs_msg_queue_add *add)
{
	int err = has_too_many_queues(client) ? -EUSERS : xs_tenant_queue_add(&client->tenant, add);

	if (!err)
		xs_say("XQueue (0x%llx) from process %d created",
			(unsigned long long)(add->handle ? add->handle : add->id),
			(int)client->peer.pid);
	return err;
}

static int on_queue_remove(struct xs_client *client, const struct xs_msg_queue_remove *remove)
{
	const struct xs_lane *lane = xs_tenant_find(&client->tenant, remove->slot, remove->id);
	uint64_t handle = lane ? lane->handle : 0;
	int err = xs_tenant_queue_remove(&client->tenant, remove->slot, remove->id);

	if (!err)
		xs_say("XQueue (0x%llx) from process %d destroyed", (unsigned long long)handle,
			(int)client->peer.pid);
	return err;
}

/* -EPROTO: the message is none that a process sends. */
static int dispatch(struct xs_client *client, const struct xs_message *message)
{
	struct xs_tenant *tenant = &client->tenant;

	switch (message->opcode) {
	case XS_OP_QUEUE_ADD:
		return on_queue_add(client, &message->queue_add);
	case XS_OP_QUEUE_REMOVE:
		return on_queue_remove(client, &message->queue_remove);
	case XS_OP_QUEUE_CHANGE:
		return xs_tenant_queue_change(tenant, &message->queue_change);
	case XS_OP_LEND:
		return on_lend(tenant, &message->lend);
	case XS_OP_STALLED:
		return on_stalled(tenant, &message->stalled);
	case XS_OP_HINT:
		return on_own_hint(client, &message->hint);
	default:
		return -EPROTO;
	}
}

static void on_message(
	struct xs_client *client, const struct xs_message *message, const int *fds, size_t fd_count)
{
	int err;

	if (message->opcode == XS_OP_HELLO) {
		greet(client, message, fds, fd_count);
		return;
	}
	if (fd_count || !client->greeted) {
		while (fd_count)
			close(fds[--fd_count]);
		err = -EPROTO;
	} else if (client->role == XS_ROLE_CONTROL) {
		err = xs_control(client, message);
	} else {
		err = dispatch(client, message);
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

static void watch(struct xs_client *client)
{
	uv_poll_init(&client->server->loop, &client->socket, client->fd);
	client->socket.data = client;
	client->handles = 1;
	watch_socket(client);
	if (client->peer.pidfd < 0 ||
		uv_poll_init(&client->server->loop, &client->ended, client->peer.pidfd) != 0)
		return;
	client->ended.data = client;
	client->handles++;
	client->watches_end = true;
	uv_poll_start(&client->ended, UV_READABLE, on_ended);
}

void xs_client_create(struct xs_server *server, int fd)
{
	const struct xs_message nothing = { .opcode = XS_OP_HELLO };
	struct xs_client *client = calloc(1, sizeof(*client));
	int err = client ? xs_peer_open(&client->peer, fd, server->current.group) : -ENOMEM;

	if (err) {
		free(client);
		close(fd);
		return;
	}
	client->server = server;
	client->fd = fd;
	client->bell = -1;
	client->since_ns = xs_now_ns();
	xs_list_init(&client->doom_link);
	xs_list_init(&client->restless_link);
	xs_list_append(&server->clients, &client->link);
	server->client_count++;
	watch(client);

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
