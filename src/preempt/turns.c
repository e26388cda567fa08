/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who submitted how much. Costs are estimates and the clocks of threads differ by a few commands, so
 * nothing here needs to be exact: counters are atomic and read one after the other.
 *
 * A queue has one word for this: nobody, the only thread that submits (its address, odd), or the
 * table that is made when a second one comes.
 */
#include "preempt/turns.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

/* One per slot of the page; a table is kept for the next queue of its slot. */
static _Atomic uintptr_t words[XS_PAGE_SLOTS];

static _Atomic uintptr_t *word_of(const struct xs_queue *queue)
{
	return &words[(size_t)(queue->slot - xs_registry_page()->slots) % XS_PAGE_SLOTS];
}

static uintptr_t this_thread(void)
{
	return (uintptr_t)&xs_self;
}

static struct xs_turns *as_table(uintptr_t word)
{
	return word & 1 ? NULL : (struct xs_turns *)word;
}

struct xs_turns *xs_turns_look(const struct xs_queue *queue)
{
	return as_table(xs_load_acquire(word_of(queue)));
}

/* What is in flight already was all of the thread that was alone until now. */
static struct xs_turns *make_table(
	const struct xs_queue *queue, _Atomic uintptr_t *word, uintptr_t seen)
{
	struct xs_turns *made = calloc(1, sizeof(*made));
	uint32_t in_flight = xs_queue_submitted(queue) - xs_load_relaxed(&queue->slot->covered);
	uint64_t estimate = xs_load_relaxed(&queue->pace.command_ns);

	if (!made)
		return NULL;
	xs_store_relaxed(&made->issued_ns, (int32_t)in_flight > 0 ? in_flight * estimate : 0);
	xs_store_relaxed(&made->front_ns, estimate);
	for (int i = 0; i < XS_PACE_MARKS; i++)
		made->marks[i].feeder = -1;
	if (xs_cas_full(word, &seen, (uintptr_t)made))
		return made;
	free(made);
	return xs_turns_look(queue); /* another thread was first */
}

struct xs_turns *xs_turns_of(const struct xs_queue *queue)
{
	_Atomic uintptr_t *word = word_of(queue);
	uintptr_t seen = xs_load_acquire(word);
	uintptr_t only = this_thread() | 1;

	if (!seen && xs_cas_full(word, &seen, only))
		return NULL;
	seen = xs_load_acquire(word);
	if (seen == only)
		return NULL;
	return seen & 1 ? make_table(queue, word, seen) : as_table(seen);
}

void xs_turns_restart(const struct xs_queue *queue)
{
	_Atomic uintptr_t *word = word_of(queue);
	uintptr_t seen = xs_load_acquire(word);
	struct xs_turns *turns = as_table(seen);

	if (seen & 1)
		xs_cas_full(word, &seen, 0);
	if (!turns)
		return;
	for (int i = 0; i < XS_PACE_MARKS; i++)
		turns->marks[i].feeder = -1;
	for (int i = 0; i < XS_TURNS_THREADS; i++)
		xs_store_relaxed(&turns->feeders[i].command_ns, 0);
	xs_turns_nothing_in_flight(turns);
}

/* --- feeders ------------------------------------------------------------------------------------- */

/*
 * Whoever was silent for longer than the budget lasts claims nothing: threads that work one after the
 * other (forward and backward of a training step) do not narrow each other.
 */
static bool active(const struct xs_feeder *feeder, uint64_t now, uint64_t budget)
{
	return xs_load_relaxed(&feeder->thread) &&
	       (int64_t)(now - xs_load_relaxed(&feeder->seen_ns)) < (int64_t)budget;
}

static bool before(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) < 0;
}

/* Who comes back has not saved up what it did not use meanwhile, but a budget's worth. */
static void come_back(
	struct xs_turns *turns, struct xs_feeder *feeder, uint64_t now, uint64_t budget)
{
	uint64_t used = xs_load_relaxed(&feeder->used_ns), least = 0;
	bool any = false;

	for (int i = 0; i < XS_TURNS_THREADS; i++) {
		const struct xs_feeder *other = &turns->feeders[i];
		uint64_t theirs = xs_load_relaxed(&other->used_ns);

		if (other == feeder || !active(other, now, budget))
			continue;
		if (!any || before(theirs, least))
			least = theirs;
		any = true;
	}
	if (any && before(used, least - budget))
		xs_store_relaxed(&feeder->used_ns, least - budget);
}

/* A place of its own, or that of whoever has been silent for longest. */
static struct xs_feeder *find_feeder(struct xs_turns *turns)
{
	uintptr_t self = this_thread();
	struct xs_feeder *place = &turns->feeders[0];

	for (int i = 0; i < XS_TURNS_THREADS; i++) {
		struct xs_feeder *feeder = &turns->feeders[i];

		if (xs_load_relaxed(&feeder->thread) == self)
			return feeder;
		if (before(xs_load_relaxed(&feeder->seen_ns), xs_load_relaxed(&place->seen_ns)))
			place = feeder;
	}
	xs_store_relaxed(&place->thread, self);
	xs_store_relaxed(&place->command_ns, 0);
	return place;
}

struct xs_feeder *xs_turns_feeder(struct xs_turns *turns, uint64_t budget_ns)
{
	struct xs_feeder *feeder = find_feeder(turns);
	uint64_t now = xs_now_ns();

	if (!active(feeder, now, budget_ns))
		come_back(turns, feeder, now, budget_ns);
	xs_store_relaxed(&feeder->seen_ns, now);
	return feeder;
}

uint64_t xs_turns_cost(const struct xs_feeder *feeder, uint64_t otherwise_ns)
{
	uint64_t own = xs_load_relaxed(&feeder->command_ns);

	return own ? own : otherwise_ns;
}

void xs_turns_submitted(struct xs_turns *turns, uint64_t otherwise_ns, uint64_t budget_ns)
{
	struct xs_feeder *feeder = xs_turns_feeder(turns, budget_ns);
	uint64_t cost = xs_turns_cost(feeder, otherwise_ns);

	xs_add_relaxed(&feeder->used_ns, cost);
	xs_add_relaxed(&feeder->commands, 1);
	xs_add_relaxed(&turns->issued_ns, cost);
}

uint64_t xs_turns_share(struct xs_turns *turns, const struct xs_feeder *feeder, uint64_t budget_ns)
{
	uint64_t now = xs_now_ns(), used = xs_load_relaxed(&feeder->used_ns);

	for (int i = 0; i < XS_TURNS_THREADS; i++) {
		const struct xs_feeder *other = &turns->feeders[i];

		if (other != feeder && active(other, now, budget_ns) &&
			before(xs_load_relaxed(&other->used_ns), used))
			return budget_ns / XS_PACE_MARKS_PER_BUDGET;
	}
	return budget_ns;
}

/* --- what is in flight --------------------------------------------------------------------------- */

static void raise_covered(struct xs_turns *turns, uint64_t to)
{
	uint64_t covered = xs_load_relaxed(&turns->covered_ns);

	while (before(covered, to) && !xs_cas_weak_full(&turns->covered_ns, &covered, to)) {
	}
}

uint64_t xs_turns_in_flight_ns(const struct xs_turns *turns)
{
	uint64_t covered = xs_load_relaxed(&turns->covered_ns);
	uint64_t issued = xs_load_relaxed(&turns->issued_ns);

	return before(covered, issued) ? issued - covered : 0;
}

void xs_turns_nothing_in_flight(struct xs_turns *turns)
{
	raise_covered(turns, xs_load_relaxed(&turns->issued_ns));
}

bool xs_turns_others_unmarked(const struct xs_turns *turns)
{
	for (int i = 0; i < XS_TURNS_THREADS; i++) {
		const struct xs_feeder *feeder = &turns->feeders[i];

		if (xs_load_relaxed(&feeder->thread) != this_thread() &&
			xs_load_relaxed(&feeder->commands) != feeder->marked)
			return true;
	}
	return false;
}

void xs_turns_marked(struct xs_turns *turns, uint32_t value, bool first)
{
	uint64_t issued = xs_load_relaxed(&turns->issued_ns);
	int feeders = 0, last = -1;

	for (int i = 0; i < XS_TURNS_THREADS; i++) {
		struct xs_feeder *feeder = &turns->feeders[i];
		uint32_t commands = xs_load_relaxed(&feeder->commands);

		if (commands == feeder->marked)
			continue;
		feeder->marked = commands;
		feeders++;
		last = i;
	}
	turns->marks[value % XS_PACE_MARKS].issued_ns = issued;
	turns->marks[value % XS_PACE_MARKS].feeder = feeders == 1 ? last : -1;
	if (first)
		xs_store_relaxed(&turns->front_ns, issued - xs_load_relaxed(&turns->marked_ns));
	xs_store_relaxed(&turns->marked_ns, issued);
}

void xs_turns_reached(struct xs_turns *turns, uint32_t value, uint32_t newest)
{
	uint64_t done = turns->marks[value % XS_PACE_MARKS].issued_ns;
	uint64_t next = turns->marks[(value + 1) % XS_PACE_MARKS].issued_ns;

	raise_covered(turns, done);
	if (value != newest)
		xs_store_relaxed(&turns->front_ns, before(done, next) ? next - done : 0);
}
