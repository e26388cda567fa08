/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate of a queue: one word, one state machine (drawn in gate.c).
 *
 * The word lies in the page that the process shares with its scheduler. Every party changes it with
 * single atomic operations: submitting threads, the scheduler in this process or in the daemon, and
 * the C API. The device reads its lower half, where the bit FLOWS lies, while a stream waits.
 *
 *    63            32 31      20 19      12 11         0
 *   [   submitted    |  inside  |  lenders |   flags    ]
 *
 * submitted  commands that entered, modulo 2^32
 * inside     threads between arrive and depart; up to 4095 at a time in one queue
 * lenders    waits of something more important that let what is submitted flow for their duration
 */
#ifndef XS_WIRE_GATE_H
#define XS_WIRE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"
#include "base/atomic.h"
#include "wire/page.h"

enum {
	XS_GATE_OPEN = 1u << 0,     /* follows from the others: commands may be submitted */
	XS_GATE_READY = 1u << 1,    /* something was submitted since the queue was last seen idle */
	XS_GATE_HELD = 1u << 2,     /* the scheduler stopped it */
	XS_GATE_PAUSED = 1u << 3,   /* the application stopped it through the C API */
	XS_GATE_PACED = 1u << 4,    /* only a bounded amount may be in flight */
	XS_GATE_TRACKED = 1u << 5,  /* somebody wants to know when it becomes idle */
	XS_GATE_RETIRED = 1u << 6,  /* no longer scheduled: everything passes, for good */
	XS_GATE_SLEEPERS = 1u << 7, /* threads sleep on the word: whoever opens it wakes them */
	XS_GATE_FLOWS = 1u << 8,    /* follows from the others: what is submitted may start */
	XS_GATE_FLAGS = (1u << 12) - 1,
};

#define XS_GATE_LENDER    (UINT64_C(1) << 12)
#define XS_GATE_LENDERS   (UINT64_C(0xff) << 12)
#define XS_GATE_INSIDE    (UINT64_C(1) << 20)
#define XS_GATE_INSIDES   (UINT64_C(0xfff) << 20)
#define XS_GATE_SUBMITTED (UINT64_C(1) << 32)

/* A new queue: open, idle, unscheduled. */
#define XS_GATE_INITIAL ((uint64_t)(XS_GATE_OPEN | XS_GATE_FLOWS))

enum xs_gate_event {
	XS_GATE_HOLD,    /* scheduler: stop */
	XS_GATE_RELEASE, /* scheduler: go */
	XS_GATE_PAUSE,   /* application: stop */
	XS_GATE_RESUME,  /* application: go */
	XS_GATE_PACE,
	XS_GATE_UNPACE,
	XS_GATE_TRACK,
	XS_GATE_UNTRACK,
	XS_GATE_LEND,
	XS_GATE_REPAY,
	XS_GATE_WAKE,   /* work arrives: idle becomes ready */
	XS_GATE_RETIRE, /* the queue ends, or must not be scheduled any more */
	XS_GATE_EVENTS
};

/* The state machine as a pure function: the word after the event. */
uint64_t xs_gate_next(uint64_t word, enum xs_gate_event event);

/* Applies the event to the slot and wakes sleepers if that opened the gate. Returns the word as it
 * was before. Never blocks. */
XS_EXPORT uint64_t xs_gate_apply(struct xs_slot *slot, enum xs_gate_event event);

/*
 * The same on a word that another process can change at any moment: a word that does not hold still
 * for a try is left as it is. Returns 0, or -EBUSY after many tries.
 */
int xs_gate_try(struct xs_slot *slot, enum xs_gate_event event, uint64_t *before);

/*
 * The scheduler stops or starts a queue, and keeps the slot's accounts of it. What is so already stays so.
 * since_ns is where these two remember since when, 0 at first: what the slot says may be of another scheduler
 * with another clock, and the length of such a stop is not known. 0 or -EBUSY, as above.
 */
int xs_gate_hold(struct xs_slot *slot, uint64_t now_ns, uint64_t *since_ns);
int xs_gate_release(struct xs_slot *slot, uint64_t now_ns, uint64_t *since_ns);

/* Ready becomes idle, if nothing was submitted since `departed` was read (xs_gate_departed) and nobody
 * is about to. A thread that the scheduler keeps asleep at the gate is about to; one that the
 * application stopped itself is not. Returns whether it did. */
bool xs_gate_run_dry(struct xs_slot *slot, uint32_t departed);

/* The first half of a sleep: false when the gate is open, otherwise whoever opens it will wake
 * sleepers of the lower half that still have that value. */
bool xs_gate_prepare_sleep(struct xs_slot *slot, uint32_t *expected);

/* Sleeps until the gate may be open, a signal handler ran or the deadline (0: none) passed. */
void xs_gate_sleep(struct xs_slot *slot, uint64_t deadline_ns);

/* Returns when no thread is between arrive and depart, or false at the deadline. */
bool xs_gate_drain(struct xs_slot *slot, uint64_t deadline_ns);

/*
 * A thread is about to submit a command. The addition is also the barrier that orders it against a
 * PAUSE: either the thread sees the flag, or whoever set it sees the thread inside.
 */
static inline uint64_t xs_gate_arrive(struct xs_slot *slot)
{
	return xs_add_full(&slot->word, XS_GATE_SUBMITTED + XS_GATE_INSIDE);
}

/* It turned round at the gate: nothing was submitted. Returns the word as it was before. */
static inline uint64_t xs_gate_retreat(struct xs_slot *slot)
{
	return xs_sub_full(&slot->word, XS_GATE_SUBMITTED + XS_GATE_INSIDE);
}

/* The driver has the command. */
static inline void xs_gate_depart(struct xs_slot *slot)
{
	xs_sub_full(&slot->word, XS_GATE_INSIDE);
}

/* Ready, open and with nothing to look after: the state in which a launch costs nothing. */
static inline bool xs_gate_is_free(uint64_t word)
{
	return (word & (XS_GATE_FLAGS & ~XS_GATE_TRACKED)) ==
	       (XS_GATE_OPEN | XS_GATE_READY | XS_GATE_FLOWS);
}

static inline uint32_t xs_gate_submitted(uint64_t word)
{
	return (uint32_t)(word >> 32);
}

/* Commands that the driver has: whoever is still inside may or may not have handed his over. This is
 * the count to remember before waiting for a stream, since all of them are done afterwards. */
static inline uint32_t xs_gate_departed(uint64_t word)
{
	return (uint32_t)(word >> 32) - ((uint32_t)word >> 20);
}

/* The half of the word that the device and the futex look at. */
static inline _Atomic uint32_t *xs_gate_low_half(struct xs_slot *slot)
{
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lower half comes first");
	return (_Atomic uint32_t *)(void *)&slot->word;
}

#endif
