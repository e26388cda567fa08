/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast a queue stops, and whether it really does.
 *
 *   suspend [-nTRIALS] [-l2]
 *
 * suspend_us: one thread launches as fast as it can; another decides to suspend the queue, at level
 * 1. The time is that from the decision to the last launch that passed, which no launch may do after
 * XQueueSuspend() has returned. The device discards kernels, since a launch that waits for room in
 * the device's own queue says nothing about us.
 *
 * suspend_level2_violations: the stream has a backlog on the device when its gate is closed. What was
 * submitted behind the closed gate must not start before the gate opens.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "plot.h"
#include "xsched/xsched.h"
#include "xsched/cuda/hal.h"

static CUstream stream;
static XQueueHandle xq;
static _Atomic uint64_t launched, last_launch_ns;
static atomic_bool over;
static atomic_uint period;  /* odd while the queue is suspended for certain */
static atomic_ulong passed; /* launches that began and ended within one such period */

static void make_queue(XPreemptLevel level)
{
	HwQueueHandle hwq;

	stream = kit_stream(&kit_shim, 0);
	CHECK(CudaQueueCreate(&hwq, stream));
	CHECK(XQueueCreate(&xq, hwq, level, kQueueCreateFlagNone));
	CHECK(XQueueSetPreemptLevel(xq, level));
}

static void wait_for_launches(uint64_t more)
{
	uint64_t until = atomic_load(&launched) + more;

	while (atomic_load(&launched) < until)
		kit_sleep_until(kit_now_ns() + 20000);
}

/* --- level 1 ------------------------------------------------------------------------------------------ */

static void *launch_fast(void *unused)
{
	(void)unused;
	kit_thread();
	while (!atomic_load(&over)) {
		unsigned before = atomic_load(&period);

		CHECK(kit_shim.cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
		atomic_store(&last_launch_ns, kit_now_ns());
		atomic_fetch_add(&launched, 1);
		if ((before & 1) && before == atomic_load(&period))
			atomic_fetch_add(&passed, 1);
	}
	return NULL;
}

static void measure_level1(size_t trials)
{
	double *last_us = calloc(trials, sizeof(double)),
	       *return_us = calloc(trials, sizeof(double));
	pthread_t thread;

	kit_check(!last_us || !return_us, "allocating");
	make_queue(kPreemptLevelBlock);
	CHECK(pthread_create(&thread, NULL, launch_fast, NULL));
	for (size_t i = 0; i < trials; i++) {
		if (i % 256 == 0)
			kit_progress((double)i / (double)trials, "suspends");
		wait_for_launches(1);
		uint64_t decided = kit_now_ns();
		CHECK(XQueueSuspend(xq, kQueueSuspendFlagNone));
		uint64_t returned = kit_now_ns();

		atomic_fetch_add(&period, 1);
		/* Time to launch in, if the gate lets it, or to note the launch that was the last. */
		kit_sleep_until(returned + 100000);
		uint64_t last = atomic_load(&last_launch_ns);
		atomic_fetch_add(&period, 1);
		return_us[i] = (double)(returned - decided) / 1e3;
		last_us[i] = last > decided ? (double)(last - decided) / 1e3 : 0;
		/* A thread that lost its processor there has a clock that is late, not a launch. */
		last_us[i] = fmin(last_us[i], return_us[i]);
		CHECK(XQueueResume(xq, kQueueResumeFlagNone));
	}
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	kit_row("suspend_us", "us", "sim", kit_percentile(last_us, trials, 0.99), NAN,
		"\"statistic\":\"p99\",\"trials\":%zu,\"min\":%.3f,\"median\":%.3f,\"p99\":%.3f,"
		"\"max\":%.3f,\"return_p50\":%.3f,\"return_p99\":%.3f,\"return_max\":%.3f,"
		"\"violations\":%lu",
		trials, kit_percentile(last_us, trials, 0), kit_percentile(last_us, trials, 0.5),
		kit_percentile(last_us, trials, 0.99), kit_percentile(last_us, trials, 1),
		kit_percentile(return_us, trials, 0.5), kit_percentile(return_us, trials, 0.99),
		kit_percentile(return_us, trials, 1), atomic_load(&passed));
	for (size_t i = 0; i < trials; i++) {
		last_us[i] /= 1e3;
		return_us[i] /= 1e3;
	}
	const struct plot_series series[] = {
		{ "bare", "XQueueSuspend() returns", return_us, trials },
		{ "scheduled", "last launch", last_us, trials },
	};
	kit_section_times("How fast a queue stops",
		"A thread launches as fast as it can, and another one suspends its queue: the time "
		"from "
		"the decision to the last launch that still passed, and to the return of the call.",
		series, 2, "suspends");
	free(last_us);
	free(return_us);
}

/* --- level 2 ------------------------------------------------------------------------------------------ */

#define KERNEL_US 20
#define PAUSE_NS  200000 /* much longer than a kernel */

static _Atomic uint32_t *done; /* stored by the device behind each kernel: its number */
static _Atomic uint32_t submitted;

/* Keeps a backlog on the device: as much as the pacing of the queue lets it. */
static void *launch_long(void *unused)
{
	uint32_t us = KERNEL_US;
	void *parameters[] = { &us };

	(void)unused;
	kit_thread();
	while (!atomic_load(&over)) {
		CHECK(kit_shim.cuLaunchKernel(
			kit_spin, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL));
		CHECK(kit_shim.cuStreamWriteValue32_v2(
			stream, (CUdeviceptr)(uintptr_t)done, atomic_load(&submitted) + 1, 0));
		atomic_fetch_add(&submitted, 1);
		atomic_fetch_add(&launched, 1);
	}
	CHECK(kit_shim.cuStreamSynchronize(stream));
	return NULL;
}

/* Gates are looked at only while somebody more important is registered on the device. */
static void *important(void *unused)
{
	(void)unused;
	kit_thread();
	CUstream high = kit_stream(&kit_shim, -1);
	CHECK(kit_shim.cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, high, NULL, NULL));
	CHECK(kit_shim.cuStreamSynchronize(high));
	return NULL;
}

/*
 * What runs on the device runs in the order in which it became ready, so a kernel of ours that is done
 * comes after all that was ready before it. This does not depend on how fast the machine is.
 */
static void probe(CUstream own)
{
	CHECK(kit_bare.cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, own, NULL, NULL));
	CHECK(kit_bare.cuStreamSynchronize(own));
}

/* Until the stream has stopped; returns the number of the last kernel done. */
static uint32_t settled(CUstream own)
{
	uint32_t last;

	do {
		last = *done;
		probe(own);
		probe(own);
	} while (*done != last);
	return last;
}

static void measure_level2(size_t trials)
{
	double *backlog = calloc(trials, sizeof(double)), *ran = calloc(trials, sizeof(double));
	size_t violations = 0, counted = 0;
	pthread_t thread;
	void *memory;

	kit_check(!backlog || !ran, "allocating");
	CHECK(kit_shim.cuMemHostAlloc(
		&memory, 4096, CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP));
	memset(memory, 0, 4096);
	done = memory;
	CUstream own = kit_stream(&kit_bare, 0);
	make_queue(kPreemptLevelDeactivate);
	CHECK(pthread_create(&thread, NULL, important, NULL));
	pthread_join(thread, NULL);
	atomic_store(&over, false);
	CHECK(pthread_create(&thread, NULL, launch_long, NULL));

	for (size_t tries = 0; counted < trials && tries < 2 * trials + 100; tries++) {
		wait_for_launches(2);
		uint32_t before = *done;
		CHECK(XQueueSuspend(xq, kQueueSuspendFlagNone));
		uint32_t stopped = settled(own), queued = atomic_load(&submitted);

		kit_sleep_until(kit_now_ns() + PAUSE_NS);
		uint32_t then = settled(own);
		if ((int32_t)(queued - stopped) > 0 || then != stopped) {
			backlog[counted] = queued - stopped;
			ran[counted++] = stopped - before;
			violations += then != stopped;
		}
		CHECK(XQueueResume(xq, kQueueResumeFlagNone));
	}
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	kit_row("suspend_level2_violations", "trials", "sim", (double)violations, NAN,
		"\"trials\":%zu,\"kernel_us\":%d,\"queued_behind_gate_min\":%.0f,"
		"\"queued_behind_gate_median\":%.0f,\"ran_after_decision_median\":%.0f,"
		"\"ran_after_decision_p99\":%.0f,\"ran_after_decision_max\":%.0f",
		counted, KERNEL_US, kit_percentile(backlog, counted, 0),
		kit_percentile(backlog, counted, 0.5), kit_percentile(ran, counted, 0.5),
		kit_percentile(ran, counted, 0.99), kit_percentile(ran, counted, 1));
	free(backlog);
	free(ran);
}

int main(int argc, char **argv)
{
	long trials = kit_option(argc, argv, 'n', 10000);
	long level = kit_option(argc, argv, 'l', 1);

	if (level == 1)
		setenv("XSIM_DISCARD", "1", 1);
	kit_open();
	if (level == 1)
		measure_level1((size_t)trials);
	else
		measure_level2((size_t)trials);
	return 0;
}
