/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world without sockets: the moments at which a report could be lost, and what a process can make
 * the daemon believe about its device time.
 */
#include <errno.h>
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

#define MS UINT64_C(1000000)

static struct xs_world world;
static struct xs_tenant tenant;
static struct xs_lane *lane;
static struct xs_slot *slot;

static unsigned int broken;

static void ignore(struct xs_tenant *unused)
{
	(void)unused;
}

static void note_broken(struct xs_tenant *who)
{
	assert_ptr_equal(who, &tenant);
	broken++;
}

/* Somebody else always changes the word first. */
static bool unsteady;

int __real_xs_gate_try(struct xs_slot *slot, enum xs_gate_event event, uint64_t *before);
int __wrap_xs_gate_try(struct xs_slot *slot, enum xs_gate_event event, uint64_t *before);

int __wrap_xs_gate_try(struct xs_slot *which, enum xs_gate_event event, uint64_t *before)
{
	return unsteady ? -EBUSY : __real_xs_gate_try(which, event, before);
}

static int setup(void **state)
{
	static const struct xs_world_ops ops = { .look = ignore, .broken = note_broken };
	struct xs_msg_queue_add add = { .slot = 70, .id = 1, .device = 7, .level = 1 };
	int fd;

	(void)state;
	memset(&tenant, 0, sizeof(tenant));
	assert_int_equal(xs_page_create(&tenant.page, &fd), 0);
	close(fd);
	slot = &tenant.page->slots[70];
	xs_store_full(&slot->word, XS_GATE_INITIAL);
	assert_int_equal(xs_world_init(&world, &ops, NULL), 0);
	assert_int_equal(xs_tenant_add(&world, &tenant), 0);
	assert_int_equal(xs_tenant_queue_add(&tenant, &add), 0);
	lane = xs_tenant_find(&tenant, 70, 1);
	assert_non_null(lane);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xs_world_fini(&world);
	munmap(tenant.page, sizeof(*tenant.page));
	return 0;
}

static void reports_at_any_moment(void **state)
{
	(void)state;
	assert_true(xs_tenant_lull(&tenant));
	xs_gate_apply(slot, XS_GATE_WAKE);
	assert_true(xs_page_tell(tenant.page, 70)); /* it sleeps: ring */
	xs_tenant_read(&tenant);
	assert_true(lane->ready);
	/* Between its look and its sleep: no ring, so it has to see that by itself. */
	xs_gate_run_dry(slot, xs_gate_submitted(xs_load_full(&slot->word)));
	assert_false(xs_page_tell(tenant.page, 70));
	assert_false(xs_tenant_lull(&tenant));
	xs_tenant_read(&tenant);
	assert_false(lane->ready);
	assert_true(xs_tenant_lull(&tenant));
	/* A report about nothing, and about slots that are no queue's. */
	for (size_t i = 0; i < XS_PAGE_SLOTS; i += 31)
		xs_page_tell(tenant.page, i);
	xs_tenant_read(&tenant);
	assert_false(lane->ready);
	assert_true(xs_tenant_lull(&tenant));
}

static uint64_t charged;

static void read_row(void *ctx, const struct xs_sched_row *row)
{
	(void)ctx;
	charged = row->device_ns;
}

/* Device time that the scheduler charged after the counter was set to this value. */
static uint64_t charge(uint64_t passed_ns, uint64_t counter)
{
	world.now_ns += passed_ns;
	xs_store_relaxed(&slot->device_ns, counter);
	xs_lane_sample(lane);
	xs_sched_snapshot(world.sched, read_row, NULL);
	return charged;
}

static void nobody_is_charged_more_than_the_time_that_passed(void **state)
{
	(void)state;
	assert_int_equal(charge(10 * MS, 4 * MS), 4 * MS);
	/* What lagged behind is charged later. */
	assert_int_equal(charge(1 * MS, 10 * MS), 10 * MS);
	/* A lie is cut; going back is no credit. */
	assert_in_range(charge(2 * MS, UINT64_C(1) << 60), 10 * MS, 13 * MS + MS);
	uint64_t before = charged;
	assert_int_equal(charge(1 * MS, 5), before);
	assert_in_range(charge(1 * MS, 5 + MS), before + MS / 2, before + MS);
	/* After long silence at most a second at once. */
	before = charged;
	assert_in_range(charge(1000000 * MS, UINT64_C(1) << 61), before, before + 1000 * MS);
}

static void words_of_others_change_nothing_else(void **state)
{
	(void)state;
	xs_store_full(&slot->word, UINT64_MAX);
	xs_page_tell(tenant.page, 70);
	xs_tenant_read(&tenant);
	assert_true(lane->ready);
	xs_lane_suspend(lane, true);
	xs_world_settle(&world);
	xs_lane_suspend(lane, false);
	xs_store_full(&slot->word, 0);
	xs_page_tell(tenant.page, 70);
	xs_tenant_read(&tenant);
	assert_false(lane->ready);
	assert_int_equal(xs_tenant_queue_remove(&tenant, 70, 1), 0);
	assert_int_equal(world.queue_count, 0);
}

/* Whose word does not hold still is given up, and the rest goes on. */
static void a_word_that_never_holds_still(void **state)
{
	(void)state;
	broken = 0;
	unsteady = true;
	xs_lane_apply(lane, (struct xs_decision){ .run = true, .tracked = true });
	unsteady = false;
	xs_world_settle(&world);
	assert_int_equal(broken, 1);
	xs_tenant_remove(&tenant);
	assert_int_equal(world.queue_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reports_at_any_moment, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nobody_is_charged_more_than_the_time_that_passed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			words_of_others_change_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(a_word_that_never_holds_still, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
