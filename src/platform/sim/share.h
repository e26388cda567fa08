/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sharing one device between processes by time slices, through a segment in shared memory.
 *
 * All functions are for the engine thread. Times are device time, which is CLOCK_MONOTONIC and so
 * the same in all processes: an owner that gives up late still gives up *at* the end of its slice,
 * and its successor starts from there.
 */
#ifndef XS_SIM_SHARE_H
#define XS_SIM_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"

struct share_segment;

struct xsim_share {
	struct share_segment *segment; /* NULL: this process is alone */
	int device;
	int slot;
	bool owner;
	uint64_t slice_end_ns; /* while owner */
};

/* Opens the segment and takes a slot. On failure the process has the device for itself. */
void xsim_share_open(struct xsim_share *share, int device);

/* The futex word that the engine sleeps on, or NULL without a segment. */
_Atomic uint32_t *xsim_share_word(struct xsim_share *share);

/*
 * Asks for the device for work that is ready at at_ns. True: this process owns it, and it may be
 * used from *from_ns on. False: wait for the word, and ask again at the latest after some
 * milliseconds, because an owner that died says nothing.
 */
bool xsim_share_acquire(
	struct xsim_share *share, uint64_t at_ns, uint64_t now_ns, uint64_t *from_ns);

/* Gives the device to whoever waits longest; again: this process still has work. */
void xsim_share_release(struct xsim_share *share, uint64_t at_ns, bool again);

/* When the slice ends because others wait; UINT64_MAX: nobody waits. */
uint64_t xsim_share_yield_at(struct xsim_share *share);

/* True if the ownership was taken away from a process that did not react. */
bool xsim_share_lost(struct xsim_share *share);

#endif
