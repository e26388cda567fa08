/* SPDX-License-Identifier: Apache-2.0 */
/* What one run of the two models gave, and what is made of it. Times of runs are in microseconds. */
#ifndef BENCH_DEMO_H
#define BENCH_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct request {
	double arrived_us, begun_us, done_us;
};

struct kernel {
	char model;                 /* 'c': latency-critical, 'b': best-effort */
	double reached_us, done_us; /* when its stream came to it, and behind it */
};

struct finished {
	double us, kernels; /* when, and how many since the last one */
};

struct outcome {
	char device[128];
	double origin_us;
	struct request *requests; /* in the order of arrival */
	size_t request_count;
	double *latency_ms;     /* of each request, sorted */
	struct kernel *kernels; /* where they lay on the device; only of runs that were traced */
	size_t kernel_count;
	struct finished *finished;
	size_t finished_count;
	double best_effort_kernels, best_effort_us; /* finished, and in what time */
};

/* The workload, the same in all runs. */
struct workload {
	int requests;
	double rate;       /* requests a second */
	int kernels, us;   /* of a request */
	int deep, long_us; /* of the best-effort model */
	double best_effort_alone_s;
};

struct demo {
	struct workload workload;
	const char *device; /* "sim", "cuda" or "hip" */
	struct outcome alone, best_effort, bare, scheduled;
	struct outcome bare_traced, scheduled_traced;
};

/* Reads what a program reported. False: no memory. */
bool outcome_take(struct outcome *outcome, FILE *records);

/* Starts the program with these arguments and environment settings (NAME=VALUE) and reads what it
 * reports. Both lists end with NULL. Returns false, with a message printed, if that fails. */
bool outcome_read(struct outcome *outcome, char *const *arguments, char *const *settings);
void outcome_free(struct outcome *outcome);

/* The smallest latency that at least this share (0 to 1) of the requests did not exceed. */
double outcome_percentile_ms(const struct outcome *outcome, double share);

/* Best-effort kernels a second. */
double outcome_best_effort_rate(const struct outcome *outcome);

/* What best effort had, as a share of what the critical model left: its rate over what it reaches
 * alone in the time in which no kernel of a request has to run. */
double demo_kept(const struct demo *demo, const struct outcome *outcome);

/* The share of the device that the requests of this run need by themselves. */
double demo_duty(const struct demo *demo, const struct outcome *outcome);

/* Writes the whole report, or what is between the head and the end of its page. */
void report_write(FILE *file, const struct demo *demo);
void report_write_section(FILE *file, const struct demo *demo);

/* A drawing of it (timeline.c). */
void plot_timeline(FILE *file, const struct demo *demo);

#endif
