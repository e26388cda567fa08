/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a pool is taken at once and given back in the order of a stream. */
#include "platform/sim/pool.h"

#include "platform/sim/submit.h"

static struct xsim_pool *destroyed; /* [xsim_lock] by handle.next_free: still reachable */

enum { REUSE_FIRST = 1, REUSE_LAST = 3, THRESHOLD, RESERVED, RESERVED_HIGH, USED, USED_HIGH };

int xsim_pool_destroy(void *handle)
{
	struct xsim_pool *pool = xsim_pool_of(handle);

	if (!pool || pool->is_default)
		return XSIM_INVALID_VALUE;
	struct xsim_device *device = &xsim_devices[pool->device];
	if (device->pool == pool)
		device->pool = device->default_pool;
	xsim_handle_kill(pool); /* its allocations still count down in it */
	xs_mutex_lock(&xsim_lock);
	pool->handle.next_free = (struct xsim_handle *)destroyed;
	destroyed = pool;
	xs_mutex_unlock(&xsim_lock);
	return XSIM_OK;
}

int xsim_pool_set(void *handle, int attribute, const void *value)
{
	struct xsim_pool *pool = xsim_pool_of(handle);

	if (!pool || !value)
		return XSIM_INVALID_VALUE;
	switch (attribute) {
	case REUSE_FIRST ... REUSE_LAST:
		pool->attributes[attribute - 1] = *(const unsigned int *)value;
		return XSIM_OK;
	case THRESHOLD:
		pool->attributes[3] = *(const uint64_t *)value;
		return XSIM_OK;
	case RESERVED_HIGH:
	case USED_HIGH:
		xs_store_relaxed(&pool->used_high, xs_load_relaxed(&pool->used));
		return XSIM_OK;
	default:
		return XSIM_INVALID_VALUE;
	}
}

int xsim_pool_get(void *handle, int attribute, void *value)
{
	struct xsim_pool *pool = xsim_pool_of(handle);

	if (!pool || !value)
		return XSIM_INVALID_VALUE;
	switch (attribute) {
	case REUSE_FIRST ... REUSE_LAST:
		*(unsigned int *)value = (unsigned int)pool->attributes[attribute - 1];
		return XSIM_OK;
	case THRESHOLD:
		*(uint64_t *)value = pool->attributes[3];
		return XSIM_OK;
	case RESERVED:
	case USED:
		*(uint64_t *)value = xs_load_relaxed(&pool->used);
		return XSIM_OK;
	case RESERVED_HIGH:
	case USED_HIGH:
		*(uint64_t *)value = xs_load_relaxed(&pool->used_high);
		return XSIM_OK;
	default:
		return XSIM_INVALID_VALUE;
	}
}

int xsim_alloc_async(
	struct xsim_stream *stream, struct xsim_pool *pool, uint64_t bytes, uint64_t *address)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };

	if (!pool)
		pool = xsim_devices[stream->context->device].pool;
	struct xsim_range range = { .size = bytes,
		.type = XSIM_MEMORY_POOLED,
		.device = pool->device,
		.context = NULL,
		.pool = pool };
	int result = xsim_memory_alloc(&range, address);
	if (result)
		return result;
	result = xsim_submit(stream, XSIM_NODE_EMPTY, &op);
	if (result)
		xsim_memory_free(*address, 1u << XSIM_MEMORY_POOLED);
	return result;
}

int xsim_free_async(struct xsim_stream *stream, uint64_t address)
{
	struct xsim_op op = { .kind = XSIM_OP_RELEASE, .release.address = address };
	struct xsim_range range;

	if (!xsim_memory_find(address, 1, &range) || range.base != address ||
		range.type != XSIM_MEMORY_POOLED)
		return XSIM_INVALID_VALUE;
	return xsim_submit(stream, XSIM_NODE_FREE, &op);
}
