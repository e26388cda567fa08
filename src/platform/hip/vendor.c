/* SPDX-License-Identifier: Apache-2.0 */
/* What the common part of a shim has to know about HIP's streams, and the mark of a shim. */
#include <errno.h>

#include "platform/hip/shim.h"

/* By this symbol a search for the vendor's library tells a shim (find_library.h), and by its text the
 * doctor tells the version of one. */
__attribute__((visibility("default"))) const char xsched_shim[] = XS_VERSION;

/* Called before the application's own call for that stream, whose result replaces the last error. */
static int describe(void *stream, void **context, int *priority, bool *blocking)
{
	unsigned int flags;
	hipDevice_t device;

	if (xs_hip_real()->hipStreamGetPriority(stream, priority) != hipSuccess ||
		xs_hip_real()->hipStreamGetFlags(stream, &flags) != hipSuccess)
		return -EINVAL;
	if (xs_hip_real()->hipStreamGetDevice(stream, &device) == hipSuccess && device >= 0 &&
		device < XS_HIP_DEVICES)
		*context = &xs_hip_here->contexts[device];
	*blocking = !(flags & hipStreamNonBlocking);
	return 0;
}

extern const struct xs_hal xs_hip_hal;

const struct xs_vendor xs_vendor = {
	.hal = &xs_hip_hal,
	.legacy_stream = (void *)hipStreamLegacy,
	.per_thread_stream = (void *)hipStreamPerThread,
	.describe = describe,
};
