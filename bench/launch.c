/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the CUDA shim adds to a launch while there is nobody to yield to (overhead.h).
 *
 *   launch [-nLAUNCHES] [-rRUNS]
 */
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "overhead.h"

static void *make_stream(bool shim)
{
	return kit_stream(shim ? &kit_shim : &kit_bare, 0);
}

static void launch(bool shim, void *const *streams, unsigned count)
{
	const struct driver *driver = shim ? &kit_shim : &kit_bare;
	unsigned stream = 0;

	for (int i = 0; i < OVERHEAD_BLOCK; i++) {
		driver->cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, streams[stream], NULL, NULL);
		stream = stream + 1 < count ? stream + 1 : 0;
	}
}

static void settle(bool shim)
{
	CHECK((shim ? &kit_shim : &kit_bare)->cuCtxSynchronize());
}

int main(int argc, char **argv)
{
	struct overhead_calls cuda = { kit_thread, make_stream, launch, NULL };
	size_t launches = (size_t)kit_option(argc, argv, 'n', 10000000);
	int runs = (int)kit_option(argc, argv, 'r', 5);

	setenv("XSIM_DISCARD", "1", 1);
	kit_open();
	if (strcmp(kit_device(), "sim") != 0)
		cuda.settle = settle;
	overhead_row(&cuda, "launch_overhead_ns", launches, runs, 1, 1);
	overhead_row(&cuda, "launch_overhead_64streams_ns", launches, runs, 1, 64);
	overhead_row(&cuda, "launch_overhead_8threads_ns", launches, runs, 8, 1);
	return 0;
}
