/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command line asks of the daemon: lists, policies and parameters, hints and stops by hand.
 * Would catch: a row with the wrong numbers, a hint for the wrong queue or one that a change of policy
 * loses, a stop that a hint undoes.
 */
#include "kit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sched/sched.h"

static pid_t server;
static struct actor control, high, low;

static int setup(void **state)
{
	(void)state;
	server = kit_start(NULL);
	assert_int_equal(control_open(&control), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	actor_close(&control);
	kit_stop(server);
	return 0;
}

static int pair_setup(void **state)
{
	(void)state;
	assert_int_equal(actor_open(&high, "high"), 0);
	assert_int_equal(actor_open(&low, "low"), 0);
	actor_priority(&high, 100);
	actor_add(&high, 0, 7);
	actor_add(&low, 3, 7);
	actor_sync(&high);
	actor_sync(&low);
	return 0;
}

static int pair_teardown(void **state)
{
	(void)state;
	actor_close(&high);
	actor_close(&low);
	/* The next test has other processes: wait until these are gone. */
	for (int i = 0; i < 1000; i++) {
		struct xs_message list = { .opcode = XS_OP_LIST };
		uint32_t rows = 0;
		assert_int_equal(actor_ask(&control, &list, &rows), 0);
		if (rows == 0)
			return 0;
		usleep(1000);
	}
	return 1;
}

/* The row of a queue, by its handle. */
static struct xs_msg_row_queue row_of(const struct actor *actor, uint32_t slot)
{
	struct xs_message message = { .opcode = XS_OP_LIST, .serial = 77 };
	struct xs_msg_row_queue found = { 0 };

	actor_send(&control, &message);
	do {
		assert_true(actor_receive(&control, &message));
		assert_int_equal(message.serial, 77);
		if (message.opcode == XS_OP_ROW_QUEUE &&
			message.row_queue.handle == actor_handle(actor, slot))
			found = message.row_queue;
	} while (message.opcode != XS_OP_DONE);
	assert_true(found.handle == actor_handle(actor, slot));
	return found;
}

static void rows(void **state)
{
	(void)state;
	actor_ready(&low, 3);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	usleep(2000);
	struct xs_msg_row_queue row = row_of(&low, 3);
	assert_int_equal(row.pid, getpid());
	assert_int_equal(row.device, 7);
	assert_int_equal(row.priority, 0);
	assert_int_equal(row.lent, XS_WIRE_LEND_NONE);
	assert_int_equal(row.flags, XS_ROW_READY | XS_ROW_PACED);
	assert_int_equal(row.holds, 1);
	assert_int_equal(row.submitted, 1);
	assert_int_equal(row.pending, 1);
	assert_true(row.held_ns >= 2 * MS && row.in_state_ns >= 2 * MS);
	row = row_of(&high, 0);
	assert_int_equal(row.priority, 100);
	assert_int_equal(row.flags, XS_ROW_READY | XS_ROW_RUN | XS_ROW_TRACKED);
}

/* What comes from a page may be nonsense. The row then says less, and nothing that cannot be. */
static void rows_of_pages_that_lie(void **state)
{
	struct xs_slot *slot = &low.page->slots[3];

	(void)state;
	actor_ready(&low, 3);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	xs_store_full(&slot->held_ns, 5);
	xs_store_full(&slot->held_since_ns, xs_load_full(&slot->held_since_ns) + 3600 * SEC);
	xs_store_full(&slot->covered, 1000);
	struct xs_msg_row_queue row = row_of(&low, 3);
	assert_in_range(row.held_ns, 5, 600 * SEC); /* since when, the daemon knows itself */
	assert_int_equal(row.pending, 0);
	/* An idle queue has nothing in the driver, whatever its counters say. */
	slot = &high.page->slots[0];
	actor_idle(&high, 0);
	actor_await_open(&low, 3);
	xs_store_full(&slot->covered, 0);
	assert_int_equal(row_of(&high, 0).submitted, 1);
	assert_int_equal(row_of(&high, 0).pending, 0);
}

static int hint(uint32_t target, uint64_t id, uint32_t kind, int64_t value)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = target;
	message.hint.id = id;
	message.hint.kind = kind;
	message.hint.value = value;
	return actor_ask(&control, &message, NULL);
}

static void hints_take_effect_at_once(void **state)
{
	(void)state;
	actor_ready(&low, 3);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	assert_int_equal(
		hint(XS_TARGET_HANDLE, actor_handle(&low, 3), XS_WIRE_HINT_PRIORITY, 200), 0);
	/* The answer comes after the effect. */
	assert_true(actor_word(&low, 3) & XS_GATE_OPEN);
	assert_false(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_int_equal(xs_load_relaxed(&low.page->slots[3].priority), 200);
	/* By process: also over what a queue has of its own. Both are of this process. */
	assert_int_equal(hint(XS_TARGET_PID, (uint64_t)getpid(), XS_WIRE_HINT_PRIORITY, 5), 0);
	assert_true(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_int_equal(row_of(&low, 3).priority, 5);
	assert_int_equal(hint(XS_TARGET_HANDLE, 1, XS_WIRE_HINT_PRIORITY, 5), ENOENT);
	assert_int_equal(hint(XS_TARGET_PID, 0, XS_WIRE_HINT_PRIORITY, 5), ENOENT);
	assert_int_equal(hint(XS_TARGET_ALL, 0, XS_WIRE_HINT_TIMESLICE_US, 2000), 0);
	assert_int_equal(hint(XS_TARGET_OWN_PROCESS, 0, XS_WIRE_HINT_PRIORITY, 5), EINVAL);
}

static int set_policy(const char *name)
{
	struct xs_message message = { .opcode = XS_OP_POLICY_SET };

	XS_MESSAGE_TEXT(message.policy_set.policy, name);
	return actor_ask(&control, &message, NULL);
}

static void hints_survive_policies(void **state)
{
	uint32_t count;
	struct xs_message list = { .opcode = XS_OP_POLICY_LIST };

	(void)state;
	assert_int_equal(actor_ask(&control, &list, &count), 0);
	assert_true(count >= 13);
	assert_int_equal(set_policy("cfs"), 0);
	assert_int_equal(set_policy("NOPE"), ENOENT);
	assert_int_equal(row_of(&high, 0).priority, 100);
	assert_int_equal(set_policy("HPF"), 0);
	actor_ready(&low, 3);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
}

static void parameters(void **state)
{
	struct xs_message list = { .opcode = XS_OP_PARAM_LIST };
	struct xs_message set = { .opcode = XS_OP_PARAM_SET };
	uint32_t all, one;

	(void)state;
	assert_int_equal(actor_ask(&control, &list, &all), 0);
	XS_MESSAGE_TEXT(list.param_list.policy, "HPF");
	assert_int_equal(actor_ask(&control, &list, &one), 0);
	assert_true(one >= 2 && all > one);
	XS_MESSAGE_TEXT(list.param_list.policy, "NOPE");
	assert_int_equal(actor_ask(&control, &list, NULL), ENOENT);
	XS_MESSAGE_TEXT(set.param_set.policy, "HPF");
	XS_MESSAGE_TEXT(set.param_set.name, "floor");
	set.param_set.value = 10;
	assert_int_equal(actor_ask(&control, &set, NULL), 0);
	set.param_set.value = 99;
	assert_int_equal(actor_ask(&control, &set, NULL), ERANGE);
	set.param_set.value = 0;
	assert_int_equal(actor_ask(&control, &set, NULL), 0);
	XS_MESSAGE_TEXT(set.param_set.name, "ceiling");
	assert_int_equal(actor_ask(&control, &set, NULL), ENOENT);
}

static int suspend(uint32_t target, uint64_t id, bool on)
{
	struct xs_message message = { .opcode = XS_OP_SUSPEND };

	message.suspend.target = target;
	message.suspend.id = id;
	message.suspend.on = on;
	return actor_ask(&control, &message, NULL);
}

static void stops_by_hand(void **state)
{
	(void)state;
	actor_ready(&high, 0);
	actor_ready(&low, 3);
	actor_await_closed(&low, 3);
	assert_int_equal(suspend(XS_TARGET_HANDLE, actor_handle(&high, 0), true), 0);
	assert_false(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_true(actor_word(&low, 3) & XS_GATE_OPEN); /* it is in nobody's way */
	assert_true(row_of(&high, 0).flags & XS_ROW_SUSPENDED);
	assert_int_equal(row_of(&high, 0).priority, 100); /* which it will have again */
	/* A hint does not start it; it is in force afterwards. */
	assert_int_equal(
		hint(XS_TARGET_HANDLE, actor_handle(&high, 0), XS_WIRE_HINT_PRIORITY, 50), 0);
	assert_false(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_int_equal(row_of(&high, 0).priority, 50);
	assert_int_equal(suspend(XS_TARGET_HANDLE, actor_handle(&high, 0), false), 0);
	assert_true(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_false(actor_word(&low, 3) & XS_GATE_OPEN);
	assert_int_equal(row_of(&high, 0).priority, 50);
	/* A whole process, with queues that come later. */
	assert_int_equal(suspend(XS_TARGET_PID, (uint64_t)getpid(), true), 0);
	actor_add(&low, 4, 7);
	actor_sync(&low);
	actor_ready(&low, 4);
	actor_await_closed(&low, 4);
	assert_false(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_int_equal(row_of(&high, 0).priority, 50);
	assert_int_equal(row_of(&low, 4).priority, 0);
	/* Out of range is clamped, and to run never is a priority like others. */
	actor_priority(&low, 1000);
	actor_sync(&low);
	assert_int_equal(row_of(&low, 4).priority, XS_PRIORITY_MAX);
	assert_int_equal(
		hint(XS_TARGET_HANDLE, actor_handle(&low, 4), XS_WIRE_HINT_PRIORITY, 1000), 0);
	assert_int_equal(row_of(&low, 4).priority, XS_PRIORITY_MAX);
	assert_int_equal(hint(XS_TARGET_HANDLE, actor_handle(&low, 4), XS_WIRE_HINT_PRIORITY,
				 XS_PRIORITY_NO_EXECUTE),
		0);
	assert_int_equal(row_of(&low, 4).priority, XS_PRIORITY_NO_EXECUTE);
	actor_priority(&low, 0);
	actor_sync(&low);
	assert_int_equal(suspend(XS_TARGET_PID, (uint64_t)getpid(), false), 0);
	assert_int_equal(row_of(&low, 4).priority, XS_PRIORITY_NO_EXECUTE);
	assert_true(actor_word(&high, 0) & XS_GATE_OPEN);
	assert_int_equal(suspend(XS_TARGET_ALL, 0, true), EINVAL);
}

static void reconfiguring_asks_the_process(void **state)
{
	struct xs_message config = { .opcode = XS_OP_CONFIG }, message;

	(void)state;
	config.config.handle = actor_handle(&low, 3);
	config.config.threshold = 8;
	config.config.batch = 8; /* as many as the threshold is allowed */
	assert_int_equal(actor_ask(&control, &config, NULL), 0);
	assert_true(actor_receive(&low, &message));
	assert_int_equal(message.opcode, XS_OP_RECONFIGURE);
	assert_int_equal(message.reconfigure.slot, 3);
	assert_int_equal(message.reconfigure.id, 103);
	assert_int_equal(message.reconfigure.level, 0);
	assert_int_equal(message.reconfigure.threshold, 8);
	config.config.batch = 9;
	assert_int_equal(actor_ask(&control, &config, NULL), EINVAL);
	config.config.handle = 1;
	assert_int_equal(actor_ask(&control, &config, NULL), ENOENT);
	/* What the process then says is what is shown. */
	message = (struct xs_message){ .opcode = XS_OP_QUEUE_CHANGE };
	message.queue_change.slot = 3;
	message.queue_change.id = 103;
	message.queue_change.level = 2;
	message.queue_change.threshold = 8;
	actor_send(&low, &message);
	actor_sync(&low);
	assert_int_equal(row_of(&low, 3).level, 2);
	assert_int_equal(row_of(&low, 3).threshold, 8);
	assert_true(actor_word(&low, 3) & XS_GATE_PACED);
}

static void loans_and_stalls(void **state)
{
	struct xs_message message = { .opcode = XS_OP_LEND };

	(void)state;
	actor_ready(&low, 3);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	message.lend.slot = 3;
	message.lend.id = 103;
	message.lend.priority = 100;
	actor_send(&low, &message);
	actor_await_open(&low, 3);
	assert_int_equal(row_of(&low, 3).lent, 100);
	message.lend.priority = XS_WIRE_LEND_NONE;
	actor_send(&low, &message);
	actor_await_closed(&low, 3);
	message = (struct xs_message){ .opcode = XS_OP_STALLED };
	message.stalled.id = 100;
	message.stalled.on = 1;
	actor_send(&high, &message);
	actor_await_open(&low, 3);
	message.stalled.on = 0;
	actor_send(&high, &message);
	actor_await_closed(&low, 3);
}

/* One process on two devices: stopped on both because of somebody on one of them. */
static void a_gang(void **state)
{
	struct xs_message gang = { .opcode = XS_OP_HINT };

	(void)state;
	gang.hint.target = XS_TARGET_OWN_PROCESS;
	gang.hint.kind = XS_WIRE_HINT_GANG;
	gang.hint.value = 1;
	actor_send(&low, &gang);
	actor_add(&low, 4, 8);
	actor_ready(&low, 3);
	actor_ready(&low, 4);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	actor_await_closed(&low, 4);
	actor_idle(&high, 0);
	actor_await_open(&low, 3);
	actor_await_open(&low, 4);
	gang.hint.value = 0;
	actor_send(&low, &gang);
	actor_ready(&high, 0);
	actor_await_closed(&low, 3);
	actor_await_open(&low, 4);
}

static void counters(void **state)
{
	struct xs_message stats = { .opcode = XS_OP_STATS };
	uint32_t count;

	(void)state;
	assert_int_equal(actor_ask(&control, &stats, &count), 0);
	assert_true(count >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(rows_of_pages_that_lie, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(
			hints_take_effect_at_once, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(hints_survive_policies, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(parameters, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(stops_by_hand, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(
			reconfiguring_asks_the_process, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(loans_and_stalls, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(a_gang, pair_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(counters, pair_setup, pair_teardown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
