/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plug-in for the tests, good or bad as it is compiled: PLUGIN_<KIND> says which. The bad ones decide
 * well until a process named "trigger" wants to run.
 */
#include <xsched/policy.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void misbehave(struct xsched_policy_device *device)
{
	(void)device;
#if defined(PLUGIN_loop)
	for (volatile int i = 0;; i = 1)
		;
#elif defined(PLUGIN_slow)
	for (volatile long i = 0; i < 100000000; i++)
		;
#elif defined(PLUGIN_sleep)
	pause();
#elif defined(PLUGIN_crash)
	raise(SIGSYS); /* of a wild pointer sanitizers would make an end of their own */
#elif defined(PLUGIN_exit)
	_exit(3);
#elif defined(PLUGIN_scribble)
	/* It may write all of what it was given, beyond its own part. */
	memset(device->units, 0x7f, 4096 * sizeof(*device->units));
	device->unit_count = ~0u;
	device->units = 0;
#endif
}

/* The smallest name in the alphabet runs, and counts in its memory how often. */
static uint64_t choose(struct xsched_policy_device *device)
{
	struct xsched_policy_unit *first = &device->units[0];

	for (uint32_t i = 0; i < device->unit_count; i++) {
		if (strcmp(device->units[i].name, "trigger") == 0) {
			misbehave(device);
			return 0;
		}
		if (strcmp(device->units[i].name, first->name) < 0)
			first = &device->units[i];
	}
	first->run = 1;
	first->memory[0]++;
	return 0;
}

static const struct xsched_policy_param params[] = {
	{ .name = "size", .unit = "", .min = 1, .max = 9, .def = 3, .doc = "nothing" },
};

#ifndef PLUGIN_nothing
const struct xsched_policy xsched_policy = {
#ifdef PLUGIN_version
	.version = XSCHED_POLICY_VERSION + 1,
#else
	.version = XSCHED_POLICY_VERSION,
#endif
#ifdef PLUGIN_taken
	.name = "cfs",
#else
	.name = "alphabet",
#endif
	.summary = "the first in the alphabet",
	.params = params,
#ifdef PLUGIN_greedy
	.param_count = 1000,
#else
	.param_count = 1,
#endif
	.choose = choose,
};
#endif
