/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two models in one process, beside several loads: bench/pytorch/dual.py without PyTorch, on the
 * software device. The models are those of the demonstration (demo/models.c).
 *
 *   dual [-nREQUESTS]
 *
 * A row for each case: the p99 of a request under the shim, and bare; in the detail the p99 alone and
 * what the best effort had of what it has alone.
 *
 *   dual_long_ms            kernels of 1.5 ms, 8 submitted ahead, streams of different priority
 *   dual_longer_ms          kernels of 11 ms, 4 ahead: one that runs cannot be stopped
 *   dual_training_ms        kernels of 20 us, 600 ahead: the launches of two steps of training
 *   dual_default_ms         kernels of 1.5 ms, 8 ahead, both models on the default stream
 *   dual_default_paced_ms   the same beside a stream of higher priority that is idle
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/demo.h"
#include "kit.h"

static const struct load {
	const char *name;
	int long_us, deep; /* of the best effort */
	const char *more;  /* options of the models */
} loads[] = {
	{ "dual_long_ms", 1500, 8, "" },
	{ "dual_longer_ms", 11000, 4, "" },
	{ "dual_training_ms", 20, 600, "" },
	{ "dual_default_ms", 1500, 8, "-D" },
	{ "dual_default_paced_ms", 1500, 8, "-DR" },
};

/* Requests: 40 a second, each 20 kernels of 50 us. */
static char arguments[][4096] = { "", "-r40", "-k20", "-u50", "-d0.5", "", "", "", "", "" };
static char settings[][4096] = { "", "XSIM_SHARE=0", "" };

enum { MODELS, LONG_US = 5, DEEP, MORE, FIRST_ROLE, SECOND_ROLE, ARGUMENTS };
enum { CRITICAL = 1, BEST_EFFORT = 2, SCHEDULED = 4 };

static const char *build;
static long requests;

#define WRITE(out, ...) snprintf(out, sizeof(out), __VA_ARGS__)

static void write_arguments(const struct load *load, int kind)
{
	WRITE(arguments[MODELS], "%s/demo/models", build);
	WRITE(arguments[LONG_US], "-U%d", load->long_us);
	WRITE(arguments[DEEP], "-K%d", load->deep);
	WRITE(arguments[MORE], "%s", load->more);
	WRITE(arguments[FIRST_ROLE], "%s", kind & BEST_EFFORT ? "-b" : "");
	WRITE(arguments[SECOND_ROLE], "-c%ld", kind & CRITICAL ? requests : 0);
	WRITE(settings[0], "LD_LIBRARY_PATH=%s/sim", build);
	WRITE(settings[2], "LD_PRELOAD=%s/lib/libshimcuda.so", build);
}

static struct outcome run(const struct load *load, int kind)
{
	struct outcome outcome = { 0 };
	char *argument_list[ARGUMENTS + 1], *setting_list[4] = { NULL };
	size_t count = 0;

	write_arguments(load, kind);
	for (size_t i = 0; i < ARGUMENTS; i++)
		if (*arguments[i])
			argument_list[count++] = arguments[i];
	argument_list[count] = NULL;
	for (size_t i = 0; i < (kind & SCHEDULED ? 3 : 2); i++)
		setting_list[i] = settings[i];
	if (!outcome_read(&outcome, argument_list, setting_list))
		exit(1);
	return outcome;
}

static void measure(const struct load *load)
{
	struct outcome alone = run(load, CRITICAL), idle = run(load, BEST_EFFORT);
	struct outcome bare = run(load, CRITICAL | BEST_EFFORT);
	struct outcome shim = run(load, CRITICAL | BEST_EFFORT | SCHEDULED);
	double rate = outcome_best_effort_rate(&idle);
	double p99 = outcome_percentile_ms(&shim, 0.99);

	kit_row(load->name, "ms", "sim", p99, outcome_percentile_ms(&bare, 0.99),
		"\"alone\":%.5g,\"p50\":%.5g,\"p50_bare\":%.5g,\"kept\":%.4g,\"kept_bare\":%.4g,"
		"\"requests\":%zu",
		outcome_percentile_ms(&alone, 0.99), outcome_percentile_ms(&shim, 0.5),
		outcome_percentile_ms(&bare, 0.5), outcome_best_effort_rate(&shim) / rate,
		outcome_best_effort_rate(&bare) / rate, shim.request_count);
	outcome_free(&alone);
	outcome_free(&idle);
	outcome_free(&bare);
	outcome_free(&shim);
}

int main(int argc, char **argv)
{
	build = getenv("BUILD");
	kit_check(!build, "finding $BUILD");
	requests = kit_option(argc, argv, 'n', 400);
	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		measure(&loads[i]);
	return 0;
}
