/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawings for reports, as SVG that takes its colours and fonts from the page's style sheet: how times are
 * distributed, who ran when, and shares over time.
 */
#include "plot.h"

#include <math.h>
#include <stdbool.h>

/* --- distribution ----------------------------------------------------------------------------------- */

#define TOP    26.0
#define BOTTOM 350.0

struct frame {
	double low_ms, high_ms; /* ends of the horizontal axis */
	double tail;            /* the vertical axis ends where one request in 10^tail is slower */
};

static double x_of(const struct frame *frame, double ms)
{
	ms = fmax(ms, frame->low_ms);
	return PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * log(ms / frame->low_ms) /
				   log(frame->high_ms / frame->low_ms);
}

/* Equal steps upwards are equal factors of the requests that are slower. */
static double y_of(const struct frame *frame, double share)
{
	double nines = share < 1 ? -log10(1 - share) : frame->tail;

	return BOTTOM - (BOTTOM - TOP) * (nines < frame->tail ? nines : frame->tail) / frame->tail;
}

void plot_put_time(FILE *file, double ms)
{
	bool is_s = ms >= 999.9, is_us = ms < 0.0999, is_ns = ms < 0.0000999;

	fprintf(file, "%.3g %s",
		is_s    ? ms / 1e3
		: is_ns ? ms * 1e6
		: is_us ? ms * 1e3
			: ms,
		is_s    ? "s"
		: is_ns ? "ns"
		: is_us ? "µs"
			: "ms");
}

static void draw_time(FILE *file, double x, double ms)
{
	fprintf(file, "<text class=\"tick mid\" x=\"%.1f\" y=\"%.1f\">", x, BOTTOM + 20);
	plot_put_time(file, ms);
	fprintf(file, "</text>\n");
}

static void draw_grid(FILE *file, const struct frame *frame)
{
	static const double shares[] = { 0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999 };

	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		double y = y_of(frame, shares[i]);

		if (-log10(1 - shares[i]) > frame->tail)
			break;
		fprintf(file, "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>\n",
			shares[i] > 0 ? "grid" : "axis", PLOT_LEFT, y, PLOT_RIGHT);
		fprintf(file, "<text class=\"tick end\" x=\"%.1f\" y=\"%.1f\">%g %%</text>\n",
			PLOT_LEFT - 10, y + 4, 100 * shares[i]);
	}
	for (double decade = pow(10, floor(log10(frame->low_ms))); decade <= frame->high_ms;
		decade *= 10) {
		for (int step = 1; step < 10; step++) {
			double ms = step * decade, x = x_of(frame, ms);

			if (ms < frame->low_ms * 0.999 || ms > frame->high_ms * 1.001)
				continue;
			bool named = step == 1 || step == 2 || step == 5;
			fprintf(file, "<path class=\"%s\" d=\"M%.1f %.1fV%.1f\"/>\n",
				step == 1 ? "grid" : "grid faint", x, TOP, BOTTOM);
			if (named)
				draw_time(file, x, ms);
		}
	}
}

/* One step a request: so many are done within that time. */
static void draw_curve(FILE *file, const struct frame *frame, const struct plot_series *series)
{
	static const double marked[] = { 0.5, 0.99 };
	size_t n = series->count;
	double last_x = -1, last_y = -1;

	fprintf(file, "<path class=\"curve %s\" d=\"M%.1f %.1f", series->class,
		x_of(frame, series->sorted_ms[0]), BOTTOM);
	for (size_t i = 0; i < n; i++) {
		double x = x_of(frame, series->sorted_ms[i]);
		double y = y_of(frame, ((double)i + 0.5) / (double)n);

		if (i + 1 < n && fabs(x - last_x) < 0.6 && fabs(y - last_y) < 0.6)
			continue; /* could not be told apart */
		fprintf(file, "L%.1f %.1f", x, y);
		last_x = x;
		last_y = y;
	}
	fprintf(file, "\"/>\n");
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++) {
		double ms = plot_percentile(series, marked[i]);

		fprintf(file,
			"<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\">"
			"<title>%g %% of the them within %.3g ms</title></circle>\n",
			series->class, x_of(frame, ms), y_of(frame, marked[i]), 100 * marked[i],
			ms);
	}
}

double plot_percentile(const struct plot_series *series, double share)
{
	size_t rank = (size_t)ceil(share * (double)series->count);

	return series->count ? series->sorted_ms[rank ? rank - 1 : 0] : 0;
}

void plot_distribution(FILE *file, const struct plot_series *series, size_t count, const char *what)
{
	struct frame frame = { .low_ms = 1e9, .high_ms = 0, .tail = 2 };

	for (size_t i = 0; i < count; i++) {
		if (!series[i].count)
			continue;
		frame.low_ms = fmin(frame.low_ms, series[i].sorted_ms[0]);
		frame.high_ms = fmax(frame.high_ms, plot_percentile(&series[i], 1));
		frame.tail = fmax(frame.tail, log10(2.0 * (double)series[i].count));
	}
	/* A logarithm has no place for a time of nothing. */
	frame.low_ms = fmax(frame.low_ms * 0.8, frame.high_ms / 1e6);
	frame.high_ms *= 1.15;
	if (!(frame.high_ms > frame.low_ms && frame.low_ms > 0))
		return;

	fprintf(file,
		"<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Share of %s within a "
		"time\">\n",
		PLOT_WIDTH, BOTTOM + 50, what);
	draw_grid(file, &frame);
	fprintf(file, "<text class=\"label\" x=\"%g\" y=\"%g\">%s</text>\n", 8.0, 14.0, what);
	fprintf(file, "<text class=\"label end\" x=\"%g\" y=\"%g\">within this time</text>\n",
		PLOT_RIGHT, BOTTOM + 42);
	for (size_t i = 0; i < count; i++)
		if (series[i].count)
			draw_curve(file, &frame, &series[i]);
	fprintf(file, "</svg>\n");
}

/* --- who ran when ---------------------------------------------------------------------------------- */

#define LANE      34.0
#define LANES_TOP 8.0

static double x_between(double ms, double from_ms, double to_ms)
{
	double x = PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * (ms - from_ms) / (to_ms - from_ms);

	return fmin(fmax(x, PLOT_LEFT), PLOT_RIGHT);
}

/* A round number of milliseconds, so that there are some six of them. */
static double step_of(double span_ms)
{
	double step = pow(10, floor(log10(span_ms / 6)));

	return span_ms / step > 30 ? 5 * step : span_ms / step > 12 ? 2 * step : step;
}

static void draw_times(FILE *file, double from_ms, double to_ms, double top, double bottom)
{
	double step = step_of(to_ms - from_ms);
	int count = (int)((to_ms - from_ms) / step);

	for (int i = 0; i <= count; i++) {
		double x = x_between(from_ms + i * step, from_ms, to_ms);

		fprintf(file, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>\n", x, top, bottom);
		fprintf(file, "<text class=\"tick %s\" x=\"%.1f\" y=\"%.1f\">%g%s</text>\n",
			x < PLOT_RIGHT - 20 ? "mid" : "end", x, bottom + 18,
			step >= 1000 ? i * step / 1000 : i * step,
			i ? step >= 1000 ? " s" : " ms" : "");
	}
}

static void draw_lane(
	FILE *file, const struct plot_lane *lane, double from_ms, double to_ms, double y)
{
	fprintf(file,
		"<text class=\"tick end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n<rect class=\"lane\" "
		"x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n<g class=\"t%d\">\n",
		PLOT_LEFT - 8, y + LANE / 2, lane->name, PLOT_LEFT, y, PLOT_RIGHT - PLOT_LEFT,
		LANE - 8, lane->tenant);
	for (size_t i = 0; i < lane->count; i++) {
		double x = x_between(lane->begin_ms[i], from_ms, to_ms);
		double end = x_between(lane->end_ms[i], from_ms, to_ms);

		if (end - x > 0.05)
			fprintf(file,
				"<rect class=\"box\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" "
				"height=\"%.1f\"/>\n",
				x, y, end - x, LANE - 8);
	}
	fprintf(file, "</g>\n");
}

void plot_lanes(
	FILE *file, const struct plot_lane *lanes, size_t count, double from_ms, double to_ms)
{
	double bottom = LANES_TOP + (double)count * LANE;

	fprintf(file, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Who ran when\">\n",
		PLOT_WIDTH, bottom + 28);
	for (size_t i = 0; i < count; i++)
		draw_lane(file, &lanes[i], from_ms, to_ms, LANES_TOP + (double)i * LANE);
	draw_times(file, from_ms, to_ms, LANES_TOP, bottom);
	fprintf(file, "</svg>\n");
}

/* --- shares ---------------------------------------------------------------------------------------- */

#define SHARES_BOTTOM 240.0

static double y_of_share(double share)
{
	return SHARES_BOTTOM - (SHARES_BOTTOM - LANES_TOP) * fmin(fmax(share, 0), 1);
}

void plot_shares(
	FILE *file, const struct plot_line *lines, size_t count, size_t points, double step_ms)
{
	double end_ms = (double)points * step_ms;

	fprintf(file,
		"<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Shares of the device over "
		"time\">\n",
		PLOT_WIDTH, SHARES_BOTTOM + 28);
	for (int percent = 0; percent <= 100; percent += 25) {
		double y = y_of_share(percent / 100.0);

		fprintf(file, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", PLOT_LEFT, y,
			PLOT_RIGHT);
		fprintf(file, "<text class=\"tick end\" x=\"%.1f\" y=\"%.1f\">%d %%</text>\n",
			PLOT_LEFT - 10, y + 4, percent);
	}
	draw_times(file, 0, end_ms, LANES_TOP, SHARES_BOTTOM);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "<g class=\"t%d\"><path class=\"line\" d=\"", lines[i].tenant);
		for (size_t k = 0; k < points; k++)
			fprintf(file, "%c%.1f %.1f", k ? 'L' : 'M',
				x_between(((double)k + 0.5) * step_ms, 0, end_ms),
				y_of_share(lines[i].share[k]));
		fprintf(file, "\"/>");
		if (lines[i].target >= 0)
			fprintf(file, "<path class=\"target\" d=\"M%.1f %.1fH%.1f\"/>", PLOT_LEFT,
				y_of_share(lines[i].target), PLOT_RIGHT);
		fprintf(file, "</g>\n");
	}
	fprintf(file, "</svg>\n");
}
