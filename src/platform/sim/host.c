/* SPDX-License-Identifier: Apache-2.0 */
/* Host functions. See host.h. */
#include "platform/sim/host.h"

#include <sys/prctl.h>

#include "base/thread.h"
#include "platform/sim/context.h"
#include "platform/sim/stream.h"

static struct xs_mutex lock;
static struct xsim_stream *first, **last = &first; /* [lock] */
static bool started;                               /* [lock] */
static _Atomic uint32_t word;

static void call(struct xsim_stream *stream, const struct xsim_op *op)
{
	if (op->host.callback)
		op->host.callback(
			op->host.stream, xs_load_acquire(&stream->context->error), op->host.data);
	else
		op->host.function(op->host.data);
}

static void *run(void *argument)
{
	(void)argument;
	prctl(PR_SET_NAME, "xsim-callbacks");
	for (;;) {
		uint32_t seen = xs_load_full(&word);

		xs_mutex_lock(&lock);
		struct xsim_stream *stream = first;
		const struct xsim_op *op = stream ? stream->host_op : NULL;
		if (stream) {
			first = stream->host_next;
			if (!first)
				last = &first;
		}
		xs_mutex_unlock(&lock);
		if (!stream) {
			xs_futex_wait(&word, seen, 0);
			continue;
		}
		struct xsim_engine *engine = &xsim_devices[stream->context->device].engine;
		call(stream, op);
		xs_store_release(&stream->host_done, 1);
		xs_store_full(&engine->host_finished, 1);
		xsim_engine_kick(engine);
	}
	return NULL;
}

void xsim_host_queue(struct xsim_stream *stream, const struct xsim_op *op)
{
	xs_mutex_lock(&lock);
	stream->host_op = op;
	stream->host_next = NULL;
	*last = stream;
	last = &stream->host_next;
	if (!started)
		started = !xs_thread_start(run, NULL);
	xs_mutex_unlock(&lock);
	xs_add_full(&word, 1);
	xs_futex_wake(&word, 1);
}
