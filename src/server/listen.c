/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening socket: made here, or handed over by the service manager. A lock file beside it says
 * whether somebody listens, so a socket that a killed daemon left behind is replaced at once, and
 * that of a living one never.
 */
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "server/client.h"
#include "server/notify.h"

#define BACKLOG         512
#define ACCEPTS_AT_ONCE 64

/* --- making -------------------------------------------------------------------------------------- */

static int choose_path(struct xs_server *server)
{
	const char *asked = server->current.socket;
	const char *named = getenv("XSCHED_SOCKET"), *runtime = getenv("XDG_RUNTIME_DIR");
	int length;

	if (*asked) {
		length = snprintf(server->path, sizeof(server->path), "%s", asked);
	} else if (named && *named) {
		length = snprintf(server->path, sizeof(server->path), "%s", named);
	} else if (geteuid() == 0) {
		if (mkdir("/run/xsched", 0755) != 0 && errno != EEXIST)
			return -errno;
		length = snprintf(server->path, sizeof(server->path), "/run/xsched/xsched.sock");
	} else if (runtime && *runtime) {
		length = snprintf(server->path, sizeof(server->path), "%s/xsched.sock", runtime);
	} else {
		xs_erro("XDG_RUNTIME_DIR is not set: name a socket with --socket");
		return -ENOENT;
	}
	return length < (int)sizeof(server->path) ? 0 : -ENAMETOOLONG;
}

static int take_lock(struct xs_server *server)
{
	char path[sizeof(server->path) + 8];

	snprintf(path, sizeof(path), "%s.lock", server->path);
	server->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (server->lock_fd < 0)
		return -errno;
	return flock(server->lock_fd, LOCK_EX | LOCK_NB) == 0 ? 0 : -EADDRINUSE;
}

/* Everybody may have processes scheduled by root's daemon; what else a peer may is looked at for each
 * request. That of a user is for him alone. */
static mode_t mode_of_socket(void)
{
	return geteuid() == 0 ? 0666 : 0600;
}

static int make_socket(struct xs_server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int err = choose_path(server);

	if (!err)
		err = take_lock(server);
	if (err)
		return err;
	memcpy(address.sun_path, server->path, sizeof(address.sun_path));
	unlink(server->path);
	server->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->listen_fd < 0)
		return -errno;
	mode_t old = umask(0777 & ~mode_of_socket());
	int rc = bind(server->listen_fd, (struct sockaddr *)&address, sizeof(address));
	err = rc == 0 ? 0 : -errno;
	umask(old);
	if (err || listen(server->listen_fd, BACKLOG) != 0)
		return err ? err : -errno;
	return 0;
}

/* --- accepting ----------------------------------------------------------------------------------- */

static void on_connection(uv_poll_t *handle, int status, int events)
{
	struct xs_server *server = handle->data;

	(void)events;
	if (status < 0)
		return;
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			server->connects++;
			xs_client_create(server, fd);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			/* Whoever waits stays in the backlog; the heartbeat tries again, too. */
			xs_warn_once("no descriptor for a connection (errno %d): some have to wait",
				errno);
			uv_poll_stop(&server->listener);
			server->accepting = false;
			return;
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

void xs_listen_resume(struct xs_server *server)
{
	if (server->accepting || server->listen_fd < 0)
		return;
	server->accepting = true;
	uv_poll_start(&server->listener, UV_READABLE, on_connection);
}

int xs_listen_open(struct xs_server *server)
{
	int err = 0;

	server->listen_fd = xs_notify_listener();
	if (server->listen_fd < 0)
		err = make_socket(server);
	if (!err)
		err = uv_poll_init(&server->loop, &server->listener, server->listen_fd);
	if (err) {
		xs_erro("cannot listen on %s: %s", server->path,
			err == -EADDRINUSE ? "another xserver does" : strerror(-err));
		if (server->listen_fd >= 0)
			close(server->listen_fd);
		if (server->lock_fd >= 0)
			close(server->lock_fd);
		return err;
	}
	server->listener.data = server;
	xs_listen_resume(server);
	return 0;
}

void xs_listen_close(struct xs_server *server)
{
	uv_close((uv_handle_t *)&server->listener, NULL);
	close(server->listen_fd);
	server->listen_fd = -1;
	if (server->lock_fd >= 0) {
		unlink(server->path);
		close(server->lock_fd);
	}
}
