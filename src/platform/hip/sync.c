/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits for streams and devices, and questions whether a stream is idle. While the application
 * waits, the core lends its priority to what it waits for; when the runtime says that all is done,
 * the core learns for free which queues are idle.
 */
#include "platform/hip/shim.h"

hipError_t on_hipStreamSynchronize(hipStream_t stream)
{
	struct xs_wait wait;
	hipError_t result;

	xs_wait_stream_begin(&wait, stream, false);
	result = xs_hip_real()->hipStreamSynchronize(stream);
	xs_wait_end(&wait, result == hipSuccess);
	return result;
}

hipError_t on_hipStreamSynchronize_spt(hipStream_t stream)
{
	struct xs_wait wait;
	hipError_t result;

	xs_wait_stream_begin(&wait, stream, true);
	result = xs_hip_real()->hipStreamSynchronize_spt(stream);
	xs_wait_end(&wait, result == hipSuccess);
	return result;
}

hipError_t on_hipStreamQuery(hipStream_t stream)
{
	uint32_t sequence = xs_stream_sequence(stream, false);
	hipError_t result = xs_hip_real()->hipStreamQuery(stream);

	if (result == hipSuccess)
		xs_stream_found_idle(stream, false, sequence);
	return result;
}

hipError_t on_hipStreamQuery_spt(hipStream_t stream)
{
	uint32_t sequence = xs_stream_sequence(stream, true);
	hipError_t result = xs_hip_real()->hipStreamQuery_spt(stream);

	if (result == hipSuccess)
		xs_stream_found_idle(stream, true, sequence);
	return result;
}

hipError_t on_hipDeviceSynchronize(void)
{
	struct xs_wait wait;
	hipError_t result;

	xs_wait_context_begin(&wait);
	result = xs_hip_real()->hipDeviceSynchronize();
	xs_wait_end(&wait, result == hipSuccess);
	return result;
}

/* Deprecated, and not implemented by every version, whatever it returns. */
hipError_t on_hipCtxSynchronize(void)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(&wait, xs_hip_real()->hipCtxSynchronize());
}

/* Only the streams that were made in the execution context. */
hipError_t on_hipExecutionCtxSynchronize(hipExecutionCtx_t ctx)
{
	struct xs_wait wait;

	xs_wait_context_begin(&wait);
	return xs_hip_drained(&wait, xs_hip_real()->hipExecutionCtxSynchronize(ctx));
}
