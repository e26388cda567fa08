/* SPDX-License-Identifier: Apache-2.0 */
/* Process state. Nothing happens in a constructor: all begins with xsim_init(). */
#include "platform/sim/context.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "platform/sim/config.h"
#include "platform/sim/event.h"
#include "platform/sim/stream.h"

struct xsim_device xsim_devices[XSIM_MAX_DEVICES];
struct xs_mutex xsim_lock;
_Atomic int xsim_state = XSIM_NOT_INITIALIZED;
__thread struct xsim_thread xsim_self;

static struct xs_mutex init_lock;
static bool forked; /* [init_lock] */
static _Atomic uint32_t last_ordinal;

/* The child has neither our threads nor a slot of its own; every call fails there. */
static void in_child(void)
{
	xs_store_release(&xsim_state, XSIM_NOT_INITIALIZED);
	forked = true;
	xs_store_relaxed(&init_lock.state, 0);
}

int xsim_init(void)
{
	if (xs_load_acquire(&xsim_state) == XSIM_OK)
		return XSIM_OK;
	xs_mutex_lock(&init_lock);
	int result = forked ? XSIM_NOT_INITIALIZED : XSIM_OK;
	if (!forked && xs_load_relaxed(&xsim_state) != XSIM_OK) {
		xsim_config_read();
		for (int i = 0; i < (int)xsim_config.devices; i++) {
			struct xsim_device *device = &xsim_devices[i];

			device->engine.device = i;
			device->engine.word = &device->engine.own_word;
			device->default_pool = xsim_pool_create(i, true);
			device->pool = device->default_pool;
		}
		pthread_atfork(NULL, NULL, in_child);
		xs_store_release(&xsim_state, XSIM_OK);
	}
	xs_mutex_unlock(&init_lock);
	return result;
}

int xsim_context_create(int device, unsigned int flags, bool primary, struct xsim_context **out)
{
	bool fresh;
	struct xsim_context *context =
		xsim_handle_alloc(XSIM_KIND_CONTEXT, sizeof(*context), &fresh);

	if (!context)
		return XSIM_OUT_OF_MEMORY;
	context->device = device;
	context->primary = primary;
	context->flags = flags;
	memset(context->limits, 0, sizeof(context->limits));
	context->limits[0] = 1024;     /* stack */
	context->limits[1] = 1u << 20; /* printf FIFO */
	context->limits[2] = 8u << 20; /* malloc heap */
	context->limits[3] = 2;        /* synchronise depth */
	context->limits[4] = 2048;     /* pending launches */
	context->limits[5] = 128;      /* L2 fetch granularity */
	context->cache_config = context->shared_config = 0;
	xs_store_relaxed(&context->error, XSIM_OK);
	xs_list_init(&context->streams);
	xs_list_init(&context->events);
	int result = xsim_stream_create(context, 0, true, 0, &context->legacy);
	if (result) {
		xsim_handle_free(XSIM_KIND_CONTEXT, context);
		return result;
	}
	context->legacy->legacy = true;
	*out = context;
	return XSIM_OK;
}

/* A stream of the context that has work, and the point until which it has. */
static bool find_busy(struct xsim_context *context, struct xsim_point *point)
{
	bool found = false;

	xs_mutex_lock(&context->lock);
	xs_list_for_each (link, &context->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, link);
		uint64_t seq = xs_load_acquire(&stream->submitted);

		if (seq <= point->seq && stream == point->stream)
			continue;
		if (xs_load_acquire(&stream->completed) >= seq)
			continue;
		*point = (struct xsim_point){ stream, seq };
		found = true;
		break;
	}
	xs_mutex_unlock(&context->lock);
	return found;
}

void xsim_context_sync(struct xsim_context *context)
{
	struct xsim_point *points;
	size_t count = 0, room = 0;

	/* What is submitted now is waited for, what other threads add meanwhile is not. */
	xs_mutex_lock(&context->lock);
	xs_list_for_each (link, &context->streams)
		room++;
	points = calloc(room + 1, sizeof(*points));
	xs_list_for_each (link, &context->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, link);

		if (points)
			points[count++] =
				(struct xsim_point){ stream, xs_load_acquire(&stream->submitted) };
	}
	xs_mutex_unlock(&context->lock);
	for (size_t i = 0; i < count; i++)
		xsim_stream_wait(points[i].stream, points[i].seq);
	if (!points) {
		struct xsim_point point = { NULL, 0 };

		while (find_busy(context, &point))
			xsim_stream_wait(point.stream, point.seq);
	}
	free(points);
}

static struct xsim_event *any_event(struct xsim_context *context)
{
	struct xsim_event *event = NULL;

	xs_mutex_lock(&context->lock);
	if (!xs_list_empty(&context->events))
		event = xs_list_entry(context->events.next, struct xsim_event, link);
	xs_mutex_unlock(&context->lock);
	return event;
}

void xsim_context_destroy(struct xsim_context *context)
{
	xsim_handle_kill(context);
	xsim_context_sync(context);
	for (struct xsim_event *event; (event = any_event(context));)
		xsim_event_destroy(event);
	xs_mutex_lock(&context->lock);
	xs_list_for_each_safe (link, &context->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, link);

		xs_list_remove(&stream->link);
		xsim_handle_free(XSIM_KIND_STREAM, stream);
	}
	xs_mutex_unlock(&context->lock);
	xsim_memory_free_context(context);
	xsim_handle_free(XSIM_KIND_CONTEXT, context);
}

int xsim_primary_retain(int device, struct xsim_context **out)
{
	struct xsim_device *d = &xsim_devices[device];
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	if (!d->primary)
		result = xsim_context_create(device, d->primary_flags, true, &d->primary);
	if (!result) {
		d->primary_refs++;
		*out = d->primary;
	}
	xs_mutex_unlock(&xsim_lock);
	return result;
}

int xsim_primary_drop(int device, bool reset)
{
	struct xsim_device *d = &xsim_devices[device];
	struct xsim_context *dead = NULL;
	int result = XSIM_OK;

	xs_mutex_lock(&xsim_lock);
	if (!reset && !d->primary_refs) {
		result = XSIM_INVALID_CONTEXT;
	} else if (reset || --d->primary_refs == 0) {
		dead = d->primary;
		d->primary = NULL;
		d->primary_refs = 0;
	}
	xs_mutex_unlock(&xsim_lock);
	if (dead)
		xsim_context_destroy(dead);
	return result;
}

int xsim_context_current(struct xsim_context **out)
{
	struct xsim_thread *self = &xsim_self;

	if (xs_unlikely(xs_load_acquire(&xsim_state) != XSIM_OK))
		return XSIM_NOT_INITIALIZED;
	if (xs_unlikely(!self->depth || !self->stack[self->depth - 1]))
		return XSIM_INVALID_CONTEXT;
	struct xsim_context *context = self->stack[self->depth - 1];
	if (xs_unlikely(!xsim_handle_is(context, XSIM_KIND_CONTEXT)))
		return XSIM_CONTEXT_DESTROYED;
	*out = context;
	return xs_load_relaxed(&context->error);
}

int xsim_thread_stream(struct xsim_context *context, struct xsim_stream **out)
{
	struct xsim_thread *self = &xsim_self;

	if (self->stream && self->stream_context == context->handle.id) {
		*out = self->stream;
		return XSIM_OK;
	}
	/* A thread that goes back and forth between contexts finds the old ones in their lists. */
	unsigned int ordinal = xsim_thread_ordinal();
	*out = NULL;
	xs_mutex_lock(&context->lock);
	xs_list_for_each (link, &context->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, link);

		if (stream->per_thread && stream->flags == ordinal)
			*out = stream;
	}
	xs_mutex_unlock(&context->lock);
	if (!*out) {
		int result = xsim_stream_create(context, ordinal, true, 0, out);

		if (result)
			return result;
		xs_mutex_lock(&context->lock); /* other threads go through the list */
		(*out)->per_thread = true;
		xs_mutex_unlock(&context->lock);
	}
	self->stream = *out;
	self->stream_context = context->handle.id;
	return XSIM_OK;
}

unsigned int xsim_thread_ordinal(void)
{
	if (!xsim_self.ordinal)
		xsim_self.ordinal = xs_add_relaxed(&last_ordinal, 1) + 1;
	return xsim_self.ordinal;
}
