/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of a connection. No state. */
#include "server/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

static bool in_group(int fd, gid_t gid, gid_t group)
{
	socklen_t size = 0;
	bool found = gid == group;

	if (group == XS_NO_GROUP || found)
		return found;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE)
		return false;
	gid_t *groups = malloc(size);
	if (groups && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0) {
		for (size_t i = 0; i < size / sizeof(*groups); i++)
			found |= groups[i] == group;
	}
	free(groups);
	return found;
}

/* Before Linux 6.5 the number has to be trusted for a moment: if the process is gone already, the
 * connection has ended too, unless a child of it keeps that open. */
static int open_pidfd(int fd, pid_t pid)
{
	struct pollfd ended = { .fd = fd };
	int pidfd = -1;
	socklen_t size = sizeof(pidfd);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0)
		return pidfd;
	if (pid <= 0)
		return -1;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0 && poll(&ended, 1, 0) == 1 && (ended.revents & POLLHUP)) {
		close(pidfd);
		pidfd = -1;
	}
	return pidfd;
}

int xs_peer_open(struct xs_peer *peer, int fd, gid_t group)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
		return -errno;
	peer->pid = credentials.pid;
	peer->uid = credentials.uid;
	peer->steward = credentials.uid == 0 || credentials.uid == geteuid() ||
			in_group(fd, credentials.gid, group);
	peer->pidfd = open_pidfd(fd, credentials.pid);
	return 0;
}

void xs_peer_close(struct xs_peer *peer)
{
	if (peer->pidfd >= 0)
		close(peer->pidfd);
	peer->pidfd = -1;
}

bool xs_peer_may(const struct xs_peer *peer, uid_t owner)
{
	return peer->steward || peer->uid == owner;
}

void xs_peer_cmdline(const struct xs_peer *peer, char *line, size_t size)
{
	char path[64], text[4096];
	ssize_t length = 0;

	line[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)peer->pid);
	int fd = peer->pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	while (length > 0 && !text[length - 1])
		length--;
	if (length <= 0)
		return;
	for (ssize_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			text[i] = ' ';
	}
	text[length] = '\0';
	if ((size_t)length < size) {
		memcpy(line, text, (size_t)length + 1);
		return;
	}
	size_t half = (size - 4) / 2;
	snprintf(line, size, "%.*s...%s", (int)half, text, text + length - half);
}
