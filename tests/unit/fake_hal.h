/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A platform for tests of the core: streams that are driven by hand.
 *
 * A stream is a list of commands and markers. A command is done when the test says so, or at once
 * when the device runs by itself; a marker is reached as soon as all before it is done, and one that
 * waits stops the stream while its gate is closed. Operations of the HAL fail on demand and are
 * counted. All functions may be called from any thread.
 *
 * Each test runs in a child of its own, so it meets a library that was never used, may change the
 * environment before the first use, and ends through exit() like a program.
 */
#ifndef TESTS_FAKE_HAL_H
#define TESTS_FAKE_HAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "preempt/hal.h"
#include "preempt/life.h"
#include "preempt/xqueue.h"

/* --- the device ---------------------------------------------------------------------------------- */

#define FAKE_CONTEXT ((void *)0x1000)
#define FAKE_DEVICE  ((XDevice)kDeviceTypeGPU << 32 | 7)

extern struct xs_hal fake_hal; /* a test may change it before the first use */

struct fake_counts {
	_Atomic uint32_t marks, waiting_marks, queries, synchronizes, shares;
};
extern struct fake_counts fake_count;

/* What operations answer: 0, or an error. */
extern _Atomic int fake_share_error, fake_mark_error, fake_synchronize_error;
extern _Atomic int fake_query_error; /* in place of what the stream would answer */
extern _Atomic bool fake_capturing;
extern _Atomic uint32_t fake_fail_mark_after; /* so many marks succeed first */

/* Commands are done as soon as they are submitted, unless the stream waits at a gate. */
extern _Atomic bool fake_runs_by_itself;

/* The driver has a command more, or the first n that are left have been executed. fake_run returns
 * how many were: fewer when the stream is empty or waits at a gate. */
void fake_launch(const struct xs_stream *stream);
unsigned int fake_run(const struct xs_stream *stream, unsigned int n);
unsigned int fake_pending(const struct xs_stream *stream); /* commands that are not done */

/* Where the stream of a queue can be passed by its address. */
#define STREAM_OF(queue) ((struct xs_stream[]){ xs_queue_stream(queue) })

/* The stream of that number, and the queue that a shim would make of it. */
struct xs_stream fake_stream(unsigned int number);
struct xs_queue *fake_queue(unsigned int number, int stream_priority);
struct xs_queue *fake_queue_of(const struct xs_stream *stream, int priority, bool blocking);

/* One command as a shim submits it. */
void fake_submit(struct xs_queue *queue);

/* fork() while no other thread is at the device, whose lock would stay taken in the child, or the
 * allocator's. */
pid_t fake_fork(void);

/* --- tests --------------------------------------------------------------------------------------- */

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fake_failed(__FILE__, __LINE__, #condition);                               \
	} while (0)

#define CHECK_EQUAL(a, b)                                                                          \
	do {                                                                                       \
		long long a_ = (long long)(a), b_ = (long long)(b);                                \
		if (a_ != b_) {                                                                    \
			fprintf(stderr, "%lld is not %lld\n", a_, b_);                             \
			fake_failed(__FILE__, __LINE__, #a " == " #b);                             \
		}                                                                                  \
	} while (0)

/* Waits up to a minute for the condition. */
#define EVENTUALLY(condition)                                                                      \
	do {                                                                                       \
		uint64_t until_ = xs_now_ns() + 60 * XS_NS_PER_S;                                  \
		while (!(condition) && xs_now_ns() < until_)                                       \
			xs_sleep_until_ns(xs_now_ns() + 200 * XS_NS_PER_US);                       \
		CHECK(condition);                                                                  \
	} while (0)

void fake_failed(const char *file, int line, const char *condition);

/* TEST(name) { ... } defines a cmocka test whose body runs in a child. */
#define TEST(name)                                                                                 \
	static void name##_body(void);                                                             \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		fake_isolate(#name, name##_body);                                                  \
	}                                                                                          \
	static void name##_body(void)

void fake_isolate(const char *name, void (*body)(void));

/* The same without judging: returns the wait status, and in *warnings the lines of log that the child
 * wrote (NULL: not wanted; they are shown). */
int fake_run_child(void (*body)(void), int *warnings);

static inline void fake_sleep_ms(unsigned int ms)
{
	xs_sleep_until_ns(xs_now_ns() + ms * XS_NS_PER_MS);
}

static inline bool fake_has(const struct xs_queue *queue, uint64_t flags)
{
	return (xs_load_full(&queue->slot->word) & flags) == flags;
}

#endif
