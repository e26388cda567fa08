/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: finding, holding, dropping and using again; alone and with many threads. */
#include "fake_hal.h"

#include <pthread.h>
#include <string.h>

#include "preempt/handle.h"
#include "preempt/watch.h"

static struct xs_queue *hold(const struct xs_stream *stream, unsigned int holder)
{
	const struct xs_stream_traits traits = { .hal = &fake_hal, .device = FAKE_DEVICE };

	return xs_registry_hold(stream, &traits, holder);
}

static void retire(struct xs_queue *queue)
{
	xs_gate_apply(queue->slot, XS_GATE_RETIRE);
	xs_registry_free(queue);
}

TEST(finds_what_is_held)
{
	struct xs_stream a = fake_stream(1), b = fake_stream(2);

	CHECK(!xs_registry_find(&a));
	uint32_t epoch = xs_load_relaxed(&xs_registry_epoch);
	struct xs_queue *queue = hold(&a, XS_HOLDER_SHIM);
	CHECK(queue && xs_registry_find(&a) == queue && !xs_registry_find(&b));
	CHECK(epoch != xs_load_relaxed(&xs_registry_epoch));
	CHECK(hold(&a, XS_HOLDER_HWQUEUE) == queue);
	CHECK(!xs_registry_drop(queue, XS_HOLDER_SHIM));
	CHECK(xs_registry_find(&a) == queue);
	CHECK(xs_registry_drop(queue, XS_HOLDER_HWQUEUE));
	CHECK(!xs_registry_find(&a));
	CHECK(!xs_registry_drop(queue, XS_HOLDER_HWQUEUE)); /* nobody is the last twice */
	CHECK(!xs_registry_at(0) && xs_registry_limit() == 1);
}

TEST(default_streams)
{
	int me, other;
	struct xs_stream legacy = { .context = FAKE_CONTEXT };
	struct xs_stream elsewhere = { .context = (void *)0x2000 };
	struct xs_stream mine = { .context = FAKE_CONTEXT, .owner = &me };
	struct xs_stream yours = { .context = FAKE_CONTEXT, .owner = &other };
	struct xs_stream *all[] = { &legacy, &elsewhere, &mine, &yours };
	struct xs_queue *queues[4];

	for (int i = 0; i < 4; i++) {
		CHECK(!xs_registry_find(all[i]));
		queues[i] = hold(all[i], XS_HOLDER_SHIM);
	}
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < i; j++)
			CHECK(queues[i] != queues[j]);
		CHECK(xs_registry_find(all[i]) == queues[i]);
	}
	/* A created stream is the same one, whatever context the caller has. */
	struct xs_stream stream = fake_stream(1), same = stream;
	same.context = (void *)0x2000;
	struct xs_queue *queue = hold(&stream, XS_HOLDER_SHIM);
	CHECK(xs_registry_find(&same) == queue);
}

TEST(uses_again_with_a_new_generation)
{
	struct xs_stream a = fake_stream(1), b = fake_stream(2);
	struct xs_queue *queue = hold(&a, XS_HOLDER_SHIM);
	uint64_t id = xs_load_relaxed(&queue->id);
	HwQueueHandle handle = xs_handle_of_hwqueue(queue);

	CHECK(xs_registry_by_id(id) == queue);
	CHECK(xs_registry_drop(queue, ~0u));
	CHECK(!xs_registry_by_id(id));
	retire(queue);
	CHECK(hold(&b, XS_HOLDER_SHIM) == queue);
	CHECK(xs_load_relaxed(&queue->id) != id);
	CHECK(!xs_registry_by_id(id) && !xs_registry_pin(id) && !xs_handle_pin_hwqueue(handle));
	CHECK(xs_load_relaxed(&queue->slot->word) == XS_GATE_INITIAL);
	CHECK(xs_registry_limit() == 1);
}

TEST(does_not_use_again_what_is_in_use)
{
	struct xs_stream streams[5];
	struct xs_queue *queues[5];

	for (unsigned int i = 0; i < 5; i++) {
		streams[i] = fake_stream(i);
		queues[i] = hold(&streams[i], XS_HOLDER_SHIM);
	}
	CHECK(xs_registry_pin(xs_load_relaxed(&queues[0]->id)) == queues[0]);
	xs_gate_arrive(queues[1]->slot);
	queues[2]->pace.issued = 3; /* the device has not reached these markers yet */
	for (int i = 0; i < 4; i++) {
		CHECK(xs_registry_drop(queues[i], ~0u));
		retire(queues[i]);
	}
	struct xs_stream next = fake_stream(10);
	CHECK(hold(&next, XS_HOLDER_SHIM) == queues[3]);
	next = fake_stream(11);
	struct xs_queue *fresh = hold(&next, XS_HOLDER_SHIM);
	for (int i = 0; i < 5; i++)
		CHECK(fresh != queues[i]);

	xs_registry_unpin(queues[0]);
	xs_gate_depart(queues[1]->slot);
	xs_store_relaxed(&queues[2]->slot->progress, 3);
	for (unsigned int i = 0; i < 3; i++) {
		next = fake_stream(12 + i);
		CHECK(hold(&next, XS_HOLDER_SHIM) == queues[i]);
	}
}

/* A thread that comes late counts itself in and out of whatever queue is there by then. */
TEST(a_late_thread_does_no_harm)
{
	struct xs_stream a = fake_stream(1), b = fake_stream(2);
	struct xs_queue *queue = hold(&a, XS_HOLDER_SHIM);

	CHECK(xs_registry_drop(queue, ~0u));
	retire(queue);
	xs_gate_arrive(queue->slot);
	CHECK(hold(&b, XS_HOLDER_SHIM) != queue);
	xs_gate_depart(queue->slot);
	b = fake_stream(3);
	CHECK(hold(&b, XS_HOLDER_SHIM) == queue);
	xs_gate_arrive(queue->slot);
	xs_gate_depart(queue->slot);
	CHECK(!(xs_load_relaxed(&queue->slot->word) & XS_GATE_INSIDES));
}

static void fill_up(void)
{
	struct xs_stream stream;
	struct xs_queue *queue = NULL;

	for (unsigned int i = 0; i < XS_PAGE_SLOTS; i++) {
		stream = fake_stream(i);
		queue = hold(&stream, XS_HOLDER_SHIM);
		CHECK(queue && xs_registry_find(&stream) == queue);
	}
	struct xs_stream more = fake_stream(XS_PAGE_SLOTS);
	for (int i = 0; i < 3; i++)
		CHECK(!hold(&more, XS_HOLDER_SHIM) && !xs_registry_find(&more));

	/* The marks of a context that is gone are never reached: when nothing else is left, its
	 * queues are used all the same. */
	queue->pace.issued = 1;
	CHECK(xs_registry_drop(queue, ~0u));
	retire(queue);
	CHECK(hold(&more, XS_HOLDER_SHIM) == queue);
}

static void at_most_4096(void **state)
{
	int warnings;

	(void)state;
	assert_int_equal(fake_run_child(fill_up, &warnings), 0);
	assert_int_equal(warnings, 1);
}

/* --- with threads -------------------------------------------------------------------------------- */

#define STABLE   8
#define CHANGING 32

static _Atomic bool stop;

static void touch(struct xs_queue *queue)
{
	xs_gate_arrive(queue->slot);
	xs_gate_depart(queue->slot);
}

static void *look_up(void *argument)
{
	struct xs_queue **stable = argument;

	for (unsigned int i = 0; !xs_load_relaxed(&stop); i++) {
		struct xs_stream stream = fake_stream(i % STABLE);
		CHECK(xs_registry_find(&stream) == stable[i % STABLE]);

		stream = fake_stream(100 + i % CHANGING);
		struct xs_queue *queue = xs_registry_find(&stream);
		if (queue) /* it may end at any moment: all that is safe to touch is its word */
			touch(queue);
		for (size_t at = 0; at < xs_registry_limit(); at++)
			xs_registry_at(at);
	}
	return NULL;
}

static void *make_and_drop(void *argument)
{
	unsigned int number = 100 + (unsigned int)(uintptr_t)argument;

	for (unsigned int i = 0; !xs_load_relaxed(&stop); i++) {
		unsigned int which = number + i % (CHANGING / 2) * 2;
		struct xs_queue *queue = fake_queue(which, 0);
		CHECK(queue);
		struct xs_stream stream = fake_stream(which);
		CHECK(xs_registry_find(&stream) == queue);
		fake_submit(queue);
		xs_queue_end(queue);
		CHECK(xs_registry_find(&stream) != queue);
	}
	return NULL;
}

TEST(look_ups_while_others_make_and_drop)
{
	struct xs_queue *stable[STABLE];
	pthread_t threads[4];

	xs_store_relaxed(&fake_runs_by_itself, true);
	for (unsigned int i = 0; i < STABLE; i++)
		stable[i] = fake_queue(i, i ? 0 : -1);
	fake_submit(stable[0]);
	CHECK(xs_watch_start() == 0);
	for (uintptr_t i = 0; i < 2; i++) {
		pthread_create(&threads[i], NULL, look_up, stable);
		pthread_create(&threads[2 + i], NULL, make_and_drop, (void *)i);
	}
	fake_sleep_ms(400);
	xs_store_relaxed(&stop, true);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK(xs_registry_limit() < STABLE + 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_held),
		cmocka_unit_test(default_streams),
		cmocka_unit_test(uses_again_with_a_new_generation),
		cmocka_unit_test(does_not_use_again_what_is_in_use),
		cmocka_unit_test(a_late_thread_does_no_harm),
		cmocka_unit_test(at_most_4096),
		cmocka_unit_test(look_ups_while_others_make_and_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
