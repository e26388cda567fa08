/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the benchmarks share: the driver twice, once bare and once through the shim, so that both
 * sides are measured in one process and in turns; statistics; and the rows that come out.
 *
 * The build directory is in $BUILD. Anything that goes wrong ends the program with a message.
 */
#ifndef BENCH_KIT_H
#define BENCH_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "platform/cuda/cuda_driver.h"

#define KIT_FUNCTIONS(X)                                                                           \
	X(cuInit)                                                                                  \
	X(cuDeviceGet)                                                                             \
	X(cuDevicePrimaryCtxRetain)                                                                \
	X(cuCtxSetCurrent)                                                                         \
	X(cuCtxSynchronize)                                                                        \
	X(cuModuleLoadData)                                                                        \
	X(cuModuleGetFunction)                                                                     \
	X(cuStreamCreateWithPriority)                                                              \
	X(cuStreamSynchronize)                                                                     \
	X(cuStreamWriteValue32_v2)                                                                 \
	X(cuMemHostAlloc)                                                                          \
	X(cuCtxGetCurrent)                                                                         \
	X(cuEventCreate)                                                                           \
	X(cuEventQuery)                                                                            \
	X(cuEventRecord)                                                                           \
	X(cuLaunchKernelEx)                                                                        \
	X(cuMemAlloc_v2)                                                                           \
	X(cuMemcpyDtoDAsync_v2)                                                                    \
	X(cuMemsetD8Async)                                                                         \
	X(cuStreamIsCapturing)                                                                     \
	X(cuStreamQuery)                                                                           \
	X(cuStreamWaitEvent)                                                                       \
	X(cuLaunchKernel)

struct driver {
#define X(name) __typeof__(&name) name;
	KIT_FUNCTIONS(X)
#undef X
};

/* The software device bare, and the same behind the shim. Both share one context, which is current
 * on the calling thread; others call kit_thread() first. */
extern struct driver kit_bare, kit_shim;
extern CUfunction kit_empty, kit_spin;

void kit_open(void);
void kit_thread(void);

/* Ends the program with a message unless the result is success. */
void kit_check(int result, const char *what);
#define CHECK(call) kit_check((int)(call), #call)

CUstream kit_stream(const struct driver *driver, int priority);

uint64_t kit_now_ns(void);
void kit_sleep_until(uint64_t ns);

/* A number from the command line, "-c" and the like being its letter. */
long kit_option(int argc, char **argv, char letter, long otherwise);

/* The smallest first. */
void kit_sort(double *values, size_t count);

/* Sorts, and gives the value that this share (0 to 1) of the others does not exceed. */
double kit_percentile(double *values, size_t count, double share);

/* "sim", or "cuda" when $BENCH_DRIVER names a real driver. */
const char *kit_device(void);

/* The file into which the program writes its part of a report, if $BENCH_SECTION names one; the caller
 * closes it. NULL: nobody wants a report. */
FILE *kit_section(void);

/* A heading, a sentence about it, and how the times are distributed; the series are sorted. */
struct plot_series;
void kit_section_times(const char *head, const char *text, const struct plot_series *series,
	size_t count, const char *what);

/* Tells xcli bench, by the descriptor in $BENCH_PROGRESS, how much is done (0 to 1) and what comes. */
void kit_progress(double share, const char *what);

/* Prints one row. bare: NAN if there is nothing to compare with. detail: members of a JSON object,
 * to which those that say where and what are added. */
__attribute__((format(printf, 6, 7))) void kit_row(const char *name, const char *unit,
	const char *device, double value, double bare, const char *detail, ...);

#endif
