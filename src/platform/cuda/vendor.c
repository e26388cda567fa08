/* SPDX-License-Identifier: Apache-2.0 */
/* What the common part of a shim has to know about CUDA's streams, and the mark of a shim. */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

#include <errno.h>

/* By this symbol a search for the vendor's library tells a shim (find_library.h), and by its text the
 * doctor tells the version of one. */
__attribute__((visibility("default"))) const char xsched_shim[] = XS_VERSION;

static int describe(void *stream, void **context, int *priority, bool *blocking)
{
	unsigned int flags;
	CUcontext own;

	if (xs_cuda_real.cuStreamGetPriority(stream, priority) != CUDA_SUCCESS ||
		xs_cuda_real.cuStreamGetFlags(stream, &flags) != CUDA_SUCCESS)
		return -EINVAL;
	if (xs_cuda_real.cuStreamGetCtx(stream, &own) == CUDA_SUCCESS)
		*context = own;
	*blocking = !(flags & CU_STREAM_NON_BLOCKING);
	return 0;
}

const struct xs_vendor xs_vendor = {
	.hal = &xs_cuda_hal,
	.legacy_stream = (void *)CU_STREAM_LEGACY,
	.per_thread_stream = (void *)CU_STREAM_PER_THREAD,
	.describe = describe,
};
