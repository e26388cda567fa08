/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HPF: highest priority first, on each device for itself.
 *
 * For: a latency-critical program that shares a device with work that can wait. It is the default.
 *
 * How: of the runnable queues of a device, those of the highest priority run, all of them together;
 * lower ones stop until no higher queue is runnable. A queue of the highest priority registered on
 * the device can never be stopped, so it is never paced either.
 *
 * Bad when: the important program is always busy. Then the others starve, which is what strict
 * priority means. The parameter "floor" opens a way out: for that part of each period the gates of
 * the lower queues open too. The higher ones are not stopped meanwhile (they have no gate), so both
 * share the device as the hardware pleases: the floor is the time during which the others are
 * admitted, and the price is that much interference. Windows lie at fixed places of the clock, so
 * that a queue that comes and goes meets them as often as one that waits.
 */
#include "policy/policies.h"

enum { FLOOR, FLOOR_PERIOD };

static const struct xs_param params[] = {
	[FLOOR] = {
		.name = "floor", .unit = "%", .min = 0, .max = 50, .def = 0,
		.doc = "part of the time during which lower priorities may run beside higher ones",
	},
	[FLOOR_PERIOD] = {
		.name = "floor_period", .unit = "us", .min = 1000, .max = 10000000, .def = 20000,
		.doc = "length of the period of which the floor is a part",
	},
};

struct device_state {
	int lowest; /* rank that is let through */
};

/* Is the window of the floor open, and when does that change? */
static bool floor_open(struct xs_sched_device *device, uint64_t now_ns, uint64_t *change_ns)
{
	uint64_t period = (uint64_t)xs_device_param(device, FLOOR_PERIOD) * 1000;
	uint64_t length = period * (uint64_t)xs_device_param(device, FLOOR) / 100;
	uint64_t start = now_ns - now_ns % period;
	bool open = now_ns - start >= period - length;

	*change_ns = start + (open ? period : period - length);
	return open;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t change_ns = 0;

	state->lowest = xs_highest(device, xs_unit_priority);
	if (!xs_run_from(device, xs_unit_priority, state->lowest))
		return 0;
	if (xs_device_param(device, FLOOR) == 0)
		return 0;
	if (floor_open(device, now_ns, &change_ns)) {
		state->lowest = XS_RANK_NONE;
		xs_run_from(device, xs_unit_priority, state->lowest);
	}
	return change_ns;
}

static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return xs_unit_priority(unit) >= state->lowest;
}

const struct xs_policy xs_policy_hpf = {
	.info = {
		.name = "HPF",
		.summary = "highest priority first, on each device",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct device_state),
	.choose = choose,
	.admits = admits,
};
