/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of streams. A created stream is its handle. The legacy default stream has one queue per
 * context, a per-thread default stream one per context and thread.
 */
#include "platform/common/streams.h"
#include "platform/common/trace.h"

#include <errno.h>
#include <pthread.h>

#include "base/options.h"
#include "preempt/life.h"
#include "preempt/process.h"

void *xs_streams_context(void)
{
	struct xs_thread *self = &xs_self;

	if (!self->context_known) {
		xs_trace_begin();
		self->context = xs_vendor.hal->current_context();
		self->context_known = self->context != NULL;
	}
	return self->context;
}

/* False: there is no such stream, since no context is current. */
static bool name_stream(struct xs_stream *name, void *stream, bool per_thread)
{
	bool own = stream ? stream == xs_vendor.per_thread_stream : per_thread;
	bool legacy = stream ? stream == xs_vendor.legacy_stream : !per_thread;

	*name = (struct xs_stream){ .handle = stream };
	if (legacy || own) {
		name->context = xs_streams_context();
		name->handle = own ? xs_vendor.per_thread_stream : NULL;
		name->owner = own ? &xs_self : NULL;
		return name->context != NULL;
	}
	return true;
}

/* A per-thread default stream ends with its thread. */
static void thread_ended(void *self)
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue && xs_load_relaxed(&queue->key.owner) == self)
			xs_queue_end(queue);
	}
}

static pthread_key_t end_key;
static bool have_end_key;

static void make_end_key(void)
{
	have_end_key = pthread_key_create(&end_key, thread_ended) == 0;
}

static void end_with_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_end_key);
	if (have_end_key)
		pthread_setspecific(end_key, &xs_self);
}

/* The questions about a new stream would spoil its capture. */
static bool is_capturing(const struct xs_stream *name)
{
	return xs_process_captures() && name->context && xs_vendor.hal->capturing &&
	       xs_vendor.hal->capturing(name);
}

/* NULL also for a stream that captures: it is adopted later. */
static struct xs_queue *adopt(struct xs_stream *name)
{
	struct xs_stream_traits traits = { .hal = xs_vendor.hal, .blocking = true };

	/* Any context may be current when a created stream is used. */
	if (!name->context)
		name->context = xs_streams_context();
	if (is_capturing(name))
		return NULL;
	if (name->handle && !name->owner &&
		xs_vendor.describe(
			name->handle, &name->context, &traits.priority, &traits.blocking) != 0)
		return NULL; /* no stream: the call itself will say so */
	if (!name->context)
		return NULL;
	traits.device = xs_vendor.hal->device(name->context);
	if (name->owner)
		end_with_thread();
	return xs_queue_adopt(name, &traits, XS_HOLDER_SHIM, true);
}

/* Remembers the most important queue that this thread feeds; see xqueue.c for what for. */
static void note_feeding(struct xs_queue *queue)
{
	struct xs_thread *self = &xs_self;
	const struct xs_queue *best = self->feeds;

	if (best && xs_load_relaxed(&best->id) == self->feeds_id &&
		xs_load_relaxed(&best->priority) >= xs_load_relaxed(&queue->priority))
		return;
	self->feeds = queue;
	self->feeds_id = xs_load_relaxed(&queue->id);
}

struct xs_queue *xs_streams_find(void *stream, bool per_thread)
{
	struct xs_stream name;

	if (xs_streams_is_last(stream, per_thread))
		return xs_self.queue;
	return name_stream(&name, stream, per_thread) ? xs_registry_find(&name) : NULL;
}

struct xs_queue *xs_streams_look_up(void *stream, bool per_thread)
{
	struct xs_thread *self = &xs_self;
	uint32_t epoch = xs_load_acquire(&xs_registry_epoch);
	struct xs_stream name;

	if (!name_stream(&name, stream, per_thread))
		return NULL;
	struct xs_queue *queue = xs_registry_find(&name);
	if (xs_unlikely(!queue) && xs_options()->auto_xqueue) {
		int saved_errno = errno;
		queue = adopt(&name);
		errno = saved_errno;
		if (!queue)
			return NULL;
		epoch = xs_load_acquire(&xs_registry_epoch);
	}
	if (queue)
		note_feeding(queue);
	self->stream = stream;
	self->per_thread = per_thread;
	self->queue = queue;
	self->epoch = epoch;
	return queue;
}
