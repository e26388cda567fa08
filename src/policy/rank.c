/* SPDX-License-Identifier: Apache-2.0 */
/* Running the units of largest rank: the common half of the priority policies. */
#include "policy/policies.h"

int xs_highest(struct xs_sched_device *device, int (*rank)(const struct xs_unit *unit))
{
	int highest = XS_RANK_NONE;

	xs_for_each_runnable(unit, device)
	{
		int r = rank(unit);

		if (r > highest)
			highest = r;
	}
	return highest;
}

bool xs_run_from(
	struct xs_sched_device *device, int (*rank)(const struct xs_unit *unit), int lowest)
{
	bool left_out = false;

	xs_for_each_runnable(unit, device)
	{
		if (rank(unit) >= lowest)
			xs_unit_run(unit);
		else
			left_out = true;
	}
	return left_out;
}

uint64_t xs_rank_choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_rank_state *state = xs_device_state(device);
	int (*rank)(const struct xs_unit *unit) = xs_device_policy(device)->rank;

	(void)now_ns;
	state->lowest = xs_highest(device, rank);
	xs_run_from(device, rank, state->lowest);
	return 0;
}

bool xs_rank_admits(const struct xs_unit *unit)
{
	struct xs_sched_device *device = xs_unit_device(unit);
	const struct xs_rank_state *state = xs_device_state(device);

	return xs_device_policy(device)->rank(unit) >= state->lowest;
}
