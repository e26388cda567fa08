/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits at closed gates: which stretches count, and what the histogram says of them. Would catch: a
 * queue that idles behind its gate and counts, a wait that begins anew with each decision, a quantile
 * from the wrong bucket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/world.h"
#include "wire/gate.h"

#define US UINT64_C(1000)
#define MS (1000 * US)

static void close_to(uint64_t value, uint64_t expected)
{
	assert_in_range(value, expected - expected / 5, expected + expected / 5);
}

static void quantiles(void **state)
{
	struct xs_waits waits = { 0 };

	(void)state;
	assert_int_equal(xs_waits_quantile_ns(&waits, 500), 0);
	for (int i = 0; i < 98; i++)
		xs_waits_add(&waits, 100 * US);
	xs_waits_add(&waits, 20 * MS);
	xs_waits_add(&waits, 3000 * MS);
	close_to(xs_waits_quantile_ns(&waits, 500), 100 * US);
	close_to(xs_waits_quantile_ns(&waits, 980), 100 * US);
	close_to(xs_waits_quantile_ns(&waits, 990), 20 * MS);
	close_to(xs_waits_quantile_ns(&waits, 1000), 3000 * MS);
}

static void every_length(void **state)
{
	(void)state;
	for (uint64_t us = 1; us < 25000000; us += us / 7 + 1) {
		struct xs_waits waits = { 0 };

		xs_waits_add(&waits, us * US);
		uint64_t said = xs_waits_quantile_ns(&waits, 990);
		assert_in_range(said, us * US - us * US / 5, us * US + us * US / 5 + 500);
	}
	struct xs_waits waits = { 0 };
	xs_waits_add(&waits, UINT64_MAX);
	assert_in_range(xs_waits_quantile_ns(&waits, 990), 20000 * MS, 40000 * MS);
}

static void old_ones_fade(void **state)
{
	struct xs_waits waits = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)
		xs_waits_add(&waits, 50 * MS);
	for (int i = 0; i < 5000; i++)
		xs_waits_add(&waits, 10 * US);
	close_to(xs_waits_quantile_ns(&waits, 500), 10 * US);
	assert_true(waits.total <= 1024);
}

/* --- which stretches count ----------------------------------------------------------------------- */

static struct xs_world world;
static struct xs_tenant tenant;
static struct xs_lane *lane;
static struct xs_slot *slot;

static void ignore(struct xs_tenant *unused)
{
	(void)unused;
}

static void setup(void)
{
	static const struct xs_world_ops ops = { .look = ignore, .broken = ignore };
	struct xs_msg_queue_add add = { .slot = 3, .id = 1, .device = 7, .level = 1 };
	int fd;

	memset(&tenant, 0, sizeof(tenant));
	assert_int_equal(xs_page_create(&tenant.page, &fd), 0);
	close(fd);
	slot = &tenant.page->slots[3];
	xs_store_full(&slot->word, XS_GATE_INITIAL);
	assert_int_equal(xs_world_init(&world, &ops, NULL), 0);
	assert_int_equal(xs_tenant_add(&world, &tenant), 0);
	assert_int_equal(xs_tenant_queue_add(&tenant, &add), 0);
	lane = xs_tenant_find(&tenant, 3, 1);
	assert_non_null(lane);
}

static void decide(bool run, uint64_t after_ns)
{
	world.now_ns += after_ns;
	xs_lane_apply(lane, (struct xs_decision){ .run = run });
}

static void be_ready(bool ready, uint64_t after_ns)
{
	world.now_ns += after_ns;
	if (ready)
		xs_gate_apply(slot, XS_GATE_WAKE);
	else
		xs_gate_run_dry(slot, xs_gate_submitted(xs_load_full(&slot->word)));
	lane->ready = ready;
	xs_lane_note_wait(lane);
}

static void only_with_work(void **state)
{
	(void)state;
	setup();
	decide(false, 0); /* held, idle */
	decide(true, 50 * MS);
	assert_int_equal(tenant.waits.total, 0);

	be_ready(true, MS); /* ready, open */
	decide(false, MS);
	decide(false, 2 * MS); /* the same again */
	decide(true, 2 * MS);
	assert_int_equal(tenant.waits.total, 1);
	close_to(xs_waits_quantile_ns(&tenant.waits, 500), 4 * MS);

	be_ready(false, MS);
	decide(false, 100 * MS);
	be_ready(true, 100 * MS); /* held already: from here on it waits */
	decide(true, 8 * MS);
	assert_int_equal(tenant.waits.total, 2);
	close_to(xs_waits_quantile_ns(&tenant.waits, 1000), 8 * MS);

	decide(false, MS);
	be_ready(false, 30 * MS); /* ran dry behind its gate */
	decide(true, MS);
	assert_int_equal(tenant.waits.total, 2);
	xs_world_fini(&world);
	munmap(tenant.page, sizeof(*tenant.page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(every_length),
		cmocka_unit_test(old_ones_fade),
		cmocka_unit_test(only_with_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
