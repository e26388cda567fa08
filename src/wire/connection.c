/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of the wire. No state. */
#include "wire/connection.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_SOCKET "/run/xsched/xsched.sock"

_Static_assert(sizeof(((struct sockaddr_un *)0)->sun_path) == XS_WIRE_PATH_SIZE, "a whole path");

union control {
	char room[CMSG_SPACE(sizeof(int) * XS_WIRE_FDS)];
	struct cmsghdr align;
};

/* --- where --------------------------------------------------------------------------------------- */

static const char *variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

int xs_wire_path(char path[XS_WIRE_PATH_SIZE], size_t index)
{
	const char *explicit = variable("XSCHED_SOCKET");
	const char *runtime = variable("XDG_RUNTIME_DIR");
	int length;

	if (explicit && index == 0)
		length = snprintf(path, XS_WIRE_PATH_SIZE, "%s", explicit);
	else if (!explicit && runtime && index == 0)
		length = snprintf(path, XS_WIRE_PATH_SIZE, "%s/xsched.sock", runtime);
	else if (!explicit && index == (runtime ? 1 : 0))
		length = snprintf(path, XS_WIRE_PATH_SIZE, "%s", SYSTEM_SOCKET);
	else
		return -ENOENT;
	return length < XS_WIRE_PATH_SIZE ? 0 : -ENAMETOOLONG;
}

static bool trusted(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (variable("XSCHED_SOCKET"))
		return true;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		err = -errno;
	else
		err = trusted(fd) ? 0 : -EPERM;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int xs_wire_connect(void)
{
	char path[XS_WIRE_PATH_SIZE];
	int result = -ENOENT;

	for (size_t i = 0;; i++) {
		int err = xs_wire_path(path, i);
		if (err == -ENOENT)
			return result;
		int fd = err ? err : connect_to(path);
		if (fd >= 0)
			return fd;
		/* The most telling error is that of a daemon that is there; a socket that one left behind
		 * says less. */
		if (fd != -ENOENT && (fd != -ECONNREFUSED || result == -ENOENT))
			result = fd;
	}
}

/* --- one message --------------------------------------------------------------------------------- */

int xs_wire_send(int fd, const struct xs_message *message, const int *fds, size_t fd_count)
{
	uint8_t buffer[XS_WIRE_MAX];
	union control control;
	struct msghdr header = { 0 };
	struct iovec part;
	ssize_t sent;
	int size = xs_message_encode(message, buffer);

	if (size < 0 || fd_count > XS_WIRE_FDS)
		return -EINVAL;
	part.iov_base = buffer;
	part.iov_len = (size_t)size;
	header.msg_iov = &part;
	header.msg_iovlen = 1;
	if (fd_count) {
		memset(&control, 0, sizeof(control));
		header.msg_control = control.room;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * fd_count);
	}
	do {
		sent = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* Each message begins with its size. */
int xs_wire_flush(int fd, const uint8_t *buffer, size_t *begin, size_t end)
{
	while (*begin < end) {
		const uint8_t *message = buffer + *begin;
		size_t size = (size_t)message[0] | (size_t)message[1] << 8;

		if (send(fd, message, size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			*begin += size;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* Takes the descriptors out of what was received. Returns their number. */
static size_t take_fds(struct msghdr *header, int *fds)
{
	size_t count = 0;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		size_t more = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < more; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
			if (count < XS_WIRE_FDS)
				fds[count++] = fd;
			else
				close(fd);
		}
	}
	return count;
}

int xs_wire_receive(int fd, struct xs_message *message, int direction, int *fds, size_t *fd_count)
{
	uint8_t buffer[XS_WIRE_MAX];
	union control control;
	struct iovec part = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t size;
	int err;

	*fd_count = 0;
	do {
		size = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;

	*fd_count = take_fds(&header, fds);
	if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		err = -EPROTO;
	else if (size == 0)
		err = -ECONNRESET; /* or an empty message, which nobody sends */
	else
		err = xs_message_decode(message, buffer, (size_t)size, direction);
	while (err && *fd_count)
		close(fds[--*fd_count]);
	return err;
}
