/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection between a process, or the command line, and the daemon: a Unix socket that keeps
 * messages apart (SOCK_SEQPACKET). No function blocks, takes memory from the heap, raises SIGPIPE
 * or hands a descriptor to a child. Any thread may call; a descriptor belongs to its caller.
 */
#ifndef XS_WIRE_CONNECTION_H
#define XS_WIRE_CONNECTION_H

#include <stddef.h>

#include "wire/message.h"

#define XS_WIRE_FDS       2   /* most descriptors with one message */
#define XS_WIRE_PATH_SIZE 108 /* of the path of a socket, with its end */

/*
 * Where the daemon may be, in the order in which a client tries: $XSCHED_SOCKET and nothing else if
 * it is set; otherwise $XDG_RUNTIME_DIR/xsched.sock and /run/xsched/xsched.sock. index: 0, 1, ...
 * Returns 0, -ENOENT past the last place, -ENAMETOOLONG. A program that runs with the rights of
 * somebody else looks at no variable.
 */
int xs_wire_path(char path[XS_WIRE_PATH_SIZE], size_t index);

/*
 * Connects to the first place where a daemon answers. A daemon of another user than root or this
 * process's own is passed over, unless $XSCHED_SOCKET names it. Returns the descriptor or -errno:
 * -ENOENT, -ECONNREFUSED: none is there; -EAGAIN: it has too much to do at the moment; -EPERM:
 * there is one that is not to be trusted.
 */
int xs_wire_connect(void);

/*
 * Sends one message, all or nothing, with descriptors that stay open here. Returns 0; -EAGAIN: the
 * peer does not read at the moment; -EPIPE or another errno: the connection is gone.
 */
int xs_wire_send(int fd, const struct xs_message *message, const int *fds, size_t fd_count);

/*
 * Sends what is between *begin and end of a buffer of encoded messages, as long as the peer takes it,
 * and moves *begin. Returns 0 when all of it is sent, -EAGAIN, or another errno: the connection is gone.
 */
int xs_wire_flush(int fd, const uint8_t *buffer, size_t *begin, size_t end);

/*
 * Receives one message and the descriptors that came with it, which the caller owns from then on;
 * fds has room for XS_WIRE_FDS. Returns 0; -EAGAIN: there is none; -ECONNRESET: the peer is gone;
 * -ENOMSG: one that may be ignored was taken from the socket; -EPROTO: a malformed one was. Without
 * success there are no descriptors. direction: as for xs_message_decode().
 */
int xs_wire_receive(int fd, struct xs_message *message, int direction, int *fds, size_t *fd_count);

#endif
