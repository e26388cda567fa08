/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles of queues. Processes choose them, and those of two process id namespaces choose the same ones, so a
 * handle names what whoever asks may act on, if that is one queue only: another user's queues neither take a
 * handle away nor stand for it. Looking one up takes as long for a million queues as for one.
 */
#include "server/world.h"

#include <errno.h>
#include <stdlib.h>

/* A handle, as a user's queues have it. Several users may have the same one. */
struct xs_name {
	struct xs_table_node node; /* world.names */
	uid_t uid;
	struct xs_list lanes; /* xs_lane.name_link */
};

/* Without knowing the salt, nobody can choose handles that are looked for in the same place. */
static uint64_t key_of(const struct xs_world *world, uint64_t handle)
{
	return handle ^ world->salt;
}

static struct xs_name *name_of(struct xs_table_node *node)
{
	return node ? xs_container_of(node, struct xs_name, node) : NULL;
}

static struct xs_name *first(const struct xs_world *world, uint64_t handle)
{
	return name_of(xs_table_find(&world->names, key_of(world, handle)));
}

static struct xs_name *next(const struct xs_name *name)
{
	return name_of(xs_table_find_next(&name->node));
}

static struct xs_name *make(struct xs_world *world, uint64_t handle, uid_t uid)
{
	struct xs_name *name = calloc(1, sizeof(*name));

	if (!name)
		return NULL;
	name->uid = uid;
	xs_list_init(&name->lanes);
	xs_table_add(&world->names, &name->node, key_of(world, handle));
	return name;
}

int xs_name_enter(struct xs_lane *lane)
{
	struct xs_world *world = lane->tenant->world;
	uid_t uid = lane->tenant->uid;
	struct xs_name *name = first(world, lane->handle);

	while (name && name->uid != uid)
		name = next(name);
	if (!name)
		name = make(world, lane->handle, uid);
	if (!name)
		return -ENOMEM;
	lane->name = name;
	xs_list_append(&name->lanes, &lane->name_link);
	return 0;
}

void xs_name_leave(struct xs_lane *lane)
{
	struct xs_name *name = lane->name;

	xs_list_remove(&lane->name_link);
	lane->name = NULL;
	if (!name || !xs_list_empty(&name->lanes))
		return;
	xs_table_remove(&lane->tenant->world->names, &name->node);
	free(name);
}

static bool has_several(const struct xs_name *name)
{
	return name->lanes.next->next != &name->lanes;
}

int xs_world_find(
	const struct xs_world *world, uint64_t handle, const uid_t *uid, struct xs_lane **lane)
{
	int result = -ENOENT;

	for (struct xs_name *name = first(world, handle); name; name = next(name)) {
		if (uid && name->uid != *uid) {
			result = result ? -EPERM : 0;
			continue;
		}
		if (!result || has_several(name))
			return -ENOTUNIQ;
		*lane = xs_list_entry(name->lanes.next, struct xs_lane, name_link);
		result = 0;
	}
	return result;
}
