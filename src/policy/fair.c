/* SPDX-License-Identifier: Apache-2.0 */
/* Taking turns by virtual time; see fair.h. */
#include "policy/fair.h"

/* Nothing that is charged at once is longer, so that the products below stay in 64 bits. */
#define LONGEST_NS 1000000000000ull

/* Longest distance of virtual times that survives a change of weight: nearly five hours. */
#define FARTHEST (1ull << 44)

/* What weight 0 counts for: it has to advance too, for the order among those of weight 0. */
static uint64_t effective(uint32_t weight)
{
	return weight ? weight : XS_FAIR_ONE / 100;
}

static uint64_t scaled(uint64_t ns, uint32_t weight)
{
	if (ns > LONGEST_NS)
		ns = LONGEST_NS;
	return ns * XS_FAIR_ONE / effective(weight);
}

/*
 * The distance to the others was run up at the old weight, so it is kept in device time: otherwise
 * a unit that was unimportant until now would wait out its past as if it still were.
 */
static void rescale(struct xs_fair_unit *own, uint64_t least, uint32_t weight)
{
	uint64_t old = effective(own->weight), new = effective(weight), lag;

	if (old == new || own->virtual_ns <= least)
		return;
	lag = own->virtual_ns - least;
	if (lag > FARTHEST)
		lag = FARTHEST;
	own->virtual_ns = least + lag / new *old + lag % new *old / new;
}

void xs_fair_set(struct xs_unit *unit, uint32_t weight, uint32_t limit, uint64_t slice_ns)
{
	const struct xs_fair_device *fair = xs_device_state(xs_unit_device(unit));
	struct xs_fair_unit *own = xs_unit_state(unit);

	if (own->slice_ns == 0)
		own->tokens_ns = (int64_t)slice_ns;
	rescale(own, fair->least, weight);
	own->weight = weight;
	own->limit = limit;
	own->slice_ns = slice_ns;
}

/*
 * Lets the least virtual time catch up with the runnable units, apart from one. Those of weight 0
 * are left behind for as long as there are others, so they do not count.
 */
static void advance(struct xs_sched_device *device, const struct xs_unit *apart)
{
	struct xs_fair_device *fair = xs_device_state(device);
	uint64_t least = UINT64_MAX;

	xs_for_each_runnable(unit, device)
	{
		const struct xs_fair_unit *own = xs_unit_state(unit);

		if (unit != apart && own->weight && own->virtual_ns < least)
			least = own->virtual_ns;
	}
	if (least != UINT64_MAX && least > fair->least)
		fair->least = least;
}

void xs_fair_wake(struct xs_unit *unit, uint64_t now_ns)
{
	struct xs_fair_device *fair = xs_device_state(xs_unit_device(unit));
	struct xs_fair_unit *own = xs_unit_state(unit);
	uint64_t behind;

	advance(xs_unit_device(unit), unit);
	if (!own->known) {
		own->known = true;
		own->tokens_at_ns = now_ns;
		own->virtual_ns = fair->least;
		return;
	}
	behind = scaled(own->slice_ns, own->weight);
	if (own->virtual_ns + behind < fair->least)
		own->virtual_ns = fair->least - behind;
}

void xs_fair_sleep(struct xs_unit *unit, uint64_t now_ns)
{
	struct xs_fair_device *fair = xs_device_state(xs_unit_device(unit));
	const struct xs_fair_unit *own = xs_unit_state(unit);

	(void)now_ns;
	advance(xs_unit_device(unit), unit);
	if (!xs_first_runnable(xs_unit_device(unit)) && own->virtual_ns > fair->least)
		fair->least = own->virtual_ns;
}

void xs_fair_charge(struct xs_unit *unit, uint64_t used_ns)
{
	struct xs_fair_unit *own = xs_unit_state(unit);

	/* What it used before anybody took notice is forgiven. */
	if (!own->known)
		return;
	own->virtual_ns += scaled(used_ns, own->weight);
	if (own->limit < XS_FAIR_NO_LIMIT)
		own->tokens_ns -= (int64_t)(used_ns < LONGEST_NS ? used_ns : LONGEST_NS);
}

/* Tokens come back with time. Returns whether the unit may run. */
static bool refill(struct xs_fair_unit *own, uint64_t now_ns)
{
	uint64_t passed = now_ns > own->tokens_at_ns ? now_ns - own->tokens_at_ns : 0;

	own->tokens_at_ns = now_ns;
	if (own->limit >= XS_FAIR_NO_LIMIT) {
		own->tokens_ns = (int64_t)own->slice_ns;
		own->exhausted = false;
		return true;
	}
	if (passed > LONGEST_NS)
		passed = LONGEST_NS;
	own->tokens_ns += (int64_t)(passed * own->limit / XS_FAIR_NO_LIMIT);
	if (own->tokens_ns > (int64_t)own->slice_ns)
		own->tokens_ns = (int64_t)own->slice_ns;
	if (own->tokens_ns <= 0)
		own->exhausted = true;
	else if (own->tokens_ns >= (int64_t)own->slice_ns / 2)
		own->exhausted = false;
	return !own->exhausted;
}

/* When an exhausted unit may run again; 0: never. */
static uint64_t refilled_at(const struct xs_fair_unit *own, uint64_t now_ns)
{
	int64_t missing = (int64_t)own->slice_ns / 2 - own->tokens_ns;

	if (!own->limit)
		return 0;
	return now_ns + (uint64_t)missing / own->limit * XS_FAIR_NO_LIMIT +
	       ((uint64_t)missing % own->limit * XS_FAIR_NO_LIMIT + own->limit - 1) / own->limit;
}

static bool before(const struct xs_fair_unit *a, const struct xs_fair_unit *b)
{
	if (!a->weight != !b->weight)
		return a->weight;
	return a->virtual_ns < b->virtual_ns;
}

struct survey {
	struct xs_unit *current; /* runs, and still may */
	struct xs_unit *best;
	unsigned int able;  /* units that may run */
	uint64_t refill_ns; /* when the next one may */
};

static struct survey look(struct xs_sched_device *device, uint64_t now_ns)
{
	struct survey seen = { 0 };

	xs_for_each_runnable(unit, device)
	{
		struct xs_fair_unit *own = xs_unit_state(unit);

		if (!refill(own, now_ns)) {
			uint64_t at = refilled_at(own, now_ns);

			if (at && (!seen.refill_ns || at < seen.refill_ns))
				seen.refill_ns = at;
			continue;
		}
		seen.able++;
		if (xs_unit_running(unit) && !seen.current)
			seen.current = unit;
		if (!seen.best || before(own, xs_unit_state(seen.best)))
			seen.best = unit;
	}
	return seen;
}

/* May the running unit go on, or has its turn ended? */
static bool goes_on(const struct xs_fair_device *fair, const struct survey *seen, uint64_t now_ns)
{
	const struct xs_fair_unit *current, *best;

	if (!seen->current || now_ns >= fair->turn_end_ns)
		return false;
	current = xs_unit_state(seen->current);
	best = xs_unit_state(seen->best);
	if (!current->weight && best->weight)
		return false;
	/* One that comes back from sleep far behind does not wait for the end of the turn. */
	return best->virtual_ns + scaled(best->slice_ns / 2, best->weight) >= current->virtual_ns ||
	       !best->weight;
}

uint64_t xs_fair_choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_fair_device *fair = xs_device_state(device);
	struct survey seen = look(device, now_ns);
	const struct xs_fair_unit *next;
	uint64_t end_ns;

	advance(device, NULL);
	if (!seen.best)
		return seen.refill_ns;
	if (goes_on(fair, &seen, now_ns)) {
		seen.best = seen.current;
	} else {
		next = xs_unit_state(seen.best);
		fair->turn_end_ns = now_ns + next->slice_ns;
	}
	next = xs_unit_state(seen.best);
	xs_unit_run(seen.best);
	end_ns = seen.able > 1 || seen.refill_ns ? fair->turn_end_ns : 0;
	if (next->limit < XS_FAIR_NO_LIMIT) {
		uint64_t spent_ns = now_ns + (uint64_t)next->tokens_ns;

		end_ns = end_ns && end_ns < spent_ns ? end_ns : spent_ns;
	}
	if (seen.refill_ns && seen.refill_ns < end_ns)
		end_ns = seen.refill_ns;
	return end_ns;
}

bool xs_fair_admits(const struct xs_unit *unit)
{
	const struct xs_fair_unit *own = xs_unit_state(unit);

	return !xs_first_runnable(xs_unit_device(unit)) && !own->exhausted;
}

struct xs_shares xs_shares(
	struct xs_sched_device *device, int64_t (*ask)(const struct xs_unit *unit))
{
	struct xs_shares shares = { 0 };
	int64_t silent = 0;

	xs_for_each_runnable(unit, device)
	{
		int64_t part = ask(unit);

		shares.units++;
		if (part < 0)
			silent++;
		else
			shares.total += part;
	}
	if (silent) {
		shares.rest = (100 - shares.total) / silent;
		if (shares.rest < 1)
			shares.rest = 1;
		shares.total += shares.rest * silent;
	}
	return shares;
}
