/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: structures made of the table in messages.def, and their form on the wire.
 *
 *   size:2  opcode:2  version:1  flags:1  serial:2   then the fields of the opcode
 *
 * Everything is little endian and of fixed width, and a message has exactly the size that its opcode
 * says. `size` counts the header too. `version` is that of this frame and never changes while the
 * header keeps its shape; what the two sides may say to each other is settled by HELLO. `serial` is
 * chosen by whoever asks and repeated in every answer. No state, no memory from the heap.
 */
#ifndef XS_WIRE_MESSAGE_H
#define XS_WIRE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

/* What HELLO talks about: the set of messages and their meaning, and the layout of the page. */
#define XS_WIRE_VERSION 1u
#define XS_WIRE_OLDEST  1u

#define XS_WIRE_FRAME  1u
#define XS_WIRE_HEADER 8u
#define XS_WIRE_MAX    512u /* bytes of the largest message that is ever accepted */

/* Header flag: whoever does not know this opcode goes on without. */
#define XS_WIRE_OPTIONAL 1u

#define XS_TO_SERVER 0
#define XS_TO_CLIENT 1

enum { XS_ROLE_PROCESS = 0, XS_ROLE_CONTROL = 1 };

/* Whom a hint or a suspend is for. The first three are for processes, the others for the command
 * line, which needs the right to act on the owner. */
enum {
	XS_TARGET_OWN_QUEUE = 0,   /* slot and id */
	XS_TARGET_OWN_PROCESS = 1, /* all queues of the sender */
	XS_TARGET_ALL = 2,         /* everybody without a hint of his own */
	XS_TARGET_HANDLE = 3,      /* id is the handle of a queue */
	XS_TARGET_PID = 4,         /* id is the process id, as the daemon sees it */
};

/* HINT.kind; enum xs_hint_kind of sched/sched.h says what the values are. */
enum {
	XS_WIRE_HINT_PRIORITY = 0,
	XS_WIRE_HINT_UTILIZATION = 1,
	XS_WIRE_HINT_TIMESLICE_US = 2,
	XS_WIRE_HINT_DEADLINE_US = 3,
	XS_WIRE_HINT_KDEADLINE = 4,
	XS_WIRE_HINT_LAXITY_US = 5,
	XS_WIRE_HINT_WINDOW_ACTIVE = 6,
	XS_WIRE_HINT_CPU_PRIORITY = 7, /* refused: the daemon reads it itself */
	XS_WIRE_HINT_REQUEST = 8,
	XS_WIRE_HINT_LIMIT = 9,
	XS_WIRE_HINT_TARGET_US = 10,
	XS_WIRE_HINT_GANG = 11,
	XS_WIRE_HINTS = 12,
};

enum {
	XS_ROW_READY = 1u << 0,
	XS_ROW_RUN = 1u << 1, /* the scheduler lets it */
	XS_ROW_PACED = 1u << 2,
	XS_ROW_TRACKED = 1u << 3,
	XS_ROW_STALLED = 1u << 4,
	XS_ROW_SUSPENDED = 1u << 5, /* by SUSPEND */
	XS_ROW_PAUSED = 1u << 6,    /* by the application itself */
};

/* ROW_QUEUE.lent and LEND.priority: nothing is lent. */
#define XS_WIRE_LEND_NONE INT32_MIN

enum xs_opcode {
#define XS_MESSAGE(opcode, NAME, name, direction) XS_OP_##NAME = opcode,
#include "wire/messages.def"
};

/* struct xs_msg_hello and so on. */
#define XS_MESSAGE(opcode, NAME, name, direction) struct xs_msg_##name {
#define XS_U32(field)                             uint32_t field;
#define XS_I32(field)                             int32_t field;
#define XS_U64(field)                             uint64_t field;
#define XS_I64(field)                             int64_t field;
#define XS_TEXT(field, size)                      char field[size];
#define XS_END(bytes)                                                                              \
	}                                                                                          \
	;
#include "wire/messages.def"

struct xs_message {
	uint16_t opcode;
	uint16_t serial;
	uint8_t flags;
	union {
#define XS_MESSAGE(opcode, NAME, name, direction) struct xs_msg_##name name;
#include "wire/messages.def"
	};
};

/* Writes the message into buffer, which holds XS_WIRE_MAX bytes. Texts that are not terminated are
 * cut. Returns the number of bytes, or -EINVAL for an opcode that is not in the table. */
int xs_message_encode(const struct xs_message *message, uint8_t *buffer);

/*
 * Reads a message of exactly size bytes. -EPROTO: malformed, or an unknown opcode that is not
 * optional, or one that does not go in this direction (XS_TO_*); -ENOMSG: unknown but optional.
 * The message is changed in any case, and zero wherever it was not filled in.
 */
int xs_message_decode(
	struct xs_message *message, const uint8_t *buffer, size_t size, int direction);

/* The name of an opcode in capital letters, or NULL. */
const char *xs_message_name(unsigned int opcode);

/* The opcodes of the table in its order; 0 past the end. */
unsigned int xs_message_opcode(size_t index);

/* Bytes on the wire of a message with this opcode, the header included; 0: not in the table. */
size_t xs_message_size(unsigned int opcode);

/* Copies a text into a field of a message: cut if need be, filled up with zeros. NULL is "". */
void xs_message_text(char *field, size_t size, const char *text);
#define XS_MESSAGE_TEXT(field, text) xs_message_text((field), sizeof(field), (text))

/* The version that both sides speak, or -EPROTONOSUPPORT. */
int xs_message_agree(const struct xs_msg_hello *hello);

#endif
