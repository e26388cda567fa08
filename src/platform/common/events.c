/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table of events. Its nodes are never given back to the system and used again for other
 * events, so a look-up without a lock can at worst walk into another chain; it is bounded and then
 * finds nothing, which costs a chance to learn something and no more.
 */
#include "platform/common/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "preempt/registry.h"

#define BUCKET_BITS  12
#define LONGEST_WALK 256

struct node {
	_Atomic(void *) event;
	_Atomic(void *) context; /* of the queue, and so of the event */
	_Atomic uint64_t queue_id;
	_Atomic uint32_t submitted;
	_Atomic bool early;
	_Atomic(struct node *) next;
};

static struct {
	struct xs_mutex lock;
	_Atomic(struct node *) buckets[1u << BUCKET_BITS];
	struct node *free; /* [lock] */
	_Atomic bool used; /* there ever was a node: as long as nobody is scheduled there is none */
} table;

static _Atomic(struct node *) *bucket_of(void *event)
{
	uint64_t key = (uint64_t)(uintptr_t)event * UINT64_C(0x9e3779b97f4a7c15);

	return &table.buckets[key >> (64 - BUCKET_BITS)];
}

static struct node *find(void *event)
{
	if (!xs_load_acquire(&table.used))
		return NULL;
	struct node *node = xs_load_acquire(bucket_of(event));

	for (int steps = 0; node && steps < LONGEST_WALK; steps++) {
		if (xs_load_acquire(&node->event) == event)
			return node;
		node = xs_load_acquire(&node->next);
	}
	return NULL;
}

/* A forked child inherits the lock as it was. */
static void forked(void)
{
	memset(&table, 0, sizeof(table));
}

static void watch_forks(void)
{
	pthread_atfork(NULL, NULL, forked);
}

/* [lock] */
static struct node *take_node(void)
{
	struct node *node = table.free;

	if (node) {
		table.free = xs_load_relaxed(&node->next);
		return node;
	}
	return calloc(1, sizeof(*node));
}

static void fill_in(struct node *node, const struct xs_queue *queue, bool matters,
	uint32_t submitted, bool early)
{
	uint64_t queue_id = matters ? xs_load_relaxed(&queue->id) : 0;

	xs_store_relaxed(&node->queue_id, 0); /* no mixture of old and new is ever believed */
	xs_store_relaxed(&node->context, xs_load_relaxed(&queue->key.context));
	xs_store_release(&node->submitted, submitted);
	xs_store_release(&node->early, early);
	xs_store_release(&node->queue_id, queue_id);
}

static void add(void *event, const struct xs_queue *queue, uint32_t submitted, bool early)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	_Atomic(struct node *) *bucket = bucket_of(event);

	pthread_once(&once, watch_forks);
	xs_mutex_lock(&table.lock);
	struct node *node = find(event);
	if (!node && (node = take_node())) {
		fill_in(node, queue, true, submitted, early);
		xs_store_relaxed(&node->next, xs_load_relaxed(bucket));
		xs_store_release(&node->event, event);
		xs_store_release(bucket, node);
		xs_store_release(&table.used, true);
	}
	xs_mutex_unlock(&table.lock);
}

void xs_events_note(void *event, struct xs_queue *queue, uint32_t submitted, bool early)
{
	uint64_t word = xs_load_relaxed(&queue->slot->word);
	bool matters = word & (XS_GATE_TRACKED | XS_GATE_PACED | XS_GATE_HELD);
	struct node *node = find(event);

	if (node)
		fill_in(node, queue, matters, submitted, early);
	else if (matters)
		add(event, queue, submitted, early);
}

/* [lock] Takes the node out of its chain, in which link leads to it. */
static void take_out(_Atomic(struct node *) *link, struct node *node)
{
	xs_store_release(link, xs_load_relaxed(&node->next));
	xs_store_relaxed(&node->event, NULL);
	xs_store_relaxed(&node->queue_id, 0);
	xs_store_relaxed(&node->next, table.free);
	table.free = node;
}

void xs_events_forget(void *event)
{
	_Atomic(struct node *) *link = bucket_of(event);

	if (!find(event))
		return;
	xs_mutex_lock(&table.lock);
	struct node *node = xs_load_relaxed(link);
	while (node && xs_load_relaxed(&node->event) != event) {
		link = &node->next;
		node = xs_load_relaxed(link);
	}
	if (node)
		take_out(link, node);
	xs_mutex_unlock(&table.lock);
}

void xs_events_forget_context(const void *context)
{
	if (!xs_load_acquire(&table.used))
		return;
	xs_mutex_lock(&table.lock);
	for (size_t i = 0; i < sizeof(table.buckets) / sizeof(*table.buckets); i++) {
		_Atomic(struct node *) *link = &table.buckets[i];

		for (struct node *node; (node = xs_load_relaxed(link));) {
			if (xs_load_relaxed(&node->context) == context)
				take_out(link, node);
			else
				link = &node->next;
		}
	}
	xs_mutex_unlock(&table.lock);
}

struct xs_queue *xs_events_find(void *event, uint32_t *submitted, bool *early)
{
	const struct node *node = find(event);

	if (!node)
		return NULL;
	uint64_t queue_id = xs_load_acquire(&node->queue_id);
	*submitted = xs_load_acquire(&node->submitted);
	*early = xs_load_acquire(&node->early);
	if (!queue_id || xs_load_acquire(&node->queue_id) != queue_id)
		return NULL;
	return xs_registry_by_id(queue_id);
}
