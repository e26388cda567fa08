/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy keeps of a unit. Little of it has its place in the unit itself; for more there is a
 * block. While a policy is about to take over, its blocks hang on each other by their first word.
 */
#include <stdlib.h>

#include "sched/state.h"

static bool needs_block(size_t size)
{
	return size > sizeof(((struct xs_unit *)NULL)->own);
}

bool xs_unit_make_state(struct xs_unit *unit, size_t size)
{
	unit->own = 0;
	unit->state = size ? &unit->own : NULL;
	if (needs_block(size))
		unit->state = calloc(1, size);
	return !size || unit->state;
}

void xs_unit_drop_state(struct xs_unit *unit)
{
	if (unit->state != &unit->own)
		free(unit->state);
	unit->state = NULL;
}

bool xs_unit_prepare_state(struct xs_sched *s, size_t size)
{
	void **block;

	if (!needs_block(size))
		return true;
	block = calloc(1, size);
	if (!block)
		return false;
	*block = s->spare_states;
	s->spare_states = block;
	return true;
}

static void *take_spare(struct xs_sched *s)
{
	void **block = s->spare_states;

	s->spare_states = *block;
	*block = NULL;
	return block;
}

void xs_unit_adopt_state(struct xs_sched *s, struct xs_unit *unit, size_t size)
{
	if (needs_block(size))
		unit->state = take_spare(s);
	else
		xs_unit_make_state(unit, size);
}

void xs_unit_discard_prepared(struct xs_sched *s)
{
	while (s->spare_states)
		free(take_spare(s));
}
