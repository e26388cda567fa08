/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that graphs record. A launch of an executable graph records the events of its nodes, so who
 * waits for one of them waits for the stream that the graph was launched on last.
 *
 * Hardly any graph has such nodes. As long as none was made in the process, nothing here costs more
 * than a load; the nodes of a graph are looked at when it is made executable, never at a launch.
 */
#ifndef XS_PLATFORM_CUDA_GRAPH_EVENTS_H
#define XS_PLATFORM_CUDA_GRAPH_EVENTS_H

#include "platform/cuda/cuda_driver.h"

struct xs_queue;

/* A node that records an event came into being in some graph. */
void xs_graph_event_node_made(void);

/* The executable graph was made from the graph, or updated to it. */
void xs_graph_made(CUgraphExec exec, CUgraph graph);

/* In the executable graph that node records another event from now on. */
void xs_graph_event_set(CUgraphExec exec, CUgraphNode node, CUevent event);

void xs_graph_gone(CUgraphExec exec);

/* Inside of the gate, after the launch. */
void xs_graph_launched(CUgraphExec exec, struct xs_queue *queue);

#endif
