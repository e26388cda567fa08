/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several processes on one device.
 *
 *   tenants [-dsim|cuda|hip] [-sSECONDS] [-pnone] tenants|fairness BUILD
 *
 * tenants    a service whose requests are urgent, and two programs that only want to get on: alone,
 *            together as the device divides its time, and together under the daemon (HPF)
 * fairness   three programs that want all of the device, with requests of 50, 30 and 20 percent: as the
 *            device divides its time, and under the daemon (SHARE)
 *
 * -pnone leaves out the runs without the scheduler. Rows go to standard output, and a section of a report
 * where $BENCH_SECTION says.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../kit.h"
#include "../plot.h"
#include "cli/bench/page.h"
#include "crew.h"

#define KERNEL_US       400
#define BATCH_DEEP      8
#define RATE            40
#define REQUEST_KERNELS 60
#define REQUEST_US      50
#define TRACED_S        0.5

static double seconds;
static bool with_native = true;

/* --- what there is to say about runs --------------------------------------------------------------- */

/* Kernels a second of all that only want to get on. */
static double batch_rate(const struct crew *crew)
{
	double rate = 0;

	for (size_t i = 0; i < crew->count; i++)
		rate += outcome_best_effort_rate(&crew->members[i].outcome);
	return rate;
}

/* Latencies of the first member, taken out of the run. */
struct latencies {
	double *sorted_ms, rate;
	size_t count;
};

static struct latencies take_latencies(struct crew *crew)
{
	struct outcome *outcome = &crew->members[0].outcome;
	struct latencies taken = { outcome->latency_ms, batch_rate(crew), outcome->request_count };

	outcome->latency_ms = NULL;
	return taken;
}

static struct plot_series series_of(
	const struct latencies *latencies, const char *class, const char *name)
{
	return (struct plot_series){ class, name, latencies->sorted_ms, latencies->count };
}

/* Who decided, in the last run. */
static const char *decider(const struct crew *crew)
{
	return crew->connected >= crew->count ? "daemon" : "each process";
}

static void put_decider(FILE *file, const struct crew *crew)
{
	if (crew->connected < crew->count)
		fprintf(file, "<p><b>The processes did not speak to the daemon</b>, so each "
			      "scheduled its own streams only, and nobody decided between "
			      "them.</p>\n");
}

/* --- who ran when ----------------------------------------------------------------------------------- */

/* The kernels of a member in a traced run, by the clock of the machine, from the start of the first. */
static void find_boxes(
	const struct member *member, double origin_us, double *begin_ms, double *end_ms)
{
	const struct outcome *outcome = &member->outcome;

	for (size_t i = 0; i < outcome->kernel_count; i++) {
		const struct kernel *kernel = &outcome->kernels[i];
		double length_us = kernel->model == 'c' ? REQUEST_US : KERNEL_US;

		end_ms[i] = (outcome->origin_us - origin_us + kernel->done_us) / 1e3;
		begin_ms[i] = end_ms[i] - length_us / 1e3;
	}
}

static void put_lanes(FILE *file, const struct crew *crew, const char *caption)
{
	struct plot_lane lanes[CREW_MOST];
	double *times[CREW_MOST];

	for (size_t i = 0; i < crew->count; i++) {
		const struct member *member = &crew->members[i];
		size_t n = member->outcome.kernel_count;

		times[i] = calloc(2 * n + 1, sizeof(double));
		kit_check(!times[i], "allocating");
		find_boxes(member, crew->members[0].outcome.origin_us, times[i], times[i] + n);
		lanes[i] = (struct plot_lane){ member->name, (int)i, times[i], times[i] + n, n };
	}
	fprintf(file, "<p>%s</p>\n", caption);
	plot_lanes(file, lanes, crew->count, 150, 350);
	for (size_t i = 0; i < crew->count; i++)
		free(times[i]);
}

/* --- tenants ---------------------------------------------------------------------------------------- */

struct tenants {
	struct latencies alone, native, scheduled;
	double batch_alone, duty;
};

static void use_service(struct crew *crew, double duration, bool traced, bool with_batches)
{
	static char service[128], batch[128];

	snprintf(service, sizeof(service), "-c %d -r %d -k %d -u %d%s", (int)(duration * RATE) + 1,
		RATE, REQUEST_KERNELS, REQUEST_US, traced ? " -t" : "");
	snprintf(batch, sizeof(batch), "-b -K %d -U %d -d %g%s", BATCH_DEEP, KERNEL_US, duration,
		traced ? " -t" : "");
	crew->members[0] =
		(struct member){ .name = "service", .options = service, .priority = 100 };
	crew->members[1] = (struct member){ .name = "batch 1", .options = batch, .priority = -100 };
	crew->members[2] = (struct member){ .name = "batch 2", .options = batch, .priority = -100 };
	crew->count = with_batches ? 3 : 1;
}

static double kept(const struct tenants *tenants, const struct latencies *run)
{
	double left = tenants->batch_alone * (1 - tenants->duty);

	return left > 0 ? run->rate / left : 0;
}

static void measure_tenants(struct crew *crew, struct tenants *tenants)
{
	kit_progress(0, "the service alone");
	use_service(crew, seconds, false, false);
	crew_run(crew, NULL);
	tenants->alone = take_latencies(crew);
	crew_clear(crew);

	kit_progress(0.2, "a batch program alone");
	use_service(crew, seconds, false, true);
	crew->members[0] = crew->members[1];
	crew->count = 1;
	crew_run(crew, NULL);
	tenants->batch_alone = batch_rate(crew);
	crew_clear(crew);

	use_service(crew, seconds, false, true);
	if (with_native) {
		kit_progress(0.4, "all together");
		crew_run(crew, NULL);
		tenants->native = take_latencies(crew);
		crew_clear(crew);
	}
	kit_progress(0.6, "all together, scheduled");
	crew_run(crew, "HPF");
	tenants->scheduled = take_latencies(crew);
	tenants->duty = RATE * REQUEST_KERNELS * REQUEST_US / 1e6;
}

static double percentile(const struct latencies *latencies, double share)
{
	struct plot_series series = series_of(latencies, "", "");

	return plot_percentile(&series, share);
}

static void print_tenants(const struct crew *crew, const struct tenants *tenants)
{
	const struct latencies *ours = &tenants->scheduled, *bare = &tenants->native;
	double p99 = percentile(ours, 0.99), alone = percentile(&tenants->alone, 0.99);

	kit_row("tenants_p99_ms", "ms", crew->device, p99,
		with_native ? percentile(bare, 0.99) : NAN,
		"\"alone\":%.5g,\"times_alone\":%.4g,\"p50\":%.5g,\"max\":%.5g,\"requests\":%zu,"
		"\"decided_by\":\"%s\"",
		alone, p99 / alone, percentile(ours, 0.5), percentile(ours, 1), ours->count,
		decider(crew));
	kit_row("tenants_best_effort_kept", "share", crew->device, kept(tenants, ours),
		with_native ? kept(tenants, bare) : NAN, "\"per_s\":%.5g,\"per_s_alone\":%.5g",
		ours->rate, tenants->batch_alone);
}

static void put_tenant_tiles(FILE *file, const struct tenants *tenants)
{
	fprintf(file, "<div class=\"tiles\">\n");
	page_time_tile(file, "alone", percentile(&tenants->alone, 0.99),
		"99 of 100 requests within this time, the service alone");
	if (with_native)
		page_time_tile(file, "bare", percentile(&tenants->native, 0.99),
			"beside two batch programs, as the device divides its time");
	page_time_tile(file, "scheduled", percentile(&tenants->scheduled, 0.99),
		"beside them, scheduled by XSched");
	fprintf(file,
		"<div class=\"tile\"><b>%.0f<small>%%</small></b><span>of the device time that "
		"requests leave reaches the batch programs</span></div>\n</div>\n",
		100 * kept(tenants, &tenants->scheduled));
}

static void put_tenants(FILE *file, struct crew *crew, const struct tenants *tenants)
{
	struct plot_series series[3];
	size_t count = 0;

	if (with_native)
		series[count++] = series_of(&tenants->native, "bare", "together");
	series[count++] = series_of(&tenants->scheduled, "scheduled", "together, scheduled");
	series[count++] = series_of(&tenants->alone, "alone", "alone");
	fprintf(file, "<p class=\"soft\">Three processes share ");
	page_text(file, crew->members[0].outcome.device);
	fprintf(file,
		": a service with %d requests a second, each %d kernels of %d µs, and two "
		"programs that launch kernels of %d µs without end.</p>\n",
		RATE, REQUEST_KERNELS, REQUEST_US, KERNEL_US);
	put_decider(file, crew);
	put_tenant_tiles(file, tenants);
	fprintf(file,
		"<h2>How long requests of the service take</h2>\n<figure>\n<div class=\"key\">"
		"<span><i class=\"alone\"></i>alone</span>");
	if (with_native)
		fprintf(file, "<span><i class=\"bare\"></i>together</span>");
	fprintf(file, "<span><i class=\"scheduled\"></i>together, scheduled</span></div>\n");
	plot_distribution(file, series, count, "requests answered");
	fprintf(file, "</figure>\n<h2>Who ran when</h2>\n<figure>\n");
}

static void run_tenants(struct crew *crew)
{
	struct tenants tenants = { 0 };

	measure_tenants(crew, &tenants);
	print_tenants(crew, &tenants);
	FILE *file = kit_section();
	if (file) {
		put_tenants(file, crew, &tenants);
		kit_progress(0.85, "a closer look");
		crew_clear(crew);
		use_service(crew, TRACED_S, true, true);
		if (with_native) {
			crew_run(crew, NULL);
			put_lanes(file, crew, "Together");
			crew_clear(crew);
		}
		crew_run(crew, "HPF");
		put_lanes(file, crew, "Together, scheduled");
		fprintf(file, "</figure>\n");
		fclose(file);
	}
	crew_clear(crew);
	free(tenants.alone.sorted_ms);
	free(tenants.native.sorted_ms);
	free(tenants.scheduled.sorted_ms);
}

/* --- fairness --------------------------------------------------------------------------------------- */

#define POINTS 40

struct division {
	double share[CREW_MOST][POINTS]; /* of what all used, in each part of the run */
	double whole[CREW_MOST];         /* without the first fifth */
	double error; /* largest distance to what was requested, in points of a hundred */
};

static void divide(const struct crew *crew, struct division *division)
{
	double kernels[CREW_MOST][POINTS] = { 0 }, total = 0;

	*division = (struct division){ 0 };
	for (size_t i = 0; i < crew->count; i++) {
		const struct outcome *outcome = &crew->members[i].outcome;

		for (size_t k = 0; k < outcome->finished_count; k++) {
			double part = outcome->finished[k].us / 1e6 / seconds * POINTS;
			if (part >= 0 && part < POINTS)
				kernels[i][(size_t)part] += outcome->finished[k].kernels;
		}
	}
	for (size_t p = 0; p < POINTS; p++) {
		double sum = 0;

		for (size_t i = 0; i < crew->count; i++)
			sum += kernels[i][p];
		for (size_t i = 0; i < crew->count; i++) {
			division->share[i][p] = sum > 0 ? kernels[i][p] / sum : 0;
			division->whole[i] += p >= POINTS / 5 ? kernels[i][p] : 0;
		}
		total += p >= POINTS / 5 ? sum : 0;
	}
	for (size_t i = 0; i < crew->count; i++) {
		division->whole[i] = total > 0 ? division->whole[i] / total : 0;
		division->error = fmax(
			division->error, fabs(100 * division->whole[i] - crew->members[i].request));
	}
}

static void put_division(
	FILE *file, const struct crew *crew, const struct division *division, const char *caption)
{
	struct plot_line lines[CREW_MOST];

	fprintf(file, "<p>%s</p>\n<div class=\"key\">", caption);
	for (size_t i = 0; i < crew->count; i++) {
		lines[i] = (struct plot_line){ (int)i, division->share[i],
			crew->members[i].request / 100.0 };
		fprintf(file,
			"<span class=\"t%zu\"><i class=\"tenant\"></i>%s: <b>%.1f %%</b> of %d "
			"%%</span>",
			i, crew->members[i].name, 100 * division->whole[i],
			crew->members[i].request);
	}
	fprintf(file, "</div>\n");
	plot_shares(file, lines, crew->count, POINTS, 1e3 * seconds / POINTS);
}

static void run_fairness(struct crew *crew)
{
	static const char *const names[] = { "half", "three tenths", "a fifth" };
	static const int requests[] = { 50, 30, 20 };
	static struct division native, scheduled;
	char options[128];

	snprintf(options, sizeof(options), "-b -p -K %d -U %d -d %g", BATCH_DEEP, KERNEL_US,
		seconds);
	for (crew->count = 0; crew->count < 3; crew->count++)
		crew->members[crew->count] = (struct member){ .name = names[crew->count],
			.options = options,
			.request = requests[crew->count] };
	if (with_native) {
		kit_progress(0, "as the device divides its time");
		crew_run(crew, NULL);
		divide(crew, &native);
		crew_clear(crew);
	}
	kit_progress(0.5, "scheduled");
	crew_run(crew, "SHARE");
	divide(crew, &scheduled);
	kit_row("fairness_error_points", "points", crew->device, scheduled.error,
		with_native ? native.error : NAN,
		"\"shares\":[%.4f,%.4f,%.4f],\"requests\":[0.5,0.3,0.2],\"decided_by\":\"%s\"",
		scheduled.whole[0], scheduled.whole[1], scheduled.whole[2], decider(crew));
	FILE *file = kit_section();
	if (file) {
		fprintf(file, "<p class=\"soft\">Three processes want all of the device, and have "
			      "requests of 50, 30 and 20 percent (dashed).</p>\n");
		put_decider(file, crew);
		fprintf(file, "<h2>Shares over time</h2>\n<figure>\n");
		if (with_native)
			put_division(file, crew, &native, "As the device divides its time");
		put_division(file, crew, &scheduled, "Scheduled");
		fprintf(file, "</figure>\n");
		fclose(file);
	}
	crew_clear(crew);
}

/* --- the program ------------------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
	static struct crew crew = { .device = "sim" };

	if (argc < 3) {
		fprintf(stderr, "tenants [-dDEVICE] [-sSECONDS] [-pnone] tenants|fairness BUILD\n");
		return 2;
	}
	seconds = (double)kit_option(argc, argv, 's', 4);
	for (int i = 1; i < argc - 2; i++) {
		if (strncmp(argv[i], "-d", 2) == 0)
			crew.device = argv[i] + 2;
		else if (strcmp(argv[i], "-pnone") == 0)
			with_native = false;
	}
	crew.build = argv[argc - 1];
	if (strcmp(argv[argc - 2], "fairness") == 0)
		run_fairness(&crew);
	else
		run_tenants(&crew);
	return 0;
}
