/* SPDX-License-Identifier: Apache-2.0 */
/* Bare and shim in turns, block by block, and what must not happen meanwhile (overhead.h). */
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#include "overhead.h"

#include "kit.h"
#include "plot.h"

#define BLOCK       OVERHEAD_BLOCK
#define MAX_STREAMS 64
#define MAX_RUNS    32

/* --- what must not happen ---------------------------------------------------------------------------- */

static _Thread_local volatile bool watched; /* during a block through the shim */
static atomic_long allocations, system_calls;

#ifdef XS_SANITIZED
static const bool counts_allocations = false;
#else
static const bool counts_allocations = true;
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);

__attribute__((visibility("default"))) void *malloc(size_t bytes)
{
	atomic_fetch_add_explicit(&allocations, watched, memory_order_relaxed);
	return __libc_malloc(bytes);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t bytes)
{
	atomic_fetch_add_explicit(&allocations, watched, memory_order_relaxed);
	return __libc_calloc(count, bytes);
}

__attribute__((visibility("default"))) void *realloc(void *memory, size_t bytes)
{
	atomic_fetch_add_explicit(&allocations, watched, memory_order_relaxed);
	return __libc_realloc(memory, bytes);
}
#endif

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif
enum { SYSTEM_CALLS_PASS, SYSTEM_CALLS_STOP };

static _Thread_local volatile char selector;
static atomic_bool counts_system_calls;

/* A refused system call is made after all, and counted; the rest of the block is not watched. */
static void refused(int signal, siginfo_t *info, void *data)
{
	(void)signal;
	(void)info;
	selector = SYSTEM_CALLS_PASS;
	atomic_fetch_add(&system_calls, 1);
#ifdef __x86_64__
	greg_t *r = ((ucontext_t *)data)->uc_mcontext.gregs;

	r[REG_RAX] = syscall(
		r[REG_RAX], r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9]);
#else
	(void)data;
#endif
}

static void watch_system_calls(void)
{
#ifdef __x86_64__
	struct sigaction action = { .sa_sigaction = refused, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
	counts_system_calls = prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, &selector) == 0;
#endif
}

static void unwatch_system_calls(void)
{
	prctl(PR_SET_SYSCALL_USER_DISPATCH, 0, 0, 0, NULL);
}

/* --- measurement ------------------------------------------------------------------------------------- */

struct side {
	bool shim;
	void *streams[MAX_STREAMS];
	double *block_ns; /* of one launch, per block */
};

struct job {
	const struct overhead_calls *calls;
	size_t blocks;
	unsigned streams;
	pthread_barrier_t *start;
	struct side bare, shim;
};

static void one_block(const struct job *job, const struct side *side, size_t block)
{
	if (job->calls->settle)
		job->calls->settle(side->shim); /* or the device's own queue is full */
	uint64_t before = kit_now_ns();
	job->calls->launch(side->shim, side->streams, job->streams);
	side->block_ns[block] = (double)(kit_now_ns() - before) / BLOCK;
}

static void *measure(void *data)
{
	struct job *job = data;

	job->calls->enter();
	for (unsigned i = 0; i < job->streams; i++) {
		job->bare.streams[i] = job->calls->make_stream(false);
		job->shim.streams[i] = job->calls->make_stream(true);
	}
	one_block(job, &job->bare, 0); /* the first block finds everything cold */
	one_block(job, &job->shim, 0);
	watch_system_calls();
	if (job->start)
		pthread_barrier_wait(job->start);
	for (size_t i = 0; i < job->blocks; i++) {
		one_block(job, &job->bare, i);
		watched = true;
		selector = SYSTEM_CALLS_STOP;
		one_block(job, &job->shim, i);
		selector = SYSTEM_CALLS_PASS;
		watched = false;
	}
	unwatch_system_calls();
	return NULL;
}

static void side_init(struct side *side, bool shim, size_t blocks)
{
	side->shim = shim;
	side->block_ns = calloc(blocks, sizeof(double));
	kit_check(!side->block_ns, "allocating");
}

struct run {
	double bare, shim, overhead, bare_p99, shim_p99;
};

/* The blocks of the first run with one thread and one stream, in sorted order; milliseconds. */
static void show(double *bare, double *shim, size_t count)
{
	static bool shown;

	for (size_t i = 0; i < count; i++) {
		bare[i] /= 1e6;
		shim[i] /= 1e6;
	}
	const struct plot_series series[] = {
		{ "alone", "bare", bare, count },
		{ "scheduled", "under the shim", shim, count },
	};
	if (!shown)
		kit_section_times("What a launch costs",
			"One launch of an empty kernel while there is nobody to yield to, in "
			"blocks "
			"of 1000 that alternate between the driver bare and under the shim.",
			series, 2, "launches");
	shown = true;
}

static struct run run(
	const struct overhead_calls *calls, size_t launches, unsigned threads, unsigned streams)
{
	struct job jobs[8];
	pthread_t ids[8];
	pthread_barrier_t start;
	size_t blocks = launches / BLOCK / threads;

	blocks = blocks ? blocks : 1;
	double *bare = calloc(blocks * threads, sizeof(double));
	double *shim = calloc(blocks * threads, sizeof(double));
	kit_check(!bare || !shim, "allocating");
	pthread_barrier_init(&start, NULL, threads);
	for (unsigned t = 0; t < threads; t++) {
		jobs[t] = (struct job){
			.calls = calls, .blocks = blocks, .streams = streams, .start = &start
		};
		side_init(&jobs[t].bare, false, blocks);
		side_init(&jobs[t].shim, true, blocks);
		CHECK(pthread_create(&ids[t], NULL, measure, &jobs[t]));
	}
	for (unsigned t = 0; t < threads; t++) {
		pthread_join(ids[t], NULL);
		memcpy(bare + t * blocks, jobs[t].bare.block_ns, blocks * sizeof(double));
		memcpy(shim + t * blocks, jobs[t].shim.block_ns, blocks * sizeof(double));
		free(jobs[t].bare.block_ns);
		free(jobs[t].shim.block_ns);
	}
	pthread_barrier_destroy(&start);
	size_t count = blocks * threads;
	struct run result = {
		.bare = kit_percentile(bare, count, 0.5),
		.shim = kit_percentile(shim, count, 0.5),
		.bare_p99 = kit_percentile(bare, count, 0.99),
		.shim_p99 = kit_percentile(shim, count, 0.99),
	};
	result.overhead = result.shim - result.bare;
	if (threads == 1 && streams == 1)
		show(bare, shim, count);
	free(bare);
	free(shim);
	return result;
}

void overhead_row(const struct overhead_calls *calls, const char *name, size_t launches, int runs,
	unsigned threads, unsigned streams)
{
	double bare[MAX_RUNS], shim[MAX_RUNS], overhead[MAX_RUNS], bare_p99[MAX_RUNS],
		shim_p99[MAX_RUNS];
	static int done;
	size_t n = (size_t)(runs < 1 ? 1 : runs > MAX_RUNS ? MAX_RUNS : runs);

	atomic_store(&allocations, 0);
	atomic_store(&system_calls, 0);
	for (size_t i = 0; i < n; i++) {
		kit_progress((double)(done++) / (double)(3 * n), "launches");
		struct run one = run(calls, launches / n, threads, streams);

		bare[i] = one.bare;
		shim[i] = one.shim;
		overhead[i] = one.overhead;
		bare_p99[i] = one.bare_p99;
		shim_p99[i] = one.shim_p99;
	}
	kit_row(name, "ns", kit_device(), kit_percentile(overhead, n, 0.5),
		kit_percentile(bare, n, 0.5),
		"\"shim\":%.5g,\"runs\":%d,\"min\":%.5g,\"median\":%.5g,\"max\":%.5g,"
		"\"bare_p99\":%.5g,\"shim_p99\":%.5g,\"launches\":%zu,\"threads\":%u,"
		"\"streams_per_thread\":%u,\"allocations\":%ld,\"system_calls\":%ld",
		kit_percentile(shim, n, 0.5), (int)n, kit_percentile(overhead, n, 0),
		kit_percentile(overhead, n, 0.5), kit_percentile(overhead, n, 1),
		kit_percentile(bare_p99, n, 0.5), kit_percentile(shim_p99, n, 0.5), launches,
		threads, streams, counts_allocations ? atomic_load(&allocations) : -1,
		counts_system_calls ? atomic_load(&system_calls) : -1);
}
