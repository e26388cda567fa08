/* SPDX-License-Identifier: Apache-2.0 */
/* HELLO: whoever connected says who he is, and a process becomes a tenant. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server/client.h"
#include "server/say.h"
#include "wire/connection.h"

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

void xs_client_greet(
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
