/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that the daemon's socket does not take at the moment: a few, in the order in which they
 * are to be sent. An object without a lock; all zero, it is empty. Nothing here blocks.
 */
#ifndef XS_PREEMPT_OUTBOX_H
#define XS_PREEMPT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/message.h"

#define XS_OUTBOX_SIZE 16384u

struct xs_outbox {
	size_t begin, end; /* what waits */
	uint8_t bytes[XS_OUTBOX_SIZE];
};

static inline bool xs_outbox_is_empty(const struct xs_outbox *outbox)
{
	return outbox->begin == outbox->end;
}

static inline void xs_outbox_clear(struct xs_outbox *outbox)
{
	outbox->begin = outbox->end = 0;
}

/* Puts a message behind those that wait; false: it is full. */
bool xs_outbox_put(struct xs_outbox *outbox, const struct xs_message *message);

/* Sends what waits, as long as the peer takes it. Returns as xs_wire_flush() does. */
int xs_outbox_flush(struct xs_outbox *outbox, int fd);

#endif
