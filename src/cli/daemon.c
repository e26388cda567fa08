/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers. The socket does not block; each wait for the daemon has a limit. */
#include "cli/daemon.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "wire/connection.h"

#define PATIENCE_MS 5000

static int fail(struct xs_daemon *daemon, int err, const char *why)
{
	snprintf(daemon->why, sizeof(daemon->why), "%s", why);
	return err;
}

/* The connection is of no use any more. */
static int lose(struct xs_daemon *daemon, int err)
{
	xs_daemon_close(daemon);
	if (err == -ETIMEDOUT)
		return fail(daemon, err, "the daemon does not answer");
	if (err == -EPROTO)
		return fail(daemon, err,
			"the daemon's answer makes no sense; is it of another version?");
	return fail(daemon, -EPIPE, "the daemon closed the connection");
}

static int await(const struct xs_daemon *daemon, short events)
{
	struct pollfd wait = { .fd = daemon->fd, .events = events };
	int ready;

	do {
		ready = poll(&wait, 1, PATIENCE_MS);
	} while (ready < 0 && errno == EINTR);
	return ready > 0 ? 0 : -ETIMEDOUT;
}

static int send_request(struct xs_daemon *daemon, struct xs_message *request)
{
	int err;

	request->serial = ++daemon->serial;
	while ((err = xs_wire_send(daemon->fd, request, NULL, 0)) == -EAGAIN) {
		if (await(daemon, POLLOUT) != 0)
			return lose(daemon, -ETIMEDOUT);
	}
	return err ? lose(daemon, err) : 0;
}

/* The next message that answers the last request. */
static int receive(struct xs_daemon *daemon, struct xs_message *answer)
{
	for (;;) {
		int fds[XS_WIRE_FDS];
		size_t fd_count = 0;
		int err = xs_wire_receive(daemon->fd, answer, XS_TO_CLIENT, fds, &fd_count);

		while (fd_count)
			close(fds[--fd_count]); /* none is expected */
		if (err == -EAGAIN) {
			if (await(daemon, POLLIN) != 0)
				return lose(daemon, -ETIMEDOUT);
		} else if (err && err != -ENOMSG) {
			return lose(daemon, err);
		} else if (!err && answer->serial == daemon->serial) {
			return 0;
		}
	}
}

static int refused(struct xs_daemon *daemon, const struct xs_message *answer)
{
	int code = answer->error.code;

	return fail(daemon, code > 0 && code < 4096 ? -code : -EPROTO, answer->error.text);
}

/* --- connecting ---------------------------------------------------------------------------------- */

static int connect_failed(struct xs_daemon *daemon, int err)
{
	char path[XS_WIRE_PATH_SIZE] = "";
	char why[sizeof(daemon->why)];

	for (size_t i = 0; xs_wire_path(path, i) == 0; i++)
		;
	switch (err) {
	case -EPERM:
		return fail(daemon, err,
			"the daemon there is another user's; --socket or $XSCHED_SOCKET names it "
			"all "
			"the same");
	case -EACCES:
		snprintf(why, sizeof(why), "its socket %s may not be opened", path);
		return fail(daemon, err, why);
	default:
		snprintf(why, sizeof(why), "no daemon answers at %s; xserver starts one", path);
		return fail(daemon, err, why);
	}
}

int xs_daemon_open(struct xs_daemon *daemon)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int err;

	memset(daemon, 0, sizeof(*daemon));
	daemon->fd = xs_wire_connect();
	if (daemon->fd < 0)
		return connect_failed(daemon, daemon->fd);
	message.hello.version = XS_WIRE_VERSION;
	message.hello.oldest = XS_WIRE_OLDEST;
	message.hello.role = XS_ROLE_CONTROL;
	message.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(message.hello.name, "xcli");
	err = send_request(daemon, &message);
	if (!err)
		err = receive(daemon, &message);
	if (err)
		return err;
	if (message.opcode != XS_OP_WELCOME) {
		err = message.opcode == XS_OP_ERROR ? refused(daemon, &message) : -EPROTO;
		xs_daemon_close(daemon);
		return err;
	}
	memcpy(daemon->server, message.welcome.server, sizeof(daemon->server));
	memcpy(daemon->policy, message.welcome.policy, sizeof(daemon->policy));
	return 0;
}

void xs_daemon_close(struct xs_daemon *daemon)
{
	if (daemon->fd >= 0)
		close(daemon->fd);
	daemon->fd = -1;
}

/* --- asking -------------------------------------------------------------------------------------- */

int xs_daemon_ask(struct xs_daemon *daemon, struct xs_message *request, xs_on_row on_row, void *ctx)
{
	struct xs_message answer;
	int err = daemon->fd < 0 ? xs_daemon_open(daemon) : 0;

	if (!err)
		err = send_request(daemon, request);
	while (!err) {
		err = receive(daemon, &answer);
		if (err)
			break;
		if (answer.opcode == XS_OP_DONE)
			return 0;
		if (answer.opcode == XS_OP_ERROR)
			return refused(daemon, &answer);
		if (on_row)
			on_row(ctx, &answer);
	}
	return err;
}

static void take_policy(void *ctx, const struct xs_message *row)
{
	struct xs_daemon *daemon = ctx;

	if (row->opcode == XS_OP_ROW_POLICY && row->row_policy.current)
		memcpy(daemon->policy, row->row_policy.policy, sizeof(daemon->policy));
}

int xs_daemon_refresh(struct xs_daemon *daemon)
{
	struct xs_message request = { .opcode = XS_OP_POLICY_LIST };

	return xs_daemon_ask(daemon, &request, take_policy, daemon);
}

static struct xs_daemon shared = { .fd = -1 };

static int complain_about(int err, const char *subject)
{
	switch (err) {
	case -ENOENT:
		xs_complain("%s: the daemon knows of none", subject);
		return XS_EXIT_NOT_FOUND;
	case -EPERM:
		xs_complain("%s: not permitted; that takes its owner, root, the daemon's user or a "
			    "member of its group",
			subject);
		return XS_EXIT_PERMISSION;
	case -ENOTUNIQ:
		xs_complain("%s: several processes have a queue of that name, as those in "
			    "containers may; "
			    "name the process by its id instead",
			subject);
		return XS_EXIT_FAILED;
	default:
		xs_complain("%s: %s", subject, shared.why);
		return XS_EXIT_FAILED;
	}
}

int xs_ask(struct xs_message *request, xs_on_row on_row, void *ctx, const char *subject)
{
	int err = shared.fd < 0 ? xs_daemon_open(&shared) : 0;

	if (err) {
		xs_complain("%s", shared.why);
		return err == -EACCES ? XS_EXIT_PERMISSION : XS_EXIT_NO_DAEMON;
	}
	err = xs_daemon_ask(&shared, request, on_row, ctx);
	if (err && shared.fd < 0) {
		xs_complain("%s", shared.why);
		return XS_EXIT_NO_DAEMON;
	}
	return err ? complain_about(err, subject) : XS_EXIT_OK;
}

bool xs_ask_quietly(struct xs_message *request, xs_on_row on_row, void *ctx)
{
	return xs_daemon_ask(&shared, request, on_row, ctx) == 0;
}
