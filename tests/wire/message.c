/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec: every message there and back, every size but the right one, every bit of the header.
 * Would catch: a field left out of a row, a table that allows more than it says, a text that runs on,
 * an order of bytes that is that of the machine.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "wire/message.h"

/* A body in which each byte is another one, with texts that are as long as they can be. */
static size_t encode_pattern(unsigned int opcode, struct xs_message *message, uint8_t *buffer)
{
	memset(message, 'a', sizeof(*message));
	message->opcode = (uint16_t)opcode;
	message->serial = 0x1234;
	message->flags = 0;
	int size = xs_message_encode(message, buffer);
	assert_true(size > 0);
	return (size_t)size;
}

static int decode_either(struct xs_message *message, const uint8_t *buffer, size_t size)
{
	int err = xs_message_decode(message, buffer, size, XS_TO_SERVER);

	return err ? xs_message_decode(message, buffer, size, XS_TO_CLIENT) : 0;
}

static void there_and_back(void **state)
{
	struct xs_message message, back;
	uint8_t buffer[XS_WIRE_MAX], again[XS_WIRE_MAX];
	unsigned int opcode, count = 0;

	(void)state;
	for (size_t i = 0; (opcode = xs_message_opcode(i)); i++, count++) {
		size_t size = encode_pattern(opcode, &message, buffer);

		assert_int_equal(size, xs_message_size(opcode));
		assert_non_null(xs_message_name(opcode));
		assert_int_equal(decode_either(&back, buffer, size), 0);
		assert_int_equal(back.opcode, opcode);
		assert_int_equal(back.serial, 0x1234);
		assert_int_equal(xs_message_encode(&back, again), (int)size);
		assert_memory_equal(buffer, again, size);
		/* One direction only. */
		assert_true((xs_message_decode(&back, buffer, size, XS_TO_SERVER) == 0) !=
			    (xs_message_decode(&back, buffer, size, XS_TO_CLIENT) == 0));
	}
	assert_true(count > 20);
	assert_null(xs_message_name(0));
	assert_int_equal(xs_message_size(0xffff), 0);
}

static void the_form_is_fixed(void **state)
{
	static const uint8_t expected[] = { 24, 0, 5, 0, 1, 0, 0x02, 0x01, /* header */
		0x04, 0x03, 0x02, 0x01, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0xfe, 0xff,
		0xff, 0xff };
	struct xs_message message = { .opcode = XS_OP_LEND, .serial = 0x0102 };
	uint8_t buffer[XS_WIRE_MAX];

	(void)state;
	message.lend.slot = 0x01020304;
	message.lend.id = UINT64_C(0x1112131415161718);
	message.lend.priority = -2;
	assert_int_equal(xs_message_encode(&message, buffer), (int)sizeof(expected));
	assert_memory_equal(buffer, expected, sizeof(expected));
	assert_int_equal(xs_message_decode(&message, expected, sizeof(expected), XS_TO_SERVER), 0);
	assert_int_equal(message.lend.slot, 0x01020304);
	assert_true(message.lend.id == UINT64_C(0x1112131415161718));
	assert_int_equal(message.lend.priority, -2);
}

static void every_other_size_is_refused(void **state)
{
	struct xs_message message;
	uint8_t buffer[XS_WIRE_MAX + 64];
	unsigned int opcode;

	(void)state;
	for (size_t i = 0; (opcode = xs_message_opcode(i)); i++) {
		memset(buffer, 0, sizeof(buffer));
		size_t right = encode_pattern(opcode, &message, buffer);

		for (size_t size = 0; size < sizeof(buffer); size++) {
			/* As the header says, and with a header that agrees. */
			if (size != right)
				assert_int_equal(decode_either(&message, buffer, size), -EPROTO);
			if (size < XS_WIRE_HEADER || size == right)
				continue;
			uint8_t *copy = malloc(size); /* so that reading too far is seen */
			memcpy(copy, buffer, size);
			copy[0] = (uint8_t)size;
			copy[1] = (uint8_t)(size >> 8);
			assert_int_equal(decode_either(&message, copy, size), -EPROTO);
			free(copy);
		}
	}
}

static void headers_are_looked_at(void **state)
{
	struct xs_message message;
	uint8_t buffer[XS_WIRE_MAX];
	size_t size = encode_pattern(XS_OP_STALLED, &message, buffer);

	(void)state;
	buffer[4] ^= 1; /* another frame */
	assert_int_equal(decode_either(&message, buffer, size), -EPROTO);
	buffer[4] ^= 1;
	buffer[3] = 0x7f; /* an opcode that nobody knows */
	assert_int_equal(decode_either(&message, buffer, size), -EPROTO);
	buffer[5] = XS_WIRE_OPTIONAL;
	assert_int_equal(decode_either(&message, buffer, size), -ENOMSG);
}

static void texts_end(void **state)
{
	struct xs_message message = { .opcode = XS_OP_POLICY_SET };
	uint8_t buffer[XS_WIRE_MAX];
	uint8_t clean[32] = { 'H' };

	(void)state;
	/* What lies behind the end of a text is not sent. */
	memset(message.policy_set.policy, 's', sizeof(message.policy_set.policy));
	message.policy_set.policy[0] = 'H';
	message.policy_set.policy[1] = '\0';
	int size = xs_message_encode(&message, buffer);
	assert_memory_equal(buffer + XS_WIRE_HEADER, clean, sizeof(clean));
	/* A text that does not end is refused; what is behind an end is not kept. */
	memset(buffer + XS_WIRE_HEADER, 'x', 32);
	assert_int_equal(xs_message_decode(&message, buffer, (size_t)size, XS_TO_SERVER), -EPROTO);
	buffer[XS_WIRE_HEADER + 31] = '\0';
	buffer[XS_WIRE_HEADER + 3] = '\0';
	assert_int_equal(xs_message_decode(&message, buffer, (size_t)size, XS_TO_SERVER), 0);
	assert_string_equal(message.policy_set.policy, "xxx");
	for (size_t i = 3; i < 32; i++)
		assert_int_equal(message.policy_set.policy[i], 0);
	XS_MESSAGE_TEXT(message.policy_set.policy, NULL);
	assert_string_equal(message.policy_set.policy, "");
	XS_MESSAGE_TEXT(message.policy_set.policy, "a text that is longer than the field by far");
	assert_int_equal(strlen(message.policy_set.policy), 31);
}

static void versions(void **state)
{
	struct xs_msg_hello hello = { .version = XS_WIRE_VERSION, .oldest = XS_WIRE_OLDEST };

	(void)state;
	assert_int_equal(xs_message_agree(&hello), XS_WIRE_VERSION);
	hello.version = XS_WIRE_VERSION + 5; /* a newer one that still speaks ours */
	assert_int_equal(xs_message_agree(&hello), XS_WIRE_VERSION);
	hello.oldest = XS_WIRE_VERSION + 1; /* and one that does not */
	assert_int_equal(xs_message_agree(&hello), -EPROTONOSUPPORT);
	hello.version = hello.oldest = XS_WIRE_OLDEST - 1;
	assert_int_equal(xs_message_agree(&hello), -EPROTONOSUPPORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(the_form_is_fixed),
		cmocka_unit_test(every_other_size_is_refused),
		cmocka_unit_test(headers_are_looked_at),
		cmocka_unit_test(texts_end),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
