/* SPDX-License-Identifier: Apache-2.0 */
/* Streams and capture. */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/hip/front.h"

#define LEAST_PRIORITY    1
#define GREATEST_PRIORITY (-1)

hipError_t sim_hipStreamCreateWithPriority(hipStream_t *out, unsigned int flags, int priority)
{
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && (!out || (flags != hipStreamDefault && flags != hipStreamNonBlocking)))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	if (priority > LEAST_PRIORITY)
		priority = LEAST_PRIORITY;
	if (priority < GREATEST_PRIORITY)
		priority = GREATEST_PRIORITY;
	return (hipError_t)xsim_stream_create(
		context, flags, flags == hipStreamDefault, priority, (struct xsim_stream **)out);
}

hipError_t sim_hipStreamCreateWithFlags(hipStream_t *out, unsigned int flags)
{
	return sim_hipStreamCreateWithPriority(out, flags, 0);
}

hipError_t sim_hipStreamCreate(hipStream_t *out)
{
	return sim_hipStreamCreateWithPriority(out, hipStreamDefault, 0);
}

/* --- compute unit masks: kept and given back, nothing more ------------------------------------ */

struct mask {
	uint64_t stream_id;
	uint32_t count;
	struct mask *next;
	uint32_t word[];
};
static struct mask *masks; /* [xsim_lock] */

hipError_t sim_hipExtStreamCreateWithCUMask(hipStream_t *out, uint32_t count, const uint32_t *words)
{
	if (!out || !count || !words)
		return hipErrorInvalidValue;
	hipError_t result = sim_hipStreamCreate(out);
	if (result)
		return result;
	struct mask *mask = malloc(sizeof(*mask) + count * sizeof(*words));
	if (!mask)
		return hipSuccess; /* it only would be asked for */
	mask->stream_id = ((struct xsim_stream *)*out)->handle.id;
	mask->count = count;
	memcpy(mask->word, words, count * sizeof(*words));
	xs_mutex_lock(&xsim_lock);
	mask->next = masks;
	masks = mask;
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

hipError_t sim_hipExtStreamGetCUMask(hipStream_t handle, uint32_t count, uint32_t *words)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && (!count || !words))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	memset(words, 0xff, count * sizeof(*words));
	xs_mutex_lock(&xsim_lock);
	for (struct mask *m = masks; m; m = m->next) {
		if (m->stream_id == stream->handle.id)
			memcpy(words, m->word,
				(m->count < count ? m->count : count) * sizeof(*words));
	}
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

static void forget_mask(uint64_t stream_id)
{
	xs_mutex_lock(&xsim_lock);
	for (struct mask **at = &masks; *at; at = &(*at)->next) {
		struct mask *mask = *at;

		if (mask->stream_id != stream_id)
			continue;
		*at = mask->next;
		free(mask);
		break;
	}
	xs_mutex_unlock(&xsim_lock);
}

/* As on the real runtime the work of the stream is over when this returns. */
hipError_t sim_hipStreamDestroy(hipStream_t handle)
{
	struct xsim_stream *stream;

	if (!handle)
		return hipErrorInvalidHandle;
	if (handle == hipStreamPerThread || handle == hipStreamLegacy)
		return hipErrorInvalidHandle;
	int result = hip_stream(handle, &stream);
	if (result == XSIM_CONTEXT_DESTROYED)
		return hipErrorContextIsDestroyed;
	result = xsim_capture_touch_stream(stream);
	if (result)
		return (hipError_t)result;
	xsim_stream_sync(stream);
	forget_mask(stream->handle.id);
	xsim_stream_destroy(stream);
	return hipSuccess;
}

/* --- waiting and asking ----------------------------------------------------------------------- */

hipError_t sim_hipStreamQuery(hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_query(stream));
}
XSIM_SAME(hipStreamQuery_spt, hipStreamQuery);

hipError_t sim_hipStreamSynchronize(hipStream_t handle)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_sync(stream));
}
XSIM_SAME(hipStreamSynchronize_spt, hipStreamSynchronize);

hipError_t sim_hipStreamGetFlags(hipStream_t handle, unsigned int *flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*flags = stream->blocking ? hipStreamDefault : hipStreamNonBlocking;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetFlags_spt, hipStreamGetFlags);

hipError_t sim_hipStreamGetPriority(hipStream_t handle, int *priority)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !priority)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*priority = stream->priority;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetPriority_spt, hipStreamGetPriority);

hipError_t sim_hipStreamGetDevice(hipStream_t handle, hipDevice_t *device)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !device)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*device = stream->context->device;
	return (hipError_t)result;
}

int sim_hipGetStreamDeviceId(hipStream_t handle)
{
	struct xsim_stream *stream;

	return hip_stream(handle, &stream) ? -1 : stream->context->device;
}

hipError_t sim_hipStreamGetId(hipStream_t handle, unsigned long long *id)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !id)
		result = XSIM_INVALID_VALUE;
	if (!result)
		*id = stream->handle.id;
	return (hipError_t)result;
}

hipError_t sim_hipStreamGetAttribute(
	hipStream_t handle, hipLaunchAttributeID attribute, hipLaunchAttributeValue *value)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !value)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	memset(value, 0, sizeof(*value));
	if (attribute == hipLaunchAttributePriority)
		value->priority = stream->priority;
	return hipSuccess;
}

hipError_t sim_hipStreamSetAttribute(
	hipStream_t handle, hipLaunchAttributeID attribute, const hipLaunchAttributeValue *value)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !value)
		result = XSIM_INVALID_VALUE;
	if (!result && attribute == hipLaunchAttributePriority)
		stream->priority = value->priority;
	return (hipError_t)result;
}

hipError_t sim_hipStreamCopyAttributes(hipStream_t dst, hipStream_t src)
{
	struct xsim_stream *to, *from;
	int result = hip_stream(dst, &to);

	if (!result)
		result = hip_stream(src, &from);
	if (!result)
		to->priority = from->priority;
	return (hipError_t)result;
}

hipError_t sim_hipStreamAttachMemAsync(
	hipStream_t handle, void *dev_ptr, size_t length, unsigned int flags)
{
	struct xsim_op op = { .kind = XSIM_OP_EMPTY };
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	(void)length;
	(void)flags;
	if (!result && !xsim_memory_find((uintptr_t)dev_ptr, 1, NULL))
		result = XSIM_INVALID_VALUE;
	return (hipError_t)(result ? result : xsim_submit(stream, XSIM_NODE_EMPTY, &op));
}

/* --- host functions --------------------------------------------------------------------------- */

hipError_t sim_hipLaunchHostFunc(hipStream_t handle, hipHostFn_t function, void *data)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	return (hipError_t)(result ? result : xsim_submit_host(stream, function, data));
}
XSIM_SAME(hipLaunchHostFunc_spt, hipLaunchHostFunc);

hipError_t sim_hipStreamAddCallback(
	hipStream_t handle, hipStreamCallback_t callback, void *data, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && flags)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_submit_callback(
			stream, handle, (void (*)(void *, int, void *))(void *)callback, data);
	return (hipError_t)result;
}
XSIM_SAME(hipStreamAddCallback_spt, hipStreamAddCallback);

/* --- capture ---------------------------------------------------------------------------------- */

static hipError_t begin(hipStream_t handle, hipGraph_t graph, const hipGraphNode_t *dependencies,
	size_t count, hipStreamCaptureMode mode)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && mode > hipStreamCaptureModeRelaxed)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_begin(stream, (int)mode, (struct xsim_graph *)graph,
			(struct xsim_node *const *)dependencies, count);
	return (hipError_t)result;
}

hipError_t sim_hipStreamBeginCapture(hipStream_t handle, hipStreamCaptureMode mode)
{
	return begin(handle, NULL, NULL, 0, mode);
}
XSIM_SAME(hipStreamBeginCapture_spt, hipStreamBeginCapture);

hipError_t sim_hipStreamBeginCaptureToGraph(hipStream_t handle, hipGraph_t graph,
	const hipGraphNode_t *dependencies, const hipGraphEdgeData *dependency_data, size_t count,
	hipStreamCaptureMode mode)
{
	(void)dependency_data;
	if (!xsim_graph_of(graph) || (count && !dependencies))
		return hipErrorInvalidValue;
	return begin(handle, graph, dependencies, count, mode);
}

hipError_t sim_hipStreamEndCapture(hipStream_t handle, hipGraph_t *graph)
{
	struct xsim_graph *captured = NULL;
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && !graph)
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	result = xsim_capture_end(stream, &captured);
	*graph = (hipGraph_t)captured;
	return (hipError_t)result;
}
XSIM_SAME(hipStreamEndCapture_spt, hipStreamEndCapture);

hipError_t sim_hipStreamGetCaptureInfo_v2(hipStream_t handle, hipStreamCaptureStatus *status,
	unsigned long long *id, hipGraph_t *graph, const hipGraphNode_t **dependencies,
	size_t *count)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result)
		result = xsim_ask_capture(stream, (int *)status, (uint64_t *)id,
			(struct xsim_graph **)graph, (struct xsim_node ***)dependencies, count);
	return (hipError_t)result;
}
XSIM_SAME(hipStreamGetCaptureInfo_v2_spt, hipStreamGetCaptureInfo_v2);

hipError_t sim_hipStreamGetCaptureInfo(
	hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id)
{
	return sim_hipStreamGetCaptureInfo_v2(handle, status, id, NULL, NULL, NULL);
}
XSIM_SAME(hipStreamGetCaptureInfo_spt, hipStreamGetCaptureInfo);

hipError_t sim_hipStreamIsCapturing(hipStream_t handle, hipStreamCaptureStatus *status)
{
	return sim_hipStreamGetCaptureInfo_v2(handle, status, NULL, NULL, NULL, NULL);
}
XSIM_SAME(hipStreamIsCapturing_spt, hipStreamIsCapturing);

hipError_t sim_hipStreamUpdateCaptureDependencies(
	hipStream_t handle, hipGraphNode_t *dependencies, size_t count, unsigned int flags)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && (flags > 1 || (count && !dependencies)))
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_capture_set_deps(stream, (struct xsim_node *const *)dependencies,
			count, flags == hipStreamAddCaptureDependencies);
	return (hipError_t)result;
}

hipError_t sim_hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode)
{
	return (hipError_t)xsim_exchange_capture_mode((int *)mode);
}
