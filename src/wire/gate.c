/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine of a gate.
 *
 * Two questions are asked of a queue, and they are independent of each other:
 *
 *          WAKE (first command)                        HOLD, PAUSE
 *      .-------------------------.               .--------------------.
 *      |                         v               |                    v
 *    idle                      ready            open               closed
 *      ^                         |               ^                    |
 *      '-------------------------'               '--------------------'
 *        run dry: the last command       RELEASE and RESUME, RETIRE
 *        is done, nobody is inside
 *        or kept asleep by a HOLD
 *
 *   open   <=>  RETIRED  or  neither HELD nor PAUSED
 *   flows  <=>  open  or  idle  or  lenders > 0 and not PAUSED
 *
 * The host asks whether the gate is open, a device that waits at a marker whether it flows. A loan
 * lets what is submitted flow, and lets nothing new in; it does so against the scheduler, never
 * against the application, which paused the queue itself. In an idle queue the device can wait at
 * the last marker only, behind which there is nothing to stop. RETIRED is final. PACED and TRACKED
 * change neither answer: they send a submitting thread through the slow path of xqueue.c, which
 * bounds what is in flight and reports what it sees.
 *
 * Progress: apply and run_dry are lock-free; a thread asleep at a closed gate is woken by whoever
 * makes it open, because the flag SLEEPERS can only be set while the gate is closed and is cleared
 * in the same step that opens it. tests/unit/gate_model.c enumerates the interleavings.
 */
#include "wire/gate.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>

#include "base/clock.h"
#include "base/futex.h"

/* An honest word changes a few times while a processor tries once. */
#define MOST_TRIES 100000

static uint64_t with_answers(uint64_t word)
{
	bool open = (word & XS_GATE_RETIRED) || !(word & (XS_GATE_HELD | XS_GATE_PAUSED));
	bool lent = (word & XS_GATE_LENDERS) && !(word & XS_GATE_PAUSED);

	word &= ~(uint64_t)(XS_GATE_OPEN | XS_GATE_FLOWS);
	if (open)
		word = (word | XS_GATE_OPEN) & ~(uint64_t)XS_GATE_SLEEPERS;
	if (open || lent || !(word & XS_GATE_READY))
		word |= XS_GATE_FLOWS;
	return word;
}

static uint64_t with_flag(uint64_t word, uint64_t flag, bool set)
{
	return with_answers(set ? word | flag : word & ~flag);
}

uint64_t xs_gate_next(uint64_t word, enum xs_gate_event event)
{
	switch (event) {
	case XS_GATE_HOLD:
	case XS_GATE_RELEASE:
		return with_flag(word, XS_GATE_HELD, event == XS_GATE_HOLD);
	case XS_GATE_PAUSE:
	case XS_GATE_RESUME:
		return with_flag(word, XS_GATE_PAUSED, event == XS_GATE_PAUSE);
	case XS_GATE_PACE:
	case XS_GATE_UNPACE:
		return with_flag(word, XS_GATE_PACED, event == XS_GATE_PACE);
	case XS_GATE_TRACK:
	case XS_GATE_UNTRACK:
		return with_flag(word, XS_GATE_TRACKED, event == XS_GATE_TRACK);
	case XS_GATE_LEND:
		/* At 255 loans it flows as freely as it can; the count stays, and so may the flow. */
		if ((word & XS_GATE_LENDERS) == XS_GATE_LENDERS)
			return word;
		return with_answers(word + XS_GATE_LENDER);
	case XS_GATE_REPAY:
		if (!(word & XS_GATE_LENDERS))
			return word;
		return with_answers(word - XS_GATE_LENDER);
	case XS_GATE_WAKE:
		return with_flag(word, XS_GATE_READY, true);
	case XS_GATE_RETIRE:
		return with_flag(word, XS_GATE_RETIRED, true);
	case XS_GATE_EVENTS:
		break;
	}
	return word;
}

static void wake_if_opened(struct xs_slot *slot, uint64_t before, enum xs_gate_event event)
{
	if ((before & XS_GATE_SLEEPERS) && (xs_gate_next(before, event) & XS_GATE_OPEN))
		xs_futex_wake(xs_gate_low_half(slot), INT_MAX);
}

uint64_t xs_gate_apply(struct xs_slot *slot, enum xs_gate_event event)
{
	uint64_t before = xs_load_relaxed(&slot->word);

	while (!xs_cas_weak_full(&slot->word, &before, xs_gate_next(before, event))) {
	}
	wake_if_opened(slot, before, event);
	return before;
}

int xs_gate_try(struct xs_slot *slot, enum xs_gate_event event, uint64_t *before)
{
	*before = xs_load_relaxed(&slot->word);
	for (int tries = 0; tries < MOST_TRIES; tries++) {
		if (!xs_cas_weak_full(&slot->word, before, xs_gate_next(*before, event)))
			continue;
		wake_if_opened(slot, *before, event);
		return 0;
	}
	return -EBUSY;
}

int xs_gate_hold(struct xs_slot *slot, uint64_t now_ns, uint64_t *since_ns)
{
	uint64_t before;

	if (xs_load_relaxed(&slot->word) & XS_GATE_HELD)
		return 0;
	/* First the time, so that whoever sees the gate closed also sees since when. */
	xs_store_relaxed(&slot->held_since_ns, now_ns);
	*since_ns = now_ns;
	int err = xs_gate_try(slot, XS_GATE_HOLD, &before);
	if (!err)
		xs_add_relaxed(&slot->holds, 1);
	return err;
}

int xs_gate_release(struct xs_slot *slot, uint64_t now_ns, uint64_t *since_ns)
{
	uint64_t began_ns = *since_ns, before;

	*since_ns = 0;
	if (!(xs_load_relaxed(&slot->word) & XS_GATE_HELD))
		return 0;
	/* That it was stopped at all is seen by the sum having changed. */
	xs_add_relaxed(&slot->held_ns, began_ns ? now_ns - began_ns : 1);
	xs_store_relaxed(&slot->held_since_ns, 0);
	return xs_gate_try(slot, XS_GATE_RELEASE, &before);
}

bool xs_gate_run_dry(struct xs_slot *slot, uint32_t departed)
{
	uint64_t before = xs_load_relaxed(&slot->word);

	do {
		if (!(before & XS_GATE_READY) || (before & XS_GATE_INSIDES) ||
			xs_gate_submitted(before) != departed)
			return false;
		if ((before & XS_GATE_SLEEPERS) && !(before & XS_GATE_PAUSED))
			return false;
	} while (!xs_cas_weak_full(&slot->word, &before, with_flag(before, XS_GATE_READY, false)));
	return true;
}

bool xs_gate_prepare_sleep(struct xs_slot *slot, uint32_t *expected)
{
	uint64_t word = xs_load_relaxed(&slot->word);

	do {
		if (word & XS_GATE_OPEN)
			return false;
	} while (!xs_cas_weak_full(&slot->word, &word, word | XS_GATE_SLEEPERS));
	*expected = (uint32_t)word | XS_GATE_SLEEPERS;
	return true;
}

void xs_gate_sleep(struct xs_slot *slot, uint64_t deadline_ns)
{
	uint32_t expected;

	if (xs_gate_prepare_sleep(slot, &expected))
		xs_futex_wait(xs_gate_low_half(slot), expected, deadline_ns);
}

bool xs_gate_drain(struct xs_slot *slot, uint64_t deadline_ns)
{
	for (unsigned int round = 0; xs_load_full(&slot->word) & XS_GATE_INSIDES; round++) {
		if (round < 100) {
			xs_cpu_relax();
		} else if (xs_now_ns() >= deadline_ns) {
			return false;
		} else if (round < 200) {
			sched_yield();
		} else {
			xs_sleep_until_ns(xs_now_ns() + 20 * XS_NS_PER_US);
		}
	}
	return true;
}
