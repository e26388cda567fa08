/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the dynamic loader: which HIP runtime would this object be using if the shim were not
 * there? Objects are the loader's own records (struct link_map), valid while they are loaded.
 */
#ifndef XS_PLATFORM_HIP_BOUND_H
#define XS_PLATFORM_HIP_BOUND_H

#include <stdbool.h>

#include "base/export.h"

struct link_map;

/* The object that holds the address; NULL for the heap, generated code and the like. */
XS_EXPORT struct link_map *xs_hip_object_at(const void *address);

/* A handle of an object that is loaded; the caller closes it. */
void *xs_hip_object_open(const struct link_map *object);

/* Whether the object is a HIP runtime, and none of our own libraries. */
XS_EXPORT bool xs_hip_object_is_runtime(struct link_map *object);

/* What the loader bound the object's references to wanted symbols to: the first target that fits. NULL
 * also if none of them is bound yet. */
XS_EXPORT struct link_map *xs_hip_object_leads_to(const struct link_map *object,
	bool (*wanted)(const char *symbol), bool (*fits)(struct link_map *target));

/* The HIP runtime that code or data at this address belongs to or is bound to; if its object does
 * not tell, the first one that is loaded; NULL when there is none. */
struct link_map *xs_hip_object_bound(const void *address);

/* What is loaded under the runtime's usual name: stores up to `most` objects, returns how many. */
#define XS_HIP_MAPPED 8
unsigned int xs_hip_objects_mapped(struct link_map **objects, unsigned int most);

#endif
