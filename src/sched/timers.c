/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap; see timers.h. */
#include "sched/timers.h"

#include <errno.h>
#include <stdlib.h>

int xs_timers_reserve(struct xs_timers *timers, uint32_t count)
{
	struct xs_timer **heap;
	uint32_t room = timers->room ? 2 * timers->room : 4;

	if (count <= timers->room)
		return 0;
	if (room < count)
		room = count;
	heap = calloc(room, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	for (uint32_t i = 0; i < timers->count; i++)
		heap[i] = timers->heap[i];
	free(timers->heap);
	timers->heap = heap;
	timers->room = room;
	return 0;
}

void xs_timers_fini(struct xs_timers *timers)
{
	free(timers->heap);
	*timers = (struct xs_timers){ 0 };
}

static void put(struct xs_timers *timers, uint32_t place, struct xs_timer *timer)
{
	timers->heap[place] = timer;
	timer->place = place;
}

/* Lets the timer find its place from this one, where nobody is, upwards or downwards. */
static uint32_t settle(struct xs_timers *timers, uint32_t place, struct xs_timer *timer)
{
	uint32_t looked_at = 0;

	while (place && timer->at_ns < timers->heap[(place - 1) / 2]->at_ns) {
		put(timers, place, timers->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
		looked_at++;
	}
	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child + 1 < timers->count &&
			timers->heap[child + 1]->at_ns < timers->heap[child]->at_ns)
			child++;
		if (child >= timers->count || timers->heap[child]->at_ns >= timer->at_ns)
			break;
		put(timers, place, timers->heap[child]);
		place = child;
		looked_at++;
	}
	put(timers, place, timer);
	return looked_at;
}

static uint32_t take_out(struct xs_timers *timers, const struct xs_timer *timer)
{
	struct xs_timer *last = timers->heap[--timers->count];

	return last == timer ? 0 : settle(timers, timer->place, last);
}

uint32_t xs_timers_set(struct xs_timers *timers, struct xs_timer *timer, uint64_t at_ns)
{
	uint64_t before_ns = timer->at_ns;

	if (at_ns == before_ns)
		return 0;
	timer->at_ns = at_ns;
	if (!at_ns)
		return take_out(timers, timer);
	return settle(timers, before_ns ? timer->place : timers->count++, timer);
}
