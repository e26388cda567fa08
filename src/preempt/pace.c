/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markers, estimates and the wait for room in the budget.
 *
 * The books of a queue are kept by whichever thread gets the claim; a thread that does not get it
 * goes on without, since the next one will see the same progress. Nobody ever waits for the claim,
 * so the driver may be called with it.
 */
#include "preempt/pace.h"

#include <errno.h>

#include "base/clock.h"
#include "base/futex.h"
#include "base/log.h"
#include "base/options.h"
#include "preempt/agent.h"
#include "preempt/domain.h"
#include "preempt/process.h"
#include "preempt/registry.h"
#include "preempt/share.h"
#include "preempt/turns.h"
#include "preempt/xqueue.h"

#define COMMANDS_TO_LEARN 2 /* in flight while nothing is known of what they take */
#define MARKS_PER_BUDGET  XS_PACE_MARKS_PER_BUDGET

#define SHORTEST_SLEEP_NS (20 * XS_NS_PER_US)
#define LONGEST_SLEEP_NS  (200 * XS_NS_PER_US)

static bool claim(struct xs_pace *pace)
{
	return !xs_swap_acquire(&pace->claimed, true);
}

static void unclaim(struct xs_pace *pace)
{
	xs_store_release(&pace->claimed, false);
}

static uint64_t budget_ns(void)
{
	return (uint64_t)xs_options()->budget_us * XS_NS_PER_US;
}

/* --- the books ----------------------------------------------------------------------------------- */

/* A moment in microseconds modulo 2^32, since each mark keeps one. 0 is left for "not known". */
static uint32_t stamp(uint64_t now_ns)
{
	uint32_t us = (uint32_t)(now_ns / XS_NS_PER_US);

	return us ? us : UINT32_MAX;
}

/* The time since then. After half an hour it is taken for less, which harms nothing. */
static uint64_t since_stamp_ns(uint32_t begun, uint64_t now_ns)
{
	int32_t us = (int32_t)((uint32_t)(now_ns / XS_NS_PER_US) - begun);

	return us > 0 ? (uint64_t)us * XS_NS_PER_US : 0;
}

static uint64_t blend(uint64_t estimate, uint64_t sample)
{
	if (!estimate)
		return sample ? sample : 1;
	uint64_t next = (3 * estimate + sample) / 4;
	return next ? next : 1;
}

/* What was seen late only counts if it is shorter than what we believed. Returns what we believe now. */
static uint64_t learn(_Atomic uint64_t *believed, uint64_t sample, bool late, bool was_held)
{
	uint64_t estimate = xs_load_relaxed(believed);

	if (late && !(estimate && sample < estimate) && !(!estimate && !was_held))
		return estimate;
	estimate = blend(estimate, sample);
	xs_store_relaxed(believed, estimate);
	return estimate;
}

/*
 * [claim] Marks up to now were reached; commands of them were finished since the last look. When the
 * stream had run dry and nobody waited for that moment, it may have been long ago. feeder: whose they
 * were, if they were of one of several.
 */
static void account(struct xs_queue *queue, uint32_t begun, uint32_t commands, bool exact,
	struct xs_feeder *feeder)
{
	struct xs_pace *pace = &queue->pace;
	uint64_t now = xs_now_ns();
	uint32_t held = (uint32_t)xs_load_relaxed(&queue->slot->held_ns);
	uint64_t elapsed = since_stamp_ns(begun, now);
	bool was_held = held != pace->held || xs_load_relaxed(&queue->slot->held_since_ns);
	bool late = (!xs_load_relaxed(&pace->count) && !exact) || was_held;

	uint64_t since_done = pace->done_ns ? now - pace->done_ns : 0;
	if (pace->done_ns && elapsed > since_done)
		elapsed = since_done;
	pace->done_ns = now;
	pace->held = held;
	xs_store_relaxed(&pace->front, xs_load_relaxed(&pace->count) ? stamp(now) : 0);
	if (!commands)
		return; /* the first mark of a queue that was busy before */
	if (!begun) {   /* there is nothing to learn from it */
		uint64_t believed = commands * xs_load_relaxed(&pace->command_ns);
		xs_agent_used(queue, believed && believed < since_done ? believed : since_done);
		return;
	}

	uint64_t sample = elapsed / commands;
	uint64_t believed = commands * learn(&pace->command_ns, sample, late, was_held);
	if (feeder)
		learn(&feeder->command_ns, sample, late, was_held);
	xs_agent_used(queue, late && believed < elapsed ? believed : elapsed);
}

static void observe(struct xs_queue *queue, bool exact)
{
	struct xs_pace *pace = &queue->pace;
	struct xs_turns *turns = xs_turns_look(queue);
	int feeder = -1;

	if (queue->hal->refresh && pace->count) {
		const struct xs_stream stream = xs_queue_stream(queue);
		queue->hal->refresh(&stream, &queue->slot->progress);
	}
	uint32_t progress = xs_load_acquire(&queue->slot->progress);
	uint32_t covered = xs_load_relaxed(&queue->slot->covered);
	uint32_t reached = covered;
	uint32_t begun = 0;
	bool any = false;

	for (uint32_t count; (count = xs_load_relaxed(&pace->count));) {
		uint32_t oldest = pace->issued - count + 1;

		if ((int32_t)(progress - oldest) < 0)
			break;
		if (turns) {
			int whose = turns->marks[oldest % XS_PACE_MARKS].feeder;
			feeder = any && whose != feeder ? -1 : whose;
			xs_turns_reached(turns, oldest, pace->issued);
		}
		if (!any)
			begun = pace->marks[oldest % XS_PACE_MARKS].begun;
		any = true;
		reached = pace->marks[oldest % XS_PACE_MARKS].submitted;
		xs_store_relaxed(&pace->count, (uint8_t)(count - 1));
	}
	if (!any)
		return;
	int32_t commands = (int32_t)(reached - pace->accounted);
	account(queue, begun, commands > 0 ? (uint32_t)commands : 0, exact,
		feeder >= 0 ? &turns->feeders[feeder] : NULL);
	pace->accounted = reached;
	if ((int32_t)(reached - covered) > 0)
		xs_queue_covered(queue, reached);
}

void xs_pace_observe(struct xs_queue *queue, bool exact)
{
	if (!xs_load_relaxed(&queue->pace.count) || !claim(&queue->pace))
		return;
	observe(queue, exact);
	unclaim(&queue->pace);
}

/* --- markers ------------------------------------------------------------------------------------- */

/* The slot of the queue under the address at which the device reaches it; NULL: no marker now. */
static struct xs_slot *slot_of_device(struct xs_queue *queue)
{
	size_t index = (size_t)(queue->slot - xs_registry_page()->slots);
	int err;
	struct xs_page *page =
		xs_share_page(queue->hal, xs_load_relaxed(&queue->key.context), &err);

	if (err && err != -EAGAIN)
		xs_store_relaxed(&queue->pace.broken, true);
	return page ? &page->slots[index] : NULL;
}

/* [claim] Marks what was submitted so far. */
static void place_mark(struct xs_queue *queue, uint32_t submitted)
{
	struct xs_pace *pace = &queue->pace;
	const struct xs_stream stream = xs_queue_stream(queue);
	int err;

	if (xs_load_relaxed(&pace->broken) || xs_load_relaxed(&pace->count) == XS_PACE_MARKS)
		return;
	struct xs_slot *slot = slot_of_device(queue);
	if (!slot)
		return;
	uint32_t value = pace->issued + 1;
	if (xs_load_relaxed(&pace->armed))
		err = queue->hal->mark_and_wait(
			&stream, &slot->progress, value, xs_gate_low_half(slot), XS_GATE_FLOWS);
	else
		err = queue->hal->mark(&stream, &slot->progress, value);
	if (err == -EAGAIN)
		return;
	if (err) {
		xs_store_relaxed(&pace->broken, true);
		xs_warn_once("a stream refuses markers (error %d): it is stopped on the host only",
			-err);
		return;
	}
	pace->marks[value % XS_PACE_MARKS].submitted = submitted;
	pace->marks[value % XS_PACE_MARKS].begun = pace->begun;
	if (!xs_load_relaxed(&pace->count))
		xs_store_relaxed(&pace->front, pace->begun);
	struct xs_turns *turns = xs_turns_look(queue);
	if (turns)
		xs_turns_marked(turns, value, !xs_load_relaxed(&pace->count));
	pace->issued = value;
	pace->marked = submitted;
	pace->begun = 0;
	xs_add_relaxed(&pace->count, 1);
}

/* [claim] Whoever schedules counts the beginnings of pacing in the slot: what was submitted before the
 * last one carries no markers and is not understood. */
static bool began_anew(const struct xs_queue *queue)
{
	return queue->pace.epoch != xs_load_full(&queue->slot->pace_epoch);
}

/* [claim] Returns whether the books were begun anew. */
static bool restart(struct xs_queue *queue, uint32_t submitted)
{
	struct xs_pace *pace = &queue->pace;

	if (!began_anew(queue))
		return false;
	pace->epoch = xs_load_full(&queue->slot->pace_epoch);
	pace->marked = submitted - 1;
	pace->accounted = submitted;
	pace->begun = 0;
	pace->done_ns = 0;
	xs_turns_restart(queue);
	xs_domain_arm(queue);
	return true;
}

/* Whether so many commands without a mark are enough for one. */
static bool is_due(const struct xs_pace *pace, const struct xs_turns *turns, uint32_t unmarked)
{
	uint64_t estimate = xs_load_relaxed(&pace->command_ns);
	uint64_t unmarked_ns = unmarked * estimate;

	if (turns)
		unmarked_ns =
			xs_load_relaxed(&turns->issued_ns) - xs_load_relaxed(&turns->marked_ns);
	return !estimate || unmarked_ns >= budget_ns() / MARKS_PER_BUDGET;
}

void xs_pace_submitted(struct xs_queue *queue)
{
	struct xs_pace *pace = &queue->pace;
	struct xs_turns *turns = xs_turns_of(queue);

	if (turns)
		xs_turns_submitted(turns, xs_load_relaxed(&pace->command_ns), budget_ns());
	if (!claim(pace))
		return;
	/* Counted with the claim, so that it never goes back; one more is the caller's own command. */
	uint32_t submitted = xs_queue_submitted(queue) + 1;
	bool fresh = restart(queue, submitted);
	uint32_t unmarked = submitted - pace->marked;
	/* Only of the first one: if its thread did not get the claim, the time is not known. */
	if (!fresh && !pace->begun && unmarked == 1)
		pace->begun = stamp(xs_now_ns());
	observe(queue, false);

	int batch = xs_load_relaxed(&queue->batch);
	if (fresh || is_due(pace, turns, unmarked) || (batch && unmarked >= (uint32_t)batch))
		place_mark(queue, submitted);
	unclaim(pace);
}

/* --- room ---------------------------------------------------------------------------------------- */

/* What the device has done already of the commands in flight, at most the first mark's worth. */
static uint64_t progress_ns(const struct xs_pace *pace, uint64_t first, uint64_t budget)
{
	uint32_t front = xs_load_relaxed(&pace->front);
	uint64_t most = first > budget / MARKS_PER_BUDGET ? first : budget / MARKS_PER_BUDGET;
	uint64_t ran = front ? since_stamp_ns(front, xs_now_ns()) : 0;

	return ran < most ? ran : most;
}

/* How much of the device time in flight is more than allowed. first: what the first mark covers. */
static uint64_t excess_ns(
	const struct xs_pace *pace, uint64_t in_flight, uint64_t first, uint64_t most)
{
	if (in_flight < most)
		return 0;
	uint64_t ran = progress_ns(pace, first, budget_ns());
	uint64_t left = in_flight > ran ? in_flight - ran : 0;
	return left < most ? 0 : left - most + 1;
}

/* The same for one of several threads. */
static uint64_t turn_surplus_ns(struct xs_queue *queue, struct xs_turns *turns)
{
	struct xs_feeder *feeder = xs_turns_feeder(turns, budget_ns());

	return excess_ns(&queue->pace, xs_turns_in_flight_ns(turns),
		xs_load_relaxed(&turns->front_ns), xs_turns_share(turns, feeder, budget_ns()));
}

/* How long to wait at least until there is room for a command more; 0: there is. */
static uint64_t surplus_ns(struct xs_queue *queue, uint32_t submitted)
{
	struct xs_turns *turns = xs_turns_of(queue);
	uint32_t in_flight = submitted - xs_load_relaxed(&queue->slot->covered);
	uint64_t estimate = xs_load_relaxed(&queue->pace.command_ns);
	int threshold = xs_load_relaxed(&queue->threshold);

	if ((int32_t)in_flight <= 0) {
		if (turns)
			xs_turns_nothing_in_flight(turns);
		return 0;
	}
	if (!estimate)
		return in_flight < COMMANDS_TO_LEARN ? 0 : SHORTEST_SLEEP_NS;
	if (threshold && in_flight >= (uint32_t)threshold)
		return estimate;
	if (turns)
		return turn_surplus_ns(queue, turns);
	return excess_ns(&queue->pace, in_flight * estimate, estimate, budget_ns());
}

/* What a command takes is only learnt between two marks that have no other thread's between them. */
static void mark_what_others_submitted(struct xs_queue *queue)
{
	struct xs_pace *pace = &queue->pace;
	struct xs_turns *turns = xs_turns_look(queue);

	if (!turns || !claim(pace))
		return;
	if (!began_anew(queue) && xs_turns_others_unmarked(turns))
		place_mark(queue, xs_queue_submitted(queue));
	unclaim(pace);
}

static bool has_room(struct xs_queue *queue)
{
	/* With what other threads are about to submit; the caller's own command is counted already. */
	uint32_t submitted = xs_gate_submitted(xs_load_relaxed(&queue->slot->word)) - 1;

	if (xs_load_relaxed(&queue->pace.broken) || !surplus_ns(queue, submitted))
		return true;
	xs_pace_observe(queue, false);
	return !surplus_ns(queue, submitted);
}

bool xs_pace_has_room(struct xs_queue *queue)
{
	if (!has_room(queue))
		return false;
	mark_what_others_submitted(queue);
	return true;
}

/* Without a mark behind the last command nobody would ever learn that it is done. */
static void mark_the_tail(struct xs_queue *queue)
{
	struct xs_pace *pace = &queue->pace;

	if (!claim(pace))
		return;
	uint32_t submitted = xs_queue_submitted(queue);
	restart(queue, submitted);
	if (!xs_load_relaxed(&pace->count))
		place_mark(queue, submitted);
	unclaim(pace);
}

void xs_pace_wait(struct xs_queue *queue)
{
	const uint32_t wanted = XS_GATE_OPEN | XS_GATE_PACED;
	_Atomic uint32_t *low = xs_gate_low_half(queue->slot);
	uint64_t start = xs_now_ns(), now = start;
	uint64_t give_up = start + (uint64_t)xs_options()->stall_ms * XS_NS_PER_MS;

	for (; now < give_up; now = xs_now_ns()) {
		uint32_t word = xs_load_relaxed(low);
		uint32_t submitted = xs_queue_submitted(queue);
		uint64_t surplus = surplus_ns(queue, submitted);

		if ((word & (wanted | XS_GATE_RETIRED)) != wanted || !surplus ||
			xs_load_relaxed(&queue->pace.broken) || xs_process_exiting())
			break;
		mark_the_tail(queue);
		if (surplus < SHORTEST_SLEEP_NS)
			surplus = SHORTEST_SLEEP_NS;
		if (surplus > LONGEST_SLEEP_NS)
			surplus = LONGEST_SLEEP_NS;
		xs_futex_wait(low, word, now + surplus);
		xs_pace_observe(queue, false);
	}
	mark_what_others_submitted(queue);
	xs_add_relaxed(&queue->slot->waited_ns, now - start);
}
