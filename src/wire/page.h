/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that a process shares with whoever schedules it: one slot per queue, and what the two
 * sides need to tell each other that a slot changed.
 *
 * The layout is fixed and the same for every reader. A slot is two cache lines: the first is
 * touched by each launch, the second by the device and the scheduler, so that neither slows the
 * other. Whoever reads a page of another process trusts nothing in it.
 *
 * How a state reaches the daemon
 *
 *   process                                   daemon
 *     changes the word of slot i                asleep = 1
 *     changed[i / 64] |= bit                    summary still 0? then it sleeps
 *     summary |= bit                          rung, or for another reason awake:
 *     asleep == 1? then it rings                asleep = 0
 *                                               takes summary, takes changed[...], reads the words
 *
 * All of it with the full order: either the process sees that the daemon sleeps, or the daemon sees
 * the summary. What is told is only that there is something to read, so a report too many does no
 * harm. xs_page_tell() is the left side, xs_page_take_summary() and xs_page_take() are the right.
 */
#ifndef XS_WIRE_PAGE_H
#define XS_WIRE_PAGE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"

#define XS_PAGE_MAGIC   0x70616765u
#define XS_PAGE_VERSION 2u
#define XS_PAGE_SLOTS   4096u
#define XS_PAGE_GROUPS  (XS_PAGE_SLOTS / 64)

struct xs_slot {
	alignas(64) _Atomic uint64_t word; /* the state of the queue; gate.h says what is in it */
	_Atomic uint64_t held_ns;          /* total time that the scheduler kept the gate closed */
	_Atomic uint64_t held_since_ns; /* when it closed the gate last, on its own clock, which may
					      be another than ours; 0: it is not closed */
	_Atomic uint64_t waited_ns;     /* total time that threads slept at the gate */
	_Atomic uint64_t device_ns;     /* device time used, as measured by markers */
	_Atomic uint32_t holds;         /* how often the scheduler closed the gate */

	alignas(64) _Atomic uint32_t
		progress;            /* stored by the device: the last marker it reached */
	_Atomic uint32_t covered;    /* commands known to be finished, modulo 2^32 */
	_Atomic uint32_t pace_epoch; /* daemon: counts the beginnings and ends of pacing */
	_Atomic int32_t priority;    /* daemon: effective, as the scheduler computes it */
};

struct xs_page {
	uint32_t magic;
	uint32_t version;
	_Atomic uint64_t heartbeat_ns; /* daemon: its xs_now_ns(), every XS_PAGE_HEARTBEAT_NS */

	/* Who is asleep. Each side writes its own flag and clears that of the other. */
	alignas(64) _Atomic uint32_t
		server_asleep; /* daemon: ring the bell, I do not look by myself */
	_Atomic uint32_t
		client_told; /* daemon sets it and sends LOOK; the process clears it first */

	alignas(64) _Atomic uint64_t summary; /* bit g: changed[g] has to be read */
	alignas(64) _Atomic uint64_t
		changed[XS_PAGE_GROUPS]; /* bit i: slot 64 g + i has to be read */

	struct xs_slot slots[XS_PAGE_SLOTS];
};

/* A process whose daemon did not write its heartbeat for this long opens its gates; with all that it takes
 * to notice, that is less than a second. */
#define XS_PAGE_HEARTBEAT_NS UINT64_C(250000000)
#define XS_PAGE_LEASE_NS     UINT64_C(850000000)

_Static_assert(sizeof(struct xs_slot) == 128, "a slot is two cache lines");
_Static_assert(offsetof(struct xs_slot, progress) == 64, "the device has a line of its own");
_Static_assert(XS_PAGE_GROUPS == 64, "one summary word names all groups");
_Static_assert(offsetof(struct xs_page, server_asleep) == 64, "fixed layout");
_Static_assert(offsetof(struct xs_page, summary) == 128, "fixed layout");
_Static_assert(offsetof(struct xs_page, changed) == 192, "fixed layout");
_Static_assert(offsetof(struct xs_page, slots) == 704, "fixed layout");
_Static_assert(sizeof(struct xs_page) == 704 + 128 * XS_PAGE_SLOTS, "fixed layout");

/* Process: the word of this slot changed. Returns whether the daemon's bell has to be rung: eight
 * bytes, the number 1, written to the descriptor that came with WELCOME. */
static inline bool xs_page_tell(struct xs_page *page, size_t slot)
{
	xs_or_full(&page->changed[slot / 64], UINT64_C(1) << slot % 64);
	xs_or_full(&page->summary, UINT64_C(1) << slot / 64);
	return xs_load_full(&page->server_asleep) != 0;
}

/* Daemon: the groups that have to be read, as one bit each. */
static inline uint64_t xs_page_take_summary(struct xs_page *page)
{
	return xs_load_relaxed(&page->summary) ? xs_swap_full(&page->summary, 0) : 0;
}

/* Daemon: the slots of a group that have to be read. */
static inline uint64_t xs_page_take(struct xs_page *page, size_t group)
{
	return xs_swap_full(&page->changed[group], 0);
}

/*
 * Makes a page in a memory file that cannot shrink (the daemon refuses any other: one that is cut
 * short would kill whoever reads it), and maps it. The caller owns the descriptor and the mapping.
 * Returns 0 or -errno.
 */
int xs_page_create(struct xs_page **page, int *fd);

/*
 * Maps a page that came from another process. -EPERM: it could shrink, or is no memory file;
 * -EINVAL: it is too small, or no page of this version. The caller keeps the descriptor, which is not
 * needed any more, and unmaps sizeof(struct xs_page) bytes.
 */
int xs_page_map(struct xs_page **page, int fd);

#endif
