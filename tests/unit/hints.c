/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints of several threads at the same time. Would catch: the scheduler of the process and the daemon hear
 * two of them in different orders, and disagree from then on.
 */
#include "fake_hal.h"

#include <pthread.h>

#include "base/futex.h"
#include "preempt/agent.h"
#include "preempt/global.h"
#include "preempt/handle.h"
#include "xsched/hint.h"

static XQueueHandle handle;
static pthread_t second;
static _Atomic bool second_waits, second_is_through;
static _Atomic int64_t told; /* to the daemon, last */
static _Thread_local bool is_second;

void __real_xs_mutex_lock(struct xs_mutex *mutex);
void __wrap_xs_mutex_lock(struct xs_mutex *mutex);
void __wrap_xs_global_hint(struct xs_queue *queue, const struct xs_hint *hint);

void __wrap_xs_mutex_lock(struct xs_mutex *mutex)
{
	if (is_second && !xs_mutex_trylock(mutex)) {
		xs_store_full(&second_waits, true);
		__real_xs_mutex_lock(mutex);
	} else if (!is_second) {
		__real_xs_mutex_lock(mutex);
	}
}

static void *hint_too(void *unused)
{
	(void)unused;
	is_second = true;
	CHECK_EQUAL(XHintPriority(handle, 20), kXSchedSuccess);
	xs_store_full(&second_is_through, true);
	return NULL;
}

/* Between the two halves of the first hint the second one comes, and gets as far as it can. */
void __wrap_xs_global_hint(struct xs_queue *queue, const struct xs_hint *hint)
{
	(void)queue;
	if (!is_second) {
		CHECK(pthread_create(&second, NULL, hint_too, NULL) == 0);
		EVENTUALLY(xs_load_full(&second_waits) || xs_load_full(&second_is_through));
	}
	xs_store_full(&told, hint->value);
}

TEST(the_order_of_two_hints_is_the_same_for_all)
{
	struct xs_queue *queue = fake_queue(1, 0);

	handle = xs_handle_of_xqueue(queue);
	CHECK_EQUAL(XHintPriority(handle, 10), kXSchedSuccess);
	pthread_join(second, NULL);
	CHECK_EQUAL(xs_load_full(&told), 20);
	CHECK_EQUAL(xs_load_relaxed(&queue->priority), xs_load_full(&told));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_two_hints_is_the_same_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
