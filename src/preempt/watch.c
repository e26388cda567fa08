/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watcher's rounds.
 *
 * A round looks at the queues whose idleness matters (tracked) and that are busy. One that submits
 * or moves needs no help. One that is silent is asked through the driver, ever more rarely. Asking
 * has no effect on the stream, unlike a marker, which on the legacy default stream would be a
 * barrier for all others.
 */
#include "preempt/watch.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "base/thread.h"
#include "preempt/agent.h"
#include "preempt/bell.h"
#include "preempt/domain.h"
#include "preempt/lend.h"
#include "preempt/process.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

#define ROUND_NS          (500 * XS_NS_PER_US)
#define SILENT_AFTER_NS   (300 * XS_NS_PER_US)
#define QUERY_AT_MOST_NS  (200 * XS_NS_PER_US)
#define QUERY_AT_LEAST_NS (2 * XS_NS_PER_MS)
#define BLOCKED_AFTER_NS  (XS_NS_PER_MS)
#define LINGER_NS         (100 * XS_NS_PER_MS) /* rounds go on for this long without need */
#define EXIT_WAIT_NS      (20 * XS_NS_PER_MS)
#define LET_GO_WAIT_NS    XS_NS_PER_S
#define ANSWER_WAIT_NS    XS_NS_PER_S

/* Beside the queue: it has been retired, and whoever did so waits no longer to give it back. */
#define LEFT_TO_US ((uintptr_t)1)

enum { ASLEEP_NOT, ASLEEP_LIGHTLY, ASLEEP_DEEPLY };

static struct {
	struct xs_mutex lock; /* of the start */
	_Atomic bool running;
	bool failed; /* [lock] */
	struct xs_bell bell;
	_Atomic uint32_t asleep; /* how the watcher sleeps */
	_Atomic uintptr_t at;    /* queue that it looks at, maybe in the driver */
	_Atomic bool asking;     /* the driver, about that queue */
	_Atomic uint32_t quiet;  /* who wants it to ask nothing */
} watch;

void xs_watch_ring(void)
{
	if (xs_load_full(&watch.asleep) != ASLEEP_DEEPLY)
		return;
	xs_bell_ring(&watch.bell);
}

/*
 * The driver may be held up by a queue that stands still on the device, and the watcher must not be:
 * such queues are let through meanwhile.
 */
static int ask(struct xs_queue *queue)
{
	const struct xs_stream stream = xs_queue_stream(queue);
	struct xs_loans loans;
	int err = -EBUSY;

	xs_domain_open_armed(queue, &loans);
	/* Published before looking whether it may: whoever is about to capture does the reverse. */
	xs_store_full(&watch.asking, true);
	if (!xs_load_full(&watch.quiet) && !xs_queue_captures(queue))
		err = queue->hal->query(&stream);
	xs_store_full(&watch.asking, false);
	xs_repay(&loans);
	return err;
}

void xs_watch_ask_nothing(void)
{
	xs_add_full(&watch.quiet, 1);
	if (xs_likely(!xs_load_full(&watch.asking)))
		return;
	uint64_t give_up = xs_now_ns() + ANSWER_WAIT_NS;
	while (xs_load_full(&watch.asking) && xs_now_ns() < give_up)
		xs_sleep_until_ns(xs_now_ns() + 5 * XS_NS_PER_US);
}

void xs_watch_ask_again(void)
{
	xs_sub_full(&watch.quiet, 1);
}

/* The watcher turns to a queue, or to none. One that it was left is its to give back. */
static void turn_to(struct xs_queue *queue)
{
	uintptr_t before = xs_swap_full(&watch.at, (uintptr_t)queue);

	if (before & LEFT_TO_US)
		xs_registry_free((struct xs_queue *)(before & ~LEFT_TO_US));
}

void xs_watch_free(struct xs_queue *queue)
{
	const uintptr_t at_it = (uintptr_t)queue;
	uint64_t give_up = xs_now_ns() + LET_GO_WAIT_NS;

	while (!xs_self.ours && xs_load_full(&watch.at) == at_it) {
		uintptr_t seen = at_it;

		if (xs_now_ns() >= give_up && xs_cas_full(&watch.at, &seen, at_it | LEFT_TO_US))
			return;
		xs_sleep_until_ns(xs_now_ns() + 5 * XS_NS_PER_US);
	}
	xs_registry_free(queue);
}

static void note_stall(struct xs_queue *queue, uint64_t now)
{
	uint64_t patience = (uint64_t)xs_options()->stall_ms * XS_NS_PER_MS;

	if (xs_load_relaxed(&queue->watch.stalled) || now - queue->watch.since_ns < patience)
		return;
	xs_store_full(&queue->watch.stalled, true);
	xs_info("XQueue (0x%llx) made no progress for %d ms: it no longer keeps others suspended",
		(unsigned long long)xs_load_relaxed(&queue->id), xs_options()->stall_ms);
	xs_agent_stalled(queue, true);
}

/*
 * A thread has been handing over one command for long: the driver is waiting for something, perhaps
 * for a queue that stands still on the device. Those are let through until it has gone on.
 */
static void note_blocked(struct xs_queue *queue, uint64_t word, uint64_t now)
{
	if (!(word & XS_GATE_INSIDES) || queue->watch.blocked ||
		now - queue->watch.since_ns < BLOCKED_AFTER_NS)
		return;
	queue->watch.blocked = true;
	xs_domain_let_through(queue);
}

static void note_progress(
	struct xs_queue *queue, uint32_t submitted, uint32_t progress, uint64_t now)
{
	queue->watch.submitted = submitted;
	queue->watch.progress = progress;
	queue->watch.since_ns = now;
	queue->watch.next_query_ns = now + SILENT_AFTER_NS;
	queue->watch.blocked = false;
	if (xs_load_relaxed(&queue->watch.stalled)) {
		xs_store_full(&queue->watch.stalled, false);
		xs_agent_stalled(queue, false);
	}
}

static void look_at(struct xs_queue *queue, uint64_t now)
{
	uint64_t word = xs_load_full(&queue->slot->word);
	uint32_t submitted = xs_gate_departed(word);
	uint32_t progress = xs_load_acquire(&queue->slot->progress);

	xs_pace_observe(queue, false);
	if (submitted != queue->watch.submitted || progress != queue->watch.progress ||
		!queue->watch.since_ns) {
		note_progress(queue, submitted, progress, now);
		return;
	}
	if ((word & XS_GATE_HELD) && !(word & XS_GATE_OPEN)) {
		/* The scheduler wants it to stand still. It need not know of a PAUSE, in which the
		 * queue holds up others as any queue does that makes no progress. */
		queue->watch.since_ns = now;
		return;
	}
	/* Threads that were asleep at its gate are on their way to submit: it only looks idle. */
	uint32_t held_ns = (uint32_t)xs_load_relaxed(&queue->slot->held_ns);
	if (held_ns != queue->watch.held_ns) {
		queue->watch.held_ns = held_ns;
		queue->watch.next_query_ns = now + SILENT_AFTER_NS;
	}
	note_blocked(queue, word, now);
	/* A wait under way will tell by itself when the queue is idle. */
	if (now >= queue->watch.next_query_ns && !xs_load_relaxed(&queue->waiters)) {
		uint64_t pause = (now - queue->watch.since_ns) / 4;

		if (ask(queue) == 0) {
			xs_queue_covered(queue, submitted);
			return;
		}
		if (pause < QUERY_AT_MOST_NS)
			pause = QUERY_AT_MOST_NS;
		queue->watch.next_query_ns =
			now + (pause > QUERY_AT_LEAST_NS ? QUERY_AT_LEAST_NS : pause);
	}
	/* A stalled queue runs whatever happens, so only one that is in somebody's way counts as such. */
	if (word & XS_GATE_TRACKED)
		note_stall(queue, now);
}

/* Looks at all queues. Returns whether anything is worth another round soon. */
static bool go_round(void)
{
	bool busy = false;

	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (!queue)
			continue;
		uint64_t word = xs_load_full(&queue->slot->word);
		if (!(word & XS_GATE_READY) ||
			!(word & (XS_GATE_TRACKED | XS_GATE_HELD | XS_GATE_PACED)))
			continue;
		/* Published before looking whether it still lives: whoever retires it does the reverse. */
		turn_to(queue);
		if (xs_load_full(&queue->live) && !xs_process_exiting())
			look_at(queue, xs_now_ns());
		turn_to(NULL);
		busy = true;
	}
	return xs_lend_review() || busy;
}

static void sleep_until(uint64_t deadline_ns, bool deep, uint32_t rings)
{
	struct pollfd socket;
	bool polls = xs_agent_poll(&socket) && xs_bell_extend(&watch.bell) == 0;

	xs_store_full(&watch.asleep, deep ? ASLEEP_DEEPLY : ASLEEP_LIGHTLY);
	xs_bell_wait(&watch.bell, rings, polls ? &socket : NULL, deadline_ns);
	xs_store_full(&watch.asleep, ASLEEP_NOT);
}

static void *run(void *unused)
{
	uint64_t last_busy = xs_now_ns();

	(void)unused;
	xs_self.ours = true;
	pthread_setname_np(pthread_self(), "xsched-watch");
	while (!xs_process_exiting()) {
		uint32_t rings = xs_load_full(&watch.bell.rings);
		uint64_t now = xs_now_ns();
		uint64_t timer = xs_agent_tick(now);

		if (go_round())
			last_busy = now;
		bool deep = now - last_busy > LINGER_NS;
		uint64_t next = deep ? 0 : now + ROUND_NS;
		if (timer && (!next || timer < next))
			next = timer;

		/* Whoever rings between the look and the sleep has changed the bell; whoever does
		 * not ring, because he saw us awake, did so before this store: look once more. */
		if (deep) {
			xs_store_full(&watch.asleep, ASLEEP_DEEPLY);
			uint64_t again = xs_agent_tick(xs_now_ns());
			if (go_round() || again != timer) {
				xs_store_full(&watch.asleep, ASLEEP_NOT);
				last_busy = xs_now_ns();
				continue;
			}
		}
		sleep_until(next, deep, rings);
	}
	return NULL;
}

int xs_watch_start(void)
{
	int err = 0;

	if (xs_load_acquire(&watch.running))
		return 0;
	xs_mutex_lock(&watch.lock);
	if (!xs_load_acquire(&watch.running) && !watch.failed) {
		err = xs_thread_start(run, NULL);
		watch.failed = err != 0;
		xs_store_release(&watch.running, err == 0);
	}
	if (watch.failed)
		err = EAGAIN;
	xs_mutex_unlock(&watch.lock);
	return -err;
}

void xs_watch_exit(void)
{
	uint64_t give_up = xs_now_ns() + EXIT_WAIT_NS;

	while (xs_load_full(&watch.at) && xs_now_ns() < give_up)
		xs_sleep_until_ns(xs_now_ns() + 10 * XS_NS_PER_US);
}

void xs_watch_forked(void)
{
	xs_bell_forked(&watch.bell);
	memset(&watch, 0, sizeof(watch));
}
