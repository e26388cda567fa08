/* SPDX-License-Identifier: Apache-2.0 */
/* What waits to be sent to the daemon. See outbox.h. */
#include "preempt/outbox.h"

#include <string.h>

#include "wire/connection.h"

static bool has_room(const struct xs_outbox *outbox)
{
	return XS_OUTBOX_SIZE - outbox->end >= XS_WIRE_MAX;
}

static void move_to_the_front(struct xs_outbox *outbox)
{
	memmove(outbox->bytes, outbox->bytes + outbox->begin, outbox->end - outbox->begin);
	outbox->end -= outbox->begin;
	outbox->begin = 0;
}

bool xs_outbox_put(struct xs_outbox *outbox, const struct xs_message *message)
{
	if (xs_outbox_is_empty(outbox))
		xs_outbox_clear(outbox);
	if (!has_room(outbox) && outbox->begin)
		move_to_the_front(outbox);
	if (!has_room(outbox))
		return false;
	int size = xs_message_encode(message, outbox->bytes + outbox->end);
	outbox->end += size > 0 ? (size_t)size : 0;
	return true;
}

int xs_outbox_flush(struct xs_outbox *outbox, int fd)
{
	return xs_wire_flush(fd, outbox->bytes, &outbox->begin, outbox->end);
}
