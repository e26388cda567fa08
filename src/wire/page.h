/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that a process shares with whoever schedules it: one slot per queue.
 *
 * The layout is fixed and the same for every reader. A slot is two cache lines: the first is
 * touched by each launch, the second by the device, so that neither slows the other. Whoever reads
 * a page of another process trusts nothing in it.
 */
#ifndef XS_WIRE_PAGE_H
#define XS_WIRE_PAGE_H

#include <stdalign.h>
#include <stdint.h>

#include "base/atomic.h"

#define XS_PAGE_MAGIC   0x70616765u
#define XS_PAGE_VERSION 1u
#define XS_PAGE_SLOTS   4096u

struct xs_slot {
	alignas(64) _Atomic uint64_t word; /* the state of the queue; preempt/gate.h says what is in it */
	_Atomic uint64_t held_ns;          /* total time that the scheduler kept the gate closed */
	_Atomic uint64_t held_since_ns;    /* when it closed the gate last; 0: it is not closed */
	_Atomic uint64_t waited_ns;        /* total time that threads slept at the gate */
	_Atomic uint64_t device_ns;        /* device time used, as measured by markers */
	_Atomic uint32_t holds;            /* how often the scheduler closed the gate */

	alignas(64) _Atomic uint32_t progress; /* stored by the device: the last marker it reached */
	_Atomic uint32_t covered;              /* commands known to be finished, modulo 2^32 */
};

struct xs_page {
	uint32_t magic;
	uint32_t version;
	_Atomic uint64_t heartbeat_ns;
	struct xs_slot slots[XS_PAGE_SLOTS];
};

_Static_assert(sizeof(struct xs_slot) == 128, "a slot is two cache lines");

#endif
