/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SLO: target latencies; best effort gets what is left.
 *
 * For: a service with a latency objective beside batch work, when stopping all batch work at every
 * request would waste a device that is fast enough for both.
 *
 * How: a process with a target hint is a service; its latency is the time from ready to idle.
 * Without a runnable service everybody runs. With one, the services run and the others are admitted
 * for a part of each period, the duty. The duty grows by a step with every request that took less
 * than 80 % of its target and is halved by every one that missed it: it settles where the target
 * just holds. A request that is past half of its target has the device to itself until it is done.
 *
 * Bad when: a service is busy without ever going idle: it counts as late, and the others are left
 * with the least duty. Targets that cannot be met even alone starve the others in the same way.
 */
#include "policy/policies.h"

enum { PERIOD, STEP, LEAST };

static const struct xs_param params[] = {
	[PERIOD] = {
		.name = "period", .unit = "us", .min = 500, .max = 1000000, .def = 5000,
		.doc = "length of the period of which the duty is a part",
	},
	[STEP] = {
		.name = "step", .unit = "%", .min = 1, .max = 50, .def = 2,
		.doc = "growth of the duty with each request that was fast enough",
	},
	[LEAST] = {
		.name = "least", .unit = "%", .min = 0, .max = 50, .def = 1,
		.doc = "duty that best effort always keeps, whatever happens to the target",
	},
};

struct device_state {
	int64_t duty; /* percent, above the least */
	bool open;    /* best effort is admitted */
};

static int rank(const struct xs_unit *unit)
{
	uint64_t target_ns;

	return xs_unit_target_ns(unit, &target_ns);
}

/* A request is done: learn from its latency. */
static void learn(struct xs_unit *unit, uint64_t now_ns)
{
	struct xs_sched_device *device = xs_unit_device(unit);
	struct device_state *state = xs_device_state(device);
	uint64_t latency_ns = now_ns - xs_unit_runnable_since_ns(unit);
	uint64_t target_ns;

	if (!xs_unit_target_ns(unit, &target_ns))
		return;
	if (latency_ns > target_ns)
		state->duty /= 2;
	else if (latency_ns < target_ns / 5 * 4)
		state->duty += xs_device_param(device, STEP);
	if (state->duty > 100)
		state->duty = 100;
}

static uint64_t sooner(uint64_t a_ns, uint64_t b_ns)
{
	return !a_ns || (b_ns && b_ns < a_ns) ? b_ns : a_ns;
}

/* Is it the part of the period in which best effort is admitted, and until when? */
static bool window(
	const struct xs_sched_device *device, int64_t duty, uint64_t now_ns, uint64_t *change_ns)
{
	uint64_t period = (uint64_t)xs_device_param(device, PERIOD) * 1000;
	uint64_t length = period * (uint64_t)duty / 100;
	uint64_t start = now_ns - now_ns % period;
	bool open = now_ns - start >= period - length;

	*change_ns = duty == 0 || duty == 100 ? 0 : start + (open ? period : period - length);
	return open;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	int64_t least = xs_device_param(device, LEAST);
	int64_t duty = state->duty > least ? state->duty : least;
	uint64_t wake_ns = 0, change_ns, target_ns;
	bool services = false, others = false;

	xs_for_each_runnable(unit, device)
	{
		uint64_t half_ns;

		if (!xs_unit_target_ns(unit, &target_ns)) {
			others = true;
			continue;
		}
		services = true;
		half_ns = xs_unit_runnable_since_ns(unit) + target_ns / 2;
		if (now_ns >= half_ns)
			duty = least;
		else
			wake_ns = sooner(wake_ns, half_ns);
	}
	state->open = !services || window(device, duty, now_ns, &change_ns);
	xs_run_from(device, rank, state->open ? XS_RANK_NONE : 1);
	if (!services || !others)
		return 0;
	return sooner(wake_ns, change_ns);
}

static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return state->open || rank(unit) > 0;
}

const struct xs_policy xs_policy_slo = {
	.info = {
		.name = "SLO",
		.summary = "target latencies for services, the rest for best effort",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_PROCESS,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct device_state),
	.rank = rank,
	.sleep = learn,
	.choose = choose,
	.admits = admits,
};
