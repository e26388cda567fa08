/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 64-bit handles of the C API. They are numbers, not addresses: each carries the generation of
 * what it names, so a stale one is found out instead of followed.
 *
 *   hardware queue   kind:2  zero:8   pid:22  queue id:32
 *   XQueue           kind:2  life:28  pid:22  index of the queue:12
 *   command          kind:2  zero:6   generation:32  index:24
 *
 * A queue's lives as an XQueue are counted on when the queue is used again for another stream, so an
 * old handle names nothing for 2^28 lives of its slot.
 */
#ifndef XS_PREEMPT_HANDLE_H
#define XS_PREEMPT_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "xsched/types.h"

struct xs_queue;

enum xs_handle_kind { XS_HANDLE_HWQUEUE = 1, XS_HANDLE_XQUEUE = 2, XS_HANDLE_COMMAND = 3 };

#define XS_HANDLE_KIND(handle) ((unsigned int)((handle) >> 62))

HwQueueHandle xs_handle_of_hwqueue(const struct xs_queue *queue);
XQueueHandle xs_handle_of_xqueue(const struct xs_queue *queue);

/* Whether the queue is that XQueue now. */
bool xs_handle_is_xqueue(const struct xs_queue *queue, XQueueHandle handle);

/* What the handle names, pinned, or NULL when that is no more or never was. The caller unpins. */
struct xs_queue *xs_handle_pin_hwqueue(HwQueueHandle handle);
struct xs_queue *xs_handle_pin_xqueue(XQueueHandle handle);

#endif
