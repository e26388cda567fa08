/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running out of memory at every allocation there is, one after the other: the call says -ENOMEM
 * and nothing has changed. calloc() is the only allocator that the scheduler uses; the linker puts
 * ours in its place.
 */
#include "sched_kit.h"

#include <errno.h>

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void __real_free(void *block);
void __wrap_free(void *block);

static int until_failure = -1; /* allocations that still succeed; negative: all */
static int blocks;             /* in use */

void *__wrap_calloc(size_t count, size_t size)
{
	if (until_failure == 0)
		return NULL;
	if (until_failure > 0)
		until_failure--;
	blocks++;
	return __real_calloc(count, size);
}

void __wrap_free(void *block)
{
	blocks -= block != NULL;
	__real_free(block);
}

struct picture {
	struct xs_sched_row rows[64];
	unsigned int count;
	struct xs_sched_stats stats;
	char policy[8];
};

static void take_row(void *ctx, const struct xs_sched_row *row)
{
	struct picture *picture = ctx;
	const size_t end = offsetof(struct xs_sched_row, decision) + sizeof(row->decision);

	/* Without the padding at the end. */
	memcpy(&picture->rows[picture->count++], row, end);
}

static void take(struct kit *kit, struct picture *picture)
{
	memset(picture, 0, sizeof(*picture));
	xs_sched_snapshot(kit->s, take_row, picture);
	xs_sched_get_stats(kit->s, &picture->stats);
	picture->stats.visits = 0;
	picture->stats.events = 0;
	strcpy(picture->policy, xs_sched_policy(kit->s));
}

/* Repeats a call with the first, second, ... allocation failing until it succeeds. */
#define until_it_works(kit, call)                                                                  \
	do {                                                                                       \
		struct picture before, after;                                                      \
		int rc = -ENOMEM;                                                                  \
		for (int k = 0; rc == -ENOMEM; k++) {                                              \
			take((kit), &before);                                                      \
			until_failure = k;                                                         \
			rc = (call);                                                               \
			until_failure = -1;                                                        \
			take((kit), &after);                                                       \
			if (rc == -ENOMEM)                                                         \
				assert_memory_equal(&before, &after, sizeof(before));              \
		}                                                                                  \
		assert_int_equal(rc, 0);                                                           \
	} while (0)

static void story(const char *policy)
{
	const struct xs_hint window = { .kind = XS_HINT_WINDOW_ACTIVE, .value = 1, .display = 4 };
	const struct xs_policy_info *info;
	struct kit kit;

	kit_start(&kit, policy);
	for (uint64_t i = 0; i < 20; i++) {
		until_it_works(&kit, xs_sched_process_add(kit.s, i, "x", kit.now));
		until_it_works(&kit, xs_sched_queue_add(kit.s, i, i, i % 3, 0, kit.now));
		until_it_works(&kit, xs_sched_queue_add(kit.s, i, 20 + i, i % 2, 0, kit.now));
		kit_ready(&kit, i);
	}
	until_it_works(&kit, xs_sched_hint(kit.s, XS_HINT_PROCESS, 3, &window, kit.now));
	for (size_t i = 0; (info = xs_policy_info(i)); i++)
		until_it_works(&kit, xs_sched_set_policy(kit.s, info->name, kit.now));
	until_it_works(&kit, xs_sched_set_policy(kit.s, "CFS", kit.now));
	until_it_works(&kit, xs_sched_param_set(kit.s, NULL, "unit", 0, kit.now));
	until_it_works(&kit, xs_sched_param_set(kit.s, NULL, "unit", 1, kit.now));
	kit_stop(&kit);
	assert_int_equal(blocks, 0);
}

static void every_allocation(void **state)
{
	const struct xs_policy_info *info;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++)
		story(info->name);
}

static void creation(void **state)
{
	const struct xs_sched_ops ops = { .decide = kit_decide };
	struct xs_sched *s;

	(void)state;
	until_failure = 0;
	assert_int_equal(xs_sched_create(&s, &ops, NULL, "HPF"), -ENOMEM);
	until_failure = -1;
}

/* Events that add nothing need no memory: none of these may fail. */
static void events_need_none(void **state)
{
	const struct xs_policy_info *info;
	struct kit kit;

	(void)state;
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		kit_start(&kit, info->name);
		for (uint64_t q = 0; q < 10; q++)
			kit_pair(&kit, q, q % 2);
		until_failure = 0;
		for (uint64_t q = 0; q < 10; q++) {
			kit_hint(&kit, XS_HINT_PROCESS, q, XS_HINT_PRIORITY, (int64_t)q % 3);
			kit_hint(&kit, XS_HINT_QUEUE, q, XS_HINT_DEADLINE_US, 100);
			kit_ready(&kit, q);
		}
		kit_pass(&kit, 50 * MS, NULL, 0);
		assert_int_equal(xs_sched_usage(kit.s, 1, 5), 0);
		for (uint64_t q = 0; q < 10; q++)
			assert_int_equal(xs_sched_process_remove(kit.s, q, kit.now), 0);
		until_failure = -1;
		kit_stop(&kit);
	}
}

/* Applications have thousands of queues: what the default policy keeps of one is in the queue. */
static void a_queue_is_one_block(void **state)
{
	struct kit kit;

	(void)state;
	kit_start(&kit, "HPF");
	kit_pair(&kit, 1, 0);
	int before = blocks;
	for (uint64_t q = 2; q < 100; q++)
		assert_int_equal(xs_sched_queue_add(kit.s, 1, q, 0, 0, kit.now), 0);
	assert_int_equal(blocks - before, 98 + 1); /* and a table for all of them */
	kit_stop(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation),
		cmocka_unit_test(creation),
		cmocka_unit_test(events_need_none),
		cmocka_unit_test(a_queue_is_one_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
