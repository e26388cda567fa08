/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress by events: a ring of them for each queue, which is named by the address of its progress
 * word. The core lets one thread at a time in for a queue.
 */
#ifndef XS_PLATFORM_HIP_MARKS_H
#define XS_PLATFORM_HIP_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/hip/visit.h"
#include "preempt/hal.h"

/* Records an event in the stream; when it is found done, *progress becomes value. */
hipError_t xs_hip_marks_record(struct xs_hip_visit *visit, const struct xs_stream *stream,
	_Atomic uint32_t *progress, uint32_t value);

/* Whether there are events that were not found done yet. */
bool xs_hip_marks_any(_Atomic uint32_t *progress);

/* Asks for the events in order and stores the value of the last one that is done. */
void xs_hip_marks_observe(struct xs_hip_visit *visit, _Atomic uint32_t *progress);

#endif
