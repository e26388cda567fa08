/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects behind the opaque handles of a front door.
 *
 * Each begins with a struct xsim_handle. Their memory is type-stable: a dead object goes to the
 * free list of its kind and never back to libc, so a stale handle is recognised instead of being a
 * use after free, and the engine may look at a stream that is just being recycled.
 */
#ifndef XS_SIM_HANDLE_H
#define XS_SIM_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"

enum xsim_kind {
	XSIM_KIND_DEAD,
	XSIM_KIND_CONTEXT = 0x73780001,
	XSIM_KIND_STREAM,
	XSIM_KIND_EVENT,
	XSIM_KIND_MODULE,
	XSIM_KIND_FUNCTION,
	XSIM_KIND_POOL,
	XSIM_KIND_GRAPH,
	XSIM_KIND_NODE,
	XSIM_KIND_EXEC,
};
#define XSIM_KINDS 10

struct xsim_handle {
	_Atomic uint32_t kind; /* enum xsim_kind; DEAD as soon as the application gave it back */
	struct xsim_handle *next_free;
	uint64_t id; /* unique in the process, in order of creation */
};

/* An object of size bytes whose head is filled in; the rest is what the previous user left, or
 * zero (the caller can tell by xsim_handle.id == 0 before this call set it: see *fresh). */
void *xsim_handle_alloc(enum xsim_kind kind, size_t size, bool *fresh);

/* Makes the handle invalid; the memory stays until xsim_handle_free(). */
void xsim_handle_kill(void *object);

/* Puts the memory on the free list of its kind. */
void xsim_handle_free(enum xsim_kind kind, void *object);

static inline bool xsim_handle_is(const void *object, enum xsim_kind kind)
{
	const struct xsim_handle *handle = object;

	return handle && (uintptr_t)handle > 4096 && !((uintptr_t)handle & 7) &&
	       xs_load_relaxed(&((struct xsim_handle *)(uintptr_t)handle)->kind) == kind;
}

#endif
