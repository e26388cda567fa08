/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision between processes takes, and what the daemon costs with many of them.
 *
 *   decision [-nTRIALS] [-sSECONDS]
 *
 * decision_us   from the store that says that an important process is ready to the moment at which
 *               the gate of an unimportant one is closed, with the daemon asleep before each trial;
 *               hint_p50, hint_p99: from a hint to its effect
 * scale_256     256 processes with 8 queues each on 8 devices, 20 000 changes of state a second:
 *               share of a processor that the daemon uses, memory per process, and what a decision
 *               takes for a pair beside them
 *
 * The processes are pages and connections of this program; the daemon is a process of its own.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/atomic.h"
#include "daemon.h"
#include "kit.h"
#include "plot.h"
#include "wire/message.h"

#define PROCESSES 256
#define QUEUES    8
#define DEVICES   8
#define RATE      20000

#define MOST_TIMES 20 /* as long as asked for, on a machine that is busy otherwise */

/* --- decision_us --------------------------------------------------------------------------------- */

/* Returns microseconds until the gate of low is as wanted. */
static double change(struct actor *high, struct actor *low, bool ready)
{
	uint64_t began = kit_now_ns();

	if (ready)
		actor_ready(high, 0);
	else
		actor_idle(high, 0);
	while (actor_is_open(low, 0) == ready) {
		if (kit_now_ns() - began > UINT64_C(5000000000))
			actor_fail("no decision");
		xs_cpu_relax();
	}
	return (double)(kit_now_ns() - began) / 1e3;
}

static void measure(struct actor *high, struct actor *low, double *close_us, double *open_us,
	long trials, useconds_t pause)
{
	for (long i = 0; i < trials; i++) {
		if (i % 256 == 255)
			kit_progress((double)i / (double)trials, "decisions");
		usleep(pause);
		close_us[i] = change(high, low, true);
		usleep(pause);
		open_us[i] = change(high, low, false);
	}
}

static void open_pair(struct actor *high, struct actor *low, uint64_t device)
{
	daemon_join(high, 100);
	daemon_join(low, -100);
	actor_add(high, 0, device);
	actor_add(low, 0, device);
	actor_ready(low, 0);
	usleep(100000);
}

/* From a hint that makes the lower one the more important one to its gate open, and back. */
static void measure_hints(struct actor *high, struct actor *low, double *hint_us, long trials)
{
	change(high, low, true);
	for (long i = 0; i < trials; i++) {
		bool up = i % 2 == 0;
		usleep(300);
		uint64_t began = kit_now_ns();

		actor_hint(low, XS_WIRE_HINT_PRIORITY, up ? 200 : -100);
		while (actor_is_open(low, 0) != up) {
			if (kit_now_ns() - began > UINT64_C(5000000000))
				actor_fail("no effect of a hint");
			xs_cpu_relax();
		}
		hint_us[i] = (double)(kit_now_ns() - began) / 1e3;
	}
	actor_hint(low, XS_WIRE_HINT_PRIORITY, -100);
	change(high, low, false);
}

static void decision(struct actor *high, struct actor *low, long trials)
{
	double *close_us = calloc((size_t)trials, sizeof(double));
	double *open_us = calloc((size_t)trials, sizeof(double));

	long hints = trials / 10 + 2;
	double *hint_us = calloc((size_t)hints, sizeof(double));

	measure(high, low, close_us, open_us, trials / 20 + 1, 300);
	measure_hints(high, low, hint_us, hints);
	measure(high, low, close_us, open_us, trials, 300);
	double p50 = kit_percentile(close_us, (size_t)trials, 0.5);
	double p99 = kit_percentile(close_us, (size_t)trials, 0.99);
	kit_row("decision_us", "us", "none", p50, NAN,
		"\"trials\":%ld,\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,\"max\":%.1f,"
		"\"open_p50\":%.2f,\"open_p99\":%.2f,\"hint_p50\":%.2f,\"hint_p99\":%.2f",
		trials, p50, kit_percentile(close_us, (size_t)trials, 0.9), p99,
		close_us[trials - 1], kit_percentile(open_us, (size_t)trials, 0.5),
		kit_percentile(open_us, (size_t)trials, 0.99),
		kit_percentile(hint_us, (size_t)hints, 0.5),
		kit_percentile(hint_us, (size_t)hints, 0.99));
	for (long i = 0; i < trials; i++) {
		close_us[i] /= 1e3;
		open_us[i] /= 1e3;
	}
	const struct plot_series series[] = {
		{ "scheduled", "gate closes", close_us, (size_t)trials },
		{ "alone", "gate opens", open_us, (size_t)trials },
	};
	kit_section_times("How fast the daemon decides",
		"An important process becomes ready, or idle again, while the daemon sleeps: the "
		"time "
		"until the gate of an unimportant process is closed, or open.",
		series, 2, "decisions");
	free(hint_us);
	free(close_us);
	free(open_us);
}

/* --- scale_256 ----------------------------------------------------------------------------------- */

static struct actor crowd[PROCESSES];
static _Atomic bool stop_crowd;
static _Atomic uint64_t changes;

/* Turns queues ready and idle, one after the other in a scattered order, at a steady rate. */
static void *run_crowd(void *unused)
{
	static bool ready[PROCESSES][QUEUES];
	uint64_t began = kit_now_ns(), count = 0;
	uint32_t random = 1;

	while (!xs_load_relaxed(&stop_crowd)) {
		uint64_t due = (kit_now_ns() - began) * RATE / 1000000000u;
		for (; count < due && !xs_load_relaxed(&stop_crowd); count++) {
			random = random * 1664525u + 1013904223u;
			uint32_t which = (random >> 8) % (PROCESSES * QUEUES);
			struct actor *actor = &crowd[which / QUEUES];
			bool *state = &ready[which / QUEUES][which % QUEUES];
			if (*state)
				actor_idle(actor, which % QUEUES);
			else
				actor_ready(actor, which % QUEUES);
			*state = !*state;
		}
		usleep(50);
	}
	xs_store_full(&changes, count);
	return unused;
}

static void scale(struct actor *high, struct actor *low, long seconds)
{
	long trials = seconds * 200;
	double *close_us = calloc((size_t)trials, sizeof(double));
	double *open_us = calloc((size_t)trials, sizeof(double));
	double kib = daemon_kib();
	pthread_t thread;

	for (int i = 0; i < PROCESSES; i++) {
		daemon_join(&crowd[i], i % 5 * 10);
		for (uint32_t j = 0; j < QUEUES; j++)
			actor_add(&crowd[i], j, 1000 + (uint64_t)i % DEVICES);
	}
	usleep(300000);
	pthread_create(&thread, NULL, run_crowd, NULL);
	usleep(200000);
	uint64_t began = kit_now_ns();
	double used = daemon_cpu_seconds();
	long count = 0;
	double elapsed = 0;
	while (count < trials && elapsed < MOST_TIMES * (double)seconds) {
		measure(high, low, &close_us[count], &open_us[count], 1, 2400);
		elapsed = (double)(kit_now_ns() - began) / 1e9;
		count++;
	}
	used = daemon_cpu_seconds() - used;
	xs_store_full(&stop_crowd, true);
	pthread_join(thread, NULL);

	double cpu = 100 * used / elapsed;
	kit_row("scale_256", "cpu_pct", "none", cpu, NAN,
		"\"cpu_pct\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"kib_per_process\":%.1f,"
		"\"processes\":%d,\"queues\":%d,\"devices\":%d,\"changes_per_s\":%.0f",
		cpu, kit_percentile(close_us, (size_t)count, 0.5),
		kit_percentile(close_us, (size_t)count, 0.99), (daemon_kib() - kib) / PROCESSES,
		PROCESSES, QUEUES, DEVICES, (double)xs_load_full(&changes) / (elapsed + 0.2));
	free(close_us);
	free(open_us);
}

int main(int argc, char **argv)
{
	long trials = kit_option(argc, argv, 'n', 10000);
	long seconds = kit_option(argc, argv, 's', 5);
	struct rlimit files;
	struct actor high, low;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	daemon_start(NULL);
	open_pair(&high, &low, 7);
	decision(&high, &low, trials);
	scale(&high, &low, seconds);
	return 0;
}
