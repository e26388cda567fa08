/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues by their handles. Would catch: a handle that another user takes away, an act on one of several
 * queues with the same handle, and a look-up that gets slower with every queue that somebody makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/world.h"
#include "wire/gate.h"

#define TENANTS 4

static struct xs_world world;
static struct xs_tenant tenants[TENANTS];
static const uid_t uids[TENANTS] = { 1, 1, 2, 3 };

static void ignore(struct xs_tenant *tenant)
{
	(void)tenant;
}

static int setup(void **state)
{
	static const struct xs_world_ops ops = { .look = ignore, .broken = ignore };
	int fd;

	(void)state;
	memset(tenants, 0, sizeof(tenants));
	assert_int_equal(xs_world_init(&world, &ops, NULL), 0);
	for (size_t i = 0; i < TENANTS; i++) {
		assert_int_equal(xs_page_create(&tenants[i].page, &fd), 0);
		close(fd);
		tenants[i].uid = uids[i];
		assert_int_equal(xs_tenant_add(&world, &tenants[i]), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xs_world_fini(&world);
	for (size_t i = 0; i < TENANTS; i++)
		munmap(tenants[i].page, sizeof(*tenants[i].page));
	return 0;
}

static void add(size_t tenant, uint32_t slot, uint64_t handle)
{
	const struct xs_msg_queue_add message = {
		.slot = slot, .id = slot + 1, .handle = handle, .device = slot / 64, .level = 1
	};

	xs_store_full(&tenants[tenant].page->slots[slot].word, XS_GATE_INITIAL);
	assert_int_equal(xs_tenant_queue_add(&tenants[tenant], &message), 0);
}

static void finds(const uid_t *uid, uint64_t handle, size_t tenant)
{
	struct xs_lane *lane = NULL;

	assert_int_equal(xs_world_find(&world, handle, uid, &lane), 0);
	assert_ptr_equal(lane->tenant, &tenants[tenant]);
	assert_int_equal(lane->handle, handle);
}

static void finds_none(const uid_t *uid, uint64_t handle, int err)
{
	struct xs_lane *lane;

	assert_int_equal(xs_world_find(&world, handle, uid, &lane), err);
}

static void a_handle_means_one_queue(void **state)
{
	(void)state;
	finds_none(NULL, 7, -ENOENT);
	add(0, 3, 7);
	finds(NULL, 7, 0);
	finds(&uids[0], 7, 0);
	finds_none(&uids[2], 7, -EPERM);
	/* Another user has the same one: each means his own. */
	add(2, 5, 7);
	finds(&uids[0], 7, 0);
	finds(&uids[2], 7, 2);
	finds_none(&uids[3], 7, -EPERM);
	finds_none(NULL, 7, -ENOTUNIQ);
	/* So has another process of the same user. */
	add(1, 9, 7);
	finds_none(&uids[0], 7, -ENOTUNIQ);
	finds(&uids[2], 7, 2);
	/* And they go, one by one or with their process. */
	assert_int_equal(xs_tenant_queue_remove(&tenants[0], 3, 4), 0);
	finds(&uids[0], 7, 1);
	xs_tenant_remove(&tenants[2]);
	finds(NULL, 7, 1);
	finds_none(&uids[2], 7, -EPERM);
	xs_tenant_remove(&tenants[1]);
	finds_none(NULL, 7, -ENOENT);
}

/* Processor time of many look-ups, at best. */
static uint64_t cost(uint64_t handle)
{
	uint64_t best = UINT64_MAX;

	for (int turn = 0; turn < 10; turn++) {
		struct timespec begin, end;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
		for (int i = 0; i < 1000; i++)
			finds(&uids[3], handle, 3);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
		uint64_t ns = (uint64_t)(end.tv_sec - begin.tv_sec) * 1000000000 +
			      (uint64_t)end.tv_nsec - (uint64_t)begin.tv_nsec;
		best = ns < best ? ns : best;
	}
	return best;
}

/* Others add queues with as many handles as they can, and with one that is not theirs. */
static void queues_of_others_cost_nothing(void **state)
{
	(void)state;
	add(3, 0, 1);
	add(3, 1, 2);
	uint64_t alone = cost(1) + cost(2);
	for (uint32_t slot = 0; slot < XS_PAGE_SLOTS; slot++) {
		add(0, slot, 1);
		add(1, slot, 1000 + slot);
		add(2, slot, slot % 2 ? 2 : 1);
	}
	/* Fifty times as much and more, if they were gone through. */
	assert_true(cost(1) + cost(2) < 10 * alone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_handle_means_one_queue, setup, teardown),
		cmocka_unit_test_setup_teardown(queues_of_others_cost_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
