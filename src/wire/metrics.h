/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Prometheus is told, line by line, by the daemon at /metrics and by `xcli metrics`. Which numbers
 * there are of each queue says metrics.def.
 *
 * Every function writes whole lines and returns their length. XS_METRIC_ROOM is enough for each.
 */
#ifndef XS_WIRE_METRICS_H
#define XS_WIRE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/message.h"

#define XS_METRIC_ROOM 512

/* A counter or gauge of the daemon: its type shows in its name. */
size_t xs_metric_write_stat(char *buffer, const char *name, uint64_t value);

/* How many numbers there are of a queue. */
size_t xs_metric_count(void);

/* The head of one of them, and the line of one queue. */
size_t xs_metric_write_head(char *buffer, size_t metric);
size_t xs_metric_write_queue(char *buffer, size_t metric, const struct xs_msg_row_queue *queue,
	uint32_t uid, const char *process);

#endif
