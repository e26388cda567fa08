/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices. Processes name them freely, so one exists as long as somebody has a queue there, and counts as
 * that user's who named it first. What he can make up is bounded; a device that is there already is not
 * made up, whoever it is that comes to it.
 */
#include "server/world.h"

#include <errno.h>
#include <stdlib.h>

/* Of a user who is not a steward: more than a machine has, in pieces too. */
#define MOST_OF_USER 128

/* Device times are not read more often than that for the sake of a timer. */
#define SAMPLE_NS UINT64_C(1000000)

static struct xs_place *find(const struct xs_world *world, uint64_t device)
{
	struct xs_table_node *node = xs_table_find(&world->places, device);

	return node ? xs_container_of(node, struct xs_place, node) : NULL;
}

static bool has_too_many(const struct xs_tenant *tenant)
{
	unsigned int count = 0;

	if (!tenant->limited)
		return false;
	xs_list_for_each (link, &tenant->world->place_list)
		count += xs_list_entry(link, struct xs_place, link)->uid == tenant->uid;
	return count >= MOST_OF_USER;
}

int xs_place_enter(struct xs_lane *lane)
{
	struct xs_world *world = lane->tenant->world;
	struct xs_place *place = find(world, lane->device);

	if (!place) {
		if (has_too_many(lane->tenant))
			return -EUSERS;
		place = calloc(1, sizeof(*place));
		if (!place)
			return -ENOMEM;
		place->uid = lane->tenant->uid;
		xs_list_init(&place->ready);
		xs_list_append(&world->place_list, &place->link);
		xs_table_add(&world->places, &place->node, lane->device);
	}
	place->lanes++;
	lane->place = place;
	return 0;
}

void xs_place_leave(struct xs_lane *lane)
{
	struct xs_place *place = lane->place;

	xs_list_remove(&lane->ready_link);
	lane->place = NULL;
	if (!place || --place->lanes)
		return;
	xs_list_remove(&place->link);
	xs_table_remove(&lane->tenant->world->places, &place->node);
	free(place);
}

static void sample(const struct xs_world *world, struct xs_place *place)
{
	if (world->now_ns - place->sampled_ns < SAMPLE_NS)
		return;
	place->sampled_ns = world->now_ns;
	xs_list_for_each (link, &place->ready)
		xs_lane_sample(xs_list_entry(link, struct xs_lane, ready_link));
}

void xs_place_sample(struct xs_world *world, uint64_t device)
{
	struct xs_place *place = find(world, device);

	if (place)
		sample(world, place);
}

void xs_place_sample_all(struct xs_world *world)
{
	xs_list_for_each (link, &world->place_list)
		sample(world, xs_list_entry(link, struct xs_place, link));
}
