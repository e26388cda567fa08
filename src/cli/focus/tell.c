/* SPDX-License-Identifier: Apache-2.0 */
/* See tell.h. */
#include "cli/focus/tell.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "wire/connection.h"
#include "wire/message.h"

#define PATIENCE_MS 2000

int focus_daemon = -1;

void focus_leave(void)
{
	if (focus_daemon >= 0)
		close(focus_daemon);
	focus_daemon = -1;
}

/* Sends a request and waits for its answer. 0, or the errno of the refusal; -ENOTCONN. */
static int ask(struct xs_message *request)
{
	static uint16_t serial;
	struct pollfd input = { .fd = focus_daemon, .events = POLLIN };
	struct xs_message answer;
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	request->serial = ++serial;
	if (xs_wire_send(focus_daemon, request, NULL, 0) != 0)
		return -ENOTCONN;
	for (;;) {
		int err = xs_wire_receive(focus_daemon, &answer, XS_TO_CLIENT, fds, &fd_count);

		while (!err && fd_count)
			close(fds[--fd_count]);
		if (err == -EAGAIN && poll(&input, 1, PATIENCE_MS) == 1)
			continue;
		if (err && err != -ENOMSG)
			return -ENOTCONN;
		if (err || answer.serial != request->serial)
			continue;
		return answer.opcode == XS_OP_ERROR ? -answer.error.code : 0;
	}
}

static int join(void)
{
	struct xs_message hello = { .opcode = XS_OP_HELLO };

	if (focus_daemon >= 0)
		return 0;
	focus_daemon = xs_wire_connect();
	if (focus_daemon < 0) {
		focus_daemon = -1;
		return -ENOTCONN;
	}
	hello.hello.version = XS_WIRE_VERSION;
	hello.hello.oldest = XS_WIRE_OLDEST;
	hello.hello.role = XS_ROLE_CONTROL;
	hello.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(hello.hello.name, "xsched-focus");
	return ask(&hello);
}

int focus_tell(pid_t pid, bool active, uint64_t display)
{
	struct xs_message hint = { .opcode = XS_OP_HINT };
	int err = join();

	hint.hint.target = XS_TARGET_PID;
	hint.hint.id = (uint64_t)pid;
	hint.hint.kind = XS_WIRE_HINT_WINDOW_ACTIVE;
	hint.hint.value = active;
	hint.hint.display = display;
	if (!err)
		err = ask(&hint);
	if (err && err != -ENOENT && err != -EPERM) {
		focus_leave();
		return -ENOTCONN;
	}
	return err;
}
