/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pacing: while somebody of higher priority is registered on the device, a queue may have only a
 * budget of device time in flight, so that little has to be waited for when its gate closes.
 *
 * Time in flight is an estimate: commands submitted and not known to be finished, times what a
 * command of this queue took lately, less what the first of them has run already. It comes from
 * markers that the device stores into the slot when it reaches them. So of long commands one is in
 * flight, and the next follows when the first is about to end. On queues that can be stopped at
 * level 2 the device also waits at each marker while the gate is closed.
 */
#ifndef XS_PREEMPT_PACE_H
#define XS_PREEMPT_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"
#include "base/atomic.h"

struct xs_queue;

#define XS_PACE_MARKS            8
#define XS_PACE_MARKS_PER_BUDGET 4

struct xs_pace {
	_Atomic bool claimed;  /* one thread at a time keeps the books; others go on without */
	_Atomic bool broken;   /* the device refused a marker: nothing bounds what is in flight */
	_Atomic bool armed;    /* markers wait at the gate: the queue can be stopped at level 2 */
	_Atomic uint8_t count; /* [claim to write] marks in flight: the last ones issued */
	uint32_t epoch;  /* [claim] pace_epoch of the slot; if that differs, the books begin anew */
	uint32_t issued; /* [claim] value of the last marker */
	uint32_t marked; /* [claim] commands submitted when it was placed */
	uint32_t accounted; /* [claim] commands whose device time is in the books */
	/* Moments are in microseconds modulo 2^32; 0: not known. */
	struct {
		uint32_t submitted;  /* commands that it covers */
		uint32_t begun;      /* when the first of them was submitted */
	} marks[XS_PACE_MARKS];      /* [claim] by value modulo their number */
	uint32_t begun;              /* [claim] first command since the last marker */
	_Atomic uint32_t front;      /* when what runs now began to, as far as known */
	uint32_t held;               /* [claim] the slot's held time at done_ns, modulo 2^32 ns */
	uint64_t done_ns;            /* [claim] when progress was seen last; 0: not yet */
	_Atomic uint64_t command_ns; /* estimated device time of one command; 0: not known yet */
};

/* Waits until the budget has room for one more command. Returns early when the gate is no longer
 * both open and paced, and after the stall time in any case. Called outside the gate. */
void xs_pace_wait(struct xs_queue *queue);

/* Whether a command may be submitted now. */
bool xs_pace_has_room(struct xs_queue *queue);

/* A command was submitted, and the caller has not left the gate yet: places a marker when one is due. */
void xs_pace_submitted(struct xs_queue *queue);

/* Looks at the progress of the device and updates estimates and accounts. exact: the caller waited
 * for the stream, so what is done was done just now. */
XS_EXPORT void xs_pace_observe(struct xs_queue *queue, bool exact);

#endif
