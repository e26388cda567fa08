/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shim adds to each call that an eager framework makes for an operation, while there is
 * nobody to yield to: launches on a stream and on the default stream, copies, fills, events, queries,
 * synchronise.
 *
 *   calls [-nCALLS]
 *
 * As in launch.c the device discards kernels, and short blocks through the bare driver and through
 * the shim take turns. A row is the difference of what the quickest third of the blocks took, since
 * copies and events end in other threads of the software device that disturb the rest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"

#define BLOCK 200

static CUstream stream;
static CUevent event;
static CUdeviceptr memory;

static CUresult launch(const struct driver *driver)
{
	return driver->cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL);
}

static CUresult launch_default(const struct driver *driver)
{
	return driver->cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL);
}

/* By turns, as a model beside whatever runs on the default stream: no look-up is the last one again. */
static CUresult launch_by_turns(const struct driver *driver)
{
	static unsigned int turn;

	return driver->cuLaunchKernel(
		kit_empty, 1, 1, 1, 1, 1, 1, 0, turn++ % 2 ? stream : NULL, NULL, NULL);
}

static CUresult launch_ex(const struct driver *driver)
{
	const CUlaunchConfig config = {
		.gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 1,
		.blockDimY = 1,
		.blockDimZ = 1,
		.hStream = stream,
	};

	return driver->cuLaunchKernelEx(&config, kit_empty, NULL, NULL);
}

static CUresult fill(const struct driver *driver)
{
	return driver->cuMemsetD8Async(memory, 0, 8, stream);
}

static CUresult copy(const struct driver *driver)
{
	return driver->cuMemcpyDtoDAsync_v2(memory, memory + 64, 8, stream);
}

static CUresult record(const struct driver *driver)
{
	return driver->cuEventRecord(event, stream);
}

static CUresult query_event(const struct driver *driver)
{
	CUresult result = driver->cuEventQuery(event);

	return result == CUDA_ERROR_NOT_READY ? CUDA_SUCCESS : result;
}

static CUresult wait_event(const struct driver *driver)
{
	return driver->cuStreamWaitEvent(stream, event, 0);
}

static CUresult query_stream(const struct driver *driver)
{
	CUresult result = driver->cuStreamQuery(stream);

	return result == CUDA_ERROR_NOT_READY ? CUDA_SUCCESS : result;
}

static CUresult synchronize(const struct driver *driver)
{
	return driver->cuStreamSynchronize(stream);
}

static CUresult is_capturing(const struct driver *driver)
{
	CUstreamCaptureStatus status;

	return driver->cuStreamIsCapturing(stream, &status);
}

static CUresult current_context(const struct driver *driver)
{
	CUcontext context;

	return driver->cuCtxGetCurrent(&context);
}

/* What the CUDA runtime does when a thread asks for its device again. */
static CUresult context_and_launch(const struct driver *driver)
{
	CUcontext context;
	CUresult result = driver->cuCtxGetCurrent(&context);

	if (result == CUDA_SUCCESS)
		result = driver->cuCtxSetCurrent(context);
	return result == CUDA_SUCCESS ? launch_default(driver) : result;
}

static const struct call {
	const char *name;
	CUresult (*make)(const struct driver *driver);
} calls[] = {
	{ "launch", launch },
	{ "launch_default", launch_default },
	{ "launch_by_turns", launch_by_turns },
	{ "launch_ex", launch_ex },
	{ "context_and_launch", context_and_launch },
	{ "fill", fill },
	{ "copy", copy },
	{ "record", record },
	{ "query_event", query_event },
	{ "wait_event", wait_event },
	{ "query_stream", query_stream },
	{ "synchronize", synchronize },
	{ "is_capturing", is_capturing },
	{ "current_context", current_context },
};

static double block_ns(const struct call *call, const struct driver *driver)
{
	uint64_t before = kit_now_ns();

	for (int i = 0; i < BLOCK; i++)
		CHECK(call->make(driver));
	uint64_t after = kit_now_ns();
	CHECK(kit_bare.cuCtxSynchronize());
	return (double)(after - before) / BLOCK;
}

static void measure(const struct call *call, size_t blocks)
{
	double *bare = calloc(blocks, sizeof(double)), *shim = calloc(blocks, sizeof(double));
	char name[64] = "call_overhead_";

	kit_check(!bare || !shim, "allocating");
	block_ns(call, &kit_bare);
	block_ns(call, &kit_shim);
	for (size_t i = 0; i < blocks; i++) {
		bare[i] = block_ns(call, &kit_bare);
		shim[i] = block_ns(call, &kit_shim);
	}
	double without = kit_percentile(bare, blocks, 0.3);
	double with = kit_percentile(shim, blocks, 0.3);
	strcat(strcat(name, call->name), "_ns");
	kit_row(name, "ns", "sim", with - without, without, "\"shim\":%.5g,\"calls\":%zu", with,
		blocks * BLOCK);
	free(bare);
	free(shim);
}

int main(int argc, char **argv)
{
	size_t blocks = (size_t)kit_option(argc, argv, 'n', 200000) / BLOCK;

	setenv("XSIM_DISCARD", "1", 1);
	kit_open();
	stream = kit_stream(&kit_shim, 0);
	CHECK(kit_shim.cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	CHECK(kit_shim.cuMemAlloc_v2(&memory, 4096));
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		measure(&calls[i], blocks ? blocks : 1);
	return 0;
}
