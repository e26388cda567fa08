/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slow path of a command: what happens when a queue is not simply ready and open.
 *
 * Nothing is held while a thread sleeps here: no lock, no claim, and it does not count as inside the
 * gate. A signal handler of the application runs as usual, and the wait goes on after it.
 */
#include "preempt/xqueue.h"

#include <errno.h>

#include "base/clock.h"
#include "preempt/agent.h"
#include "preempt/process.h"
#include "preempt/registry.h"

/* A queue that nobody schedules by need not tell when it becomes ready or idle. */
#define REPORTS (XS_GATE_TRACKED | XS_GATE_PACED | XS_GATE_HELD)

/* Largest threshold and batch size, as in options.def. */
#define MOST_IN_FLIGHT 65536

/* How long a queue that was important to a thread stays so after it went idle. */
#define FEEDS_FOR_NS XS_NS_PER_S

/* How often a thread asleep at a gate looks whether a better queue that it feeds is open again. */
#define LOOKS_EACH_NS XS_NS_PER_MS

/* The more important queue that this thread feeds, or NULL. */
static const struct xs_queue *better_one(const struct xs_queue *queue)
{
	const struct xs_queue *best = xs_self.feeds;

	if (!best || best == queue || xs_load_relaxed(&best->id) != xs_self.feeds_id)
		return NULL;
	if (xs_load_relaxed(&best->priority) <= xs_load_relaxed(&queue->priority))
		return NULL;
	if (!(xs_load_relaxed(&best->slot->word) & XS_GATE_READY) &&
		xs_now_ns() - xs_load_relaxed(&best->idle_since_ns) >= FEEDS_FOR_NS)
		return NULL;
	return best;
}

/*
 * A thread that feeds a more important queue is not put to sleep on a lesser one, neither at its gate
 * nor for room in its budget: what it would submit next may be the important queue's, which would go
 * hungry. Only level 2 stops the lesser queue then; else the two run as they would without us, in the
 * order of the program and by the device's own priorities. While the important queue is held itself,
 * by a still better one, nothing is gained by that, and the better one would pay.
 */
static bool feeds_better(const struct xs_queue *queue)
{
	const struct xs_queue *best = better_one(queue);

	return best && (xs_load_relaxed(&best->slot->word) & XS_GATE_OPEN);
}

bool xs_queue_captures(const struct xs_queue *queue)
{
	if (xs_likely(!xs_process_captures()) || !queue->hal->capturing)
		return false;
	const struct xs_stream stream = xs_queue_stream(queue);
	return queue->hal->capturing(&stream);
}

static void sleep_at_gate(struct xs_queue *queue)
{
	uint64_t before = xs_now_ns();

	xs_gate_sleep(queue->slot, better_one(queue) ? before + LOOKS_EACH_NS : 0);
	xs_add_relaxed(&queue->slot->waited_ns, xs_now_ns() - before);
}

static uint64_t arrive(struct xs_queue *queue)
{
	uint64_t seen = xs_gate_arrive(queue->slot);

	if (xs_gate_submitted(seen) == UINT32_MAX)
		xs_add_relaxed(&queue->submitted_high, 1);
	return seen;
}

void xs_queue_retreat(struct xs_queue *queue)
{
	if (xs_gate_submitted(xs_gate_retreat(queue->slot)) == 0)
		xs_sub_relaxed(&queue->submitted_high, 1);
}

/* Idle becomes ready. Returns the word of some moment after that. */
static uint64_t wake(struct xs_queue *queue)
{
	uint64_t before = xs_gate_apply(queue->slot, XS_GATE_WAKE);

	if (!(before & XS_GATE_READY) && (before & REPORTS))
		xs_agent_changed(queue);
	return xs_load_relaxed(&queue->slot->word);
}

/*
 * The caller has arrived, and seen is the word from before. It stays inside while it reports that
 * the queue is ready, so nobody can declare the queue idle at that moment.
 */
void xs_queue_enter_slow(struct xs_queue *queue, uint64_t seen)
{
	if (xs_gate_submitted(seen) == UINT32_MAX)
		xs_add_relaxed(&queue->submitted_high, 1);

	for (;;) {
		if ((seen & XS_GATE_RETIRED) || xs_process_exiting() || xs_queue_captures(queue))
			return;

		if (!(seen & XS_GATE_READY)) {
			seen = wake(queue);
		} else if (!(seen & XS_GATE_OPEN)) {
			if (!(seen & XS_GATE_PAUSED) && feeds_better(queue))
				return;
			xs_queue_retreat(queue);
			sleep_at_gate(queue);
			seen = arrive(queue);
		} else if ((seen & XS_GATE_PACED) && !feeds_better(queue) &&
			   !xs_pace_has_room(queue)) {
			xs_queue_retreat(queue);
			xs_pace_wait(queue);
			seen = arrive(queue);
			/* It may have run dry meanwhile: then it becomes ready again first. */
			if ((seen & XS_GATE_OPEN) && (seen & XS_GATE_READY))
				return;
		} else {
			return;
		}
	}
}

void xs_queue_leave_slow(struct xs_queue *queue)
{
	if (!xs_queue_captures(queue))
		xs_pace_submitted(queue);
}

uint64_t xs_queue_total(const struct xs_queue *queue)
{
	uint32_t high, low;

	do {
		high = xs_load_acquire(&queue->submitted_high);
		low = xs_gate_submitted(xs_load_relaxed(&queue->slot->word));
	} while (high != xs_load_acquire(&queue->submitted_high));
	return (uint64_t)high << 32 | low;
}

void xs_queue_covered(struct xs_queue *queue, uint32_t submitted)
{
	struct xs_slot *slot = queue->slot;

	if ((int32_t)(submitted - xs_load_relaxed(&slot->covered)) > 0)
		xs_store_relaxed(&slot->covered, submitted);
	if (!(xs_load_relaxed(&slot->word) & REPORTS))
		return;
	if (xs_gate_run_dry(slot, submitted)) {
		xs_store_relaxed(&queue->idle_since_ns, xs_now_ns());
		xs_agent_changed(queue);
	}
}

int xs_queue_synchronize(struct xs_queue *queue)
{
	uint32_t submitted = xs_queue_submitted(queue);
	const struct xs_stream stream = xs_queue_stream(queue);
	int err = queue->hal->synchronize(&stream);

	if (!err) {
		xs_pace_observe(queue, true);
		xs_queue_covered(queue, submitted);
	}
	return err;
}

void xs_queue_pause(struct xs_queue *queue)
{
	xs_gate_apply(queue->slot, XS_GATE_PAUSE);
	/* Whoever was inside is handing a command to the driver, which may take as long as it likes
	 * (a full hardware queue, the first load of a module), but not for ever. */
	xs_gate_drain(queue->slot, xs_now_ns() + 10 * XS_NS_PER_S);
}

void xs_queue_resume(struct xs_queue *queue)
{
	uint64_t before = xs_gate_apply(queue->slot, XS_GATE_RESUME);

	/* While it was paused it may have become idle with threads asleep at it. If the scheduler
	 * keeps them there, it has to know that they want to go on. */
	if ((before & XS_GATE_SLEEPERS) && (before & XS_GATE_HELD) && !(before & XS_GATE_READY))
		wake(queue);
}

int xs_queue_configure(struct xs_queue *queue, int64_t level, int64_t threshold, int64_t batch)
{
	if (level <= 0)
		level = xs_load_relaxed(&queue->level);
	else if (level > queue->hal->max_level)
		level = queue->hal->max_level;
	if (threshold <= 0)
		threshold = xs_load_relaxed(&queue->threshold);
	if (batch <= 0)
		batch = xs_load_relaxed(&queue->batch);
	if (threshold > MOST_IN_FLIGHT || batch > MOST_IN_FLIGHT ||
		(threshold && threshold < batch))
		return -EINVAL;
	xs_store_relaxed(&queue->level, (int8_t)level);
	xs_store_relaxed(&queue->threshold, (int)threshold);
	xs_store_relaxed(&queue->batch, (int)batch);
	xs_agent_reconfigured(queue);
	return 0;
}
