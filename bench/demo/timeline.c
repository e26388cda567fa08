/* SPDX-License-Identifier: Apache-2.0 */
/* What the device ran in some milliseconds, and the requests that waited for it. */
#include "demo.h"

#include <math.h>
#include <stdlib.h>

#include "../plot.h"

#define WINDOW_US 60000.0
#define ROWS      6
#define ROW       13.0
#define DEVICE    30.0 /* height of the lane that shows the device */

/* Begins shortly before a request that is followed by others soon, after the models have started. */
static double choose_window(const struct outcome *outcome)
{
	double best_us = 0;
	int most = -1;

	for (size_t i = 2; i < outcome->request_count; i++) {
		double from = outcome->requests[i].arrived_us - 4000;
		int count = 0;

		if (outcome->requests[i].arrived_us > 250000)
			break;
		for (size_t k = i; k < outcome->request_count; k++)
			count += outcome->requests[k].done_us < from + WINDOW_US;
		if (count > most) {
			most = count;
			best_us = from;
		}
	}
	return best_us;
}

static double x_at(double us, double from_us)
{
	double x = PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * (us - from_us) / WINDOW_US;

	return fmin(fmax(x, PLOT_LEFT), PLOT_RIGHT);
}

static void draw_box(FILE *file, const char *class, double x, double end, double y, double height)
{
	if (end - x > 0.05)
		fprintf(file,
			"<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" "
			"height=\"%.1f\"/>\n",
			class, x, y, end - x, height);
}

/*
 * When a kernel ended. The event behind a best-effort one may have been held back with its stream,
 * long after the kernel itself was done. It began when its stream came to it, unless the device ran
 * kernels of a request then; in that case nothing held the event back.
 */
static double end_of(
	const struct workload *w, const struct outcome *outcome, const struct kernel *kernel)
{
	double early_us = kernel->reached_us + w->long_us;

	if (kernel->model == 'c')
		return kernel->done_us;
	for (size_t i = 0; i < outcome->kernel_count; i++) {
		const struct kernel *other = &outcome->kernels[i];

		if (other->model == 'c' && other->done_us > kernel->reached_us + 2 &&
			other->done_us - w->us < early_us - 2)
			return kernel->done_us;
	}
	return fmin(early_us, kernel->done_us);
}

static void draw_device(FILE *file, const struct workload *w, const struct outcome *outcome,
	double from_us, double y)
{
	fprintf(file,
		"<rect class=\"lane\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		PLOT_LEFT, y, PLOT_RIGHT - PLOT_LEFT, DEVICE);
	for (size_t i = 0; i < outcome->kernel_count; i++) {
		const struct kernel *kernel = &outcome->kernels[i];
		bool critical = kernel->model == 'c';

		if (kernel->done_us < from_us || kernel->reached_us > from_us + WINDOW_US)
			continue;
		double done_us = end_of(w, outcome, kernel);
		double end = x_at(done_us, from_us);
		double x = x_at(done_us - (critical ? w->us : w->long_us), from_us);
		/* A thin gap tells the long ones apart; the short ones are thinner than a gap. */
		draw_box(file, critical ? "k-critical" : "k-best", x,
			critical ? end : fmax(end - 0.9, x), y, DEVICE);
	}
}

/* A bar a request, from its arrival to its answer, pale until its first kernel was launched. Bars
 * that overlap go below each other. Returns how many rows that took. */
static int draw_requests(FILE *file, const struct outcome *outcome, double from_us, double y)
{
	double free_from[ROWS];
	int rows = 1;

	for (int row = 0; row < ROWS; row++)
		free_from[row] = PLOT_LEFT - 1;
	for (size_t i = 0; i < outcome->request_count; i++) {
		const struct request *r = &outcome->requests[i];
		double x = x_at(r->arrived_us, from_us), begun = x_at(r->begun_us, from_us);
		double end = x_at(r->done_us, from_us);
		int row = 0;

		if (r->done_us < from_us || r->arrived_us > from_us + WINDOW_US)
			continue;
		while (row < ROWS && free_from[row] > x)
			row++;
		if (row == ROWS)
			continue;
		free_from[row] = end + 2;
		rows = row + 1 > rows ? row + 1 : rows;
		double top = y + row * ROW;
		fprintf(file, "<g><title>answered after %.1f ms</title>\n",
			(r->done_us - r->arrived_us) / 1e3);
		draw_box(file, "waits", x, begun, top, ROW - 4);
		draw_box(file, "served", begun, end, top, ROW - 4);
		if (r->arrived_us > from_us)
			fprintf(file, "<path class=\"arrival\" d=\"M%.1f %.1fv%.1f\"/>", x, top - 2,
				ROW);
		fprintf(file, "</g>\n");
	}
	return rows;
}

static double draw_panel(FILE *file, const struct workload *w, const struct outcome *outcome,
	const char *name, double from_us, double y)
{
	fprintf(file, "<text class=\"panel\" x=\"%g\" y=\"%.1f\">%s</text>\n", PLOT_LEFT, y + 12,
		name);
	y += 26;
	fprintf(file, "<text class=\"tick end\" x=\"%g\" y=\"%.1f\">device</text>\n",
		PLOT_LEFT - 10, y + DEVICE / 2 + 4);
	draw_device(file, w, outcome, from_us, y);
	y += DEVICE + 10;
	fprintf(file, "<text class=\"tick end\" x=\"%g\" y=\"%.1f\">requests</text>\n",
		PLOT_LEFT - 10, y + 8);
	return y + draw_requests(file, outcome, from_us, y) * ROW + 16;
}

void plot_timeline(FILE *file, const struct demo *demo)
{
	double from_us = choose_window(&demo->scheduled_traced);
	char *text = NULL;
	size_t bytes = 0;

	/* The height is known at the end, so the contents are drawn first. */
	FILE *panels = open_memstream(&text, &bytes);
	if (!panels)
		return;
	double y = draw_panel(panels, &demo->workload, &demo->bare_traced, "together", from_us, 0);
	y = draw_panel(panels, &demo->workload, &demo->scheduled_traced, "together, scheduled",
		from_us, y + 8);
	fclose(panels);

	fprintf(file,
		"<svg viewBox=\"0 0 %g %.1f\" role=\"img\" aria-label=\"What the device ran in "
		"%g milliseconds\">\n",
		PLOT_WIDTH, y + 24, WINDOW_US / 1e3);
	for (int ms = 0; ms <= (int)(WINDOW_US / 1e3); ms += 10) {
		double x = x_at(from_us + ms * 1e3, from_us);

		fprintf(file, "<path class=\"grid\" d=\"M%.1f 20V%.1f\"/>\n", x, y);
		fprintf(file, "<text class=\"tick %s\" x=\"%.1f\" y=\"%.1f\">%d%s</text>\n",
			ms < WINDOW_US / 1e3 ? "mid" : "end", x, y + 18, ms, ms ? " ms" : "");
	}
	fwrite(text, 1, bytes, file);
	fprintf(file, "</svg>\n");
	free(text);
}
