/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model test of the gate: all interleavings of small scripts.
 *
 * Actors take turns on one real slot. A turn is one atomic operation of gate.h, or one thing that the
 * driver or the device does; between turns anybody else may be next. All schedules are followed depth
 * first, a state that was seen before only once, and every state is checked against what gate.h
 * promises. Waking sleepers is a turn of its own, so others may slip in before it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "wire/gate.h"

#define ACTORS    7
#define MAX_DEPTH 1024

/* --- the world ----------------------------------------------------------------------------------- */

enum turn {
	END,
	/* of a submitting thread, in the order of xs_queue_enter_slow() */
	ARRIVE,
	WAKE,
	LOOK_AGAIN,
	RETREAT,
	PREPARE,
	COMPARE,
	LAUNCH,
	DEPART,
	REPORT, /* tells the scheduler whether the queue is ready; then goes on with the next turn */
	/* single operations, in the order of a script */
	HOLD,
	RELEASE,
	PAUSE,
	DRAIN,
	RESUME,
	TRACK,
	LEND,
	REPAY,
	RETIRE,
	SIGNAL,   /* ends one sleep, as a signal handler does */
	COUNT,    /* of a synchronising thread: notes what was submitted, */
	CALL,     /* calls the driver, */
	RETURN,   /* comes back when all is done that the driver had, */
	RUN_DRY,  /* and says so */
	COMPLETE, /* of the device: finishes a command */
};

struct actor {
	const enum turn *script; /* NULL: a submitting thread */
	enum turn next, after;
	uint8_t commands; /* that it has still to submit, or to complete */
	bool asleep, inside, wakes, in_driver;
	uint8_t target;
	uint32_t expected, submitted;
};

struct world {
	uint64_t word;
	struct actor actors[ACTORS];
	uint8_t launched, done;
	bool drained; /* the application has seen the end of the drain, and has not resumed yet */
	bool known_ready;
	bool was_retired;
};

static struct xs_slot slot;
static bool woken; /* by the operation under way */
static struct world path[MAX_DEPTH];
static const char *trouble;
static unsigned int sleeps;

void __real_xs_futex_wake(_Atomic uint32_t *word, int count);
void __wrap_xs_futex_wake(_Atomic uint32_t *word, int count);
void __wrap_xs_futex_wake(_Atomic uint32_t *word, int count)
{
	(void)count;
	assert_ptr_equal(word, xs_gate_low_half(&slot));
	woken = true;
}

/* --- one turn ------------------------------------------------------------------------------------ */

static enum turn decide(uint64_t seen)
{
	if (seen & XS_GATE_RETIRED)
		return LAUNCH;
	if (!(seen & XS_GATE_READY))
		return WAKE;
	return seen & XS_GATE_OPEN ? LAUNCH : RETREAT;
}

static void report_then(struct actor *actor, enum turn next)
{
	actor->next = REPORT;
	actor->after = next;
}

static void submit(struct world *world, struct actor *actor)
{
	uint64_t before;

	switch (actor->next) {
	case ARRIVE:
		actor->next = decide(xs_gate_arrive(&slot));
		actor->inside = true;
		break;
	case WAKE:
		before = xs_gate_apply(&slot, XS_GATE_WAKE);
		actor->next = LOOK_AGAIN;
		if (!(before & XS_GATE_READY) && (before & XS_GATE_TRACKED))
			report_then(actor, LOOK_AGAIN);
		break;
	case LOOK_AGAIN:
		actor->next = decide(xs_load_relaxed(&slot.word));
		break;
	case RETREAT:
		xs_gate_retreat(&slot);
		actor->inside = false;
		actor->next = PREPARE;
		break;
	case PREPARE:
		actor->next = xs_gate_prepare_sleep(&slot, &actor->expected) ? COMPARE : ARRIVE;
		break;
	case COMPARE:
		actor->asleep = xs_load_relaxed(xs_gate_low_half(&slot)) == actor->expected;
		actor->expected = 0;
		sleeps += actor->asleep;
		actor->next = ARRIVE;
		break;
	case LAUNCH:
		if (world->drained && !(xs_load_relaxed(&slot.word) & XS_GATE_RETIRED))
			trouble = "a launch between the end of a drain and the resume";
		world->launched++;
		actor->in_driver = true;
		actor->next = DEPART;
		break;
	case DEPART:
		xs_gate_depart(&slot);
		actor->inside = actor->in_driver = false;
		actor->next = --actor->commands ? ARRIVE : END;
		break;
	default:
		trouble = "a submitting thread lost its way";
	}
}

static enum xs_gate_event event_of(enum turn turn)
{
	switch (turn) {
	case HOLD:
		return XS_GATE_HOLD;
	case RELEASE:
		return XS_GATE_RELEASE;
	case PAUSE:
		return XS_GATE_PAUSE;
	case RESUME:
		return XS_GATE_RESUME;
	case TRACK:
		return XS_GATE_TRACK;
	case LEND:
		return XS_GATE_LEND;
	case REPAY:
		return XS_GATE_REPAY;
	case RETIRE:
		return XS_GATE_RETIRE;
	default:
		return XS_GATE_EVENTS;
	}
}

static void play(struct world *world, struct actor *actor)
{
	enum turn turn = actor->next;
	enum turn next = *++actor->script;

	actor->next = next;
	switch (turn) {
	case DRAIN:
		world->drained = true;
		break;
	case SIGNAL:
		for (int i = 0; i < ACTORS; i++)
			world->actors[i].asleep = false;
		break;
	case COUNT:
		actor->submitted = xs_gate_departed(xs_load_relaxed(&slot.word));
		break;
	case CALL:
		actor->target = world->launched;
		break;
	case RETURN:
		break;
	case RUN_DRY:
		if (xs_gate_run_dry(&slot, actor->submitted))
			report_then(actor, next);
		actor->submitted = actor->target = 0;
		break;
	case COMPLETE:
		world->done++;
		break;
	default:
		if (turn == RESUME)
			world->drained = false;
		xs_gate_apply(&slot, event_of(turn));
		if (turn == TRACK)
			report_then(actor, next);
	}
}

static bool can_go(const struct world *world, const struct actor *actor)
{
	if (actor->wakes)
		return true;
	if (actor->asleep || actor->next == END)
		return false;
	switch (actor->next) {
	case DRAIN:
		return !(world->word & XS_GATE_INSIDES);
	case RETURN:
		return world->done >= actor->target;
	case COMPLETE:
		return world->done < world->launched;
	default:
		return true;
	}
}

/* The new world after the actor's turn. */
static void take_turn(struct world *world, int index)
{
	struct actor *actor = &world->actors[index];

	xs_store_relaxed(&slot.word, world->word);
	woken = false;
	if (actor->wakes) {
		actor->wakes = false;
		for (int i = 0; i < ACTORS; i++)
			world->actors[i].asleep = false;
	} else if (actor->next == REPORT) {
		world->known_ready = xs_load_relaxed(&slot.word) & XS_GATE_READY;
		actor->next = actor->after;
	} else if (actor->script) {
		play(world, actor);
	} else {
		submit(world, actor);
	}
	actor->wakes |= woken;
	world->word = xs_load_relaxed(&slot.word);
	world->was_retired |= (world->word & XS_GATE_RETIRED) != 0;
}

/* --- what must hold ------------------------------------------------------------------------------ */

static bool is_open(uint64_t word)
{
	return (word & XS_GATE_RETIRED) || !(word & (XS_GATE_HELD | XS_GATE_PAUSED));
}

static bool flows(uint64_t word)
{
	if (is_open(word) || !(word & XS_GATE_READY))
		return true;
	return (word & XS_GATE_LENDERS) && !(word & XS_GATE_PAUSED);
}

static const char *wrong_in(const struct world *world)
{
	uint64_t word = world->word;
	bool open = is_open(word);
	uint64_t inside = 0, in_driver = 0;

	for (int i = 0; i < ACTORS; i++) {
		inside += world->actors[i].inside;
		in_driver += world->actors[i].in_driver;
	}
	if (open != (bool)(word & XS_GATE_OPEN))
		return "OPEN is not what it is defined to be";
	if (flows(word) != (bool)(word & XS_GATE_FLOWS))
		return "FLOWS is not what it is defined to be";
	if (open && (word & XS_GATE_SLEEPERS))
		return "SLEEPERS is set while the gate is open";
	if (inside != (word & XS_GATE_INSIDES) / XS_GATE_INSIDE)
		return "the word does not count who is inside";
	if (xs_gate_submitted(word) != world->launched - in_driver + inside)
		return "the word does not count what was submitted";
	if (!(word & (XS_GATE_READY | XS_GATE_RETIRED)) &&
		(world->launched != world->done || in_driver))
		return "idle, with something submitted and not finished";
	if (world->was_retired && !(word & XS_GATE_RETIRED))
		return "RETIRED was undone";
	return trouble;
}

static const char *wrong_at_the_end(const struct world *world)
{
	for (int i = 0; i < ACTORS; i++) {
		if (world->actors[i].asleep)
			return "a sleeper was not woken";
		if (world->actors[i].next != END)
			return "somebody cannot go on";
	}
	if (xs_gate_submitted(world->word) != world->launched)
		return "submitted differs from launched";
	if ((world->word & XS_GATE_TRACKED) &&
		world->known_ready != (bool)(world->word & XS_GATE_READY))
		return "the scheduler was not told";
	return NULL;
}

/* --- all schedules ------------------------------------------------------------------------------- */

/* Hashes of the states seen, open addressing; zero is free. */
static struct {
	uint64_t *hashes;
	size_t size, count;
} seen;

static uint64_t hash_of(const struct world *world)
{
	const unsigned char *bytes = (const unsigned char *)world;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < sizeof(*world); i += sizeof(uint64_t)) {
		uint64_t part;
		memcpy(&part, bytes + i, sizeof(part));
		hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash ? hash : 1;
}

_Static_assert(sizeof(struct world) % sizeof(uint64_t) == 0, "hashed in words");

static bool is_new(const struct world *world);

static void grow(void)
{
	uint64_t *old = seen.hashes;
	size_t old_size = seen.size;

	seen.size = old_size ? 2 * old_size : 1u << 16;
	seen.hashes = calloc(seen.size, sizeof(*seen.hashes));
	assert_non_null(seen.hashes);
	for (size_t i = 0; i < old_size; i++) {
		size_t at = old[i] & (seen.size - 1);
		if (!old[i])
			continue;
		while (seen.hashes[at])
			at = (at + 1) & (seen.size - 1);
		seen.hashes[at] = old[i];
	}
	free(old);
}

static bool is_new(const struct world *world)
{
	uint64_t hash = hash_of(world);

	if (2 * seen.count >= seen.size)
		grow();
	size_t at = hash & (seen.size - 1);
	for (; seen.hashes[at]; at = (at + 1) & (seen.size - 1)) {
		if (seen.hashes[at] == hash)
			return false;
	}
	seen.hashes[at] = hash;
	seen.count++;
	return true;
}

static void tell(int depth, const char *what)
{
	static const char *const turns[] = { "end", "arrive", "wake", "look again", "retreat",
		"prepare", "compare", "launch", "depart", "report", "HOLD", "RELEASE", "PAUSE",
		"drain", "RESUME", "TRACK", "LEND", "REPAY", "RETIRE", "signal", "count", "call",
		"return", "run dry", "complete" };

	print_error("%s\n", what);
	for (int i = 0; i < depth; i++) {
		for (int a = 0; a < ACTORS; a++) {
			const struct actor *was = &path[i].actors[a], *is = &path[i + 1].actors[a];
			if (memcmp(was, is, sizeof(*was)) != 0 && !(was->asleep && !is->asleep))
				print_error("  actor %d: %-10s %s-> %016llx\n", a, turns[was->next],
					was->wakes ? "(wakes) " : "",
					(unsigned long long)path[i + 1].word);
		}
	}
	fail();
}

static void follow(int depth)
{
	const struct world *world = &path[depth];
	const char *wrong = wrong_in(world);
	bool stuck = true;

	assert_true(depth + 1 < MAX_DEPTH);
	if (wrong)
		tell(depth, wrong);
	for (int i = 0; i < ACTORS; i++) {
		if (!can_go(world, &world->actors[i]))
			continue;
		stuck = false;
		path[depth + 1] = *world;
		take_turn(&path[depth + 1], i);
		if (trouble || is_new(&path[depth + 1]))
			follow(depth + 1);
	}
	if (stuck && (wrong = wrong_at_the_end(world)))
		tell(depth, wrong);
}

/* Follows all schedules of submitters, with so many commands each, and of scripts up to NULL. */
static void enumerate(const char *name, int submitters, int commands, ...)
{
	struct world *world = &path[0];
	int count = 0;
	va_list scripts;
	const enum turn *script;
	clock_t began = clock();

	memset(world, 0, sizeof(*world));
	memset(&slot, 0, sizeof(slot));
	trouble = NULL;
	world->word = XS_GATE_INITIAL;
	for (; count < submitters; count++) {
		world->actors[count].next = ARRIVE;
		world->actors[count].commands = (uint8_t)commands;
	}
	va_start(scripts, commands);
	while ((script = va_arg(scripts, const enum turn *))) {
		assert_true(count < ACTORS);
		world->actors[count].script = script;
		world->actors[count++].next = *script;
	}
	va_end(scripts);
	follow(0);
	print_message("%-40s %9zu states, %.2f s\n", name, seen.count,
		(double)(clock() - began) / CLOCKS_PER_SEC);
	free(seen.hashes);
	memset(&seen, 0, sizeof(seen));
}

#define SCRIPT(...) ((const enum turn[]){ __VA_ARGS__, END })
#define NO_MORE     ((const enum turn *)NULL)
#define DEVICE2     SCRIPT(COMPLETE, COMPLETE)
#define DEVICE4     SCRIPT(COMPLETE, COMPLETE, COMPLETE, COMPLETE)

static void scheduler(void **state)
{
	(void)state;
	enumerate("hold and release, twice", 2, 2, SCRIPT(HOLD, RELEASE, HOLD, RELEASE), NO_MORE);
	enumerate("two schedulers", 2, 1, SCRIPT(HOLD, RELEASE), SCRIPT(HOLD, RELEASE), NO_MORE);
	enumerate("a signal in a sleep", 2, 1, SCRIPT(HOLD, RELEASE, HOLD, RELEASE),
		SCRIPT(SIGNAL, SIGNAL), NO_MORE);
	enumerate("three submitters", 3, 2, SCRIPT(HOLD, RELEASE), NO_MORE);
	assert_true(sleeps > 100); /* a thread that turned round for ever would be just as safe */
}

static void application(void **state)
{
	(void)state;
	enumerate("pause, drain, resume", 2, 2, SCRIPT(PAUSE, DRAIN, RESUME), NO_MORE);
	enumerate("pause while held", 2, 1, SCRIPT(PAUSE, DRAIN, RESUME), SCRIPT(HOLD, RELEASE),
		NO_MORE);
	enumerate("pause while held and lent", 1, 2, SCRIPT(PAUSE, DRAIN, RESUME),
		SCRIPT(HOLD, RELEASE), SCRIPT(LEND, REPAY), NO_MORE);
	enumerate("pause twice", 1, 3, SCRIPT(PAUSE, DRAIN, RESUME, PAUSE, DRAIN, RESUME),
		SCRIPT(HOLD, RELEASE), NO_MORE);
}

static void loans(void **state)
{
	(void)state;
	enumerate("two lenders while held", 2, 1, SCRIPT(HOLD, RELEASE), SCRIPT(LEND, REPAY),
		SCRIPT(LEND, REPAY), NO_MORE);
}

static void idleness(void **state)
{
	(void)state;
	enumerate("one who synchronises", 2, 1, SCRIPT(TRACK), SCRIPT(COUNT, CALL, RETURN, RUN_DRY),
		DEVICE2, NO_MORE);
	enumerate("who synchronises twice", 2, 2,
		SCRIPT(COUNT, CALL, RETURN, RUN_DRY, COUNT, CALL, RETURN, RUN_DRY), DEVICE4,
		NO_MORE);
	enumerate("two who synchronise, tracked late", 2, 1, SCRIPT(TRACK),
		SCRIPT(COUNT, CALL, RETURN, RUN_DRY), SCRIPT(COUNT, CALL, RETURN, RUN_DRY), DEVICE2,
		NO_MORE);
	enumerate("idle while held", 2, 1, SCRIPT(TRACK, HOLD, RELEASE),
		SCRIPT(COUNT, CALL, RETURN, RUN_DRY), DEVICE2, NO_MORE);
	enumerate("idle while paused", 2, 1, SCRIPT(TRACK, PAUSE, DRAIN, RESUME),
		SCRIPT(COUNT, CALL, RETURN, RUN_DRY), DEVICE2, NO_MORE);
}

static void retirement(void **state)
{
	(void)state;
	enumerate("retired while held", 2, 2, SCRIPT(HOLD), SCRIPT(RETIRE), NO_MORE);
	enumerate("retired while paused", 2, 1, SCRIPT(PAUSE, DRAIN), SCRIPT(RETIRE), NO_MORE);
	enumerate("held and lent after the end", 2, 1, SCRIPT(RETIRE, HOLD, PAUSE),
		SCRIPT(LEND, REPAY), SCRIPT(COUNT, CALL, RETURN, RUN_DRY), DEVICE2, NO_MORE);
}

static void everything(void **state)
{
	(void)state;
	enumerate("everything at once", 2, 1, SCRIPT(TRACK, HOLD, RELEASE),
		SCRIPT(PAUSE, DRAIN, RESUME), SCRIPT(LEND, REPAY),
		SCRIPT(COUNT, CALL, RETURN, RUN_DRY), DEVICE2, NO_MORE);
}

/* --- the table ----------------------------------------------------------------------------------- */

/* Every event sets or clears just its flag; the rest of the word stays, but for what follows from it. */
static void check_next(uint64_t word, enum xs_gate_event event)
{
	static const struct {
		uint64_t set, clear;
	} table[XS_GATE_EVENTS] = {
		[XS_GATE_HOLD] = { XS_GATE_HELD, 0 },
		[XS_GATE_RELEASE] = { 0, XS_GATE_HELD },
		[XS_GATE_PAUSE] = { XS_GATE_PAUSED, 0 },
		[XS_GATE_RESUME] = { 0, XS_GATE_PAUSED },
		[XS_GATE_PACE] = { XS_GATE_PACED, 0 },
		[XS_GATE_UNPACE] = { 0, XS_GATE_PACED },
		[XS_GATE_TRACK] = { XS_GATE_TRACKED, 0 },
		[XS_GATE_UNTRACK] = { 0, XS_GATE_TRACKED },
		[XS_GATE_WAKE] = { XS_GATE_READY, 0 },
		[XS_GATE_RETIRE] = { XS_GATE_RETIRED, 0 },
	};
	const uint64_t derived = XS_GATE_OPEN | XS_GATE_FLOWS | XS_GATE_SLEEPERS;
	uint64_t loans = word & XS_GATE_LENDERS;
	uint64_t wanted = ((word | table[event].set) & ~table[event].clear) & ~derived;
	uint64_t next = xs_gate_next(word, event);

	if (event == XS_GATE_LEND && loans != XS_GATE_LENDERS)
		wanted += XS_GATE_LENDER;
	if (event == XS_GATE_REPAY && loans)
		wanted -= XS_GATE_LENDER;
	if (is_open(wanted))
		wanted |= XS_GATE_OPEN;
	else
		wanted |= word & XS_GATE_SLEEPERS;
	if (flows(wanted))
		wanted |= XS_GATE_FLOWS;
	assert_int_equal(next, wanted);
}

static void every_flag_and_event(void **state)
{
	static const uint64_t loans[] = { 0, 1, 2, 254, 255 };
	const uint64_t rest[] = { 0, XS_GATE_INSIDES | UINT64_C(0xffffffff00000000),
		XS_GATE_INSIDE * 5 | XS_GATE_SUBMITTED * 7 };
	unsigned int checked = 0;

	(void)state;
	for (uint64_t flags = 0; flags < 2 * XS_GATE_FLOWS; flags++) {
		for (size_t i = 0; i < sizeof(loans) / sizeof(loans[0]) * 3; i++) {
			uint64_t word = flags | loans[i / 3] * XS_GATE_LENDER | rest[i % 3];

			/* Only words that a gate can have. */
			if ((bool)(word & XS_GATE_OPEN) != is_open(word) ||
				(bool)(word & XS_GATE_FLOWS) != flows(word) ||
				((word & XS_GATE_OPEN) && (word & XS_GATE_SLEEPERS)))
				continue;
			for (int event = 0; event < XS_GATE_EVENTS; event++, checked++)
				check_next(word, event);
			assert_int_equal(xs_gate_next(word, XS_GATE_EVENTS), word);
		}
	}
	print_message("%u transitions\n", checked);
	assert_true(checked > 10000);
}

/* What a launch does to the word must not reach its neighbours, also when the counter overflows. */
static void counters(void **state)
{
	const uint64_t free_flags = XS_GATE_OPEN | XS_GATE_READY | XS_GATE_FLOWS;
	struct xs_slot gate = { 0 };

	(void)state;
	xs_store_relaxed(&gate.word, UINT64_C(0xffffffff00000000) | free_flags);
	xs_gate_arrive(&gate);
	assert_int_equal(xs_load_relaxed(&gate.word), XS_GATE_INSIDE | free_flags);
	assert_int_equal(xs_gate_departed(xs_load_relaxed(&gate.word)), UINT32_MAX);
	xs_gate_retreat(&gate);
	xs_gate_arrive(&gate);
	xs_gate_depart(&gate);
	assert_int_equal(xs_load_relaxed(&gate.word), free_flags);
	assert_int_equal(xs_gate_departed(xs_load_relaxed(&gate.word)), 0);
	assert_true(xs_gate_is_free(free_flags | XS_GATE_TRACKED));
	assert_false(xs_gate_is_free(XS_GATE_INITIAL));
	assert_false(xs_gate_is_free(free_flags | XS_GATE_PACED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flag_and_event),
		cmocka_unit_test(counters),
		cmocka_unit_test(scheduler),
		cmocka_unit_test(application),
		cmocka_unit_test(loans),
		cmocka_unit_test(idleness),
		cmocka_unit_test(retirement),
		cmocka_unit_test(everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
