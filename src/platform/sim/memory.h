/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of the device and pinned memory of the host.
 *
 * Device memory is host memory behind a registry of address ranges, so that a pointer which is none
 * is found, and the configured size is enforced per device and process. Thread-safe.
 */
#ifndef XS_SIM_MEMORY_H
#define XS_SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/sim/handle.h"

struct xsim_context;

enum xsim_memory_type {
	XSIM_MEMORY_DEVICE,
	XSIM_MEMORY_PINNED,     /* allocated by us */
	XSIM_MEMORY_REGISTERED, /* the application's own pages */
	XSIM_MEMORY_MANAGED,
	XSIM_MEMORY_POOLED,
};

struct xsim_pool {
	struct xsim_handle handle;
	int device;
	bool is_default;
	_Atomic uint64_t used, used_high;
	uint64_t attributes[8]; /* reuse flags, release threshold: kept, without effect */
};

struct xsim_range {
	uint64_t base;
	uint64_t size;
	enum xsim_memory_type type;
	unsigned int flags;
	int device;
	struct xsim_context *context;
	struct xsim_pool *pool;
	uint64_t id;
};

/* Allocates and registers. XSIM_OUT_OF_MEMORY when the device is full. */
int xsim_memory_alloc(struct xsim_range *wanted, uint64_t *address);

/* Registers memory of the application. XSIM_ALREADY_REGISTERED. */
int xsim_memory_register(const struct xsim_range *wanted);

/* Removes the range that starts at address if its type is among the bits of types (1 << type).
 * XSIM_INVALID_VALUE if there is none. Memory that we allocated is freed. */
int xsim_memory_free(uint64_t address, unsigned int types);

/* Finds the range that holds [address, address + bytes). */
bool xsim_memory_find(uint64_t address, uint64_t bytes, struct xsim_range *out);

/* Frees everything that belongs to the context; its work must be over. */
void xsim_memory_free_context(struct xsim_context *context);

void xsim_memory_info(int device, uint64_t *free_bytes, uint64_t *total_bytes);

struct xsim_pool *xsim_pool_create(int device, bool is_default);

#endif
