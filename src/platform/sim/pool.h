/* SPDX-License-Identifier: Apache-2.0 */
/* Pools and stream-ordered allocation. Attributes are numbered as by the vendors. */
#ifndef XS_SIM_POOL_H
#define XS_SIM_POOL_H

#include "platform/sim/memory.h"

struct xsim_stream;

static inline struct xsim_pool *xsim_pool_of(const void *handle)
{
	return xsim_handle_is(handle, XSIM_KIND_POOL) ? (struct xsim_pool *)(uintptr_t)handle
						      : NULL;
}

/* XSIM_INVALID_VALUE: none, or a default one. Its allocations live on. */
int xsim_pool_destroy(void *handle);
int xsim_pool_set(void *handle, int attribute, const void *value);
int xsim_pool_get(void *handle, int attribute, void *value);

/* pool NULL: the current one of the stream's device. */
int xsim_alloc_async(
	struct xsim_stream *stream, struct xsim_pool *pool, uint64_t bytes, uint64_t *address);
int xsim_free_async(struct xsim_stream *stream, uint64_t address);

#endif
