/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several threads that submit to one paced queue, for example all that use the default stream.
 *
 * The device runs their commands in the order in which they come, so all that can be shared fairly
 * is the room in the budget. It is shared by device time, not by commands: a thread that has
 * submitted less work lately than another may fill the budget, the other only a quarter of it. So
 * beside a thread with long kernels one with short ones finds room whenever it comes back, and does
 * not wait for a long kernel before each of its own, while the device never runs dry for it.
 *
 * For that each thread has an estimate of its own, and what is in flight is a sum of costs. Nothing
 * of this exists while one thread feeds the queue.
 */
#ifndef XS_PREEMPT_TURNS_H
#define XS_PREEMPT_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"
#include "preempt/pace.h"

struct xs_queue;

#define XS_TURNS_THREADS 4 /* that are told apart at a time; others take the place of the silent */

struct xs_feeder {
	_Atomic uintptr_t thread; /* whose it is; 0: nobody's yet */
	_Atomic uint64_t seen_ns; /* when it submitted or waited last */
	_Atomic uint64_t used_ns; /* device time that it submitted, on the scale of all feeders */
	_Atomic uint64_t command_ns; /* estimate of one of its commands; 0: not known */
	_Atomic uint32_t commands;   /* that it submitted */
	uint32_t marked;             /* [claim] of them, those before the last mark */
};

struct xs_turns {
	_Atomic uint64_t issued_ns;  /* sum of the costs of all commands */
	_Atomic uint64_t covered_ns; /* of those that are done */
	struct xs_feeder feeders[XS_TURNS_THREADS];
	struct {
		uint64_t issued_ns;
		int feeder;         /* whose commands it covers, if they are of one; or -1 */
	} marks[XS_PACE_MARKS];     /* [claim] by value modulo their number, as those of pace.h */
	_Atomic uint64_t marked_ns; /* issued_ns at the last mark */
	_Atomic uint64_t front_ns;  /* cost of what the first mark in flight covers */
};

/* Of a queue that the caller submits to; NULL while no other thread does. */
struct xs_turns *xs_turns_of(const struct xs_queue *queue);

/* The same without saying that the caller submits. */
struct xs_turns *xs_turns_look(const struct xs_queue *queue);

/* Pacing begins anew: what was submitted so far counts no more. */
void xs_turns_restart(const struct xs_queue *queue);

/* The caller's feeder. otherwise_ns: cost of a command while its own is not known. */
struct xs_feeder *xs_turns_feeder(struct xs_turns *turns, uint64_t budget_ns);
uint64_t xs_turns_cost(const struct xs_feeder *feeder, uint64_t otherwise_ns);

/* The caller submitted one command. */
void xs_turns_submitted(struct xs_turns *turns, uint64_t otherwise_ns, uint64_t budget_ns);

/* How much of the budget the caller may fill. */
uint64_t xs_turns_share(struct xs_turns *turns, const struct xs_feeder *feeder, uint64_t budget_ns);

/* Device time in flight, without what the device did already. */
uint64_t xs_turns_in_flight_ns(const struct xs_turns *turns);
void xs_turns_nothing_in_flight(struct xs_turns *turns);

/* [claim] Commands of others than the caller are not covered by a mark yet. */
bool xs_turns_others_unmarked(const struct xs_turns *turns);

/* [claim] A mark was placed behind all that was submitted (first: no other is in flight); marks up
 * to one were reached. */
void xs_turns_marked(struct xs_turns *turns, uint32_t value, bool first);
void xs_turns_reached(struct xs_turns *turns, uint32_t value, uint32_t newest);

#endif
