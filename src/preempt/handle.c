/* SPDX-License-Identifier: Apache-2.0 */
/* Packing and unpacking of handles. */
#include "preempt/handle.h"

#include <unistd.h>

#include "preempt/registry.h"

#define PID_BITS  22
#define LIFE_BITS 28

_Static_assert(2 + LIFE_BITS + PID_BITS + XS_REGISTRY_INDEX_BITS == 64, "a handle is full");

static uint64_t low_bits(uint64_t value, int bits)
{
	return value & ((UINT64_C(1) << bits) - 1);
}

HwQueueHandle xs_handle_of_hwqueue(const struct xs_queue *queue)
{
	return (uint64_t)XS_HANDLE_HWQUEUE << 62 | low_bits((uint64_t)getpid(), PID_BITS) << 32 |
	       xs_load_relaxed(&queue->id);
}

XQueueHandle xs_handle_of_xqueue(const struct xs_queue *queue)
{
	uint64_t life = low_bits(xs_load_relaxed(&queue->xqueue_life), LIFE_BITS);
	uint64_t pid = low_bits((uint64_t)getpid(), PID_BITS);

	return (uint64_t)XS_HANDLE_XQUEUE << 62 | life << (PID_BITS + XS_REGISTRY_INDEX_BITS) |
	       pid << XS_REGISTRY_INDEX_BITS |
	       low_bits(xs_load_relaxed(&queue->id), XS_REGISTRY_INDEX_BITS);
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
		queue = xs_registry_pin_at(low_bits(handle, XS_REGISTRY_INDEX_BITS));
	if (queue && !xs_handle_is_xqueue(queue, handle)) {
		xs_registry_unpin(queue);
		return NULL;
	}
	return queue;
}
