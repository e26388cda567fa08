/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shim adds to a launch while there is nobody to yield to, for any vendor: on one stream, on
 * many in turns, and on one stream in each of many threads.
 *
 * The software device discards kernels (XSIM_DISCARD=1), so that what is left of a launch is the driver's
 * side of it. Blocks of launches alternate between the bare driver and the shim; the overhead is the
 * median of the blocks through the shim minus that of the bare ones, and the row has the median of
 * all runs. Beside the time it counts what must not happen on that path: allocations, by standing in
 * for the allocator, and system calls, by having the kernel refuse them. -1: could not be counted.
 */
#ifndef BENCH_OVERHEAD_H
#define BENCH_OVERHEAD_H

#include <stdbool.h>
#include <stddef.h>

#define OVERHEAD_BLOCK 1000 /* launches: short enough that most blocks are not interrupted */

struct overhead_calls {
	void (*enter)(void); /* what a thread has to do first */
	void *(*make_stream)(bool shim);
	/* OVERHEAD_BLOCK launches of nothing, on these streams in turns. */
	void (*launch)(bool shim, void *const *streams, unsigned count);
	void (*settle)(bool shim); /* on a device that runs them: between blocks; or NULL */
};

/* At most 64 streams and 8 threads. */
void overhead_row(const struct overhead_calls *calls, const char *name, size_t launches, int runs,
	unsigned threads, unsigned streams);

#endif
