/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine thread.
 *
 * It is a discrete-event simulation pinned to CLOCK_MONOTONIC. Every step has a virtual time:
 *
 *      submitted      ready                  start            end
 *   ───────┼────────────┼──────────────────────┼────────────────┼──────────► device time
 *          │ stamp      │ previous command     │ unit is free   │ start + duration:
 *          │            │ ended, waits over    │                │ data moves, then published
 *
 * Each turn takes the earliest step that is not in the future of the wall clock, so a thread that
 * woke late catches up in the right order and its lateness adds to no duration. There are three
 * units: compute, copies to the device, copies from it. A unit runs one operation at a time and
 * takes the one that has been ready for longest; stream priorities count only with XSIM_PRIORITY=1
 * and only between kernels, because that is what hardware was seen to do under long kernels.
 * Compute belongs to one process at a time (share.h); the copy engines are not sliced.
 */
#include "platform/sim/engine.h"

#include <sys/prctl.h>

#include "base/clock.h"
#include "base/thread.h"
#include "platform/sim/config.h"
#include "platform/sim/context.h"
#include "platform/sim/event.h"
#include "platform/sim/host.h"
#include "platform/sim/memop.h"
#include "platform/sim/stream.h"

#define NEVER    UINT64_MAX
#define RETRY_NS (5 * XS_NS_PER_MS) /* between looks at an owner that may have died */

enum step { STEP_NONE, STEP_END, STEP_YIELD, STEP_START };

struct pick {
	enum step step;
	uint64_t at_ns;
	enum xsim_unit unit;
	struct xsim_stream *stream;
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct xsim_command *head_of(struct xsim_stream *stream)
{
	uint64_t completed = xs_load_relaxed(&stream->completed);

	if (xs_load_acquire(&stream->submitted) == completed)
		return NULL;
	return &stream->ring[completed & (xsim_config.depth - 1)];
}

/* The operation at the head, inside a graph the node that is due; NULL: an empty graph. */
static struct xsim_op *op_of(struct xsim_stream *stream, struct xsim_command *command)
{
	if (command->op.kind != XSIM_OP_GRAPH)
		return &command->op;
	struct xsim_plan *plan = command->op.graph.plan;
	return stream->node_index < plan->count ? &plan->op[stream->node_index] : NULL;
}

/* The operation at the head is over; the command too, unless it is a graph with more nodes. */
static void finish(struct xsim_stream *stream, uint64_t at_ns)
{
	struct xsim_command *command = head_of(stream);
	bool graph = command->op.kind == XSIM_OP_GRAPH;

	stream->ready_ns = at_ns;
	stream->phase = XSIM_PHASE_NEW;
	stream->memop_index = 0;
	stream->node_point.stream = NULL;
	if (graph && ++stream->node_index < command->op.graph.plan->count)
		return;
	stream->node_index = 0;
	xsim_op_drop(&command->op);
	xsim_stream_publish(stream);
}

/* --- waits ------------------------------------------------------------------------------------ */

/* True when the point is reached; the stream's ready time then says when. */
static bool point_reached(
	struct xsim_engine *engine, struct xsim_stream *stream, struct xsim_op *op)
{
	struct xsim_point point = op->wait.point;

	if (!point.stream &&
		op->wait.event) { /* a node: what the event stood for when it was due */
		if (stream->phase == XSIM_PHASE_NEW)
			stream->node_point = xsim_event_point(op->wait.event);
		point = stream->node_point;
	}
	if (!point.stream)
		return true;
	if (xs_load_acquire(&point.stream->completed) < point.seq) {
		if (point.stream->context->device != engine->device)
			engine->polling = true; /* the other device does not wake us */
		return false;
	}
	/* Seen waiting before: then it was reached just now, and the other's clock tells when. */
	if (stream->phase == XSIM_PHASE_WAIT)
		stream->ready_ns = later(stream->ready_ns,
			point.stream->context->device == engine->device ? point.stream->ready_ns
									: engine->now_ns);
	return true;
}

/* A stream that waits for memory holds its connection: what was submitted later to other streams of
 * the connection waits behind it. */
static bool connection_blocked(
	struct xsim_engine *engine, struct xsim_stream *stream, struct xsim_command *command)
{
	if (stream->connection < 0)
		return false;
	struct xsim_connection *c = &engine->connections[stream->connection];
	return c->stalled && c->stalled != stream && command->stamp_ns > c->stalled_stamp_ns;
}

static void set_stalled(
	struct xsim_engine *engine, struct xsim_stream *stream, bool stalled, uint64_t stamp_ns)
{
	if (stream->connection < 0)
		return;
	struct xsim_connection *c = &engine->connections[stream->connection];
	if (stalled && (!c->stalled || c->stalled == stream)) {
		c->stalled = stream;
		c->stalled_stamp_ns = stamp_ns;
	}
	if (!stalled && c->stalled == stream)
		c->stalled = NULL;
}

/* --- heads of streams ------------------------------------------------------------------------- */

/* Handles an operation that needs no unit. True: it is over. */
static bool settle(struct xsim_engine *engine, struct xsim_stream *stream, struct xsim_op *op,
	uint64_t stamp_ns)
{
	struct xsim_point here = { stream, xs_load_relaxed(&stream->completed) + 1 };
	bool seen = stream->phase == XSIM_PHASE_WAIT;

	switch (op->kind) {
	case XSIM_OP_HOST:
		if (!seen) {
			xs_store_relaxed(&stream->host_done, 0);
			xsim_host_queue(stream, op);
			return false;
		}
		if (!xs_load_acquire(&stream->host_done))
			return false;
		stream->ready_ns = later(stream->ready_ns, engine->now_ns);
		return true;
	case XSIM_OP_RECORD:
		xsim_event_reached(op->record.event, here, stream->ready_ns);
		return true;
	case XSIM_OP_WAIT:
		return point_reached(engine, stream, op);
	case XSIM_OP_MEMOPS:
		if (!xsim_memops_pass(stream, op)) {
			set_stalled(engine, stream, true, stamp_ns);
			engine->polling = true;
			return false;
		}
		set_stalled(engine, stream, false, 0);
		if (seen)
			stream->ready_ns = later(stream->ready_ns, engine->now_ns);
		return true;
	case XSIM_OP_RELEASE:
		xsim_memory_free(op->release.address, 1u << XSIM_MEMORY_POOLED);
		return true;
	default:
		return true;
	}
}

/* Looks at the head of a stream. True: something changed, others may be able to go on. */
static bool look(struct xsim_engine *engine, struct xsim_stream *stream)
{
	struct xsim_command *command = head_of(stream);

	if (!command || stream->phase == XSIM_PHASE_READY || stream->phase == XSIM_PHASE_RUNNING)
		return false;
	if (connection_blocked(engine, stream, command))
		return false;
	if (stream->phase == XSIM_PHASE_NEW)
		stream->ready_ns = later(stream->ready_ns, command->stamp_ns);

	struct xsim_op *op = op_of(stream, command);
	bool in_callback = stream->phase == XSIM_PHASE_WAIT && op && op->kind == XSIM_OP_HOST;
	if (!op || (xs_load_relaxed(&stream->context->error) && !in_callback &&
			   op->kind != XSIM_OP_RELEASE)) {
		set_stalled(engine, stream, false, 0);
		finish(stream, stream->ready_ns); /* a context in error drops its work */
		return true;
	}
	if (op->kind == XSIM_OP_KERNEL || op->kind == XSIM_OP_COPY || op->kind == XSIM_OP_FILL) {
		stream->phase = XSIM_PHASE_READY;
		return true;
	}
	if (!settle(engine, stream, op, command->stamp_ns)) {
		stream->phase = XSIM_PHASE_WAIT;
		return false;
	}
	finish(stream, stream->ready_ns);
	return true;
}

static void join_connection(struct xsim_engine *engine, struct xsim_stream *stream)
{
	int best = -1;

	for (int i = 0; i < (int)xsim_config.connections; i++) {
		struct xsim_connection *c = &engine->connections[i];
		struct xsim_connection *b = &engine->connections[best < 0 ? 0 : best];

		if (best < 0 || (!c->stalled && b->stalled) ||
			(!c->stalled == !b->stalled && c->streams < b->streams))
			best = i;
	}
	stream->connection = best;
	if (best >= 0)
		engine->connections[best].streams++;
}

static void drain_inbox(struct xsim_engine *engine)
{
	struct xsim_stream *stream = xs_swap_full(&engine->inbox, NULL);

	while (stream) {
		struct xsim_stream *next = stream->inbox_next;

		join_connection(engine, stream);
		xs_list_append(&engine->streams, &stream->active_link);
		stream = next;
	}
}

/* Takes a drained stream off the list. A command that arrives meanwhile announces it again. */
static void retire(struct xsim_engine *engine, struct xsim_stream *stream)
{
	xs_list_remove(&stream->active_link);
	if (stream->connection >= 0)
		engine->connections[stream->connection].streams--;
	stream->connection = -1;
	xs_store_full(&stream->active, 0);
	if (xs_load_full(&stream->submitted) != xs_load_relaxed(&stream->completed) &&
		!xs_swap_full(&stream->active, 1))
		xsim_engine_announce(engine, stream);
}

/* Everything that needs no unit, until nothing moves. */
static void settle_all(struct xsim_engine *engine)
{
	bool moved;

	do {
		moved = false;
		engine->polling = false;
		if (xs_load_relaxed(&engine->inbox))
			drain_inbox(engine);
		xs_list_for_each_safe (link, &engine->streams) {
			struct xsim_stream *stream =
				xs_list_entry(link, struct xsim_stream, active_link);

			/* One look at the head decides: a command that arrives after it is
			 * announced, one that was there is looked at. */
			if (head_of(stream))
				moved |= look(engine, stream);
			else
				retire(engine, stream);
		}
	} while (moved);
}

/* --- units ------------------------------------------------------------------------------------ */

static enum xsim_unit unit_of(const struct xsim_op *op)
{
	return op->kind == XSIM_OP_COPY ? (enum xsim_unit)op->unit : XSIM_UNIT_COMPUTE;
}

/* Per unit the stream that has been ready for longest. */
static void find_ready(struct xsim_engine *engine, struct xsim_stream *ready[XSIM_UNITS])
{
	xs_list_for_each (link, &engine->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, active_link);

		if (stream->phase != XSIM_PHASE_READY)
			continue;
		enum xsim_unit unit = unit_of(op_of(stream, head_of(stream)));
		if (!ready[unit] || stream->ready_ns < ready[unit]->ready_ns)
			ready[unit] = stream;
	}
	if (!xsim_config.priority || !ready[XSIM_UNIT_COMPUTE])
		return;

	uint64_t start =
		later(engine->units[XSIM_UNIT_COMPUTE].free_ns, ready[XSIM_UNIT_COMPUTE]->ready_ns);
	xs_list_for_each (link, &engine->streams) {
		struct xsim_stream *stream = xs_list_entry(link, struct xsim_stream, active_link);

		if (stream->phase == XSIM_PHASE_READY && stream->ready_ns <= start &&
			unit_of(op_of(stream, head_of(stream))) == XSIM_UNIT_COMPUTE &&
			stream->priority < ready[XSIM_UNIT_COMPUTE]->priority)
			ready[XSIM_UNIT_COMPUTE] = stream;
	}
}

static void pause_compute(struct xsim_engine *engine, uint64_t at_ns)
{
	struct xsim_unit_state *unit = &engine->units[XSIM_UNIT_COMPUTE];

	if (!unit->running || unit->paused)
		return;
	at_ns = later(at_ns, unit->start_ns);
	xs_add_relaxed(&engine->busy_ns, at_ns - unit->start_ns);
	unit->end_ns = unit->end_ns > at_ns ? unit->end_ns - at_ns : 0;
	unit->paused = true;
}

/* Makes sure that compute may be used by this process. False: it has to wait. */
static bool own_compute(struct xsim_engine *engine, struct xsim_stream *ready)
{
	struct xsim_unit_state *unit = &engine->units[XSIM_UNIT_COMPUTE];
	uint64_t from;

	if (engine->share.owner && xsim_share_lost(&engine->share))
		pause_compute(engine, engine->share.slice_end_ns);
	if (engine->share.owner)
		return true;
	uint64_t wanted = unit->paused ? unit->free_ns : later(ready->ready_ns, unit->free_ns);
	if (!xsim_share_acquire(&engine->share, wanted, engine->now_ns, &from))
		return false;
	unit->free_ns = later(unit->free_ns, from);
	if (unit->paused) {
		unit->paused = false;
		unit->start_ns = unit->free_ns;
		unit->end_ns += unit->free_ns;
	}
	return true;
}

static void consider(struct pick *pick, enum step step, uint64_t at_ns, enum xsim_unit unit,
	struct xsim_stream *stream)
{
	if (at_ns < pick->at_ns || (at_ns == pick->at_ns && step < pick->step))
		*pick = (struct pick){ step, at_ns, unit, stream };
}

/* The earliest step. *retry: compute is another process's. */
static struct pick choose(struct xsim_engine *engine, bool *retry)
{
	struct xsim_stream *ready[XSIM_UNITS] = { NULL };
	struct pick pick = { .step = STEP_NONE, .at_ns = NEVER };
	struct xsim_unit_state *compute = &engine->units[XSIM_UNIT_COMPUTE];

	find_ready(engine, ready);
	bool wanted = compute->running || ready[XSIM_UNIT_COMPUTE];
	*retry = wanted && !own_compute(engine, ready[XSIM_UNIT_COMPUTE]);
	if (!wanted && engine->share.owner)
		xsim_share_release(&engine->share, compute->free_ns, false);
	for (int i = 0; i < XSIM_UNITS; i++) {
		struct xsim_unit_state *unit = &engine->units[i];

		if (i == XSIM_UNIT_COMPUTE && *retry)
			continue;
		if (unit->running)
			consider(&pick, STEP_END, unit->end_ns, (enum xsim_unit)i, unit->running);
		else if (ready[i])
			consider(&pick, STEP_START, later(ready[i]->ready_ns, unit->free_ns),
				(enum xsim_unit)i, ready[i]);
	}
	if (wanted && !*retry && engine->share.owner) {
		uint64_t at = xsim_share_yield_at(&engine->share);

		if (at != NEVER)
			consider(&pick, STEP_YIELD,
				later(at, compute->running ? compute->start_ns : compute->free_ns),
				XSIM_UNIT_COMPUTE, NULL);
	}
	return pick;
}

static void end_operation(struct xsim_engine *engine, struct pick *pick)
{
	struct xsim_unit_state *unit = &engine->units[pick->unit];
	struct xsim_stream *stream = pick->stream;
	int error = XSIM_OK;

	if (!xs_load_relaxed(&stream->context->error))
		error = xsim_op_perform(op_of(stream, head_of(stream)));
	if (error)
		xs_store_release(&stream->context->error, error);
	if (pick->unit == XSIM_UNIT_COMPUTE)
		xs_add_relaxed(&engine->busy_ns, unit->end_ns - unit->start_ns);
	unit->running = NULL;
	unit->free_ns = unit->end_ns;
	finish(stream, unit->end_ns);
}

static void start_operation(struct xsim_engine *engine, struct pick *pick)
{
	struct xsim_unit_state *unit = &engine->units[pick->unit];
	struct xsim_stream *stream = pick->stream;

	unit->running = stream;
	unit->start_ns = pick->at_ns;
	unit->end_ns = pick->at_ns + xsim_op_duration_ns(op_of(stream, head_of(stream)));
	stream->phase = XSIM_PHASE_RUNNING;
	xs_list_remove(&stream->active_link); /* to the end: among equals the others come first */
	xs_list_append(&engine->streams, &stream->active_link);
}

/* Does all that is due at now_ns; returns when to look again, NEVER when only an announcement can
 * change anything. */
static uint64_t run(struct xsim_engine *engine)
{
	for (;;) {
		bool retry;

		settle_all(engine);
		struct pick pick = choose(engine, &retry);
		if (pick.step != STEP_NONE && pick.at_ns <= engine->now_ns) {
			if (pick.step == STEP_END)
				end_operation(engine, &pick);
			if (pick.step == STEP_START)
				start_operation(engine, &pick);
			if (pick.step == STEP_YIELD) {
				pause_compute(engine, pick.at_ns);
				xsim_share_release(&engine->share, pick.at_ns, true);
			}
			continue;
		}
		uint64_t until = pick.at_ns;
		if (retry && until > engine->now_ns + RETRY_NS)
			until = engine->now_ns + RETRY_NS;
		if (!engine->polling) {
			engine->stalled_since_ns = 0;
			return until;
		}
		if (!engine->stalled_since_ns)
			engine->stalled_since_ns = engine->now_ns;
		/* A wait that has lasted 10 ms can be noticed a little later. */
		uint64_t poll = xsim_config.poll_us * XS_NS_PER_US;
		if (engine->now_ns - engine->stalled_since_ns > 10 * XS_NS_PER_MS)
			poll *= 4;
		return until < engine->now_ns + poll ? until : engine->now_ns + poll;
	}
}

/* --- thread ----------------------------------------------------------------------------------- */

static void rest(struct xsim_engine *engine, uint64_t until_ns)
{
	uint64_t spin_ns = xsim_config.spin_us * XS_NS_PER_US;

	if (until_ns != NEVER && spin_ns && until_ns < xs_now_ns() + spin_ns) {
		while (xs_now_ns() < until_ns && !xs_load_relaxed(&engine->inbox))
			xs_cpu_relax();
		return;
	}
	xs_store_full(engine->word, 1);
	if (!xs_load_full(&engine->inbox) && !xs_swap_full(&engine->host_finished, 0))
		xs_futex_wait(engine->word, 1, until_ns == NEVER ? 0 : until_ns);
	xs_store_full(engine->word, 0);
}

static void *engine_main(void *argument)
{
	struct xsim_engine *engine = argument;

	prctl(PR_SET_TIMERSLACK, 1ul);
	prctl(PR_SET_NAME, "xsim-engine");
	for (;;) {
		engine->now_ns = xs_now_ns();
		uint64_t until = run(engine);

		if (until > xs_now_ns())
			rest(engine, until);
	}
	return NULL;
}

static void start(struct xsim_engine *engine)
{
	xs_mutex_lock(&engine->start_lock);
	if (!xs_load_relaxed(&engine->started)) {
		xs_list_init(&engine->streams);
		xsim_share_open(&engine->share, engine->device);
		engine->word = xsim_share_word(&engine->share);
		if (!engine->word)
			engine->word = &engine->own_word;
		if (!xs_thread_start(engine_main, engine))
			xs_store_release(&engine->started, 1);
	}
	xs_mutex_unlock(&engine->start_lock);
}

void xsim_engine_kick(struct xsim_engine *engine)
{
	uint32_t asleep = 1;

	if (xs_load_full(engine->word) == 1 && xs_cas_full(engine->word, &asleep, 0))
		xs_futex_wake(engine->word, 1);
}

void xsim_engine_announce(struct xsim_engine *engine, struct xsim_stream *stream)
{
	struct xsim_stream *first = xs_load_relaxed(&engine->inbox);

	do {
		stream->inbox_next = first;
	} while (!xs_cas_weak_full(&engine->inbox, &first, stream));
	if (xs_unlikely(!xs_load_acquire(&engine->started)))
		start(engine);
	xsim_engine_kick(engine);
}
