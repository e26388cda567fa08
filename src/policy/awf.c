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

const struct xs_policy xs_policy_awf = {
	.info = {
		.name = "AWF",
		.summary = "the process of the active window first",
	},
	.unit = XS_UNIT_PROCESS,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct xs_rank_state),
	.rank = rank,
	.choose = xs_rank_choose,
	.admits = xs_rank_admits,
};
