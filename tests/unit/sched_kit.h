/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller of a scheduler, for tests: keeps what it was told, checks that it is told nothing
 * twice, and writes a trace. Queues are numbered below KIT_QUEUES, devices below KIT_DEVICES.
 */
#ifndef TESTS_SCHED_KIT_H
#define TESTS_SCHED_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sched/sched.h"

#define KIT_QUEUES 2200
#define MS         1000000ull
#define US         1000ull

struct kit_queue {
	bool known;
	struct xs_decision is;
};

struct kit {
	struct xs_sched *s;
	uint64_t now;
	struct kit_queue queues[KIT_QUEUES];
	unsigned int calls;
	unsigned int doubled; /* decisions that said nothing new */
	char trace[1024];     /* "+3 -4": queue 3 may run, queue 4 stops */
};

static void kit_decide(void *ctx, uint64_t id, struct xs_decision decision)
{
	struct kit *kit = ctx;
	struct kit_queue *queue = &kit->queues[id];
	size_t used = strlen(kit->trace);

	kit->calls++;
	if (queue->known && !memcmp(&queue->is, &decision, sizeof(decision)))
		kit->doubled++;
	if ((!queue->known || queue->is.run != decision.run) && used + 8 < sizeof(kit->trace))
		snprintf(kit->trace + used, sizeof(kit->trace) - used, "%s%c%d", used ? " " : "",
			decision.run ? '+' : '-', (int)id);
	queue->known = true;
	queue->is = decision;
}

static inline void kit_start(struct kit *kit, const char *policy)
{
	const struct xs_sched_ops ops = { .decide = kit_decide };

	memset(kit, 0, sizeof(*kit));
	kit->now = 1000 * MS;
	assert_int_equal(xs_sched_create(&kit->s, &ops, kit, policy), 0);
}

static inline void kit_stop(struct kit *kit)
{
	assert_int_equal(kit->doubled, 0);
	xs_sched_destroy(kit->s);
}

/* What happened since the last look. */
static inline const char *kit_trace(struct kit *kit)
{
	static char copy[sizeof(kit->trace)];

	memcpy(copy, kit->trace, sizeof(copy));
	kit->trace[0] = '\0';
	return copy;
}

static inline void kit_process(struct kit *kit, uint64_t process)
{
	assert_int_equal(xs_sched_process_add(kit->s, process, "test", kit->now), 0);
}

static inline void kit_queue(struct kit *kit, uint64_t process, uint64_t queue, uint64_t device)
{
	assert_int_equal(xs_sched_queue_add(kit->s, process, queue, device, 0, kit->now), 0);
}

static inline void kit_hint(struct kit *kit, enum xs_hint_scope scope, uint64_t id,
	enum xs_hint_kind kind, int64_t value)
{
	const struct xs_hint hint = { .kind = kind, .value = value };

	assert_int_equal(xs_sched_hint(kit->s, scope, id, &hint, kit->now), 0);
}

static inline void kit_ready(struct kit *kit, uint64_t queue)
{
	assert_int_equal(xs_sched_queue_ready(kit->s, queue, true, kit->now), 0);
}

static inline void kit_idle(struct kit *kit, uint64_t queue)
{
	assert_int_equal(xs_sched_queue_ready(kit->s, queue, false, kit->now), 0);
}

static inline void kit_param(struct kit *kit, const char *policy, const char *name, int64_t value)
{
	assert_int_equal(xs_sched_param_set(kit->s, policy, name, value, kit->now), 0);
}

static inline bool kit_runs(const struct kit *kit, uint64_t queue)
{
	return kit->queues[queue].is.run;
}

/* One process with one queue of the same number, on the device. */
static inline void kit_pair(struct kit *kit, uint64_t number, uint64_t device)
{
	kit_process(kit, number);
	kit_queue(kit, number, number, device);
}

/*
 * Lets time pass, firing timers. Adds the running time of each of the first count queues, as long
 * as it is allowed to run, to ran_ns.
 */
static inline void kit_pass(struct kit *kit, uint64_t ns, uint64_t *ran_ns, unsigned int count)
{
	uint64_t end = kit->now + ns;

	while (kit->now < end) {
		uint64_t wake = xs_sched_next_wake_ns(kit->s);
		uint64_t next = wake && wake < end ? wake : end;

		assert_true(!wake || wake > kit->now);
		for (unsigned int i = 0; ran_ns && i < count; i++)
			ran_ns[i] += kit_runs(kit, i) ? next - kit->now : 0;
		kit->now = next;
		xs_sched_tick(kit->s, kit->now);
	}
}

/* xorshift64*: the same numbers everywhere. */
static inline uint64_t kit_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * 0x2545f4914f6cdd1dull) >> 16;
}

/* Lets that many steps pass, in which each of the queues from 0 on waits for its turn no longer than so. */
static inline void kit_pass_bounded(struct kit *kit, unsigned int count, unsigned int steps,
	uint64_t step_ns, uint64_t bound_ns)
{
	uint64_t last[KIT_QUEUES];

	for (unsigned int i = 0; i < count; i++)
		last[i] = kit->now;
	while (steps--) {
		kit_pass(kit, step_ns, NULL, 0);
		for (unsigned int i = 0; i < count; i++) {
			last[i] = kit_runs(kit, i) ? kit->now : last[i];
			assert_true(kit->now - last[i] <= bound_ns);
		}
	}
}

#endif
