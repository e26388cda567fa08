/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User objects: counted by the application and by the graphs that hold them, destroyed with the
 * last reference. An instantiated graph holds none of its own.
 */
#include <stdlib.h>

#include "platform/sim/hip/front.h"

#define MOVE 1u /* a graph takes over references of the caller */

struct hipUserObject {
	void *data;
	hipHostFn_t destroy;
	unsigned int refs; /* [xsim_lock] */
};

/* References that a graph has. */
struct hold {
	uint64_t graph_id;
	struct hipUserObject *object;
	unsigned int count;
	struct hold *next;
};
static struct hold *holds; /* [xsim_lock] */

static hipError_t drop(struct hipUserObject *object, unsigned int count)
{
	xs_mutex_lock(&xsim_lock);
	bool enough = object->refs >= count;
	if (enough)
		object->refs -= count;
	bool dead = enough && !object->refs;
	xs_mutex_unlock(&xsim_lock);
	if (dead) {
		object->destroy(object->data);
		free(object);
	}
	return enough ? hipSuccess : hipErrorInvalidValue;
}

hipError_t sim_hipUserObjectCreate(hipUserObject_t *out, void *data, hipHostFn_t destroy,
	unsigned int refs, unsigned int flags)
{
	if (!out || !destroy || !refs || flags != 1) /* 1: no synchronisation by the destructor */
		return hipErrorInvalidValue;
	struct hipUserObject *object = malloc(sizeof(*object));
	if (!object)
		return hipErrorOutOfMemory;
	*object = (struct hipUserObject){ data, destroy, refs };
	*out = object;
	return hipSuccess;
}

hipError_t sim_hipUserObjectRetain(hipUserObject_t object, unsigned int count)
{
	if (!object || !count)
		return hipErrorInvalidValue;
	xs_mutex_lock(&xsim_lock);
	object->refs += count;
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

hipError_t sim_hipUserObjectRelease(hipUserObject_t object, unsigned int count)
{
	return object && count ? drop(object, count) : hipErrorInvalidValue;
}

hipError_t sim_hipGraphRetainUserObject(
	hipGraph_t graph, hipUserObject_t object, unsigned int count, unsigned int flags)
{
	struct hold *hold;

	if (!xsim_graph_of(graph) || !object || !count || flags > MOVE)
		return hipErrorInvalidValue;
	hold = malloc(sizeof(*hold));
	if (!hold)
		return hipErrorOutOfMemory;
	xs_mutex_lock(&xsim_lock);
	*hold = (struct hold){ xsim_graph_of(graph)->handle.id, object, count, holds };
	holds = hold;
	if (flags != MOVE)
		object->refs += count;
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

/* Takes one hold of the graph, on object or (NULL) on any, off the list. */
static struct hold *take(uint64_t graph_id, const struct hipUserObject *object)
{
	struct hold *found = NULL;

	xs_mutex_lock(&xsim_lock);
	for (struct hold **at = &holds; *at && !found; at = found ? at : &(*at)->next) {
		if ((*at)->graph_id == graph_id && (!object || (*at)->object == object)) {
			found = *at;
			*at = found->next;
		}
	}
	xs_mutex_unlock(&xsim_lock);
	return found;
}

hipError_t sim_hipGraphReleaseUserObject(
	hipGraph_t graph, hipUserObject_t object, unsigned int count)
{
	if (!xsim_graph_of(graph) || !object || !count)
		return hipErrorInvalidValue;
	struct hold *hold = take(xsim_graph_of(graph)->handle.id, object);
	if (!hold)
		return hipErrorInvalidValue;
	hipError_t result = drop(object, hold->count < count ? hold->count : count);
	if (hold->count > count) {
		hold->count -= count;
		xs_mutex_lock(&xsim_lock);
		hold->next = holds;
		holds = hold;
		xs_mutex_unlock(&xsim_lock);
	} else {
		free(hold);
	}
	return result;
}

void hip_forget_graph(uint64_t graph_id)
{
	for (struct hold *hold; (hold = take(graph_id, NULL));) {
		drop(hold->object, hold->count);
		free(hold);
	}
}
