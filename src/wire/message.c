/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoding and decoding by the table: one row per message, one row per field. Byte by byte, so
 * that neither the order of bytes nor the alignment of this machine is in the format.
 */
#include "wire/message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct field {
	uint16_t offset; /* in the structure of its message */
	uint16_t size;   /* there and on the wire; 0: past the last field */
	bool text;
};

struct row {
	const char *name;
	const struct field *(*fields)(void);
	uint16_t opcode;
	uint16_t body; /* offset of the message in struct xs_message */
	uint8_t direction;
	uint16_t size; /* of the fields on the wire */
};

/* clang-format off */

/* What the table says about its sizes is true. */
#define XS_MESSAGE(opcode, NAME, name, direction) _Static_assert((0
#define XS_U32(field)        + 4
#define XS_I32(field)        + 4
#define XS_U64(field)        + 8
#define XS_I64(field)        + 8
#define XS_TEXT(field, size) + size
#define XS_END(bytes) ) == (bytes) && (bytes) + XS_WIRE_HEADER <= XS_WIRE_MAX, "sum of the fields");
#include "wire/messages.def"

/* The fields of each message. */
#define XS_FIELD(field, text) { offsetof(T, field), sizeof(((T *)0)->field), text },
#define XS_MESSAGE(opcode, NAME, name, direction) static const struct field *name##_fields(void) \
	{ typedef struct xs_msg_##name T; static const struct field fields[] = {
#define XS_U32(field)        XS_FIELD(field, false)
#define XS_I32(field)        XS_FIELD(field, false)
#define XS_U64(field)        XS_FIELD(field, false)
#define XS_I64(field)        XS_FIELD(field, false)
#define XS_TEXT(field, size) XS_FIELD(field, true)
#define XS_END(bytes)        { 0, 0, false } }; return fields; }
#include "wire/messages.def"

static const struct row rows[] = {
#define XS_MESSAGE(opcode, NAME, name, direction) \
	{ #NAME, name##_fields, opcode, offsetof(struct xs_message, name), XS_##direction,
#define XS_END(bytes) bytes },
#include "wire/messages.def"
};

/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *find(unsigned int opcode)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].opcode == opcode)
			return &rows[i];
	}
	return NULL;
}

/* --- numbers ------------------------------------------------------------------------------------- */

static uint8_t *put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (uint8_t)(value >> 8 * i);
	return at;
}

static uint64_t get(const uint8_t *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << 8 * i;
	return value;
}

/* A number of the structure; signed ones have the same bytes. */
static uint64_t read_number(const void *from, size_t bytes)
{
	uint32_t small;
	uint64_t large;

	if (bytes == sizeof(small)) {
		memcpy(&small, from, sizeof(small));
		return small;
	}
	memcpy(&large, from, sizeof(large));
	return large;
}

static void write_number(void *to, uint64_t value, size_t bytes)
{
	uint32_t small = (uint32_t)value;

	if (bytes == sizeof(small))
		memcpy(to, &small, sizeof(small));
	else
		memcpy(to, &value, sizeof(value));
}

/* --- messages ------------------------------------------------------------------------------------ */

int xs_message_encode(const struct xs_message *message, uint8_t *buffer)
{
	const struct row *row = find(message->opcode);
	uint8_t *at = buffer;

	if (!row)
		return -EINVAL;
	const char *body = (const char *)message + row->body;

	at = put(at, XS_WIRE_HEADER + row->size, 2);
	at = put(at, message->opcode, 2);
	at = put(at, XS_WIRE_FRAME, 1);
	at = put(at, message->flags, 1);
	at = put(at, message->serial, 2);
	for (const struct field *field = row->fields(); field->size; field++) {
		const char *from = body + field->offset;

		if (field->text) {
			/* Nothing behind the end of a text leaves this process. */
			size_t length = strnlen(from, field->size - 1u);

			memcpy(at, from, length);
			memset(at + length, 0, field->size - length);
			at += field->size;
		} else {
			at = put(at, read_number(from, field->size), field->size);
		}
	}
	return (int)(at - buffer);
}

static int decode_body(struct xs_message *message, const struct row *row, const uint8_t *at)
{
	char *body = (char *)message + row->body;

	for (const struct field *field = row->fields(); field->size; field++) {
		if (!field->text) {
			write_number(body + field->offset, get(at, field->size), field->size);
		} else {
			if (at[field->size - 1])
				return -EPROTO;
			/* The same text has one form only: zeros behind its end. */
			memcpy(body + field->offset, at, strlen((const char *)at));
		}
		at += field->size;
	}
	return 0;
}

int xs_message_decode(struct xs_message *message, const uint8_t *buffer, size_t size, int direction)
{
	memset(message, 0, sizeof(*message));
	if (size < XS_WIRE_HEADER || size > XS_WIRE_MAX || get(buffer, 2) != size ||
		buffer[4] != XS_WIRE_FRAME)
		return -EPROTO;
	message->opcode = (uint16_t)get(buffer + 2, 2);
	message->flags = buffer[5];
	message->serial = (uint16_t)get(buffer + 6, 2);

	const struct row *row = find(message->opcode);
	if (!row)
		return message->flags & XS_WIRE_OPTIONAL ? -ENOMSG : -EPROTO;
	if (row->direction != direction || size != XS_WIRE_HEADER + (size_t)row->size)
		return -EPROTO;
	return decode_body(message, row, buffer + XS_WIRE_HEADER);
}

const char *xs_message_name(unsigned int opcode)
{
	const struct row *row = find(opcode);

	return row ? row->name : NULL;
}

unsigned int xs_message_opcode(size_t index)
{
	return index < ROWS ? rows[index].opcode : 0;
}

size_t xs_message_size(unsigned int opcode)
{
	const struct row *row = find(opcode);

	return row ? XS_WIRE_HEADER + (size_t)row->size : 0;
}

void xs_message_text(char *field, size_t size, const char *text)
{
	size_t length = text ? strnlen(text, size - 1) : 0;

	memcpy(field, text ? text : "", length);
	memset(field + length, 0, size - length);
}

int xs_message_agree(const struct xs_msg_hello *hello)
{
	uint32_t version = hello->version < XS_WIRE_VERSION ? hello->version : XS_WIRE_VERSION;

	if (version < XS_WIRE_OLDEST || version < hello->oldest)
		return -EPROTONOSUPPORT;
	return (int)version;
}
