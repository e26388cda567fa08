/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli bench: the experiments as one verb. Each is made of programs that print rows, one JSON object a
 * line, and write a section of the report; they are beside xcli in a build, and in libexec/xsched where it is
 * installed. This file runs them; bench/result.c says what came out.
 */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/bench/child.h"
#include "cli/bench/result.h"
#include "cli/cli.h"
#include "cli/platforms.h"

enum { DEVICE, PEER, OUT, QUICK };

static struct xs_arg args[] = {
	[DEVICE] = { .name = "device",
		.letter = 'd',
		.value = "WHICH",
		.read = xs_read_word,
		.words = "sim cuda hip",
		.help = "the software device (default) or CUDA's; hip: the software device through "
			"HIP" },
	[PEER] = { .name = "peer",
		.value = "WHICH",
		.read = xs_read_word,
		.words = "native none",
		.help = "compare with what the driver does by itself (default), or with nothing" },
	[OUT] = { .name = "out",
		.letter = 'o',
		.value = "DIR",
		.help = "where report.html and bench.json go; default: xsched-bench" },
	[QUICK] = { .name = "quick", .help = "try everything out; the numbers mean nothing" },
};

enum { SIM = 1, CUDA = 2, HIP = 4 };

#define MOST_PROGRAMS 2

/* In the words of a command, {} stands for one of: build, device, out, peer; and a|b for a, or with --quick b. */
static const struct experiment {
	struct xs_result_section section; /* its name, and what the report calls it */
	struct {
		int devices; /* on which it can be measured */
		const char *command;
	} programs[MOST_PROGRAMS];
} experiments[] = {
	{ { "overhead", "What it costs alone" },
		{ { SIM | CUDA, "bench/launch -n2000000|-n80000" },
			{ HIP, "bench/launch_hip table -n2000000|-n80000" } } },
	{ { "dual", "Two models in one process" },
		{ { SIM | CUDA | HIP, "demo/demo -j -d {device} -n560|-n12 -o {out} {build}" } } },
	{ { "tenants", "Several processes on one device" },
		{ { SIM | CUDA | HIP,
			"bench/tenants -d{device} -s5|-s1 -p{peer} tenants {build}" } } },
	{ { "fairness", "Shares of a device" },
		{ { SIM | CUDA | HIP,
			"bench/tenants -d{device} -s5|-s1 -p{peer} fairness {build}" } } },
	{ { "latency", "How fast it stops and decides" },
		{ { SIM, "bench/suspend -n5000|-n50" },
			{ SIM | CUDA | HIP, "bench/decision -n5000|-n50 -s3|-s1" } } },
};

#define EXPERIMENTS (sizeof(experiments) / sizeof(*experiments))

struct bench {
	char build[PATH_MAX], out[PATH_MAX], section[PATH_MAX + 32];
	struct xs_result result;
	const struct experiment *experiment; /* that runs */
	double done, part; /* of everything, before the program that runs, and by it */
	bool failed;
};

/* --- progress ------------------------------------------------------------------------------------ */

#define BAR 30

static void draw_progress(const struct bench *bench, double share, const char *what)
{
	int filled = (int)(share * BAR + 0.5);

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K[%.*s%*s] %3.0f %%  %s: %.40s", filled,
		"##############################", BAR - filled, "", 100 * share,
		bench->experiment->section.name, what);
}

static void end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

static void on_progress(void *ctx, double share, const char *what)
{
	struct bench *bench = ctx;

	share = share < 0 ? 0 : share > 1 ? 1 : share;
	draw_progress(bench, bench->done + share * bench->part, what);
}

/* --- one program --------------------------------------------------------------------------------- */

static void on_line(void *ctx, char *line)
{
	struct bench *bench = ctx;
	json_t *row = json_loads(line, 0, NULL);

	if (!json_is_object(row) || !json_is_string(json_object_get(row, "name")) ||
		!json_is_number(json_object_get(row, "value"))) {
		json_decref(row);
		return;
	}
	json_object_set_new(row, "experiment", json_string(bench->experiment->section.name));
	json_array_append_new(bench->result.rows, row);
}

static const char *value_of(const struct bench *bench, const char *name, size_t length)
{
	const struct {
		const char *name, *value;
	} values[] = {
		{ "build", bench->build },
		{ "device", bench->result.device },
		{ "out", bench->out },
		{ "peer", bench->result.peer },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strlen(values[i].name) == length && strncmp(values[i].name, name, length) == 0)
			return values[i].value;
	return "";
}

/* A word of a command, to be freed. */
static char *expand(const struct bench *bench, char *word)
{
	char *bar = strchr(word, '|'), *open, *text = NULL;

	if (bar && args[QUICK].given) {
		word = bar + 1;
	} else if (bar) {
		*bar = '\0';
	}
	open = strchr(word, '{');
	size_t length = open ? strcspn(open + 1, "}") : 0;
	if (!open)
		return strdup(word);
	if (asprintf(&text, "%.*s%s%s", (int)(open - word), word, value_of(bench, open + 1, length),
		    open + 1 + length + 1) < 0)
		return NULL;
	return text;
}

#define MOST_WORDS 16

static void run_program(struct bench *bench, const char *command)
{
	struct xs_listener listener = { on_line, on_progress, bench };
	char *words[MOST_WORDS + 1] = { NULL }, *copy = strdup(command), *rest;
	char program[PATH_MAX + 64];
	size_t count = 0;

	for (char *word = copy ? strtok_r(copy, " ", &rest) : NULL; word && count < MOST_WORDS;
		word = strtok_r(NULL, " ", &rest))
		words[count++] = expand(bench, word);
	if (count && words[0]) {
		snprintf(program, sizeof(program), "%s/%s", bench->build, words[0]);
		free(words[0]);
		words[0] = program;
		int status = xs_child_run(words, &listener);
		end_progress();
		if (status != 0) {
			bench->failed = true;
			xs_complain("%s: %s failed", bench->experiment->section.name, command);
		}
	}
	for (size_t i = 1; i < count; i++)
		free(words[i]);
	free(copy);
}

/* --- experiments --------------------------------------------------------------------------------- */

static int device_bit(const struct bench *bench)
{
	return *bench->result.device == 's' ? SIM : *bench->result.device == 'c' ? CUDA : HIP;
}

static size_t count_programs(const struct bench *bench, const struct experiment *experiment)
{
	size_t count = 0;

	for (size_t i = 0; i < MOST_PROGRAMS && experiment->programs[i].command; i++)
		count += (experiment->programs[i].devices & device_bit(bench)) != 0;
	return count;
}

static void run_experiment(struct bench *bench, const struct experiment *experiment, double part)
{
	size_t count = count_programs(bench, experiment);

	bench->experiment = experiment;
	bench->part = part / (double)(count ? count : 1);
	xs_result_section_path(
		&bench->result, experiment->section.name, bench->section, sizeof(bench->section));
	unlink(bench->section);
	setenv("BENCH_SECTION", bench->section, 1);
	for (size_t i = 0; i < MOST_PROGRAMS && experiment->programs[i].command; i++) {
		if (!(experiment->programs[i].devices & device_bit(bench)))
			continue;
		draw_progress(bench, bench->done, "");
		run_program(bench, experiment->programs[i].command);
		bench->done += bench->part;
	}
}

/* --- the verb ------------------------------------------------------------------------------------ */

static bool find_build(struct bench *bench)
{
	static const char *const places[] = { "", "/libexec/xsched" };
	char self[PATH_MAX] = "", path[PATH_MAX + 64];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[length > 0 ? length : 0] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(self, '/');
		if (slash)
			*slash = '\0';
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s%s/bench/launch", self, places[i]);
		if (access(path, X_OK) == 0 &&
			snprintf(bench->build, PATH_MAX, "%s%s", self, places[i]) < PATH_MAX)
			return true;
	}
	xs_complain("the programs that measure are not here (%s); make bench-programs builds them",
		path);
	return false;
}

/* Which of the table; false: one is named that is not there, or not for this device. */
static bool choose(const struct bench *bench, int count, char **operands, bool *chosen)
{
	for (size_t i = 0; i < EXPERIMENTS; i++)
		chosen[i] = count == 0 && count_programs(bench, &experiments[i]);
	for (int k = 0; k < count; k++) {
		bool found = false;

		for (size_t i = 0; i < EXPERIMENTS; i++) {
			if (strcasecmp(experiments[i].section.name, operands[k]) != 0)
				continue;
			found = count_programs(bench, &experiments[i]);
			chosen[i] = true;
			if (!found)
				return xs_usage_error("%s is not measured on %s", operands[k],
					       bench->result.device),
				       false;
		}
		if (!found)
			return xs_usage_error("there is no experiment '%s'; allowed are: overhead, "
					      "dual, tenants, fairness, latency",
				       operands[k]),
			       false;
	}
	return true;
}

static bool set_up_device(struct bench *bench)
{
	const struct xs_platform *platform = xs_platform_at(0);
	char driver[PATH_MAX];

	setenv("BUILD", bench->build, 1);
	unsetenv("BENCH_DRIVER");
	if (*bench->result.device != 'c')
		return true;
	if (!platform || !xs_platform_driver(platform, driver)) {
		xs_complain("--device %s: there is no driver; xcli doctor says more",
			bench->result.device);
		return false;
	}
	setenv("BENCH_DRIVER", driver, 1);
	return true;
}

/* Says what came out. Returns an exit status. */
static int report(const struct bench *bench, const bool *chosen)
{
	struct xs_result_section sections[EXPERIMENTS + 1] = { { NULL, NULL } };
	size_t count = 0;

	for (size_t i = 0; i < EXPERIMENTS; i++)
		if (chosen[i])
			sections[count++] = experiments[i].section;
	bool written = xs_result_write(&bench->result, sections);
	xs_result_print(&bench->result);
	return written && !bench->failed ? XS_EXIT_OK : XS_EXIT_FAILED;
}

static int run(int count, char **operands)
{
	static const char *const devices[] = { "sim", "cuda", "hip" };
	static const char *const peers[] = { "native", "none" };
	static struct bench bench;
	bool chosen[EXPERIMENTS];
	double total = 0;

	bench.result.device = devices[args[DEVICE].given ? args[DEVICE].number : 0];
	bench.result.peer = peers[args[PEER].given ? args[PEER].number : 0];
	bench.result.quick = args[QUICK].given;
	bench.result.out = bench.out;
	if (!choose(&bench, count, operands, chosen))
		return XS_EXIT_USAGE;
	const char *out = args[OUT].given ? args[OUT].text : "xsched-bench";
	if ((mkdir(out, 0777) != 0 && errno != EEXIST) || !realpath(out, bench.out)) {
		xs_complain("%s: %s", out, strerror(errno));
		return XS_EXIT_FAILED;
	}
	if (!find_build(&bench) || !set_up_device(&bench))
		return XS_EXIT_FAILED;
	bench.result.rows = json_array();
	for (size_t i = 0; i < EXPERIMENTS; i++)
		total += chosen[i];
	for (size_t i = 0; i < EXPERIMENTS; i++)
		if (chosen[i])
			run_experiment(&bench, &experiments[i], 1 / total);
	int status = report(&bench, chosen);
	json_decref(bench.result.rows);
	return status;
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	(void)count, (void)operands;
	for (size_t i = 0; i < EXPERIMENTS; i++)
		say(experiments[i].section.name);
}

const struct xs_verb xs_verb_bench = {
	.name = "bench",
	.summary = "Measure what scheduling gives and costs",
	.operands = "[overhead|dual|tenants|fairness|latency]...",
	.text = "Overhead: a launch while there is nobody to yield to, bare and under the shim. "
		"Dual:\n"
		"two models in one process, alone, together, and together and scheduled. Tenants: "
		"a\n"
		"service beside two batch programs, each a process. Fairness: three processes "
		"with\n"
		"requests of 50, 30 and 20 percent. Latency: from the decision to the last launch, "
		"and\n"
		"from ready to a closed gate. Without a name all of them run, for about a minute "
		"and a\n"
		"half.",
	XS_ARGS(args),
	.least = 0,
	.most = -1,
	.complete = complete,
	.run = run,
};
