/* SPDX-License-Identifier: Apache-2.0 */
/* Packing and unpacking of handles. */
#include "preempt/handle.h"

#include <unistd.h>

#include "preempt/registry.h"

#define LIFE_SHIFT 54
#define PID_SHIFT  32
#define PID_MASK   ((UINT64_C(1) << 22) - 1)

static uint64_t pack(enum xs_handle_kind kind, uint8_t life, const struct xs_queue *queue)
{
	return (uint64_t)kind << 62 | (uint64_t)life << LIFE_SHIFT |
	       ((uint64_t)getpid() & PID_MASK) << PID_SHIFT | xs_load_relaxed(&queue->id);
}

HwQueueHandle xs_handle_of_hwqueue(const struct xs_queue *queue)
{
	return pack(XS_HANDLE_HWQUEUE, 0, queue);
}

XQueueHandle xs_handle_of_xqueue(const struct xs_queue *queue)
{
	return pack(XS_HANDLE_XQUEUE, xs_load_relaxed(&queue->attached), queue);
}

bool xs_handle_is_xqueue(const struct xs_queue *queue, XQueueHandle handle)
{
	return xs_load_relaxed(&queue->is_xqueue) && xs_handle_of_xqueue(queue) == handle;
}

struct xs_queue *xs_handle_pin_hwqueue(HwQueueHandle handle)
{
	struct xs_queue *queue = NULL;

	if (XS_HANDLE_KIND(handle) == XS_HANDLE_HWQUEUE)
		queue = xs_registry_pin((uint32_t)handle);
	if (queue && xs_handle_of_hwqueue(queue) != handle) {
		xs_registry_unpin(queue);
		return NULL;
	}
	return queue;
}

struct xs_queue *xs_handle_pin_xqueue(XQueueHandle handle)
{
	struct xs_queue *queue = NULL;

	if (XS_HANDLE_KIND(handle) == XS_HANDLE_XQUEUE)
		queue = xs_registry_pin((uint32_t)handle);
	if (queue && !xs_handle_is_xqueue(queue, handle)) {
		xs_registry_unpin(queue);
		return NULL;
	}
	return queue;
}
