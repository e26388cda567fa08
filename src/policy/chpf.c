/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CHPF: the device follows the CPU. Processes are ordered by their CPU scheduling priority.
 *
 * For: machines on which nice, chrt or a service manager already say who is important.
 *
 * How: as HPF on each device, with the CPU priority of the process in place of hints: any real-time
 * priority is above any nice value. The policy reads no files; whoever runs the scheduler samples
 * the processes, at most every 100 ms, and reports a change. A process that was not sampled counts
 * as nice 0, like any other.
 *
 * Bad when: programs raise their own niceness for reasons that have nothing to do with the device.
 * Strict like HPF: a busy important process starves the others.
 */
#include "policy/policies.h"

struct device_state {
	int lowest; /* rank that is let through */
};

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);

	(void)now_ns;
	state->lowest = xs_highest(device, xs_unit_cpu_priority);
	xs_run_from(device, xs_unit_cpu_priority, state->lowest);
	return 0;
}

static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return xs_unit_cpu_priority(unit) >= state->lowest;
}

const struct xs_policy xs_policy_chpf = {
	.info = {
		.name = "CHPF",
		.summary = "highest CPU priority of the process first, on each device",
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct device_state),
	.rank = xs_unit_cpu_priority,
	.choose = choose,
	.admits = admits,
};
