/* SPDX-License-Identifier: Apache-2.0 */
/* The report of the demonstration, as a page of its own or as a section of a larger one. */
#include "demo.h"

#include "../plot.h"
#include "cli/bench/page.h"

static void put_tiles(FILE *file, const struct demo *demo)
{
	fprintf(file, "<div class=\"tiles\">\n");
	page_time_tile(file, "alone", outcome_percentile_ms(&demo->alone, 0.99),
		"99 of 100 requests within this time, the model alone");
	page_time_tile(file, "bare", outcome_percentile_ms(&demo->bare, 0.99),
		"beside a best-effort model");
	page_time_tile(file, "scheduled", outcome_percentile_ms(&demo->scheduled, 0.99),
		"beside it, scheduled by XSched");
	fprintf(file,
		"<div class=\"tile\"><b>%.0f<small>%%</small></b><span>of the device time that "
		"requests leave reaches the best-effort model</span></div>\n</div>\n",
		100 * demo_kept(demo, &demo->scheduled));
}

static void put_key(FILE *file, const char *class, const char *name, const struct outcome *outcome)
{
	fprintf(file, "<span><i class=\"%s\"></i>%s: half within <b>", class, name);
	page_time(file, outcome_percentile_ms(outcome, 0.5), " ", "");
	fprintf(file, "</b>, 99 %% within <b>");
	page_time(file, outcome_percentile_ms(outcome, 0.99), " ", "");
	fprintf(file, "</b></span>\n");
}

static void put_distribution(FILE *file, const struct demo *demo)
{
	fprintf(file,
		"<h2>How long requests take</h2>\n<p class=\"soft\">The share of requests that "
		"is answered within a time. Upwards, each gap between 90 and 99 %% is as large as "
		"that "
		"between 0 and 90 %%: the slow few are what matters.</p>\n<figure>\n"
		"<div class=\"key\">\n");
	put_key(file, "alone", "alone", &demo->alone);
	put_key(file, "bare", "together", &demo->bare);
	put_key(file, "scheduled", "together, scheduled", &demo->scheduled);
	fprintf(file, "</div>\n");
	const struct plot_series series[] = {
		{ "bare", "together", demo->bare.latency_ms, demo->bare.request_count },
		{ "scheduled", "together, scheduled", demo->scheduled.latency_ms,
			demo->scheduled.request_count },
		{ "alone", "alone", demo->alone.latency_ms, demo->alone.request_count },
	};
	plot_distribution(file, series, 3, "requests answered");
	fprintf(file, "</figure>\n");
}

static void put_timeline(FILE *file, const struct demo *demo)
{
	fprintf(file,
		"<h2>What the device does</h2>\n<p class=\"soft\">The same requests arrive in "
		"both runs. Unscheduled, each short kernel of a request waits for a long one of "
		"the "
		"other model, and requests pile up. Scheduled, the other model holds back while a "
		"request is there, and has the device again at once afterwards.</p>\n<figure>\n"
		"<div class=\"key\"><span><i class=\"block critical\"></i>kernels of "
		"requests</span>"
		"<span><i class=\"block best\"></i>best-effort kernels</span>"
		"<span><i class=\"block pale\"></i>request waits for earlier ones</span>"
		"<span><i class=\"block full\"></i>request is being served</span></div>\n");
	plot_timeline(file, demo);
	fprintf(file, "</figure>\n");
}

static void put_row(FILE *file, const struct demo *demo, const char *class, const char *name,
	const struct outcome *outcome)
{
	static const double shares[] = { 0.5, 0.9, 0.99, 1 };

	fprintf(file, "<tr class=\"%s\"><td>%s</td>", class, name);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		if (outcome->request_count)
			fprintf(file, "<td>%.2f</td>", outcome_percentile_ms(outcome, shares[i]));
		else
			fprintf(file, "<td></td>");
	}
	if (outcome->best_effort_us > 0)
		fprintf(file, "<td>%.0f</td><td>%.0f %%</td></tr>\n",
			outcome_best_effort_rate(outcome), 100 * demo_kept(demo, outcome));
	else
		fprintf(file, "<td></td><td></td></tr>\n");
}

static void put_table(FILE *file, const struct demo *demo)
{
	fprintf(file, "<h2>In numbers</h2>\n<div class=\"scroll\"><table>\n<tr><th></th>"
		      "<th>p50 (ms)</th><th>p90 (ms)</th><th>p99 (ms)</th><th>max (ms)</th>"
		      "<th>best-effort kernels/s</th><th>of what is left</th></tr>\n");
	put_row(file, demo, "", "critical alone", &demo->alone);
	put_row(file, demo, "", "best effort alone", &demo->best_effort);
	put_row(file, demo, "", "together", &demo->bare);
	put_row(file, demo, "scheduled", "together, scheduled", &demo->scheduled);
	fprintf(file, "</table></div>\n");
}

static void put_method(FILE *file, const struct demo *demo)
{
	const struct workload *w = &demo->workload;
	bool hip = demo->device[0] == 'h';

	fprintf(file,
		"<h2>How it was measured</h2>\n"
		"<p>One program for %s with two threads, each with a stream of its "
		"own. The "
		"latency-critical model answers %d requests that arrive at random, %g a second, "
		"whether "
		"or not earlier ones are done; each is %d kernels of %d µs and a synchronise, so "
		"that "
		"requests need %.0f %% of the device. A latency counts from the arrival. The "
		"best-effort "
		"model launches kernels of %d µs without end, %d ahead. The arrivals are the same "
		"in all "
		"runs.</p>\n",
		hip ? "the HIP runtime" : "the CUDA driver", w->requests, w->rate, w->kernels,
		w->us, 100 * demo_duty(demo, &demo->scheduled), w->long_us, w->deep);
	fprintf(file,
		"<p>The program knows of no scheduler: it gives the stream of the critical model "
		"a high priority, as %s lets it. The scheduled run differs by "
		"<code>LD_PRELOAD=libshim%s.so</code> alone. <em>Of what is left</em> is the "
		"best-effort rate over the rate alone, times the share of the device that requests "
		"do "
		"not need. The timeline comes from short runs of their own, with an event behind "
		"each "
		"kernel; kernels are drawn at their nominal length.</p>\n",
		hip ? "HIP" : "CUDA", hip ? "hip" : "cuda");
	if (demo_duty(demo, &demo->bare) < 0.95 * demo_duty(demo, &demo->scheduled))
		fprintf(file, "<p>Together and unscheduled, requests arrive faster than they are "
			      "answered: their queue grows for as long as the run lasts, and the "
			      "times of that "
			      "run say no more than that it is overloaded.</p>\n");
	fprintf(file, "<p class=\"soft small\">Device: ");
	page_text(file, demo->alone.device);
	fprintf(file, ". Repeat with <code>make demo%s</code>.</p>\n",
		demo->device[0] == 'c' ? " DEVICE=cuda"
		: hip                  ? " DEVICE=hip"
				       : "");
}

void report_write_section(FILE *file, const struct demo *demo)
{
	fprintf(file, "<p class=\"soft\">A model whose requests are urgent shares ");
	page_text(file, demo->alone.device);
	fprintf(file, " with one that only wants to get on. Three runs of the same program: alone, "
		      "together, and together under the scheduler.</p>\n");
	put_tiles(file, demo);
	put_distribution(file, demo);
	put_timeline(file, demo);
	put_table(file, demo);
	put_method(file, demo);
}

void report_write(FILE *file, const struct demo *demo)
{
	page_begin(file, "Two models on one device");
	fprintf(file, "<h1>Two models on one device</h1>\n");
	report_write_section(file, demo);
	page_end(file);
}
