/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gangs: processes whose work on several devices belongs together, such as collectives. A kernel of
 * one that runs on one device and waits for its partner on another, where it is stopped, burns the
 * device for nothing. So a gang runs on all devices on which it has work, or on none of them, and on
 * each of them as a whole. A process on one device is no gang, whatever it says.
 *
 * A gang ties the devices on which it has queues: a change on one of them has all of them choose again,
 * and those that other gangs tie to these. Devices that no gang ties to the changed one are left alone.
 * What a gang may do depends on the kind of policy:
 *
 * By order (those that choose the same way however often they are asked: HPF, KEDF, SLO...). All tied
 * devices choose; if a gang was chosen on some of its devices only, it is withheld and the devices
 * choose again without it, so that they do not stand still for its sake. The most important such gang
 * goes first: whether it fits depends on none that is less important. Each round withholds one, so this
 * ends. Of two gangs that each hold what the other one needs, one is withheld: no deadlock.
 *
 * In turn (those that deal out time). Turns of one device are in no step with those
 * of another, so a gang would rarely be chosen everywhere at once. The policy is not shown gangs at
 * all; it deals out what they leave. Gangs have turns of their own, "gang_slice" long on average, the one
 * that has waited longest first, and several at once if they have no device in common. After a turn each of
 * its devices belongs to the others for so long that all get their parts (gang_part.c): without hints, a gang
 * on a device with n others gets 1 / (n + 1). Nobody waits for ever: the oldest gang is promised a
 * time at which all its devices are free, and others have turns there until then only.
 */
#include "sched/state.h"

/* A turn that would be shorter than this is not worth it. */
#define SHORTEST_TURN_NS 100000

#define NEVER UINT64_MAX

static bool is_gang(const struct xs_sched_process *process)
{
	return process->gang && process->parties.next != &process->parties &&
	       process->parties.next->next != &process->parties;
}

static struct xs_sched_process *gang_at(struct xs_list *link)
{
	return xs_list_entry(link, struct xs_sched_process, gang_link);
}

static struct xs_sched_device *tied_at(struct xs_list *link)
{
	return xs_list_entry(link, struct xs_sched_device, tied_link);
}

/* The gangs that take part in the choice, in their order. The body may move the process. */
#define for_each_tied_gang(process, s)                                                             \
	xs_list_for_each_safe (gang_, &(s)->gangs)                                                 \
		for (struct xs_sched_process *process = gang_at(gang_); process && process->tied;  \
			process = NULL)

/* --- who is one ---------------------------------------------------------------------------------- */

static bool is_counted(const struct xs_sched_queue *queue)
{
	return queue->ready && !queue->stalled && !xs_queue_banned(queue);
}

static void set_apart(struct xs_sched_process *process, bool apart, uint64_t now_ns)
{
	if (apart == process->apart)
		return;
	for (int enter = 0; enter < 2; enter++) {
		xs_list_for_each (link, &process->queues) {
			struct xs_sched_queue *queue =
				xs_list_entry(link, struct xs_sched_queue, process_link);

			if (!is_counted(queue))
				continue;
			if (enter)
				xs_queue_enlist(queue, now_ns);
			else
				xs_queue_delist(queue, now_ns);
		}
		process->apart = apart;
	}
}

static void tie(struct xs_sched_process *process, bool on)
{
	xs_list_for_each (link, &process->parties) {
		struct xs_party *party = xs_list_entry(link, struct xs_party, link);

		if (!on)
			xs_list_remove(&party->tie);
		else if (xs_list_empty(&party->tie))
			xs_list_append(&party->device->ties, &party->tie);
	}
}

void xs_gang_review(struct xs_sched *s, struct xs_sched_process *process, uint64_t now_ns)
{
	bool was = !xs_list_empty(&process->gang_link);
	bool is = is_gang(process);

	tie(process, is);
	if (was == is)
		return;
	if (is) {
		xs_list_append(&s->gangs, &process->gang_link);
	} else {
		xs_list_remove(&process->gang_link);
		process->granted = false;
		process->promised_ns = 0;
	}
	set_apart(process, is && s->policy->takes_turns, now_ns);
	xs_process_choose_again(process, now_ns);
}

void xs_gang_left(struct xs_sched_process *process, uint64_t now_ns)
{
	if (!xs_list_empty(&process->gang_link))
		xs_process_choose_again(process, now_ns);
}

/* The queues are in no list at this moment. */
void xs_gang_new_policy(struct xs_sched *s)
{
	xs_list_for_each (link, &s->gangs) {
		gang_at(link)->apart = s->policy->takes_turns;
		gang_at(link)->granted = false;
		gang_at(link)->promised_ns = 0;
		gang_at(link)->pause_ns = 0;
	}
}

/* --- who takes part ------------------------------------------------------------------------------ */

bool xs_gangs_tie(const struct xs_sched_device *device)
{
	const struct xs_sched *s = device->sched;

	return !xs_list_empty(&device->ties) ||
	       (s->policy->machine_wide && !xs_list_empty(&s->gangs));
}

static void add_device(struct xs_sched_device *device)
{
	device->sched->stats.visits++;
	if (xs_list_empty(&device->tied_link))
		xs_list_append(&device->sched->tied, &device->tied_link);
}

static void add_gang(struct xs_sched_process *process)
{
	if (process->tied)
		return;
	process->tied = true;
	process->runs = process->withheld = false;
	xs_list_for_each (link, &process->parties)
		add_device(xs_list_entry(link, struct xs_party, link)->device);
}

/* The device, and whatever can be reached from it. */
static void gather(struct xs_sched_device *device)
{
	struct xs_sched *s = device->sched;

	add_device(device);
	if (s->policy->machine_wide) {
		xs_list_for_each (link, &s->busy)
			add_device(xs_list_entry(link, struct xs_sched_device, busy_link));
	}
	xs_list_for_each (link, &s->tied) { /* which grows meanwhile */
		xs_list_for_each (tie, &tied_at(link)->ties)
			add_gang(xs_list_entry(tie, struct xs_party, tie)->process);
	}
}

void xs_gangs_part(struct xs_sched *s)
{
	for_each_tied_gang(process, s) process->tied = false;
	while (!xs_list_empty(&s->tied))
		xs_list_remove(s->tied.next);
}

/* --- looking ------------------------------------------------------------------------------------- */

static void look_at(struct xs_list *units)
{
	xs_list_for_each (link, units) {
		const struct xs_unit *unit = xs_list_entry(link, struct xs_unit, link);
		struct xs_party *party = xs_unit_party(unit);
		int priority;

		if (!party->process->tied)
			continue;
		party->wants = true;
		party->gets |= unit->chosen;
		xs_gang_note_hints(party->process, unit);
		priority = xs_unit_priority(unit);
		if (priority > party->process->highest)
			party->process->highest = priority;
	}
}

/* Where the gangs have work, where they were chosen, how important they are and what they ask for. */
static void look(struct xs_sched *s)
{
	for_each_tied_gang(process, s)
	{
		process->highest = XS_RANK_NONE;
		if (!process->granted) /* one that went idle asks for what it got */
			xs_gang_forget_hints(process);
		xs_list_for_each (link, &process->parties) {
			struct xs_party *party = xs_list_entry(link, struct xs_party, link);

			party->wants = party->gets = false;
		}
	}
	xs_list_for_each (link, &s->tied) {
		look_at(&tied_at(link)->runnable);
		look_at(&tied_at(link)->gangs);
	}
}

#define for_each_wanted(party, process)                                                            \
	xs_list_for_each (link_, &(process)->parties)                                              \
		for (struct xs_party *party = xs_list_entry(link_, struct xs_party, link);         \
			party && party->wants; party = NULL)

static void run_those(struct xs_list *units)
{
	xs_list_for_each (link, units) {
		struct xs_unit *unit = xs_list_entry(link, struct xs_unit, link);
		const struct xs_sched_process *process = xs_unit_party(unit)->process;

		if (process->tied && process->runs)
			xs_unit_run(unit);
	}
}

/* Runs the gangs that are to run, wherever they have work. */
static void run_wholly(struct xs_sched *s)
{
	xs_list_for_each (link, &s->tied) {
		run_those(&tied_at(link)->runnable);
		run_those(&tied_at(link)->gangs);
	}
}

/* --- by order ------------------------------------------------------------------------------------ */

static bool is_torn(const struct xs_sched_process *process)
{
	bool somewhere = false, everywhere = true;

	for_each_wanted(party, process)
	{
		somewhere |= party->gets;
		everywhere &= party->gets;
	}
	return somewhere && !everywhere;
}

static struct xs_sched_process *most_important_torn(struct xs_sched *s)
{
	struct xs_sched_process *found = NULL;

	look(s);
	for_each_tied_gang(process, s)
	{
		if (!process->withheld && is_torn(process) &&
			(!found || process->highest >= found->highest))
			found = process;
	}
	return found;
}

static void choose_by_order(struct xs_sched *s, uint64_t now_ns)
{
	struct xs_sched_process *torn;

	xs_decide_tied(s, now_ns);
	while ((torn = most_important_torn(s))) {
		torn->withheld = true;
		xs_decide_tied(s, now_ns);
	}
	for_each_tied_gang(process, s)
	{
		bool gets = false;

		for_each_wanted(party, process) gets |= party->gets;
		process->runs = gets && !process->withheld;
		process->withheld = false;
	}
	run_wholly(s);
}

/* --- in turn ------------------------------------------------------------------------------------- */

static void wake_at(struct xs_sched *s, uint64_t at_ns, uint64_t now_ns)
{
	if (at_ns < now_ns + SHORTEST_TURN_NS)
		at_ns = now_ns + SHORTEST_TURN_NS;
	if (!s->gang_wake_ns || at_ns < s->gang_wake_ns)
		s->gang_wake_ns = at_ns;
}

static uint64_t slice_of(const struct xs_sched *s, const struct xs_sched_process *process)
{
	const struct xs_hints *hints = &process->hints.hints;
	int64_t us = s->own_values[XS_PARAM_GANG_SLICE];

	if (hints->set & 1u << XS_HINT_TIMESLICE_US)
		us = hints->value[XS_HINT_TIMESLICE_US];
	return (uint64_t)us * 1000;
}

static void end_turn(struct xs_sched *s, struct xs_sched_process *process, uint64_t now_ns)
{
	uint64_t used_ns = now_ns - process->granted_ns;

	/* It may have gone on for long while nobody else wanted to. */
	if (used_ns > process->turn_ns)
		used_ns = process->turn_ns;
	process->granted = false;
	if (xs_gang_pause_ns(process, used_ns))
		process->pause_ns = now_ns + xs_gang_pause_ns(process, used_ns);
	xs_list_for_each (link, &process->parties) {
		const struct xs_party *party = xs_list_entry(link, struct xs_party, link);
		struct xs_sched_device *device = party->device;
		uint64_t from_ns = device->gang_free_ns > now_ns ? device->gang_free_ns : now_ns;

		device->gang_free_ns = from_ns + xs_gang_owes_ns(party, used_ns);
	}
	xs_list_remove(&process->gang_link);
	xs_list_append(&s->gangs, &process->gang_link);
}

/* Forgets the last time, and adds up who wants what on each device. */
static void begin_turns(struct xs_sched *s)
{
	xs_list_for_each (link, &s->tied) {
		tied_at(link)->gang = NULL;
		tied_at(link)->reserved_ns = NEVER;
	}
	look(s);
	xs_list_for_each (link, &s->tied)
		xs_gang_add_up(tied_at(link));
}

static void take(const struct xs_party *party)
{
	party->device->gang = party->process;
	party->device->gang_party = party;
}

/* Does the turn go on? Then the devices are its own. */
static bool goes_on(struct xs_sched *s, struct xs_sched_process *process, uint64_t now_ns)
{
	bool wants = false, contested = xs_gang_pause_ns(process, UINT32_MAX), taken = false;

	for_each_wanted(party, process)
	{
		const struct xs_sched_device *device = party->device;

		wants = true;
		contested |= !xs_list_empty(&device->runnable) || device->gangs_here.count > 1;
		taken |= device->gang != NULL;
	}
	if (!wants || taken || (contested && now_ns >= process->until_ns))
		return false;
	for_each_wanted(party, process) take(party);
	if (contested)
		wake_at(s, process->until_ns, now_ns);
	return true;
}

/* When the turn that is under way there will have ended, and others had what it then owes them. */
static uint64_t paid_at(const struct xs_sched_device *device)
{
	uint64_t until_ns = device->gang->until_ns, from_ns = device->gang_free_ns;

	if (xs_list_empty(&device->runnable))
		return until_ns;
	return (from_ns > until_ns ? from_ns : until_ns) +
	       xs_gang_owes_ns(device->gang_party, device->gang->turn_ns);
}

/* When its devices will be free as far as can be seen; 0: now. */
static uint64_t free_at(const struct xs_sched_process *process, uint64_t now_ns)
{
	bool promised = process->promised_ns && now_ns >= process->promised_ns;
	uint64_t at_ns = process->pause_ns > now_ns ? process->pause_ns : 0;

	for_each_wanted(party, process)
	{
		const struct xs_sched_device *device = party->device;
		uint64_t free_ns = 0;

		if (device->gang)
			free_ns = paid_at(device);
		else if (!xs_list_empty(&device->runnable) && !promised)
			free_ns = device->gang_free_ns > now_ns ? device->gang_free_ns : 0;
		at_ns = free_ns > at_ns ? free_ns : at_ns;
	}
	return at_ns;
}

/* Begins its turn if it can have one; until others are promised the devices. */
static bool begin_turn(struct xs_sched *s, struct xs_sched_process *process, uint64_t now_ns)
{
	uint64_t turn_ns = xs_gang_turn_ns(process, slice_of(s, process));
	uint64_t until_ns = now_ns + turn_ns;

	for_each_wanted(party, process)
	{
		if (party->device->reserved_ns < until_ns)
			until_ns = party->device->reserved_ns;
	}
	if (until_ns < now_ns + SHORTEST_TURN_NS)
		return false;
	process->granted = true;
	process->turn_ns = turn_ns;
	process->granted_ns = now_ns;
	process->until_ns = until_ns;
	process->promised_ns = 0;
	for_each_wanted(party, process) take(party);
	wake_at(s, until_ns, now_ns);
	return true;
}

static void reserve(struct xs_sched_process *process, uint64_t at_ns)
{
	for_each_wanted(party, process)
	{
		if (at_ns < party->device->reserved_ns)
			party->device->reserved_ns = at_ns;
	}
}

static bool has_work(const struct xs_sched_process *process)
{
	for_each_wanted(party, process) return true;
	return false;
}

static void deal_turns(struct xs_sched *s, uint64_t now_ns)
{
	bool oldest = true;

	begin_turns(s);
	for_each_tied_gang(process, s)
	{
		if (process->granted && !goes_on(s, process, now_ns))
			end_turn(s, process, now_ns);
	}
	for_each_tied_gang(process, s)
	{
		uint64_t at_ns;

		if (!has_work(process))
			process->promised_ns = 0;
		if (process->granted || !has_work(process))
			continue;
		at_ns = free_at(process, now_ns);
		if (!at_ns && begin_turn(s, process, now_ns))
			continue;
		if (oldest) {
			if (!process->promised_ns)
				process->promised_ns = at_ns;
			if (at_ns > process->promised_ns && process->promised_ns > now_ns)
				at_ns = process->promised_ns;
			reserve(process, at_ns);
		}
		oldest = false;
		if (at_ns) /* otherwise it waits for one that is older */
			wake_at(s, at_ns, now_ns);
	}
}

/* What the policy chose there waits for the turn of the gang to end. */
static void choose_in_turn(struct xs_sched *s, uint64_t now_ns)
{
	xs_decide_tied(s, now_ns);
	deal_turns(s, now_ns);
	xs_list_for_each (device_link, &s->tied) {
		struct xs_sched_device *device = tied_at(device_link);

		if (!device->gang)
			continue;
		xs_list_for_each (link, &device->runnable) {
			struct xs_unit *unit = xs_list_entry(link, struct xs_unit, link);

			unit->chosen = false;
			xs_unit_party(unit)->round = 0;
		}
	}
	for_each_tied_gang(process, s) process->runs = process->granted;
	run_wholly(s);
}

void xs_gangs_choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_sched *s = device->sched;

	s->gang_wake_ns = 0;
	gather(device);
	if (s->policy->takes_turns)
		choose_in_turn(s, now_ns);
	else
		choose_by_order(s, now_ns);
}
