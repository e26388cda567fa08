/* SPDX-License-Identifier: Apache-2.0 */
/* What events stand for: found, forgotten, and not kept for contexts that are gone. */
#include "fake_hal.h"

#include <malloc.h>

#include "platform/common/events.h"

#define OTHER_CONTEXT ((void *)0x7000)

static void *event_of(uintptr_t number)
{
	return (void *)(0x10000 + 64 * number);
}

/* A queue that is paced, since a better one is on the device: its events matter. */
static struct xs_queue *scheduled_queue(unsigned int number, void *context)
{
	struct xs_stream stream = fake_stream(number);

	stream.context = context;
	fake_queue(99, -1);
	struct xs_queue *queue = fake_queue_of(&stream, 0, false);
	CHECK(queue && fake_has(queue, XS_GATE_PACED));
	return queue;
}

TEST(an_event_stands_for_its_queue)
{
	struct xs_queue *queue = scheduled_queue(1, FAKE_CONTEXT);
	uint32_t submitted = 0;
	bool early = true;

	CHECK(!xs_events_find(event_of(1), &submitted, &early));
	xs_events_note(event_of(1), queue, 5, false);
	CHECK(xs_events_find(event_of(1), &submitted, &early) == queue && submitted == 5 && !early);
	CHECK(!xs_events_find(event_of(2), &submitted, &early));
	xs_events_note(event_of(1), queue, 7, true);
	CHECK(xs_events_find(event_of(1), &submitted, &early) == queue && submitted == 7 && early);
	xs_events_forget(event_of(1));
	CHECK(!xs_events_find(event_of(1), &submitted, &early));
}

TEST(a_context_takes_its_events_along)
{
	struct xs_queue *here = scheduled_queue(1, FAKE_CONTEXT);
	struct xs_queue *there = scheduled_queue(2, OTHER_CONTEXT);
	uint32_t submitted;
	bool early;

	for (uintptr_t i = 0; i < 20000; i++)
		xs_events_note(event_of(i), i % 2 ? here : there, (uint32_t)i, false);
	xs_events_forget_context(OTHER_CONTEXT);
	for (uintptr_t i = 0; i < 20000; i++)
		CHECK(xs_events_find(event_of(i), &submitted, &early) == (i % 2 ? here : NULL));
}

/* Drivers need not give out the same handles again. */
TEST(contexts_that_come_and_go_leave_nothing)
{
	struct xs_queue *queue = scheduled_queue(1, OTHER_CONTEXT);
	uintptr_t next = 0;
	size_t heap = 0;

	for (int round = 0; round < 10000; round++) {
		for (int i = 0; i < 3; i++)
			xs_events_note(event_of(next++), queue, 1, false);
		xs_events_forget_context(OTHER_CONTEXT);
		if (round == 10)
			heap = mallinfo2().uordblks;
	}
	CHECK(mallinfo2().uordblks < heap + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_stands_for_its_queue),
		cmocka_unit_test(a_context_takes_its_events_along),
		cmocka_unit_test(contexts_that_come_and_go_leave_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
