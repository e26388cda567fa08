/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gangs get where policies deal out time, and do not know them: the part of the device that the policy
 * would give a unit with the same hints.
 *
 * The parts of all that want the device, gangs and others, are added up as the policy does (fair.h). Among
 * gangs, which take turns one after the other, the length of a turn is in proportion to the part; and after a
 * turn the device belongs to those that are no gangs for as long as makes their parts right. A gang with a
 * limit pauses after each turn, whoever else is idle. What counts is the time of running, not measured device
 * time: a turn belongs to the gang, whether it uses it or not.
 */
#include "sched/state.h"

/* A turn is at most so many times longer or shorter than the average one. */
#define MOST_TIMES 10

/* A thousandth: more of the turn's length than that nobody waits for, however small his part. */
#define LONGEST_PAUSE 16000

#define NOT_ASKED (-1)
#define NO_LIMIT  100

static void add(struct xs_parts *parts, int64_t part)
{
	parts->count++;
	if (part == NOT_ASKED)
		parts->silent++;
	else
		parts->asked += part;
}

static int64_t asks(const struct xs_unit *unit)
{
	const struct xs_policy *policy = xs_unit_sched(unit)->policy;

	return policy->part ? policy->part(unit) : NOT_ASKED;
}

void xs_gang_note_hints(struct xs_sched_process *process, const struct xs_unit *unit)
{
	const struct xs_policy *policy = xs_unit_sched(unit)->policy;
	int64_t part = asks(unit), limit = policy->limit ? policy->limit(unit) : NO_LIMIT;

	process->part = part > process->part ? part : process->part;
	process->limit = limit < process->limit ? limit : process->limit;
}

void xs_gang_forget_hints(struct xs_sched_process *process)
{
	process->part = NOT_ASKED;
	process->limit = NO_LIMIT;
}

struct split {
	int64_t of_it, of_gangs, of_others; /* parts */
	int64_t gangs;
};

void xs_gang_add_up(struct xs_sched_device *device)
{
	device->others = device->gangs_here = (struct xs_parts){ 0 };
	xs_list_for_each (link, &device->runnable)
		add(&device->others, asks(xs_list_entry(link, struct xs_unit, link)));
	xs_list_for_each (link, &device->ties) {
		const struct xs_party *party = xs_list_entry(link, struct xs_party, tie);

		if (party->wants)
			add(&device->gangs_here, party->process->part);
	}
}

/* Who gets what there while this gang and all others want it. */
static struct split split(const struct xs_party *party)
{
	const struct xs_parts *others = &party->device->others;
	struct xs_parts gangs = party->device->gangs_here;
	int64_t part = party->process->part, rest = 0, silent;

	if (!party->wants) /* it does not any more, but did until now */
		add(&gangs, part);
	silent = gangs.silent + others->silent;
	if (silent) {
		rest = (100 - gangs.asked - others->asked) / silent;
		rest = rest < 1 ? 1 : rest;
	}
	return (struct split){
		.of_it = part == NOT_ASKED ? rest : part,
		.of_gangs = gangs.asked + gangs.silent * rest,
		.of_others = others->asked + others->silent * rest,
		.gangs = gangs.count,
	};
}

uint64_t xs_gang_turn_ns(const struct xs_sched_process *process, uint64_t average_ns)
{
	uint64_t thousandths = 1000 * MOST_TIMES;

	xs_list_for_each (link, &process->parties) {
		const struct xs_party *party = xs_list_entry(link, struct xs_party, link);
		uint64_t here = 1000;
		struct split parts;

		if (!party->wants)
			continue;
		parts = split(party);
		if (parts.of_gangs)
			here = (uint64_t)(1000 * parts.of_it * parts.gangs / parts.of_gangs);
		thousandths = here < thousandths ? here : thousandths;
	}
	if (thousandths < 1000 / MOST_TIMES)
		thousandths = 1000 / MOST_TIMES;
	return average_ns / 1000 * thousandths;
}

uint64_t xs_gang_owes_ns(const struct xs_party *party, uint64_t used_ns)
{
	struct split parts = split(party);
	uint64_t thousandths = LONGEST_PAUSE;

	if (parts.of_others < LONGEST_PAUSE / 1000 * parts.of_gangs)
		thousandths = (uint64_t)(parts.of_others * 1000 / parts.of_gangs);
	return used_ns * thousandths / 1000;
}

uint64_t xs_gang_pause_ns(const struct xs_sched_process *process, uint64_t used_ns)
{
	uint64_t limit = process->limit < 1 ? 1 : (uint64_t)process->limit;

	return limit < NO_LIMIT ? used_ns / limit * (NO_LIMIT - limit) : 0;
}
