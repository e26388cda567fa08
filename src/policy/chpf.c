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

const struct xs_policy xs_policy_chpf = {
	.info = {
		.name = "CHPF",
		.summary = "highest CPU priority of the process first, on each device",
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct xs_rank_state),
	.rank = xs_unit_cpu_priority,
	.choose = xs_rank_choose,
	.admits = xs_rank_admits,
};
