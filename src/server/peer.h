/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at the other end of a connection. The kernel says so; nothing that the peer itself says is
 * looked at, and a process id is for people to read: what counts is the process descriptor.
 */
#ifndef XS_SERVER_PEER_H
#define XS_SERVER_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define XS_NO_GROUP ((gid_t)-1)

struct xs_peer {
	pid_t pid; /* as the daemon sees it; 0: it is in a namespace that the daemon does not see */
	uid_t uid;
	bool steward; /* may act on everybody: root, the daemon's own user, a member of the group */
	int pidfd;    /* readable when the process is gone; -1: the kernel has none */
};

/* group: whose members are stewards, or XS_NO_GROUP. Returns 0 or -errno. */
int xs_peer_open(struct xs_peer *peer, int fd, gid_t group);
void xs_peer_close(struct xs_peer *peer);

/* Whether the peer may act on processes of that user. */
bool xs_peer_may(const struct xs_peer *peer, uid_t owner);

/* The command line of the process, in one line, cut in the middle if it is long. "": unknown. */
void xs_peer_cmdline(const struct xs_peer *peer, char *line, size_t size);

#endif
