/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application of two streams, a high one of priority -1 and a low one of 0, in a process of its own on
 * each level. What ran before what is told by data (append) and by streams that stand still until the
 * host lets them go; no time is measured. XSCHED_STALL_MS is a minute, so whatever only a stall would
 * resolve ends by SIGALRM instead.
 */
#ifndef TESTS_E2E_PAIR_H
#define TESTS_E2E_PAIR_H

#include "e2e.h"

#define PATIENT "XSCHED_STALL_MS=60000"
#define ROUNDS  40

static const char *const usual[] = { PATIENT, NULL };
static const char *const level_1[] = { PATIENT, "XSCHED_AUTO_XQUEUE_LEVEL=1", NULL };
static const char *const level_2[] = { PATIENT, "XSCHED_AUTO_XQUEUE_LEVEL=2", NULL };
static const char *const *const levels[] = { usual, level_1, level_2 };

static CUstream high, low;
static CUdeviceptr gate, data;
static CUevent event_of_low;

static inline void two_streams(unsigned int low_flags, unsigned int high_flags)
{
	start();
	gate = word(0);
	data = word(1);
	high = stream_of(high_flags, -1);
	low = stream_of(low_flags, 0);
}

static inline pthread_t thread_of(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	check(pthread_create(&thread, NULL, body, argument));
	return thread;
}

static inline void *append_low(void *digit)
{
	check(cuCtxSetCurrent(context));
	check(append(low, data, (uint64_t)(uintptr_t)digit));
	check(cuStreamSynchronize(low));
	return NULL;
}

/* --- a low stream that always has work -------------------------------------------------------------- */

static _Atomic bool enough;

static inline void *feed_low(void *unused)
{
	CUevent event;

	(void)unused;
	check(cuCtxSetCurrent(context));
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	while (!xs_load_acquire(&enough)) {
		for (int i = 0; i < 5; i++)
			check(spin(low, 500));
		check(cuEventRecord(event, low));
		check(cuEventSynchronize(event));
	}
	check(cuStreamSynchronize(low));
	return NULL;
}

static inline void with_busy_low(void (*body)(int round))
{
	pthread_t thread = thread_of(feed_low, NULL);

	for (int round = 0; round < ROUNDS; round++)
		body(round);
	xs_store_release(&enough, true);
	pthread_join(thread, NULL);
}

/* --- on each level ---------------------------------------------------------------------------------- */

static inline void on_all_levels(void (*body)(void))
{
	for (size_t i = 0; i < COUNT(levels); i++)
		assert_int_equal(in_child(levels[i], body), 0);
}

#define TEST_ON_ALL_LEVELS(name)                                                                   \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		on_all_levels(name);                                                               \
	}

#endif
