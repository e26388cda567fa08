/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWF: the process of the active window first.
 *
 * For: a desktop, where the window in front should be smooth whatever computes behind it.
 *
 * How: while a process that owns the active window of some display is runnable on a device, only
 * such processes run there; otherwise everybody does. Who is active is a hint, sent by a monitor of
 * the window system (X11, Wayland or another one: the policy does not care). Each display has one
 * active process, and a process may be active on several.
 *
 * Bad when: nobody looks at a window; then it does nothing. A game in front starves what is behind.
 */
#include "policy/policies.h"

static int rank(const struct xs_unit *unit)
{
	return xs_unit_window_active(unit);
}

struct device_state {
	int lowest; /* rank that is let through */
};

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);

	(void)now_ns;
	state->lowest = xs_highest(device, rank);
	xs_run_from(device, rank, state->lowest);
	return 0;
}

static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return rank(unit) >= state->lowest;
}

const struct xs_policy xs_policy_awf = {
	.info = {
		.name = "AWF",
		.summary = "the process of the active window first",
	},
	.unit = XS_UNIT_PROCESS,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct device_state),
	.rank = rank,
	.choose = choose,
	.admits = admits,
};
