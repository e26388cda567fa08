/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KEDF: the k earliest deadlines first, on each device.
 *
 * For: periodic work with deadlines, such as camera pipelines, when k of them fit on the device
 * side by side.
 *
 * How: the deadline of a queue is the time at which it became ready plus its deadline hint. The k
 * runnable queues with the earliest deadlines run, the others wait. Queues without a deadline come
 * after all others, in the order in which they became ready; if no runnable queue has a deadline,
 * nobody is in a hurry and all of them run. k is the largest k hint among the runnable queues, or
 * the parameter. A deadline that has passed keeps its place: the queue is late, not unimportant.
 *
 * Bad when: the device is overloaded. Then every deadline is missed a little, as always with
 * earliest deadline first, and queues without one starve.
 */
#include "policy/policies.h"

enum { K };

static const struct xs_param params[] = {
	[K] = {
		.name = "k", .unit = "", .min = 1, .max = 65536, .def = 1,
		.doc = "how many queues run at a time, unless a hint says otherwise",
	},
};

struct unit_state {
	bool has_deadline;
	uint64_t deadline_ns; /* without one: the time of becoming ready */
	bool taken;
};

static bool earlier(const struct unit_state *a, const struct unit_state *b)
{
	if (a->has_deadline != b->has_deadline)
		return a->has_deadline;
	return a->deadline_ns < b->deadline_ns;
}

/*
 * Brings the states of the runnable units up to date. Returns k, or 0 when all may run because
 * nobody has a deadline or there are not more than k.
 */
static int64_t look(struct xs_sched_device *device)
{
	int64_t k = 0, units = 0;
	bool deadlines = false;

	xs_for_each_runnable(unit, device)
	{
		struct unit_state *state = xs_unit_state(unit);
		int64_t own = xs_unit_kdeadline(unit, 0);
		uint64_t relative_ns = 0;

		state->has_deadline = xs_unit_deadline_ns(unit, &relative_ns);
		state->deadline_ns = xs_unit_runnable_since_ns(unit) + relative_ns;
		state->taken = false;
		units++;
		deadlines |= state->has_deadline;
		k = own > k ? own : k;
	}
	if (!k)
		k = xs_device_param(device, K);
	return deadlines && units > k ? k : 0;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	int64_t k = look(device);

	(void)now_ns;
	if (k == 0)
		xs_run_from(device, xs_unit_priority, XS_RANK_NONE);
	for (int64_t i = 0; i < k; i++) {
		struct xs_unit *first = NULL;
		struct unit_state *best = NULL;

		xs_for_each_runnable(unit, device)
		{
			struct unit_state *state = xs_unit_state(unit);

			if (state->taken || (best && !earlier(state, best)))
				continue;
			first = unit;
			best = state;
		}
		if (!first)
			break;
		best->taken = true;
		xs_unit_run(first);
	}
	return 0;
}

const struct xs_policy xs_policy_kedf = {
	.info = {
		.name = "KEDF",
		.summary = "the k earliest deadlines first, on each device",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_OTHERS,
	.unit_size = sizeof(struct unit_state),
	.choose = choose,
};
