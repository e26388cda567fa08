/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy for xserver: one process at a time on each device, in turn, each for a quantum.
 *
 *   make examples
 *   xserver --policy build/examples/policy/rotate.so,quantum=2000
 *
 * The device remembers in its memory whose turn it is and until when. A unit is known by its id: it may
 * be gone when the next decision is due.
 */
#include <xsched/policy.h>

enum { TURN_OF, TURN_END_NS }; /* in the memory of a device */
enum { QUANTUM };              /* in the table of parameters */

static const struct xsched_policy_param params[] = {
	[QUANTUM] = {
		.name = "quantum", .unit = "us", .min = 100, .max = 1000000, .def = 5000,
		.doc = "length of a turn",
	},
};

static uint64_t choose(struct xsched_policy_device *device)
{
	struct xsched_policy_unit *current = 0, *next = 0;

	/* The next one is the first after the present one in the order of their ids. */
	for (uint32_t i = 0; i < device->unit_count; i++) {
		struct xsched_policy_unit *unit = &device->units[i];
		uint64_t distance = unit->id - device->memory[TURN_OF] - 1;

		if (unit->id == device->memory[TURN_OF])
			current = unit;
		if (!next || distance < next->id - device->memory[TURN_OF] - 1)
			next = unit;
	}
	if (!current || device->now_ns >= device->memory[TURN_END_NS]) {
		current = next;
		device->memory[TURN_OF] = current->id;
		device->memory[TURN_END_NS] =
			device->now_ns + (uint64_t)device->params[QUANTUM] * 1000;
	}
	current->run = 1;
	return device->unit_count > 1 ? device->memory[TURN_END_NS] : 0;
}

const struct xsched_policy xsched_policy = {
	.version = XSCHED_POLICY_VERSION,
	.unit = XSCHED_UNIT_PROCESS,
	.name = "rotate",
	.summary = "one process at a time, in turn",
	.params = params,
	.param_count = 1,
	.choose = choose,
};
