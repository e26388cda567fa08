/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations that the core asks of a platform (hal.h), on the real runtime.
 *
 * HIP can store a value when a stream gets there, and let a stream wait for one, but it does both by
 * running small kernels, and the wait occupies the device. So there is no level 2, and progress is
 * told by events (marks.c).
 *
 * A per-thread default stream can be reached by its own thread only: markers, which are placed by
 * the submitting thread, always work; questions do if that thread asks.
 */
#include "preempt/hal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "platform/hip/marks.h"
#include "platform/hip/runtime.h"
#include "platform/hip/visit.h"
#include "preempt/thread.h"

/* --- stays in the runtime ------------------------------------------------------------------------ */

int xs_hip_enter_any(struct xs_hip_visit *visit, struct xs_hip_runtime *runtime)
{
	const struct xs_hip_functions *real = &runtime->real;

	*visit = (struct xs_hip_visit){ .real = real, .device = -1 };
	if (xs_hip_keep_error)
		return -EAGAIN;
	visit->clean = real->hipPeekAtLastError() == hipSuccess;
	visit->mode = hipStreamCaptureModeRelaxed;
	visit->relaxed = real->hipThreadExchangeStreamCaptureMode(&visit->mode) == hipSuccess;
	return 0;
}

int xs_hip_enter(struct xs_hip_visit *visit, const struct xs_hip_context *context)
{
	int current = -1;
	int err = xs_hip_enter_any(visit, context->runtime);

	if (err)
		return err;
	if (visit->real->hipGetDevice(&current) == hipSuccess && current != context->device &&
		visit->real->hipSetDevice(context->device) == hipSuccess)
		visit->device = current;
	return 0;
}

void xs_hip_leave(struct xs_hip_visit *visit)
{
	if (visit->device >= 0)
		visit->real->hipSetDevice(visit->device);
	if (visit->relaxed)
		visit->real->hipThreadExchangeStreamCaptureMode(&visit->mode);
	if (visit->clean && visit->real->hipPeekAtLastError() != hipSuccess)
		(void)visit->real->hipGetLastError();
}

static int error_of(hipError_t result)
{
	switch ((unsigned int)result) {
	case hipSuccess:
		return 0;
	case hipErrorNotReady:
		return -EBUSY;
	case hipErrorNotSupported:
	case hipErrorStreamCaptureUnsupported:
	case hipErrorStreamCaptureImplicit:
		return -EOPNOTSUPP;
	case hipErrorOutOfMemory:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

/* --- contexts and devices ------------------------------------------------------------------------ */

static void say_no_device(hipError_t result)
{
	static _Atomic bool said;

	if (!xs_swap_full(&said, true))
		xs_info("no HIP device can be used (error %d): nothing is scheduled", (int)result);
}

/* Asked before the application's own call. */
static void *current_context(void)
{
	struct xs_hip_runtime *runtime = xs_hip_here;
	hipError_t result;
	int device = -1;

	if (!runtime || xs_hip_keep_error)
		return NULL;
	result = runtime->real.hipGetDevice(&device);
	if (result != hipSuccess)
		say_no_device(result);
	if (result != hipSuccess || device < 0 || device >= XS_HIP_DEVICES)
		return NULL;
	return &runtime->contexts[device];
}

/* From the place on the bus, "0000:c3:00.0". */
static XDevice device_of(void *data)
{
	const struct xs_hip_context *context = data;
	unsigned long domain = 0, bus = 0, slot = 0;
	char text[32] = "", *end = text;
	struct xs_hip_visit visit;

	if (xs_hip_enter_any(&visit, context->runtime) == 0) {
		if (visit.real->hipDeviceGetPCIBusId(text, sizeof(text), context->device) ==
			hipSuccess) {
			domain = strtoul(text, &end, 16);
			bus = *end == ':' ? strtoul(end + 1, &end, 16) : 0;
			slot = *end == ':' ? strtoul(end + 1, &end, 16) : 0;
		}
		xs_hip_leave(&visit);
	}
	return (XDevice)kDeviceTypeGPU << 32 | (XDevice)(domain & 0xffff) << 16 |
	       (XDevice)(bus & 0xff) << 8 | (XDevice)(slot & 0x1f) << 3;
}

/* --- questions and waits ------------------------------------------------------------------------- */

static bool out_of_reach(const struct xs_stream *stream)
{
	return stream->owner && stream->owner != &xs_self;
}

static bool is_capturing(const struct xs_hip_visit *visit, const struct xs_stream *stream)
{
	hipStreamCaptureStatus status = hipStreamCaptureStatusNone;
	hipError_t result = visit->real->hipStreamIsCapturing(stream->handle, &status);

	/* The legacy stream cannot capture, but the question fails while a blocking stream does. */
	if (result == hipErrorStreamCaptureImplicit)
		return true;
	return result == hipSuccess && status != hipStreamCaptureStatusNone;
}

/* If it cannot be asked, the stream is left alone. */
static bool capturing(const struct xs_stream *stream)
{
	struct xs_hip_visit visit;
	bool is;

	if (xs_hip_enter(&visit, stream->context) != 0)
		return true;
	is = is_capturing(&visit, stream);
	xs_hip_leave(&visit);
	return is;
}

/* A question about a stream that is capturing would spoil the capture. */
static int query(const struct xs_stream *stream)
{
	struct xs_hip_visit visit;
	int err = out_of_reach(stream) ? -EOPNOTSUPP : xs_hip_enter(&visit, stream->context);

	if (err)
		return err;
	err = is_capturing(&visit, stream) ? -EOPNOTSUPP
					   : error_of(visit.real->hipStreamQuery(stream->handle));
	xs_hip_leave(&visit);
	return err;
}

static int synchronize(const struct xs_stream *stream)
{
	struct xs_hip_visit visit;
	int err = out_of_reach(stream) ? -EOPNOTSUPP : xs_hip_enter(&visit, stream->context);

	if (err)
		return err;
	err = is_capturing(&visit, stream)
		      ? -EOPNOTSUPP
		      : error_of(visit.real->hipStreamSynchronize(stream->handle));
	xs_hip_leave(&visit);
	return err;
}

/* --- markers ------------------------------------------------------------------------------------- */

/* Marks are events: the device never looks at our memory. */
static int mark(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value)
{
	struct xs_hip_visit visit;
	int err = xs_hip_enter(&visit, stream->context);

	if (err)
		return err;
	err = error_of(xs_hip_marks_record(&visit, stream, progress, value));
	xs_hip_leave(&visit);
	return err;
}

static void refresh(const struct xs_stream *stream, _Atomic uint32_t *progress)
{
	const struct xs_hip_context *context = stream->context;
	struct xs_hip_visit visit;

	if (!xs_hip_marks_any(progress) || xs_hip_enter_any(&visit, context->runtime) != 0)
		return;
	xs_hip_marks_observe(&visit, progress);
	xs_hip_leave(&visit);
}

const struct xs_hal xs_hip_hal = {
	.name = "HIP",
	.platform = kPlatformHIP,
	.max_level = kPreemptLevelBlock,
	.current_context = current_context,
	.device = device_of,
	.synchronize = synchronize,
	.query = query,
	.capturing = capturing,
	.mark = mark,
	.refresh = refresh,
};
