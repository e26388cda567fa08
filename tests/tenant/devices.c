/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one user can make up, and what it costs the others. Would catch: devices and gangs without end,
 * device times of everybody read for the timer of one device, and a file read for each queue.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/world.h"
#include "wire/gate.h"

#define MS      UINT64_C(1000000)
#define TENANTS 70

static struct xs_world world;
static struct xs_tenant tenants[TENANTS];
static unsigned int opened;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	opened++;
	return __real_open(path, flags);
}

static void look(struct xs_tenant *tenant)
{
	xs_store_full(&tenant->page->client_told, 0);
}

static void broken(struct xs_tenant *tenant)
{
	(void)tenant;
	fail();
}

static struct xs_tenant *move_in(size_t index, uid_t uid)
{
	struct xs_tenant *tenant = &tenants[index];
	int fd;

	assert_int_equal(xs_page_create(&tenant->page, &fd), 0);
	close(fd);
	tenant->uid = uid;
	tenant->limited = uid != 0;
	tenant->pid = getpid();
	assert_int_equal(xs_tenant_add(&world, tenant), 0);
	return tenant;
}

static int add(struct xs_tenant *tenant, uint32_t slot, uint64_t device)
{
	const struct xs_msg_queue_add message = {
		.slot = slot, .id = slot + 1, .device = device, .level = 1
	};

	xs_store_full(&tenant->page->slots[slot].word, XS_GATE_INITIAL | XS_GATE_READY);
	return xs_tenant_queue_add(tenant, &message);
}

static int setup(void **state)
{
	static const struct xs_world_ops ops = { .look = look, .broken = broken };

	(void)state;
	memset(tenants, 0, sizeof(tenants));
	assert_int_equal(xs_world_init(&world, &ops, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xs_world_fini(&world);
	for (size_t i = 0; i < TENANTS; i++) {
		if (tenants[i].page)
			munmap(tenants[i].page, sizeof(*tenants[i].page));
	}
	return 0;
}

/* How many devices a user gets, with two processes. */
static uint32_t devices_of(uid_t uid, uint32_t wanted, uint64_t first)
{
	struct xs_tenant *both[] = { move_in(uid * 2, uid), move_in(uid * 2 + 1, uid) };
	uint32_t count = 0;

	for (uint32_t i = 0; i < wanted; i++) {
		int err = add(both[i % 2], i, first + i);

		assert_true(err == 0 || err == -EUSERS);
		count += !err;
	}
	return count;
}

static void a_user_has_so_many_devices(void **state)
{
	(void)state;
	assert_int_equal(devices_of(1, 300, 1000), 128);
	/* Others have as many, and those that are there already are for everybody. */
	assert_int_equal(devices_of(2, 300, 2000), 128);
	assert_int_equal(add(&tenants[2], 4000, 2000), 0);
	assert_int_equal(add(&tenants[2], 4001, 5000), -EUSERS);
	/* A steward has any number. */
	assert_int_equal(devices_of(0, 300, 3000), 300);
	/* Who gives one back may name another one. */
	assert_int_equal(xs_tenant_queue_remove(&tenants[2], 0, 1), 0);
	assert_int_equal(add(&tenants[2], 4001, 5000), 0);
	assert_int_equal(add(&tenants[2], 4002, 5001), -EUSERS);
	xs_tenant_remove(&tenants[2]);
	assert_int_equal(add(&tenants[3], 4002, 5001), 0);
}

static void a_user_has_so_many_gangs(void **state)
{
	struct xs_hint hint = { .kind = XS_HINT_GANG, .value = 1 };

	(void)state;
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(xs_tenant_hint(move_in(i, 1), &hint), 0);
	assert_int_equal(xs_tenant_hint(move_in(64, 1), &hint), -EUSERS);
	assert_int_equal(xs_tenant_hint(move_in(65, 2), &hint), 0);
	assert_int_equal(xs_tenant_hint(&tenants[3], &hint), 0);
	hint.value = 0;
	assert_int_equal(xs_tenant_hint(&tenants[3], &hint), 0);
	hint.value = 1;
	assert_int_equal(xs_tenant_hint(&tenants[64], &hint), 0);
	assert_int_equal(xs_tenant_hint(&tenants[3], &hint), -EUSERS);
}

/* The timer of a device has its queues looked at, and no others. */
static void a_timer_concerns_its_device(void **state)
{
	const struct xs_lane *here, *there;
	uint64_t wake_ns;

	(void)state;
	assert_int_equal(xs_sched_set_policy(world.sched, "CFS", world.now_ns), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(add(move_in(i, 1), 0, 7), 0);
	wake_ns = xs_world_settle(&world);
	world.now_ns += 10 * MS / 8;
	for (size_t i = 2; i < 4; i++)
		assert_int_equal(add(move_in(i, 1), 0, 8), 0);
	assert_int_equal(xs_world_settle(&world), wake_ns);
	here = xs_tenant_find(&tenants[0], 0, 1);
	there = xs_tenant_find(&tenants[2], 0, 1);
	xs_store_full(&here->slot->device_ns, MS);
	xs_store_full(&there->slot->device_ns, MS);
	world.now_ns = wake_ns;
	xs_world_tick(&world);
	assert_true(here->device_ns == MS);
	assert_true(there->device_ns == 0);
	world.now_ns = xs_world_settle(&world);
	xs_world_beat(&world);
	assert_true(there->device_ns == MS);
}

/* Two processes with many silent queues, which became ready by turns. */
static void a_process_is_looked_at_once(void **state)
{
	(void)state;
	move_in(0, 1);
	move_in(1, 1);
	for (uint32_t slot = 0; slot < 100; slot++)
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(add(&tenants[i], slot, 7 + slot % 2), 0);
	world.now_ns += 100 * MS;
	xs_world_sample_frozen(&world);
	opened = 0;
	for (unsigned int beat = 1; beat <= 3; beat++) {
		world.now_ns += 100 * MS;
		xs_world_sample_frozen(&world);
		assert_int_equal(opened, 2 * beat);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_user_has_so_many_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(a_user_has_so_many_gangs, setup, teardown),
		cmocka_unit_test_setup_teardown(a_timer_concerns_its_device, setup, teardown),
		cmocka_unit_test_setup_teardown(a_process_is_looked_at_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
