/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HHPF: highest priority first over all devices of the machine together.
 *
 * For: one task that moves between devices, say from a GPU to an NPU and back, and must find the
 * next device free and the memory bandwidth to itself when it gets there.
 *
 * How: as HPF, but a queue runs only if its priority equals the highest runnable one on any device.
 *
 * Bad when: the devices have nothing to do with each other. One busy queue on one device then stops
 * everything lower on all of them; that is the purpose, and the reason why it is not the default.
 */
#include "policy/policies.h"

struct device_state {
	int top; /* highest runnable rank of this device */
};

static int machine_top(struct xs_sched_device *any)
{
	int top = XS_RANK_NONE;

	for (struct xs_sched_device *d = xs_first_device(any); d; d = xs_next_device(d)) {
		const struct device_state *state = xs_device_state(d);

		if (state->top > top)
			top = state->top;
	}
	return top;
}

static void init(struct xs_sched_device *device)
{
	struct device_state *state = xs_device_state(device);

	state->top = XS_RANK_NONE;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	int before = machine_top(device);
	int after;

	(void)now_ns;
	state->top = xs_highest(device, xs_unit_priority);
	after = machine_top(device);
	xs_run_from(device, xs_unit_priority, after);
	if (after != before)
		xs_device_spread(device);
	return 0;
}

static bool admits(const struct xs_unit *unit)
{
	return xs_unit_priority(unit) >= machine_top(xs_unit_device(unit));
}

const struct xs_policy xs_policy_hhpf = {
	.info = {
		.name = "HHPF",
		.summary = "highest priority first, over all devices together",
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_RANK,
	.machine_wide = true,
	.device_size = sizeof(struct device_state),
	.init = init,
	.choose = choose,
	.admits = admits,
};
