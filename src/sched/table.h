/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash table from 64-bit numbers to objects that embed a struct xs_table_node. Adding never fails:
 * when the bucket array cannot grow, chains get longer and everything still works.
 */
#ifndef XS_SCHED_TABLE_H
#define XS_SCHED_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct xs_table_node {
	struct xs_table_node *next;
	uint64_t key;
};

struct xs_table {
	struct xs_table_node **buckets;
	size_t mask; /* number of buckets - 1; they are a power of two */
	size_t count;
	struct xs_table_node *first; /* the one bucket to start with */
};

void xs_table_init(struct xs_table *table);
void xs_table_fini(struct xs_table *table);
struct xs_table_node *xs_table_find(const struct xs_table *table, uint64_t key);

/* Another one with the same key, or NULL. */
struct xs_table_node *xs_table_find_next(const struct xs_table_node *node);

/* Where keys may be there several times, xs_table_find_next() goes through them. */
void xs_table_add(struct xs_table *table, struct xs_table_node *node, uint64_t key);
void xs_table_remove(struct xs_table *table, struct xs_table_node *node);

#endif
