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
