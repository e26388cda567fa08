/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process state: devices, contexts, and each thread's stack of current contexts.
 */
#ifndef XS_SIM_CONTEXT_H
#define XS_SIM_CONTEXT_H

#include "base/futex.h"
#include "base/list.h"
#include "platform/sim/engine.h"
#include "platform/sim/error.h"
#include "platform/sim/handle.h"
#include "platform/sim/memory.h"

#define XSIM_MAX_DEVICES 16
#define XSIM_STACK       16

struct xsim_stream;

struct xsim_context {
	struct xsim_handle handle;
	int device;
	bool primary;
	unsigned int flags;
	uint64_t limits[16];
	_Atomic int error; /* sticky; set by the engine */
	struct xs_mutex lock;
	struct xs_list streams; /* [lock] live ones and those still draining */
	struct xs_list events;  /* [lock] */
	struct xsim_stream *legacy;
	struct xs_list link; /* contexts [xsim_lock] */
	unsigned int cache_config, shared_config;
};

struct xsim_device {
	struct xsim_engine engine;
	struct xsim_context *primary; /* [xsim_lock] */
	unsigned int primary_refs;    /* [xsim_lock] */
	unsigned int primary_flags;   /* [xsim_lock] */
	struct xsim_pool *default_pool;
	struct xsim_pool *pool;
};

struct xsim_thread {
	struct xsim_context *stack[XSIM_STACK]; /* the current one is stack[depth - 1] */
	unsigned int depth;
	unsigned int ordinal; /* 1 for the first thread that made a call */
	int capture_mode;
	bool per_thread;            /* inside a call where stream 0 means per-thread */
	struct xsim_stream *stream; /* per-thread default stream of stream_context */
	uint64_t stream_context;    /* handle.id */
};

extern struct xsim_device xsim_devices[XSIM_MAX_DEVICES];
extern struct xs_mutex xsim_lock; /* contexts, captures, graphs: everything rare */
extern _Atomic int xsim_state;    /* an enum xsim_error: XSIM_OK once initialised */
extern __thread struct xsim_thread xsim_self;

/* Any number of times, from any thread. XSIM_NOT_INITIALIZED in a child of a process that had
 * initialised: the device does not survive fork, as with the real driver. */
int xsim_init(void);

int xsim_context_create(int device, unsigned int flags, bool primary, struct xsim_context **out);

/* Waits for its work, frees its memory and streams. Not with xsim_lock held. */
void xsim_context_destroy(struct xsim_context *context);
void xsim_context_sync(struct xsim_context *context);

/* The one context of a device that its users share, made at the first retain. A drop waits for its
 * work when it was the last one, or with reset in any case. XSIM_INVALID_CONTEXT: not retained. */
int xsim_primary_retain(int device, struct xsim_context **out);
int xsim_primary_drop(int device, bool reset);

/* The current context, or the reason why there is none: XSIM_NOT_INITIALIZED,
 * XSIM_INVALID_CONTEXT, XSIM_CONTEXT_DESTROYED, or its sticky error. */
int xsim_context_current(struct xsim_context **out);

/* The per-thread default stream of this thread in the context, created at its first use. */
int xsim_thread_stream(struct xsim_context *context, struct xsim_stream **out);

unsigned int xsim_thread_ordinal(void);

#endif
