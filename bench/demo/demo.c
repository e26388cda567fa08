/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demonstration: two models alone, together, and together under the scheduler. This program
 * only starts them and tells what they did; the models (models.c) are the same in all runs, and the
 * only difference that the scheduler makes is LD_PRELOAD.
 *
 *   demo [-d sim|cuda|hip] [-n REQUESTS] [-o DIRECTORY] [-j] BUILD
 *
 * Prints a table, or with -j the rows of a benchmark, and writes report.html and result.json into the
 * directory (default: BUILD/demo).
 */
#include "demo.h"
#include "../kit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES      4096
#define TRACED_REQUESTS 40

static const char *build, *directory;

/* hip is the software device behind the front door of HIP 6. */
static bool is_hip(const struct demo *demo)
{
	return strcmp(demo->device, "hip") == 0;
}

static bool is_sim(const struct demo *demo)
{
	return is_hip(demo) || strcmp(demo->device, "sim") == 0;
}
static bool as_rows;

/* Where a driver may be that the loader does not find by itself. */
#define DRIVER_PLACES "/usr/local/nvidia/lib64:/usr/lib/wsl/lib"

/* --- runs ------------------------------------------------------------------------------------------- */

enum { CRITICAL = 1, BEST_EFFORT = 2, SCHEDULED = 4, TRACED = 8 };

static void say(const char *what)
{
	if (isatty(STDERR_FILENO) && !getenv("BENCH_PROGRESS"))
		fprintf(stderr, "\r\033[K%s%s", what, *what ? " ..." : "");
}

/* Arguments or settings of a program, in place. */
struct words {
	char text[12][PATH_BYTES];
	char *list[13]; /* ends with NULL */
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void add(struct words *words, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(words->text[words->count], PATH_BYTES, format, list);
	va_end(list);
	words->list[words->count] = words->text[words->count];
	words->count++;
}

static void run(const struct demo *demo, struct outcome *outcome, const char *what, int kind)
{
	const struct workload *w = &demo->workload;
	const char *path = getenv("LD_LIBRARY_PATH");
	struct words arguments = { 0 }, settings = { 0 };
	static int done;

	add(&arguments, "%s/demo/models%s", build, is_hip(demo) ? "_hip" : "");
	add(&arguments, "-r%g", w->rate);
	add(&arguments, "-k%d", w->kernels);
	add(&arguments, "-u%d", w->us);
	add(&arguments, "-K%d", w->deep);
	add(&arguments, "-U%d", w->long_us);
	add(&arguments, "-d%g", w->best_effort_alone_s);
	if (kind & CRITICAL)
		add(&arguments, "-c%d", kind & TRACED ? TRACED_REQUESTS : w->requests);
	if (kind & BEST_EFFORT)
		add(&arguments, "-b");
	if (kind & TRACED)
		add(&arguments, "-t");

	if (is_sim(demo)) {
		add(&settings, "LD_LIBRARY_PATH=%s/sim", build);
		/* A software device of its own: others may be using the machine's. */
		add(&settings, "XSIM_SHARE=0");
	} else {
		add(&settings, "LD_LIBRARY_PATH=%s%s" DRIVER_PLACES, path ? path : "",
			path ? ":" : "");
	}
	if (kind & SCHEDULED)
		add(&settings, "LD_PRELOAD=%s/lib/libshim%s.so", build,
			is_hip(demo) ? "hip" : "cuda");
	say(what);
	kit_progress((double)done++ / 6, what);
	if (!outcome_read(outcome, arguments.list, settings.list))
		exit(1);
	say("");
}

/* --- results ---------------------------------------------------------------------------------------- */

static void print_row(const struct demo *demo, const char *name, const struct outcome *outcome)
{
	printf("  %-24s", name);
	if (outcome->request_count)
		printf("%9.2f %9.2f %9.2f %9.2f", outcome_percentile_ms(outcome, 0.5),
			outcome_percentile_ms(outcome, 0.9), outcome_percentile_ms(outcome, 0.99),
			outcome_percentile_ms(outcome, 1));
	else
		printf("%9s %9s %9s %9s", "-", "-", "-", "-");
	if (outcome->best_effort_us > 0)
		printf(" %11.0f %9.0f %%\n", outcome_best_effort_rate(outcome),
			100 * demo_kept(demo, outcome));
	else
		printf(" %11s %11s\n", "-", "-");
}

static void print_table(const struct demo *demo)
{
	const struct workload *w = &demo->workload;
	double alone = outcome_percentile_ms(&demo->alone, 0.99);
	double bare = outcome_percentile_ms(&demo->bare, 0.99);
	double scheduled = outcome_percentile_ms(&demo->scheduled, 0.99);

	printf("Two models on one device: %s\n\n", demo->alone.device);
	printf("  latency-critical  %d requests, %g a second at random, each %d kernels of %d us\n",
		w->requests, w->rate, w->kernels, w->us);
	printf("  best-effort       kernels of %d us without end, %d submitted ahead\n\n",
		w->long_us, w->deep);
	printf("  %-24s%39s %11s %11s\n", "", "latency of a request (ms)", "best effort",
		"of what");
	printf("  %-24s%9s %9s %9s %9s %11s %11s\n", "", "p50", "p90", "p99", "max", "kernels/s",
		"is left");
	print_row(demo, "critical alone", &demo->alone);
	print_row(demo, "best effort alone", &demo->best_effort);
	print_row(demo, "together", &demo->bare);
	print_row(demo, "together, scheduled", &demo->scheduled);
	printf("\n  Scheduled, the p99 is %.2f times that of the critical model alone, and %.1f %% "
	       "below\n  that of the two together; best effort gets %.0f %% of the time that the "
	       "critical model\n  (%.0f %% of the device) leaves.\n",
		scheduled / alone, 100 * (1 - scheduled / bare),
		100 * demo_kept(demo, &demo->scheduled), 100 * demo_duty(demo, &demo->scheduled));
}

static void print_rows(const struct demo *demo)
{
	const struct outcome *alone = &demo->alone, *bare = &demo->bare, *ours = &demo->scheduled;
	double p99 = outcome_percentile_ms(ours, 0.99),
	       p99_bare = outcome_percentile_ms(bare, 0.99);
	double p99_alone = outcome_percentile_ms(alone, 0.99);

	kit_row(is_hip(demo) ? "demo_hip_p99_ms" : "demo_p99_ms", "ms", demo->device, p99, p99_bare,
		"\"alone\":%.5g,\"times_alone\":%.4g,\"below_bare_percent\":%.4g,\"p50\":%.5g,"
		"\"p50_alone\":%.5g,\"p50_bare\":%.5g,\"max\":%.5g,\"requests\":%zu",
		p99_alone, p99 / p99_alone, 100 * (1 - p99 / p99_bare),
		outcome_percentile_ms(ours, 0.5), outcome_percentile_ms(alone, 0.5),
		outcome_percentile_ms(bare, 0.5), outcome_percentile_ms(ours, 1),
		ours->request_count);
	kit_row(is_hip(demo) ? "demo_hip_best_effort_kept" : "demo_best_effort_kept", "share",
		demo->device, demo_kept(demo, ours), demo_kept(demo, bare),
		"\"per_s\":%.5g,\"per_s_bare\":%.5g,\"per_s_alone\":%.5g,\"duty\":%.3g",
		outcome_best_effort_rate(ours), outcome_best_effort_rate(bare),
		outcome_best_effort_rate(&demo->best_effort), demo_duty(demo, ours));
}

static FILE *create(const char *name)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void close_file(FILE *file)
{
	if (fclose(file)) {
		perror(directory);
		exit(1);
	}
}

static void write_latencies(FILE *file, const struct outcome *outcome)
{
	fprintf(file, "\"p50_ms\":%.3f,\"p99_ms\":%.3f", outcome_percentile_ms(outcome, 0.5),
		outcome_percentile_ms(outcome, 0.99));
}

static void write_result(const struct demo *demo)
{
	FILE *file = create("result.json");

	fprintf(file, "{\"alone\":{");
	write_latencies(file, &demo->alone);
	fprintf(file, "},\"baseline\":{");
	write_latencies(file, &demo->bare);
	fprintf(file, ",\"be_per_s\":%.1f},\"xsched\":{", outcome_best_effort_rate(&demo->bare));
	write_latencies(file, &demo->scheduled);
	fprintf(file, ",\"be_per_s\":%.1f},\"be_alone_per_s\":%.1f}\n",
		outcome_best_effort_rate(&demo->scheduled),
		outcome_best_effort_rate(&demo->best_effort));
	close_file(file);
}

static void read_options(struct demo *demo, int argc, char **argv)
{
	static char place[PATH_BYTES];
	int option;

	while ((option = getopt(argc, argv, "d:n:o:j")) != -1) {
		if (option == 'd')
			demo->device = optarg;
		else if (option == 'n')
			demo->workload.requests = atoi(optarg);
		else if (option == 'o')
			directory = optarg;
		else if (option == 'j')
			as_rows = true;
		else
			exit(2);
	}
	bool known = is_sim(demo) || strcmp(demo->device, "cuda") == 0;
	if (optind != argc - 1 || !known || demo->workload.requests < 1) {
		fprintf(stderr, "demo [-d sim|cuda|hip] [-n REQUESTS] [-o DIRECTORY] [-j] BUILD\n");
		exit(2);
	}
	build = argv[optind];
	snprintf(place, sizeof(place), "%s/demo", build);
	if (!directory)
		directory = place;
}

int main(int argc, char **argv)
{
	static struct demo demo = {
		.workload = { .requests = 560,
			.rate = 70,
			.kernels = 60,
			.us = 50,
			.deep = 64,
			.long_us = 400,
			.best_effort_alone_s = 3 },
		.device = "sim",
	};

	read_options(&demo, argc, argv);
	if (demo.workload.requests < 200)
		demo.workload.best_effort_alone_s = 0.5;
	run(&demo, &demo.alone, "the critical model alone", CRITICAL);
	run(&demo, &demo.best_effort, "the best-effort model alone", BEST_EFFORT);
	run(&demo, &demo.bare, "the two together", CRITICAL | BEST_EFFORT);
	run(&demo, &demo.scheduled, "the two together, scheduled",
		CRITICAL | BEST_EFFORT | SCHEDULED);
	run(&demo, &demo.bare_traced, "a closer look", CRITICAL | BEST_EFFORT | TRACED);
	run(&demo, &demo.scheduled_traced, "a closer look",
		CRITICAL | BEST_EFFORT | SCHEDULED | TRACED);

	if (as_rows)
		print_rows(&demo);
	else
		print_table(&demo);
	write_result(&demo);
	FILE *report = kit_section();
	if (report)
		report_write_section(report, &demo);
	else
		report_write(report = create("report.html"), &demo);
	close_file(report);
	if (!as_rows)
		printf("\n  %s/report.html has the whole distribution and a timeline.\n",
			directory);
	return 0;
}
