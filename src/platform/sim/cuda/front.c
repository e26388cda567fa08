/* SPDX-License-Identifier: Apache-2.0 */
/* From handles to objects. */
#include "platform/sim/cuda/front.h"

int front_stream(CUstream handle, struct xsim_stream **out)
{
	if ((uintptr_t)handle <= 2) {
		struct xsim_context *context;
		int result = xsim_context_current(&context);

		if (xs_unlikely(result))
			return result;
		if (handle == CU_STREAM_PER_THREAD || (!handle && xsim_self.per_thread))
			return xsim_thread_stream(context, out);
		*out = context->legacy;
		return XSIM_OK;
	}
	return xsim_find_stream(handle, out);
}

int front_context(struct xsim_context **out)
{
	return xsim_context_current(out);
}

int front_unsafe(struct xsim_context **out)
{
	int result = xsim_context_current(out);

	return result ? result : xsim_capture_touch_unsafe();
}
