/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Submission and waiting.
 *
 * Order with the legacy default stream: a command on the legacy stream is preceded by waits for the
 * latest point of every busy blocking stream of its context, a command on a blocking stream by a
 * wait for the latest point of the legacy stream. Points are read before anything is pushed, so two
 * threads that do both at once can not wait for each other: each only waits for what was already
 * queued.
 */
#include "platform/sim/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "platform/sim/config.h"
#include "platform/sim/context.h"
#include "platform/sim/event.h"

int xsim_stream_create(struct xsim_context *context, unsigned int flags, bool blocking,
	int priority, struct xsim_stream **out)
{
	bool fresh;
	struct xsim_stream *stream = xsim_handle_alloc(XSIM_KIND_STREAM, sizeof(*stream), &fresh);

	if (!stream)
		return XSIM_OUT_OF_MEMORY;
	if (fresh) {
		xs_list_init(&stream->active_link);
		xs_list_init(&stream->capture_link);
		stream->connection = -1;
	}
	/* Counters and engine state go on where the previous stream of this object ended. */
	stream->context = context;
	stream->flags = flags;
	stream->priority = priority;
	stream->blocking = blocking;
	stream->legacy = false;
	stream->per_thread = false;
	stream->legacy_seen = 0;

	xs_mutex_lock(&context->lock);
	xs_list_for_each_safe (link, &context->streams) {
		struct xsim_stream *old = xs_list_entry(link, struct xsim_stream, link);

		if (xsim_handle_is(old, XSIM_KIND_STREAM) || !xsim_stream_idle(old))
			continue;
		xs_list_remove(&old->link);
		xsim_handle_free(XSIM_KIND_STREAM, old);
	}
	xs_list_append(&context->streams, &stream->link);
	xs_mutex_unlock(&context->lock);
	*out = stream;
	return XSIM_OK;
}

void xsim_stream_destroy(struct xsim_stream *stream)
{
	xsim_handle_kill(stream); /* taken off the context's list once it is drained */
}

/* Puts one command into the ring. [stream->lock] */
static uint64_t push(struct xsim_stream *stream, const struct xsim_op *op)
{
	uint64_t seq = xs_load_relaxed(&stream->submitted) + 1;

	if (xs_unlikely(seq > xs_load_acquire(&stream->completed) + xsim_config.depth))
		xsim_stream_wait(stream, seq - xsim_config.depth);

	struct xsim_command *slot = &stream->ring[(seq - 1) & (xsim_config.depth - 1)];
	size_t bytes = offsetof(struct xsim_op, params);
	if (op->kind == XSIM_OP_KERNEL && !op->heap)
		bytes += op->kernel.param_bytes;
	memcpy(&slot->op, op, bytes);
	slot->stamp_ns = xs_now_ns();
	if (op->kind == XSIM_OP_RECORD)
		xsim_event_mark(op->record.event, (struct xsim_point){ stream, seq }, false);
	if (op->kind == XSIM_OP_GRAPH) {
		struct xsim_plan *plan = op->graph.plan;

		for (uint32_t i = 0; i < plan->count; i++) {
			if (plan->op[i].kind == XSIM_OP_RECORD)
				xsim_event_mark(plan->op[i].record.event,
					(struct xsim_point){ stream, seq }, true);
		}
	}
	/* Ordered against the engine, which clears `active` and then looks for new commands. */
	xs_store_full(&stream->submitted, seq);
	if (!xs_load_full(&stream->active) && !xs_swap_full(&stream->active, 1))
		xsim_engine_announce(&xsim_devices[stream->context->device].engine, stream);
	return seq;
}

static void push_wait(struct xsim_stream *stream, struct xsim_stream *other, uint64_t seq)
{
	struct xsim_op op;

	memset(&op, 0, offsetof(struct xsim_op, params));
	op.kind = XSIM_OP_WAIT;
	op.wait.point = (struct xsim_point){ other, seq };
	push(stream, &op);
}

/* The points that a command on the legacy stream has to wait for. [stream->lock] */
static void wait_for_blocking(struct xsim_stream *legacy)
{
	struct xsim_context *context = legacy->context;
	struct xsim_point points[64];
	unsigned int count;

	do {
		count = 0;
		xs_mutex_lock(&context->lock);
		xs_list_for_each (link, &context->streams) {
			struct xsim_stream *other = xs_list_entry(link, struct xsim_stream, link);
			uint64_t seq = xs_load_acquire(&other->submitted);

			if (other == legacy || !other->blocking ||
				xs_load_acquire(&other->completed) >= seq)
				continue;
			points[count++] = (struct xsim_point){ other, seq };
			if (count == 64)
				break;
		}
		xs_mutex_unlock(&context->lock);
		if (count == 64) /* a crowd: let the first ones finish, then look again */
			xsim_stream_wait(points[0].stream, points[0].seq);
	} while (count == 64);
	for (unsigned int i = 0; i < count; i++)
		push_wait(legacy, points[i].stream, points[i].seq);
}

static void wait_for_legacy(struct xsim_stream *stream)
{
	struct xsim_stream *legacy = stream->context->legacy;
	uint64_t seq = xs_load_acquire(&legacy->submitted);

	if (seq == stream->legacy_seen || xs_load_acquire(&legacy->completed) >= seq)
		return;
	stream->legacy_seen = seq;
	push_wait(stream, legacy, seq);
}

int xsim_stream_submit(struct xsim_stream *stream, struct xsim_op *op, uint64_t *seq)
{
	xs_mutex_lock(&stream->lock);
	if (xs_unlikely(!stream->ring)) {
		stream->ring = calloc(xsim_config.depth, sizeof(*stream->ring));
		if (!stream->ring) {
			xs_mutex_unlock(&stream->lock);
			return XSIM_OUT_OF_MEMORY;
		}
	}
	if (stream->legacy)
		wait_for_blocking(stream);
	else if (stream->blocking)
		wait_for_legacy(stream);
	uint64_t point = push(stream, op);
	xs_mutex_unlock(&stream->lock);
	if (seq)
		*seq = point;
	return XSIM_OK;
}

void xsim_stream_wait(struct xsim_stream *stream, uint64_t seq)
{
	if (xs_load_acquire(&stream->completed) >= seq)
		return;
	xs_add_full(&stream->waiters, 1);
	for (;;) {
		uint32_t word = xs_load_full(&stream->done_word);

		if (xs_load_full(&stream->completed) >= seq)
			break;
		xs_futex_wait(&stream->done_word, word, 0);
	}
	xs_sub_full(&stream->waiters, 1);
}

void xsim_stream_sync(struct xsim_stream *stream)
{
	uint64_t seq = xs_load_acquire(&stream->submitted);

	if (stream->legacy) {
		struct xsim_op op = { .kind = XSIM_OP_EMPTY };

		if (xsim_stream_submit(stream, &op, &seq))
			return;
	}
	xsim_stream_wait(stream, seq);
	if (xsim_config.sync_ns) {
		uint64_t until = xs_now_ns() + xsim_config.sync_ns;

		while (xs_now_ns() < until)
			xs_cpu_relax();
	}
}

int xsim_stream_query(struct xsim_stream *stream)
{
	struct xsim_context *context = stream->context;
	int result = xsim_stream_idle(stream) ? XSIM_OK : XSIM_NOT_READY;

	if (result || !stream->legacy)
		return result;
	xs_mutex_lock(&context->lock);
	xs_list_for_each (link, &context->streams) {
		struct xsim_stream *other = xs_list_entry(link, struct xsim_stream, link);

		if (other->blocking && !xsim_stream_idle(other))
			result = XSIM_NOT_READY;
	}
	xs_mutex_unlock(&context->lock);
	return result;
}

void xsim_stream_publish(struct xsim_stream *stream)
{
	uint64_t completed = xs_load_relaxed(&stream->completed) + 1;

	xs_store_release(&stream->completed, completed);
	xs_store_full(&stream->done_word, (uint32_t)completed);
	if (xs_load_full(&stream->waiters))
		xs_futex_wake(&stream->done_word, INT32_MAX);
}
