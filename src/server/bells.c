/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bells: each tenant has an eventfd that it writes when its page changed and the daemon sleeps. They
 * hang edge-triggered on an epoll descriptor of their own, so a ring needs no read, and one look says
 * who rang.
 *
 * A tenant whose page never comes to rest is read once in each turn of the loop, like the others.
 */
#include "server/server.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/client.h"

#define RINGS_AT_ONCE 64

/* Lets the tenant sleep, or notes that its page is not at rest. */
static void settle_down(struct xs_server *server, struct xs_client *client)
{
	if (!client->tenant.world || xs_tenant_lull(&client->tenant) ||
		!xs_list_empty(&client->restless_link))
		return;
	if (xs_list_empty(&server->restless))
		xs_bells_stir(server, true);
	xs_list_append(&server->restless, &client->restless_link);
}

static void on_bells(uv_poll_t *handle, int status, int events)
{
	struct xs_server *server = handle->data;
	struct epoll_event rung[RINGS_AT_ONCE];

	(void)status;
	(void)events;
	int count = epoll_wait(server->bells_fd, rung, RINGS_AT_ONCE, 0);
	if (count <= 0)
		return;
	for (int i = 0; i < count; i++) {
		struct xs_client *client = rung[i].data.ptr;

		/* The clock is read for each: its events happened after the one before. */
		xs_server_begin(server);
		if (client->tenant.world)
			xs_tenant_read(&client->tenant);
	}
	for (int i = 0; i < count; i++)
		settle_down(server, rung[i].data.ptr);
	xs_server_end(server);
}

static void on_again(uv_idle_t *handle)
{
	struct xs_server *server = handle->data;
	struct xs_list turn;

	/* Takes the list as it is now: who changes again waits for the next turn. */
	xs_list_init(&turn);
	while (!xs_list_empty(&server->restless)) {
		struct xs_list *link = server->restless.next;
		xs_list_remove(link);
		xs_list_append(&turn, link);
	}
	xs_bells_stir(server, false);
	xs_server_begin(server);
	while (!xs_list_empty(&turn)) {
		struct xs_list *link = turn.next;
		struct xs_client *client = xs_list_entry(link, struct xs_client, restless_link);

		xs_list_remove(link);
		if (client->tenant.world)
			xs_tenant_read(&client->tenant);
		settle_down(server, client);
	}
	xs_server_end(server);
}

void xs_bells_stir(struct xs_server *server, bool on)
{
	if (on)
		uv_idle_start(&server->again, on_again);
	else
		uv_idle_stop(&server->again);
}

int xs_bells_open(struct xs_server *server)
{
	server->bells_fd = epoll_create1(EPOLL_CLOEXEC);
	if (server->bells_fd < 0)
		return -errno;
	int err = uv_poll_init(&server->loop, &server->bells, server->bells_fd);
	if (err)
		return err;
	server->bells.data = server;
	uv_poll_start(&server->bells, UV_READABLE, on_bells);
	uv_idle_init(&server->loop, &server->again);
	server->again.data = server;
	return 0;
}

void xs_bells_close(struct xs_server *server)
{
	uv_close((uv_handle_t *)&server->bells, NULL);
	uv_close((uv_handle_t *)&server->again, NULL);
	close(server->bells_fd);
}

int xs_bells_add(struct xs_server *server, struct xs_client *client, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = client };

	return epoll_ctl(server->bells_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

void xs_bells_remove(struct xs_server *server, struct xs_client *client, int fd)
{
	/* Closing is not enough: the other side still has it. */
	epoll_ctl(server->bells_fd, EPOLL_CTL_DEL, fd, NULL);
	xs_list_remove(&client->restless_link);
}
