/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: one thread per device and process that executes the heads of the streams in virtual
 * device time. See engine.c for the model.
 */
#ifndef XS_SIM_ENGINE_H
#define XS_SIM_ENGINE_H

#include "base/futex.h"
#include "base/list.h"
#include "platform/sim/op.h"
#include "platform/sim/share.h"

#define XSIM_MAX_CONNECTIONS 32

struct xsim_stream;

struct xsim_unit_state {
	uint64_t free_ns; /* end of the latest operation */
	uint64_t start_ns;
	uint64_t end_ns;             /* of the running one */
	struct xsim_stream *running; /* NULL: free */
	bool paused;                 /* compute: end_ns holds the time that is left */
};

struct xsim_connection {
	unsigned int streams;
	struct xsim_stream *stalled; /* head of the connection that waits for a word of memory */
	uint64_t stalled_stamp_ns;
};

struct xsim_engine {
	int device;
	_Atomic uint32_t started;
	struct xs_mutex start_lock;
	_Atomic uint32_t *word; /* 1: asleep. In the shared segment, so that others can wake it */
	_Atomic uint32_t own_word;
	_Atomic(struct xsim_stream *) inbox;
	_Atomic uint32_t host_finished; /* set by the callback thread */
	_Atomic uint64_t busy_ns;       /* compute time used by this process */

	/* The thread's own. */
	struct xs_list streams; /* active ones, in the order in which they last started */
	struct xsim_unit_state units[XSIM_UNITS];
	struct xsim_connection connections[XSIM_MAX_CONNECTIONS];
	struct xsim_share share;
	uint64_t now_ns;
	uint64_t stalled_since_ns;
	bool polling; /* something waits for a change that nobody announces */
};

/* Hands a stream that was not active to the engine and starts or wakes it. */
void xsim_engine_announce(struct xsim_engine *engine, struct xsim_stream *stream);

/* Wakes the engine if it sleeps. */
void xsim_engine_kick(struct xsim_engine *engine);

#endif
