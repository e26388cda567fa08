/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatch tables of HIP 6 and later: each export is a call through its slot, and a tool may
 * put its own functions there when it is told of a table.
 */
#ifndef XS_SIM_HIP_TABLES_H
#define XS_SIM_HIP_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"

#define HIP_MAX_SLOTS 640

struct hip_table {
	size_t size; /* in bytes, this word included */
	void *slot[HIP_MAX_SLOTS];
};

/* Slots that this version has at build time, filled in by entry.inc. */
struct hip_tables {
	const char *name;
	unsigned int slots;
	_Atomic uint32_t ready; /* 1: the tool was told */
	struct hip_table table;
};

/* Tells the tool of the table, once; other threads wait until it is done, the one that is just
 * telling does not. XSIM_HIP_SLOTS is applied to the runtime's table. */
void hip_announce(struct hip_tables *tables);

static inline void *hip_slot(struct hip_tables *tables, unsigned int slot, void *direct)
{
	if (xs_unlikely(!xs_load_acquire(&tables->ready)))
		hip_announce(tables);
	return slot < tables->slots ? tables->table.slot[slot] : direct;
}

#endif
