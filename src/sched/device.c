/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices, parties, and the levels from which pacing follows.
 *
 * Whether a queue is paced or tracked depends on who is registered, not on who is runnable. The
 * queues of a device hang on one list per rank, with a bit map of the lists that are not empty. Two
 * numbers of the device say it all: queues below the highest rank are paced, queues above the
 * lowest one are tracked. When one of the numbers moves, only the queues between its old and its
 * new value change, and only they are visited. Where ranks are compared across devices, the numbers
 * are those of all devices together, which are visited only when one of them moves.
 */
#include "sched/state.h"

#include <stdlib.h>

#define BEYOND 1000 /* outside of all ranks */

struct xs_sched_device *xs_device_get(struct xs_sched *s, uint64_t id)
{
	struct xs_table_node *node = xs_table_find(&s->devices, id);
	struct xs_sched_device *device;

	if (node)
		return xs_container_of(node, struct xs_sched_device, node);
	device = calloc(1, sizeof(*device));
	if (!device)
		return NULL;
	if (s->policy->device_size) {
		device->state = calloc(1, s->policy->device_size);
		if (!device->state) {
			free(device);
			return NULL;
		}
	}
	if (xs_timers_reserve(&s->timers, (uint32_t)s->devices.count + 1) != 0) {
		free(device->state);
		free(device);
		return NULL;
	}
	device->sched = s;
	device->paced_below = -BEYOND;
	device->tracked_above = BEYOND;
	xs_list_init(&device->runnable);
	xs_list_init(&device->stalled);
	xs_list_init(&device->shut);
	xs_list_init(&device->gangs);
	xs_list_init(&device->ties);
	xs_list_init(&device->busy_link);
	xs_list_init(&device->tied_link);
	for (int i = 0; i < XS_LEVELS; i++)
		xs_list_init(&device->levels[i]);
	xs_list_append(&s->device_list, &device->link);
	xs_table_add(&s->devices, &device->node, id);
	if (s->policy->init)
		s->policy->init(device);
	return device;
}

void xs_device_put(struct xs_sched_device *device)
{
	if (device->queues)
		return;
	xs_list_remove(&device->link);
	xs_list_remove(&device->busy_link);
	xs_timers_set(&device->sched->timers, &device->timer, 0);
	xs_table_remove(&device->sched->devices, &device->node);
	free(device->state);
	free(device);
}

struct xs_party *xs_party_get(struct xs_sched_process *process, struct xs_sched_device *device)
{
	const struct xs_sched *s = device->sched;
	struct xs_party *party;

	xs_list_for_each (link, &process->parties) {
		party = xs_list_entry(link, struct xs_party, link);
		if (party->device == device)
			return party;
	}
	party = calloc(1, sizeof(*party));
	if (!party)
		return NULL;
	party->process = process;
	party->device = device;
	xs_list_init(&party->runnable);
	xs_list_init(&party->tie);
	xs_list_init(&party->unit.link);
	if (s->per_process && !xs_unit_make_state(&party->unit, s->policy->unit_size)) {
		free(party);
		return NULL;
	}
	xs_list_append(&process->parties, &party->link);
	return party;
}

bool xs_party_put(struct xs_party *party)
{
	if (party->queues)
		return false;
	xs_list_remove(&party->link);
	xs_list_remove(&party->tie);
	xs_unit_drop_state(&party->unit);
	free(party);
	return true;
}

void xs_level_enter(struct xs_sched_queue *queue)
{
	struct xs_sched_device *device = queue->party->device;
	const struct xs_policy *policy = device->sched->policy;
	unsigned int index;

	queue->level = queue->priority;
	if (policy->pacing == XS_PACE_RANK && policy->rank)
		queue->level = (int16_t)policy->rank(xs_queue_unit(queue));
	index = (unsigned int)(queue->level - XS_RANK_NONE) % XS_LEVELS;
	xs_list_append(&device->levels[index], &queue->level_link);
	device->used_levels[index / 64] |= 1ull << index % 64;
	if (device->sched->levels.count[index]++ == 0)
		device->sched->levels.used[index / 64] |= 1ull << index % 64;
	device->members++;
	if (queue->party->members++ == 0)
		device->parties++;
}

void xs_level_leave(struct xs_sched_queue *queue)
{
	struct xs_sched_device *device = queue->party->device;
	unsigned int index = (unsigned int)(queue->level - XS_RANK_NONE) % XS_LEVELS;

	xs_list_remove(&queue->level_link);
	if (xs_list_empty(&device->levels[index]))
		device->used_levels[index / 64] &= ~(1ull << index % 64);
	if (--device->sched->levels.count[index] == 0)
		device->sched->levels.used[index / 64] &= ~(1ull << index % 64);
	device->members--;
	if (--queue->party->members == 0)
		device->parties--;
}

/* The first used level that is not below this rank, XS_LEVELS when there is none. */
static int next_level(const uint64_t *used_levels, int level)
{
	while (level < XS_LEVELS) {
		uint64_t bits = used_levels[level / 64] >> level % 64;

		if (bits)
			return level + __builtin_ctzll(bits);
		level = (level / 64 + 1) * 64;
	}
	return XS_LEVELS;
}

static int last_level(const uint64_t *used_levels)
{
	for (int i = XS_LEVELS / 64 - 1; i >= 0; i--)
		if (used_levels[i])
			return i * 64 + 63 - __builtin_clzll(used_levels[i]);
	return -1;
}

int xs_device_highest_rank(const struct xs_sched_device *device)
{
	return last_level(device->used_levels) + XS_RANK_NONE;
}

static void bounds(const struct xs_sched_device *device, int *paced_below, int *tracked_above)
{
	const struct xs_sched *s = device->sched;
	const uint64_t *used = s->policy->machine_wide ? s->levels.used : device->used_levels;

	*paced_below = -BEYOND;
	*tracked_above = BEYOND;
	if (s->policy->pacing == XS_PACE_OTHERS) {
		if ((s->per_process ? device->parties : device->members) >= 2) {
			*paced_below = BEYOND;
			*tracked_above = -BEYOND;
		}
		return;
	}
	if (last_level(used) < 0)
		return;
	*tracked_above = next_level(used, 0) + XS_RANK_NONE;
	*paced_below = last_level(used) + XS_RANK_NONE;
}

/* Announces the queues of these ranks. */
static void publish_ranks(struct xs_sched_device *device, int from, int to)
{
	int level = from - XS_RANK_NONE > 0 ? from - XS_RANK_NONE : 0;

	for (level = next_level(device->used_levels, level);
		level < XS_LEVELS && level + XS_RANK_NONE <= to;
		level = next_level(device->used_levels, level + 1)) {
		xs_list_for_each (link, &device->levels[level])
			xs_publish(xs_list_entry(link, struct xs_sched_queue, level_link));
	}
}

static void update_one(struct xs_sched_device *device)
{
	int old_paced = device->paced_below;
	int old_tracked = device->tracked_above;

	device->sched->stats.visits++;
	bounds(device, &device->paced_below, &device->tracked_above);
	if (device->paced_below > old_paced)
		publish_ranks(device, old_paced, device->paced_below - 1);
	else if (device->paced_below < old_paced)
		publish_ranks(device, device->paced_below, old_paced - 1);
	if (device->tracked_above > old_tracked)
		publish_ranks(device, old_tracked + 1, device->tracked_above);
	else if (device->tracked_above < old_tracked)
		publish_ranks(device, device->tracked_above + 1, old_tracked);
}

/* Did the numbers for all devices together move since all were told? */
static bool moved(const struct xs_sched_device *device)
{
	struct xs_levels *levels = &device->sched->levels;
	int paced_below = 0, tracked_above = 0;
	bool told = levels->told;

	levels->told = device->sched->policy->machine_wide;
	if (!levels->told)
		return false;
	bounds(device, &paced_below, &tracked_above);
	if (told && paced_below == levels->paced_below && tracked_above == levels->tracked_above)
		return false;
	levels->paced_below = paced_below;
	levels->tracked_above = tracked_above;
	return true;
}

void xs_levels_update(struct xs_sched_device *device)
{
	if (!moved(device)) {
		update_one(device);
		return;
	}
	xs_list_for_each (link, &device->sched->device_list)
		update_one(xs_list_entry(link, struct xs_sched_device, link));
}
