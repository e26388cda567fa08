/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of the executable graphs that record events. It is short if there is one at all; the lock is
 * not held while the driver is called.
 *
 * Nodes are known by the handles that they have in the graph, by which the driver changes them in the
 * executable one too. If memory runs out the graph's events are not known, as those of an unseen one.
 */
#include "platform/cuda/graph_events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

struct record {
	CUgraphNode node;
	CUevent event;
};

struct recorder {
	struct recorder *next;
	CUgraphExec exec;
	size_t count, room;
	struct record *records;
};

static struct xs_mutex lock;
static struct recorder *recorders;     /* [lock] */
static _Atomic size_t recorder_count;  /* [lock to write] */
static _Atomic bool any_node_was_made; /* graphs have to be looked at */

static void forked(void)
{
	lock = (struct xs_mutex){ 0 };
	recorders = NULL;
	xs_store_relaxed(&recorder_count, 0);
}

static void watch_forks(void)
{
	pthread_atfork(NULL, NULL, forked);
}

void xs_graph_event_node_made(void)
{
	xs_store_release(&any_node_was_made, true);
}

/* --- one graph ----------------------------------------------------------------------------------- */

static bool append(struct recorder *recorder, CUgraphNode node, CUevent event)
{
	if (recorder->count == recorder->room) {
		size_t room = recorder->room ? 2 * recorder->room : 4;
		struct record *grown = realloc(recorder->records, room * sizeof(*grown));

		if (!grown)
			return false;
		recorder->records = grown;
		recorder->room = room;
	}
	recorder->records[recorder->count++] = (struct record){ node, event };
	return true;
}

static void collect(struct recorder *recorder, CUgraph graph);

static void collect_node(struct recorder *recorder, CUgraphNode node)
{
	CUgraphNodeType type;
	CUgraph child;
	CUevent event;

	if (xs_cuda_real.cuGraphNodeGetType(node, &type) != CUDA_SUCCESS)
		return;
	if (type == CU_GRAPH_NODE_TYPE_EVENT_RECORD &&
		xs_cuda_real.cuGraphEventRecordNodeGetEvent(node, &event) == CUDA_SUCCESS)
		append(recorder, node, event);
	if (type == CU_GRAPH_NODE_TYPE_GRAPH &&
		xs_cuda_real.cuGraphChildGraphNodeGetGraph(node, &child) == CUDA_SUCCESS)
		collect(recorder, child);
}

static void collect(struct recorder *recorder, CUgraph graph)
{
	size_t count = 0;
	CUgraphNode *nodes;

	if (xs_cuda_real.cuGraphGetNodes(graph, NULL, &count) != CUDA_SUCCESS || !count)
		return;
	nodes = calloc(count, sizeof(CUgraphNode));
	if (nodes && xs_cuda_real.cuGraphGetNodes(graph, nodes, &count) == CUDA_SUCCESS) {
		for (size_t i = 0; i < count; i++)
			collect_node(recorder, nodes[i]);
	}
	free(nodes);
}

/* --- all of them --------------------------------------------------------------------------------- */

/* [lock] The place of the pointer to the graph; there it says NULL if it has no events. */
static struct recorder **find(CUgraphExec exec)
{
	struct recorder **link = &recorders;

	while (*link && (*link)->exec != exec)
		link = &(*link)->next;
	return link;
}

static void dispose(struct recorder *recorder)
{
	free(recorder->records);
	free(recorder);
}

void xs_graph_gone(CUgraphExec exec)
{
	if (!xs_load_acquire(&recorder_count))
		return;
	xs_mutex_lock(&lock);
	struct recorder **link = find(exec);
	struct recorder *recorder = *link;
	if (recorder) {
		*link = recorder->next;
		xs_sub_full(&recorder_count, 1);
	}
	xs_mutex_unlock(&lock);
	if (recorder)
		dispose(recorder);
}

static void add(struct recorder *recorder)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_forks);
	xs_mutex_lock(&lock);
	recorder->next = recorders;
	recorders = recorder;
	xs_add_full(&recorder_count, 1);
	xs_mutex_unlock(&lock);
}

void xs_graph_made(CUgraphExec exec, CUgraph graph)
{
	struct recorder *recorder;

	xs_graph_gone(exec);
	if (!xs_load_acquire(&any_node_was_made))
		return;
	recorder = calloc(1, sizeof(*recorder));
	if (!recorder)
		return;
	recorder->exec = exec;
	collect(recorder, graph);
	if (recorder->count)
		add(recorder);
	else
		dispose(recorder);
}

void xs_graph_event_set(CUgraphExec exec, CUgraphNode node, CUevent event)
{
	size_t i = 0;

	xs_mutex_lock(&lock);
	struct recorder *recorder = *find(exec);
	while (recorder && i < recorder->count && recorder->records[i].node != node)
		i++;
	if (recorder && i < recorder->count)
		recorder->records[i].event = event;
	else if (recorder)
		append(recorder, node, event);
	xs_mutex_unlock(&lock);
}

/* The events of the graph, from number first on. Returns how many there are room for. */
static size_t copy_events(CUgraphExec exec, size_t first, CUevent *events, size_t room)
{
	size_t count = 0;

	xs_mutex_lock(&lock);
	const struct recorder *recorder = *find(exec);
	for (; recorder && first < recorder->count && count < room; first++)
		events[count++] = recorder->records[first].event;
	xs_mutex_unlock(&lock);
	return count;
}

void xs_graph_launched(CUgraphExec exec, struct xs_queue *queue)
{
	CUevent events[16];
	size_t done = 0, count;

	if (xs_likely(!xs_load_acquire(&recorder_count)))
		return;
	while ((count = copy_events(exec, done, events, sizeof(events) / sizeof(*events)))) {
		for (size_t i = 0; i < count; i++)
			xs_event_recorded_within(events[i], queue);
		done += count;
	}
}
