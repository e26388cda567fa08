/* SPDX-License-Identifier: Apache-2.0 */
/* Type-stable allocation of handles. One lock for all kinds: creating objects is no fast path. */
#include "platform/sim/handle.h"

#include <stdlib.h>

#include "base/futex.h"

static struct xs_mutex lock;
static struct xsim_handle *free_lists[XSIM_KINDS]; /* [lock] */
static uint64_t last_id;                           /* [lock] */

static struct xsim_handle **free_list(enum xsim_kind kind)
{
	return &free_lists[kind - XSIM_KIND_CONTEXT];
}

void *xsim_handle_alloc(enum xsim_kind kind, size_t size, bool *fresh)
{
	xs_mutex_lock(&lock);
	struct xsim_handle *handle = *free_list(kind);
	uint64_t id = ++last_id;
	if (handle)
		*free_list(kind) = handle->next_free;
	xs_mutex_unlock(&lock);

	if (fresh)
		*fresh = !handle;
	if (!handle)
		handle = calloc(1, size);
	if (!handle)
		return NULL;
	handle->id = id;
	xs_store_release(&handle->kind, kind);
	return handle;
}

void xsim_handle_kill(void *object)
{
	struct xsim_handle *handle = object;

	xs_store_release(&handle->kind, XSIM_KIND_DEAD);
}

void xsim_handle_free(enum xsim_kind kind, void *object)
{
	struct xsim_handle *handle = object;

	xsim_handle_kill(object);
	xs_mutex_lock(&lock);
	handle->next_free = *free_list(kind);
	*free_list(kind) = handle;
	xs_mutex_unlock(&lock);
}
