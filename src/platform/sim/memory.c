/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry is an array sorted by address; look-ups search it by halves. A program has some
 * hundreds of allocations at most (frameworks allocate in large blocks), so insertion by moving the
 * tail is cheap.
 */
#include "platform/sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "platform/sim/config.h"
#include "platform/sim/context.h"
#include "platform/sim/error.h"

#define ALIGNMENT 512

static struct xs_mutex lock;
static struct xsim_range *ranges;       /* [lock] */
static size_t range_count, room;        /* [lock] */
static uint64_t used[XSIM_MAX_DEVICES]; /* [lock] */
static uint64_t last_id;                /* [lock] */

/* Index of the first range that ends behind address. [lock] */
static size_t position(uint64_t address)
{
	size_t low = 0, high = range_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ranges[middle].base + ranges[middle].size <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool insert(const struct xsim_range *range)
{
	if (range_count == room) {
		size_t more = room ? 2 * room : 64;
		struct xsim_range *grown = realloc(ranges, more * sizeof(*grown));

		if (!grown)
			return false;
		ranges = grown;
		room = more;
	}
	size_t at = position(range->base);
	memmove(&ranges[at + 1], &ranges[at], (range_count - at) * sizeof(*ranges));
	ranges[at] = *range;
	ranges[at].id = ++last_id;
	range_count++;
	return true;
}

static bool on_device(enum xsim_memory_type type)
{
	return type != XSIM_MEMORY_PINNED && type != XSIM_MEMORY_REGISTERED;
}

int xsim_memory_alloc(struct xsim_range *wanted, uint64_t *address)
{
	uint64_t bytes = (wanted->size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
	uint64_t limit = xsim_config.memory_mib << 20;
	int result = XSIM_OUT_OF_MEMORY;
	void *block = NULL;

	if (!wanted->size)
		return XSIM_INVALID_VALUE;
	xs_mutex_lock(&lock);
	if (on_device(wanted->type) &&
		(bytes < wanted->size || bytes > limit || used[wanted->device] > limit - bytes))
		goto out;
	if (posix_memalign(&block, on_device(wanted->type) ? ALIGNMENT : 4096, bytes))
		goto out;
	wanted->base = (uint64_t)(uintptr_t)block;
	if (!insert(wanted)) {
		free(block);
		goto out;
	}
	if (on_device(wanted->type))
		used[wanted->device] += bytes;
	if (wanted->pool) {
		uint64_t now = xs_add_relaxed(&wanted->pool->used, bytes) + bytes;

		if (now > xs_load_relaxed(&wanted->pool->used_high))
			xs_store_relaxed(&wanted->pool->used_high, now);
	}
	*address = wanted->base;
	result = XSIM_OK;
out:
	xs_mutex_unlock(&lock);
	return result;
}

int xsim_memory_register(const struct xsim_range *wanted)
{
	int result = XSIM_OK;

	xs_mutex_lock(&lock);
	size_t at = position(wanted->base);
	if (at < range_count && ranges[at].base < wanted->base + wanted->size)
		result = XSIM_ALREADY_REGISTERED;
	else if (!insert(wanted))
		result = XSIM_OUT_OF_MEMORY;
	xs_mutex_unlock(&lock);
	return result;
}

/* Takes range number at out of the registry. [lock] */
static void remove_at(size_t at)
{
	struct xsim_range *range = &ranges[at];
	uint64_t bytes = (range->size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

	if (on_device(range->type))
		used[range->device] -= bytes;
	if (range->pool)
		xs_sub_relaxed(&range->pool->used, bytes);
	if (range->type != XSIM_MEMORY_REGISTERED)
		free((void *)(uintptr_t)range->base);
	range_count--;
	memmove(range, range + 1, (range_count - at) * sizeof(*ranges));
}

int xsim_memory_free(uint64_t address, unsigned int types)
{
	int result = XSIM_INVALID_VALUE;

	xs_mutex_lock(&lock);
	size_t at = position(address);
	if (at < range_count && ranges[at].base == address && (types & (1u << ranges[at].type))) {
		remove_at(at);
		result = XSIM_OK;
	}
	xs_mutex_unlock(&lock);
	return result;
}

bool xsim_memory_find(uint64_t address, uint64_t bytes, struct xsim_range *out)
{
	xs_mutex_lock(&lock);
	size_t at = position(address);
	bool found = at < range_count && ranges[at].base <= address &&
		     bytes <= ranges[at].base + ranges[at].size - address;
	if (found && out)
		*out = ranges[at];
	xs_mutex_unlock(&lock);
	return found;
}

void xsim_memory_free_context(struct xsim_context *context)
{
	xs_mutex_lock(&lock);
	for (size_t i = range_count; i-- > 0;) {
		if (ranges[i].context == context)
			remove_at(i);
	}
	xs_mutex_unlock(&lock);
}

void xsim_memory_info(int device, uint64_t *free_bytes, uint64_t *total_bytes)
{
	xs_mutex_lock(&lock);
	*total_bytes = xsim_config.memory_mib << 20;
	*free_bytes = *total_bytes - used[device];
	xs_mutex_unlock(&lock);
}

struct xsim_pool *xsim_pool_create(int device, bool is_default)
{
	struct xsim_pool *pool = xsim_handle_alloc(XSIM_KIND_POOL, sizeof(*pool), NULL);

	if (!pool)
		return NULL;
	pool->device = device;
	pool->is_default = is_default;
	xs_store_relaxed(&pool->used, 0);
	xs_store_relaxed(&pool->used_high, 0);
	memset(pool->attributes, 0, sizeof(pool->attributes));
	return pool;
}
