/* SPDX-License-Identifier: Apache-2.0 */
/* The report: one HTML page that needs nothing else, light or dark as the reader's system is. */
#include "demo.h"

static const char style[] =
	":root{--page:#fcfcfb;--card:#fff;--ink:#16181d;--soft:#5c6470;--line:#e5e6e8;--faint:#"
	"f1f1f2;"
	"--alone:#7b8494;--bare:#d9483b;--scheduled:#0f7f8c;--critical:#0f7f8c;--best:#e9c789;"
	"--lane:#f4f4f3;color-scheme:light dark}\n"
	"@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1a1d21;--ink:#eceef1;"
	"--soft:#9aa3af;--line:#2c3037;--faint:#22262b;--alone:#98a2b3;--bare:#ff7263;"
	"--scheduled:#3cc4cf;--critical:#3cc4cf;--best:#8a6f3e;--lane:#202429}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
	"main{max-width:1000px;margin:0 auto;padding:56px 24px 72px}\n"
	"h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:0 0 10px}\n"
	"h2{font-size:20px;letter-spacing:-.01em;margin:52px 0 4px}\n"
	"p{margin:0 0 12px;max-width:46em}.soft{color:var(--soft)}.small{font-size:14px}\n"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:16px;"
	"margin:32px 0 0}\n"
	".tile{background:var(--card);border:1px solid var(--line);border-radius:12px;"
	"padding:18px 20px}\n"
	".tile b{display:block;font-size:34px;line-height:1.2;letter-spacing:-.02em;"
	"font-variant-numeric:tabular-nums}\n"
	".tile b small{font-size:18px;font-weight:600;margin-left:3px}\n"
	".tile span{color:var(--soft);font-size:14px}\n"
	".tile.bare b{color:var(--bare)}.tile.scheduled b{color:var(--scheduled)}\n"
	"figure{margin:14px 0 0;background:var(--card);border:1px solid var(--line);"
	"border-radius:12px;padding:18px 20px 10px}\n"
	"svg{display:block;width:100%;height:auto;margin-top:10px}\n"
	".key{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px;color:var(--soft)}\n"
	".key i{display:inline-block;width:22px;height:4px;border-radius:2px;margin-right:8px;"
	"vertical-align:middle}.key i.block{width:12px;height:12px;border-radius:3px}\n"
	".key b{color:var(--ink);font-weight:600}\n"
	"i.alone{background:var(--alone)}i.bare{background:var(--bare)}"
	"i.scheduled{background:var(--scheduled)}i.critical{background:var(--critical)}"
	"i.best{background:var(--best)}i.pale{background:var(--ink);opacity:.22}"
	"i.full{background:var(--ink);opacity:.75}\n"
	".grid,.axis{stroke:var(--line);fill:none}.axis{stroke:var(--soft)}"
	".faint{stroke:var(--faint)}\n"
	"text{fill:var(--soft);font-size:12.5px}.label{font-size:12.5px}.end{text-anchor:end}"
	".mid{text-anchor:middle}.panel{fill:var(--ink);font-size:14px;font-weight:600}\n"
	".curve{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}"
	".curve.alone{stroke:var(--alone)}.curve.bare{stroke:var(--bare)}"
	".curve.scheduled{stroke:var(--scheduled)}\n"
	".dot{stroke:var(--card);stroke-width:2}.dot.alone{fill:var(--alone)}"
	".dot.bare{fill:var(--bare)}.dot.scheduled{fill:var(--scheduled)}\n"
	".lane{fill:var(--lane)}.k-critical{fill:var(--critical)}.k-best{fill:var(--best)}"
	".waits{fill:var(--ink);opacity:.22}.served{fill:var(--ink);opacity:.75}"
	".arrival{stroke:var(--ink);stroke-width:1.5}\n"
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin-top:14px;"
	"font-variant-numeric:tabular-nums;font-size:15px}\n"
	"th,td{text-align:right;padding:9px 12px;border-bottom:1px solid var(--line);"
	"white-space:nowrap}th{color:var(--soft);font-weight:500;font-size:14px}"
	"th:first-child,td:first-child{text-align:left;padding-left:0}"
	"tr.scheduled td{font-weight:600}\n"
	"code{font:13.5px ui-monospace,\"DejaVu Sans Mono\",monospace;background:var(--faint);"
	"padding:2px 5px;border-radius:5px}\n";

/* Text from the driver. */
static void put_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(file, "&#%d;", *text);
		else
			fputc(*text, file);
	}
}

/* A time with two or three digits that matter. */
static void put_time(FILE *file, double ms, const char *before_unit, const char *after_unit)
{
	bool seconds = ms >= 1000;
	double value = seconds ? ms / 1e3 : ms;

	fprintf(file, "%.*f%s%s%s",
		value < 10    ? 2
		: value < 100 ? 1
			      : 0,
		value, before_unit, seconds ? "s" : "ms", after_unit);
}

static void put_time_tile(FILE *file, const char *class, double ms, const char *caption)
{
	fprintf(file, "<div class=\"tile %s\"><b>", class);
	put_time(file, ms, "<small>", "</small>");
	fprintf(file, "</b><span>%s</span></div>\n", caption);
}

static void put_tiles(FILE *file, const struct demo *demo)
{
	fprintf(file, "<div class=\"tiles\">\n");
	put_time_tile(file, "alone", outcome_percentile_ms(&demo->alone, 0.99),
		"99 of 100 requests within this time, the model alone");
	put_time_tile(file, "bare", outcome_percentile_ms(&demo->bare, 0.99),
		"beside a best-effort model");
	put_time_tile(file, "scheduled", outcome_percentile_ms(&demo->scheduled, 0.99),
		"beside it, scheduled by XSched");
	fprintf(file,
		"<div class=\"tile\"><b>%.0f<small>%%</small></b><span>of the device time that "
		"requests leave reaches the best-effort model</span></div>\n</div>\n",
		100 * demo_kept(demo, &demo->scheduled));
}

static void put_key(FILE *file, const char *class, const char *name, const struct outcome *outcome)
{
	fprintf(file, "<span><i class=\"%s\"></i>%s: half within <b>", class, name);
	put_time(file, outcome_percentile_ms(outcome, 0.5), " ", "");
	fprintf(file, "</b>, 99 %% within <b>");
	put_time(file, outcome_percentile_ms(outcome, 0.99), " ", "");
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
	plot_latencies(file, demo);
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
	put_text(file, demo->alone.device);
	fprintf(file, ". Repeat with <code>make demo%s</code>.</p>\n",
		demo->device[0] == 'c' ? " DEVICE=cuda"
		: hip                  ? " DEVICE=hip"
				       : "");
}

void report_write(FILE *file, const struct demo *demo)
{
	fprintf(file,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		"<title>Two models on one "
		"device</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n",
		style);
	fprintf(file,
		"<h1>Two models on one device</h1>\n<p class=\"soft\">A model whose requests are "
		"urgent shares ");
	put_text(file, demo->alone.device);
	fprintf(file, " with one that only wants to get on. Three runs of the same program: alone, "
		      "together, and together under the scheduler.</p>\n");
	put_tiles(file, demo);
	put_distribution(file, demo);
	put_timeline(file, demo);
	put_table(file, demo);
	put_method(file, demo);
	fprintf(file, "</main>\n</body>\n</html>\n");
}
