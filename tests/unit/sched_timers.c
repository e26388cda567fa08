/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of timers against a search of all of them, and what one change costs. */
#include "sched_kit.h"

#include <stdlib.h>

#include "sched/timers.h"

#define TIMERS 300

static struct xs_timer timers[TIMERS];

static uint64_t earliest(void)
{
	uint64_t at_ns = 0;

	for (size_t i = 0; i < TIMERS; i++) {
		if (timers[i].at_ns && (!at_ns || timers[i].at_ns < at_ns))
			at_ns = timers[i].at_ns;
	}
	return at_ns;
}

static void the_first_is_the_earliest(void **state)
{
	struct xs_timers heap = { 0 };
	uint64_t seed = 99;

	(void)state;
	assert_null(xs_timers_first(&heap));
	for (uint32_t i = 1; i <= TIMERS; i++)
		assert_int_equal(xs_timers_reserve(&heap, i), 0);
	for (unsigned int i = 0; i < 100000; i++) {
		struct xs_timer *timer = &timers[kit_random(&seed) % TIMERS];
		/* Mostly set, mostly cleared, by turns: the heap fills and empties. */
		bool clear = kit_random(&seed) % 10 < (i / 2000 % 2 ? 9u : 2u);
		uint64_t at_ns = clear ? 0 : 1 + kit_random(&seed) % 1000;

		assert_true(xs_timers_set(&heap, timer, at_ns) <= 9);
		if (!earliest())
			assert_null(xs_timers_first(&heap));
		else
			assert_int_equal(xs_timers_first(&heap)->at_ns, earliest());
	}
	xs_timers_fini(&heap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_the_earliest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
