/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of EGL streams, by which devices without a screen of their own hand pictures on. Each call
 * submits to the stream that it points to: nothing means the legacy default stream.
 */
#include "platform/common/shim.h"
#include "platform/cuda/real.h"

static struct xs_queue *begin(const CUstream *stream)
{
	return xs_submit_begin(stream ? *stream : NULL, false);
}

static CUresult submitted(struct xs_queue *queue, CUresult result)
{
	xs_submit_end(queue);
	return result;
}

CUresult cuEGLStreamProducerPresentFrame(
	CUeglStreamConnection *conn, CUeglFrame frame, CUstream *stream)
{
	struct xs_queue *queue = begin(stream);

	return submitted(queue, xs_cuda_real.cuEGLStreamProducerPresentFrame(conn, frame, stream));
}

CUresult cuEGLStreamProducerReturnFrame(
	CUeglStreamConnection *conn, CUeglFrame *frame, CUstream *stream)
{
	struct xs_queue *queue = begin(stream);

	return submitted(queue, xs_cuda_real.cuEGLStreamProducerReturnFrame(conn, frame, stream));
}

CUresult cuEGLStreamConsumerReleaseFrame(
	CUeglStreamConnection *conn, CUgraphicsResource resource, CUstream *stream)
{
	struct xs_queue *queue = begin(stream);

	return submitted(
		queue, xs_cuda_real.cuEGLStreamConsumerReleaseFrame(conn, resource, stream));
}

/*
 * The call waits until somebody presents a frame, maybe a lesser queue of this process. It would be
 * held for the sake of this one, were this one inside its gate meanwhile. So the gate is passed when
 * the frame is there; what the call submits is a wait for it and no work.
 */
CUresult cuEGLStreamConsumerAcquireFrame(CUeglStreamConnection *conn, CUgraphicsResource *resource,
	CUstream *stream, unsigned int timeout)
{
	CUresult result =
		xs_cuda_real.cuEGLStreamConsumerAcquireFrame(conn, resource, stream, timeout);

	if (result == CUDA_SUCCESS)
		xs_submit_end(begin(stream));
	return result;
}
