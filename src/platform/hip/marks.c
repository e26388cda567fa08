/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rings. There is one per slot of the page that was ever paced, found by a hash of the slot's
 * address; rings are never given back, and a slot that is used again takes over the events, unless
 * they belong to another device or copy of the runtime.
 */
#include "platform/hip/marks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "preempt/pace.h"

#define BUCKETS 256

struct ring {
	struct ring *next;                    /* chain of the bucket; constant once linked */
	_Atomic uint32_t *progress;           /* whose ring it is; constant */
	const struct xs_hip_context *context; /* of the events */
	void *stream;                         /* of the marks in flight */
	uint32_t first;
	_Atomic uint32_t count; /* marks in flight, from first on */
	struct {
		hipEvent_t event;
		uint32_t value;
	} marks[XS_PACE_MARKS];
};

static struct {
	struct xs_mutex lock;
	_Atomic(struct ring *) buckets[BUCKETS];
} table;

static _Atomic(struct ring *) *bucket_of(const _Atomic uint32_t *progress)
{
	uint64_t key = (uint64_t)(uintptr_t)progress * UINT64_C(0x9e3779b97f4a7c15);

	return &table.buckets[key >> 56];
}

static struct ring *find(const _Atomic uint32_t *progress)
{
	struct ring *ring = xs_load_acquire(bucket_of(progress));

	while (ring && ring->progress != progress)
		ring = ring->next;
	return ring;
}

/* The events are the parent's. */
static void forked(void)
{
	memset(&table, 0, sizeof(table));
}

static void watch_forks(void)
{
	pthread_atfork(NULL, NULL, forked);
}

static struct ring *find_or_make(_Atomic uint32_t *progress)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	_Atomic(struct ring *) *bucket = bucket_of(progress);
	struct ring *ring = find(progress);

	if (ring)
		return ring;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return NULL;
	ring->progress = progress;
	pthread_once(&once, watch_forks);
	xs_mutex_lock(&table.lock);
	ring->next = xs_load_relaxed(bucket);
	xs_store_release(bucket, ring);
	xs_mutex_unlock(&table.lock);
	return ring;
}

/* Events belong to a device. */
static void use_for(struct ring *ring, const struct xs_stream *stream)
{
	if (ring->context != stream->context) {
		for (int i = 0; i < XS_PACE_MARKS; i++) {
			if (ring->marks[i].event)
				ring->context->runtime->real.hipEventDestroy(ring->marks[i].event);
			ring->marks[i].event = NULL;
		}
		ring->context = stream->context;
	}
	/* What is left of another stream's marks tells nothing about this one. */
	if (ring->stream != stream->handle || xs_load_relaxed(&ring->count) == XS_PACE_MARKS)
		xs_store_relaxed(&ring->count, 0);
	ring->stream = stream->handle;
}

static hipError_t record(struct xs_hip_visit *visit, hipEvent_t *event, void *stream)
{
	hipError_t result = hipSuccess;

	if (!*event)
		result = visit->real->hipEventCreateWithFlags(event, hipEventDisableTiming);
	return result == hipSuccess ? visit->real->hipEventRecord(*event, stream) : result;
}

/* An event of a device that was reset meanwhile is refused: a new one takes its place. */
static hipError_t record_again(struct xs_hip_visit *visit, hipEvent_t *event, void *stream)
{
	hipError_t result = record(visit, event, stream);

	if (result != hipErrorInvalidHandle)
		return result;
	*event = NULL;
	return record(visit, event, stream);
}

hipError_t xs_hip_marks_record(struct xs_hip_visit *visit, const struct xs_stream *stream,
	_Atomic uint32_t *progress, uint32_t value)
{
	struct ring *ring = find_or_make(progress);
	hipError_t result;

	if (!ring)
		return hipErrorOutOfMemory;
	use_for(ring, stream);
	uint32_t count = xs_load_relaxed(&ring->count);
	uint32_t next = (ring->first + count) % XS_PACE_MARKS;
	result = record_again(visit, &ring->marks[next].event, stream->handle);
	if (result != hipSuccess)
		return result;
	ring->marks[next].value = value;
	xs_store_relaxed(&ring->count, count + 1);
	return hipSuccess;
}

bool xs_hip_marks_any(_Atomic uint32_t *progress)
{
	struct ring *ring = find(progress);

	return ring && xs_load_relaxed(&ring->count);
}

void xs_hip_marks_observe(struct xs_hip_visit *visit, _Atomic uint32_t *progress)
{
	struct ring *ring = find(progress);

	while (ring && xs_load_relaxed(&ring->count)) {
		uint32_t oldest = ring->first % XS_PACE_MARKS;

		/* An error is sticky, and the application hears of it: nothing is in flight then. */
		if (visit->real->hipEventQuery(ring->marks[oldest].event) == hipErrorNotReady)
			return;
		xs_store_release(progress, ring->marks[oldest].value);
		ring->first++;
		xs_sub_relaxed(&ring->count, 1);
	}
}
