/* SPDX-License-Identifier: Apache-2.0 */
/* Chained hash table; see table.h. */
#include "sched/table.h"

#include <stdlib.h>

/* The finalizer of SplitMix64: keys are often addresses or small numbers. */
static size_t hash(uint64_t key)
{
	key ^= key >> 30;
	key *= 0xbf58476d1ce4e5b9ull;
	key ^= key >> 27;
	key *= 0x94d049bb133111ebull;
	key ^= key >> 31;
	return (size_t)key;
}

static struct xs_table_node **bucket(const struct xs_table *table, uint64_t key)
{
	return &table->buckets[hash(key) & table->mask];
}

void xs_table_init(struct xs_table *table)
{
	*table = (struct xs_table){ 0 };
	table->buckets = &table->first;
}

void xs_table_fini(struct xs_table *table)
{
	if (table->buckets != &table->first)
		free(table->buckets);
	xs_table_init(table);
}

struct xs_table_node *xs_table_find(const struct xs_table *table, uint64_t key)
{
	struct xs_table_node *node = *bucket(table, key);

	while (node && node->key != key)
		node = node->next;
	return node;
}

struct xs_table_node *xs_table_find_next(const struct xs_table_node *node)
{
	struct xs_table_node *next = node->next;

	while (next && next->key != node->key)
		next = next->next;
	return next;
}

static void grow(struct xs_table *table)
{
	size_t old_count = table->mask + 1;
	struct xs_table_node **old = table->buckets;
	struct xs_table_node **new = calloc(old_count * 2, sizeof(struct xs_table_node *));

	if (!new)
		return;
	table->buckets = new;
	table->mask = old_count * 2 - 1;
	for (size_t i = 0; i < old_count; i++) {
		struct xs_table_node *next;

		for (struct xs_table_node *node = old[i]; node; node = next) {
			struct xs_table_node **head = bucket(table, node->key);

			next = node->next;
			node->next = *head;
			*head = node;
		}
	}
	if (old != &table->first)
		free(old);
}

void xs_table_add(struct xs_table *table, struct xs_table_node *node, uint64_t key)
{
	struct xs_table_node **head;

	if (table->count > 2 * table->mask)
		grow(table);
	head = bucket(table, key);
	node->key = key;
	node->next = *head;
	*head = node;
	table->count++;
}

void xs_table_remove(struct xs_table *table, struct xs_table_node *node)
{
	struct xs_table_node **link = bucket(table, node->key);

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	table->count--;
}
