/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that do not answer, on a clock that the test moves. Would catch: a container that was frozen in
 * the middle of its work and keeps others waiting, one that answers and is passed over all the same, and a
 * queue that said itself that it is stalled and counts again because its process was frozen meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/world.h"
#include "wire/gate.h"

#define BEAT  UINT64_C(100000000)
#define BEATS 30 /* more than patience */

static struct xs_world world;
static struct xs_tenant high, low;
static struct xs_lane *lane;
static bool answering;

static void look(struct xs_tenant *tenant)
{
	if (answering || tenant != &high)
		xs_store_full(&tenant->page->client_told, 0);
}

static void broken(struct xs_tenant *tenant)
{
	(void)tenant;
	fail();
}

static void move_in(struct xs_tenant *tenant, int32_t offset)
{
	struct xs_msg_queue_add add = { .id = 1, .device = 7, .level = 1, .offset = offset };
	int fd;

	memset(tenant, 0, sizeof(*tenant));
	assert_int_equal(xs_page_create(&tenant->page, &fd), 0);
	close(fd);
	xs_store_full(&tenant->page->slots[0].word, XS_GATE_INITIAL | XS_GATE_READY);
	assert_int_equal(xs_tenant_add(&world, tenant), 0);
	assert_int_equal(xs_tenant_queue_add(tenant, &add), 0);
}

static int setup(void **state)
{
	static const struct xs_world_ops ops = { .look = look, .broken = broken };

	(void)state;
	answering = true;
	assert_int_equal(xs_world_init(&world, &ops, NULL), 0);
	move_in(&low, 0);
	move_in(&high, 10);
	lane = xs_tenant_find(&high, 0, 1);
	xs_world_settle(&world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xs_world_fini(&world);
	munmap(high.page, sizeof(*high.page));
	munmap(low.page, sizeof(*low.page));
	return 0;
}

static void beat(int times)
{
	for (int i = 0; i < times; i++) {
		world.now_ns += BEAT;
		xs_world_sample_frozen(&world);
		xs_world_settle(&world);
	}
}

static bool low_is_open(void)
{
	return xs_load_full(&low.page->slots[0].word) & XS_GATE_OPEN;
}

static void whoever_answers_counts(void **state)
{
	(void)state;
	beat(BEATS);
	assert_false(low_is_open());
}

static void whoever_does_not_answer_holds_nobody_back(void **state)
{
	(void)state;
	beat(BEATS);
	answering = false;
	beat(BEATS);
	assert_true(low_is_open());
	answering = true;
	look(&high);
	beat(2);
	assert_false(low_is_open());
}

/* It is noticed while somebody else is running. */
static void whoever_is_stopped_and_does_not_answer_either(void **state)
{
	static struct xs_tenant top; /* the world keeps it if this fails */

	(void)state;
	move_in(&top, 20);
	xs_world_settle(&world);
	answering = false;
	beat(1);
	assert_true(lane->held);
	beat(BEATS);
	assert_true(xs_tenant_queue_remove(&top, 0, 1) == 0);
	xs_world_settle(&world);
	assert_false(lane->held);
	assert_true(low_is_open());
	xs_tenant_remove(&top);
	munmap(top.page, sizeof(*top.page));
}

static void whoever_moves_counts(void **state)
{
	struct xs_slot *slot = &high.page->slots[0];

	(void)state;
	answering = false;
	for (int i = 0; i < BEATS; i++) {
		xs_gate_arrive(slot);
		xs_gate_depart(slot);
		beat(1);
		assert_false(low_is_open());
	}
	/* At once, too, if it stood still before. */
	beat(BEATS);
	assert_true(low_is_open());
	xs_gate_arrive(slot);
	beat(1);
	assert_false(low_is_open());
}

/* Its state says so before its silence does, whatever it answered last. */
static void whoever_is_stopped_holds_nobody_back(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		for (;;)
			pause();
	}
	high.pid = child;
	beat(2);
	assert_false(low_is_open());
	kill(child, SIGSTOP);
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	beat(1);
	assert_true(low_is_open());
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, NULL, WCONTINUED), child);
	beat(1);
	assert_false(low_is_open());
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void what_it_said_of_itself_stays(void **state)
{
	(void)state;
	beat(1);
	assert_int_equal(xs_lane_stalled(lane, true), 0);
	assert_true(low_is_open());
	answering = false;
	beat(BEATS);
	answering = true;
	look(&high);
	beat(BEATS);
	assert_true(low_is_open());
	assert_int_equal(xs_lane_stalled(lane, false), 0);
	assert_false(low_is_open());
}

/* A process that left a daemon that hung has said HELLO again, and the daemon asks the one that left. */
static void whoever_comes_back_is_asked_anew(void **state)
{
	struct xs_msg_queue_add add = { .id = 1, .device = 7, .level = 1, .offset = 10 };
	struct xs_page *page = high.page;

	(void)state;
	answering = false;
	xs_store_full(&page->client_told, 0); /* xs_link_greet() */
	beat(2);                 /* the daemon goes on: LOOK to the connection that was left */
	xs_tenant_remove(&high); /* then reads its end */
	memset(&high, 0, sizeof(high));
	high.page = page;
	answering = true;
	assert_int_equal(xs_tenant_add(&world, &high), 0); /* and the new HELLO */
	assert_int_equal(xs_tenant_queue_add(&high, &add), 0);
	xs_world_settle(&world);
	beat(BEATS);
	assert_false(low_is_open());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(whoever_answers_counts),
		TEST(whoever_does_not_answer_holds_nobody_back),
		TEST(whoever_is_stopped_and_does_not_answer_either),
		TEST(whoever_moves_counts),
		TEST(whoever_is_stopped_holds_nobody_back),
		TEST(what_it_said_of_itself_stays),
		TEST(whoever_comes_back_is_asked_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
