/* SPDX-License-Identifier: Apache-2.0 */
/* First use, fork and exit of the host process. See process.h. */
#include "preempt/process.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/clock.h"
#include "preempt/agent.h"
#include "preempt/commands.h"
#include "preempt/domain.h"
#include "preempt/lend.h"
#include "preempt/registry.h"
#include "preempt/share.h"
#include "preempt/watch.h"

/* Read from the file by xcli doctor. */
XS_EXPORT extern const char xs_version[];
const char xs_version[] = XS_VERSION;

_Atomic bool xs_process_is_exiting;
_Atomic uint32_t xs_process_capture_count;
_Atomic uint64_t xs_process_ungated;
__thread struct xs_thread xs_self;

/*
 * Only the thread that called fork() exists in the child. Locks that others held are free again, the
 * watcher is gone, the page is the parent's, and the vendor's streams are dead: all is forgotten.
 */
static void forked(void)
{
	/* After a fork in a callback the calls around it still return. */
	unsigned int depth = xs_self.depth;

	memset(&xs_self, 0, sizeof(xs_self));
	xs_self.depth = depth;
	xs_store_relaxed(&xs_process_capture_count, 0);
	xs_registry_forked();
	xs_agent_forked();
	xs_watch_forked();
	xs_lend_forked();
	xs_share_forked();
	xs_domain_forked();
	xs_commands_forked();
}

/* Runs before the exit handlers of libraries that were loaded earlier, the vendor's among them. */
static void exiting(void)
{
	xs_store_full(&xs_process_is_exiting, true);
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue)
			xs_gate_apply(queue->slot, XS_GATE_RETIRE);
	}
	xs_agent_exit();
	xs_watch_exit();
}

/*
 * Whoever begins puts down the process that he belongs to: a child that was forked meanwhile sees that
 * nobody of its own is at it, and does not wait. To be registered twice does no harm.
 */
void xs_process_begin(void)
{
	static _Atomic bool begun;
	static _Atomic pid_t beginner;

	if (xs_likely(xs_load_acquire(&begun)))
		return;
	pid_t self = getpid(), other = xs_load_relaxed(&beginner);
	while (other == self || !xs_cas_full(&beginner, &other, self)) {
		if (xs_load_acquire(&begun))
			return;
		xs_sleep_until_ns(xs_now_ns() + 10 * XS_NS_PER_US);
		other = xs_load_relaxed(&beginner);
	}
	pthread_atfork(NULL, NULL, forked);
	atexit(exiting);
	xs_store_release(&begun, true);
}
