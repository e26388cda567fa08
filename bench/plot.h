/* SPDX-License-Identifier: Apache-2.0 */
/* Drawings for reports, as SVG in the page's style (cli/bench/page.h). */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include <stddef.h>
#include <stdio.h>

#define PLOT_WIDTH 920.0
#define PLOT_LEFT  64.0
#define PLOT_RIGHT (PLOT_WIDTH - 16)

/* Times of one kind. class: "alone", "bare" or "scheduled". */
struct plot_series {
	const char *class, *name;
	const double *sorted_ms;
	size_t count;
};

/* The smallest time that at least this share (0 to 1) did not exceed. */
double plot_percentile(const struct plot_series *series, double share);

/* The share of times below a time; what: "requests answered". */
void plot_distribution(
	FILE *file, const struct plot_series *series, size_t count, const char *what);

/* "812 µs", "1.24 ms" */
void plot_put_time(FILE *file, double ms);

/* One row of a picture of who ran when; tenant: the number of its colour. */
struct plot_lane {
	const char *name;
	int tenant;
	const double *begin_ms, *end_ms;
	size_t count;
};
void plot_lanes(
	FILE *file, const struct plot_lane *lanes, size_t count, double from_ms, double to_ms);

/* One line of shares (0 to 1) over time, with what it should be. */
struct plot_line {
	int tenant;
	const double *share;
	double target; /* below 0: none */
};
void plot_shares(
	FILE *file, const struct plot_line *lines, size_t count, size_t points, double step_ms);

#endif
