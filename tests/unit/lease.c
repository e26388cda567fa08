/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's lease, on clocks that the test moves. Would catch: a daemon whose clock is ahead or behind
 * counts as lost, or never does; one that hangs is noticed too late; one that was late counts as lost since
 * everybody was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "preempt/lease.h"
#include "wire/page.h"

#define MS   UINT64_C(1000000)
#define BEAT (100 * MS)

/* Our clock; the daemon's, in terms of ours; and what it wrote last. */
static uint64_t now, ahead, beat;
static struct xs_lease lease;

static const uint64_t clocks[] = { 0, 86400000 * MS, 1, 0 - 5000 * MS, 0 - 86400000 * MS };
#define CLOCKS (sizeof(clocks) / sizeof(clocks[0]))

static void begin(uint64_t daemon_is_ahead)
{
	now = 100000000 * MS;
	ahead = daemon_is_ahead;
	beat = 12345; /* of a daemon that is gone */
	xs_lease_begin(&lease, beat, now);
}

static void beats(void)
{
	beat = now + ahead;
}

/* Looks, at each of so many heartbeats or only when it has to, so long after. */
static void live(unsigned int count, uint64_t later, bool often)
{
	while (count--) {
		now += BEAT;
		beats();
		if (!often && now + later < lease.until_ns)
			continue;
		assert_true(xs_lease_holds(&lease, beat, now + later));
		assert_true(lease.until_ns > now + later);
	}
}

static void any_clock_will_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLOCKS; i++) {
		for (uint64_t later = 0; later < BEAT; later += 33 * MS) {
			begin(clocks[i]);
			live(1000, later, true);
			live(1000, later, false);
		}
	}
}

/* From its last sign of life to the end of the lease: as soon as the difference of the clocks is known. */
static void who_hangs_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLOCKS; i++) {
		begin(clocks[i]);
		live(1, MS, true); /* it answers, and that is read at once */
		live(50, 77 * MS, false);
		uint64_t heard = now;
		now = lease.until_ns;
		while (xs_lease_holds(&lease, beat, now))
			now = lease.until_ns;
		assert_in_range(now - heard, XS_PAGE_LEASE_NS, XS_PAGE_LEASE_NS + MS);
		assert_true(now - heard + BEAT < 1000 * MS);
	}
}

static void who_never_answers_is_noticed(void **state)
{
	(void)state;
	begin(0);
	assert_true(xs_lease_holds(&lease, beat, now));
	assert_true(xs_lease_holds(&lease, beat, now + XS_PAGE_LEASE_NS - 1));
	assert_false(xs_lease_holds(&lease, beat, now + XS_PAGE_LEASE_NS));
}

/* It says something before we look again, and if not, it had its moment. */
static void who_stood_still_himself_looks_twice(void **state)
{
	(void)state;
	begin(0);
	live(10, 0, true);
	now += 5000 * MS;
	assert_true(xs_lease_holds(&lease, beat, now));
	beats();
	assert_true(xs_lease_holds(&lease, beat, lease.until_ns));
	now += 5000 * MS;
	assert_true(xs_lease_holds(&lease, beat, now));
	assert_in_range(lease.until_ns - now, BEAT, 2 * BEAT);
	assert_true(xs_lease_holds(&lease, beat, lease.until_ns - 1));
	assert_false(xs_lease_holds(&lease, beat, lease.until_ns + 5000 * MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_clock_will_do),
		cmocka_unit_test(who_hangs_is_noticed),
		cmocka_unit_test(who_never_answers_is_noticed),
		cmocka_unit_test(who_stood_still_himself_looks_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
