/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An XQueue: one stream of one process on one device, as the scheduler sees it.
 *
 * Queues live in a pool that is never given back to the system, so a stale pointer always points at
 * some queue; its generation tells whether it is still the same one. A queue is made at the first
 * use of its stream (or through the C API) and retired with it. A retired queue lets everything
 * pass, so nobody who still holds it can be stopped by it.
 */
#ifndef XS_PREEMPT_XQUEUE_H
#define XS_PREEMPT_XQUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"
#include "base/futex.h"
#include "base/list.h"
#include "wire/gate.h"
#include "preempt/hal.h"
#include "preempt/pace.h"
#include "preempt/thread.h"

struct xs_commands;

/* Who holds a queue in being; it is retired when nobody does. */
enum {
	XS_HOLDER_SHIM = 1u << 0,    /* the stream was seen by a shim */
	XS_HOLDER_HWQUEUE = 1u << 1, /* C API: a hardware queue handle */
	XS_HOLDER_XQUEUE = 1u << 2,  /* C API: an XQueue handle */
};

struct xs_queue {
	/* Constant from creation to retirement. */
	struct xs_slot *slot;
	const struct xs_hal *hal;
	_Atomic uint64_t id; /* generation and index: names this queue to the scheduler */
	_Atomic XDevice device;
	_Atomic bool live;     /* between its making and the drop by its last holder */
	_Atomic bool blocking; /* waits for the legacy default stream, and that for it */

	/* Written by the agent under its lock; read by anybody. */
	bool scheduled;           /* [local.lock] known to the scheduler */
	bool known_ready;         /* [local.lock] what the scheduler was told last */
	bool announced;           /* [global.lock] known to the daemon */
	_Atomic int16_t priority; /* effective, as the scheduler computes it */

	/* [registry lock] */
	struct xs_list free_link;             /* registry.free */
	_Atomic(struct xs_queue *) hash_next; /* chain of the registry; read without the lock */
	struct {
		_Atomic(void *) handle;      /* NULL: a legacy default stream */
		_Atomic(const void *) owner; /* not NULL: a per-thread default stream */
		_Atomic(void *) context;
	} key;            /* names the stream; read without the lock */
	uint16_t pins;    /* C API calls that are using it; it is not reused before they end */
	uint16_t endings; /* XQueueDestroy calls that wait for what is left */
	uint8_t holders;  /* XS_HOLDER_*; nobody: the queue is retired */
	_Atomic bool is_xqueue;       /* has an XQueue handle, made by the C API or by a shim */
	_Atomic int8_t level;         /* 1 to hal->max_level, or 0: the deepest that does no harm */
	_Atomic bool blocking_submit; /* XQueueSubmit waits for the launch */
	_Atomic uint32_t submitted_high; /* how often the counter in the word overflowed */
	_Atomic uint32_t xqueue_life; /* counted on for ever: old handles do not name new XQueues */
	_Atomic int threshold;        /* XSCHED_AUTO_XQUEUE_THRESHOLD, or 0 */
	_Atomic int batch;            /* XSCHED_AUTO_XQUEUE_BATCH_SIZE, or 0 */
	int stream_priority;          /* as the vendor numbers it; lower is more important */
	_Atomic uint32_t waiters;     /* host waits under way that will tell when it has run dry */
	_Atomic uint64_t idle_since_ns; /* when it went idle last */

	_Atomic(struct xs_commands *) commands; /* C API submissions, made at the first one */
	struct xs_pace pace;
	struct {
		uint32_t submitted;     /* [watcher] counter at its last look */
		uint32_t progress;      /* [watcher] marker at its last look */
		uint64_t since_ns;      /* [watcher] when either moved last */
		uint64_t next_query_ns; /* [watcher] */
		uint32_t held_ns;       /* [watcher] the slot's, modulo 2^32, at its last look */
		_Atomic bool stalled;   /* it keeps nobody suspended; read by whoever takes over */
		bool blocked;           /* [watcher] the driver does not come back from it */
	} watch;
};

/* With what the scheduler keeps of it, a queue takes at most 512 bytes; bench/queues.c measures. */
_Static_assert(sizeof(struct xs_queue) <= 280, "a queue is small");

/* The stream of the queue, as the platform names it. */
static inline struct xs_stream xs_queue_stream(const struct xs_queue *queue)
{
	return (struct xs_stream){
		.handle = xs_load_acquire(&queue->key.handle),
		.context = xs_load_acquire(&queue->key.context),
		.owner = xs_load_acquire(&queue->key.owner),
	};
}

/* --- one command through the gate ---------------------------------------------------------------- */

XS_EXPORT void xs_queue_enter_slow(struct xs_queue *queue, uint64_t seen);
XS_EXPORT void xs_queue_leave_slow(struct xs_queue *queue);

/* Returns when a command may be submitted to the queue. May sleep, holding nothing. */
static inline void xs_queue_enter(struct xs_queue *queue)
{
	uint64_t seen = xs_gate_arrive(queue->slot);

	if (xs_unlikely(!xs_gate_is_free(seen) || seen >= UINT64_MAX - XS_GATE_SUBMITTED))
		xs_queue_enter_slow(queue, seen);
}

/* The driver has the command. */
static inline void xs_queue_leave(struct xs_queue *queue)
{
	if (xs_unlikely(xs_load_relaxed(&queue->slot->word) & XS_GATE_PACED))
		xs_queue_leave_slow(queue);
	xs_gate_depart(queue->slot);
}

/* The caller entered, and submits nothing after all. */
void xs_queue_retreat(struct xs_queue *queue);

/* Commands that the driver has, modulo 2^32; between enter and leave the caller's own is not counted
 * yet. What threads are about to submit is not in it, so a wait that begins now covers all of it. */
static inline uint32_t xs_queue_submitted(const struct xs_queue *queue)
{
	return xs_gate_departed(xs_load_relaxed(&queue->slot->word));
}

/* The same since the creation of the queue, without the modulus. */
uint64_t xs_queue_total(const struct xs_queue *queue);

/* Blocks until all that was submitted is done. -EIO: the vendor reports an error. */
int xs_queue_synchronize(struct xs_queue *queue);

/* All commands up to the given count are known to be finished. */
XS_EXPORT void xs_queue_covered(struct xs_queue *queue, uint32_t submitted);

/* Whether what is issued to the stream right now goes into a graph instead. Asks the driver if anything
 * captures at all. */
XS_EXPORT bool xs_queue_captures(const struct xs_queue *queue);

/* Level, threshold and batch size; 0 and below: as it is. A level that the platform cannot reach becomes
 * the deepest that it can. -EINVAL: the batch would be larger than the threshold, or too much. */
int xs_queue_configure(struct xs_queue *queue, int64_t level, int64_t threshold, int64_t batch);

/* Stops the queue on behalf of the application; no command passes after this has returned. */
void xs_queue_pause(struct xs_queue *queue);
void xs_queue_resume(struct xs_queue *queue);

#endif
