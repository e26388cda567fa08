/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EGL streams within one process: a mailbox with room for one frame between a producer and a consumer,
 * which name it by any address. Frames are passed on and not looked at.
 */
#include <string.h>

#include "base/clock.h"
#include "platform/sim/cuda/front.h"

#define MAILBOXES 8

enum holder { PRODUCER, PRESENTED, CONSUMER, RETURNED };

static struct mailbox {
	void *egl_stream;          /* [xsim_lock] */
	_Atomic int holder;        /* of the frame; enum holder */
	CUeglFrame frame;          /* of whoever holds it */
	struct xsim_event *filled; /* in the producer's context: what the consumer waits for */
	struct xsim_event *read;   /* in the consumer's */
} mailboxes[MAILBOXES];

static struct mailbox *mailbox_of(const CUeglStreamConnection *conn)
{
	struct mailbox *mailbox = conn ? (struct mailbox *)*conn : NULL;

	return mailbox >= mailboxes && mailbox < mailboxes + MAILBOXES ? mailbox : NULL;
}

/* The mailbox of that name, or a free one. [xsim_lock] */
static struct mailbox *find(void *egl_stream)
{
	struct mailbox *found = NULL;

	for (size_t i = 0; i < MAILBOXES; i++) {
		if (mailboxes[i].egl_stream == egl_stream)
			return &mailboxes[i];
		if (!mailboxes[i].egl_stream && !found)
			found = &mailboxes[i];
	}
	return found;
}

static CUresult connect(CUeglStreamConnection *conn, void *egl_stream, bool producer)
{
	struct xsim_context *context;
	int result = front_context(&context);

	if (result || !conn || !egl_stream)
		return result ? (CUresult)result : CUDA_ERROR_INVALID_VALUE;
	xs_mutex_lock(&xsim_lock);
	struct mailbox *mailbox = find(egl_stream);
	result = mailbox ? xsim_event_create(context, CU_EVENT_DISABLE_TIMING, false,
				   producer ? &mailbox->filled : &mailbox->read)
			 : XSIM_OUT_OF_MEMORY;
	if (!result) {
		mailbox->egl_stream = egl_stream;
		*conn = (CUeglStreamConnection)mailbox;
	}
	xs_mutex_unlock(&xsim_lock);
	return (CUresult)result;
}

CUresult sim_cuEGLStreamProducerConnect(
	CUeglStreamConnection *conn, void *egl_stream, int width, int height)
{
	(void)width, (void)height;
	return connect(conn, egl_stream, true);
}

CUresult sim_cuEGLStreamConsumerConnect(CUeglStreamConnection *conn, void *egl_stream)
{
	return connect(conn, egl_stream, false);
}

CUresult sim_cuEGLStreamConsumerConnectWithFlags(
	CUeglStreamConnection *conn, void *egl_stream, unsigned int flags)
{
	(void)flags;
	return connect(conn, egl_stream, false);
}

/* The mailbox stays the other side's. */
CUresult sim_cuEGLStreamProducerDisconnect(CUeglStreamConnection *conn)
{
	return mailbox_of(conn) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
XSIM_SAME(cuEGLStreamConsumerDisconnect, cuEGLStreamProducerDisconnect);

/* What every call on a frame needs: the mailbox, the stream, and the frame in these hands. */
static int hold(CUeglStreamConnection *conn, CUstream *handle, enum holder holder,
	struct mailbox **mailbox, struct xsim_stream **stream)
{
	*mailbox = mailbox_of(conn);
	if (!*mailbox || !(*mailbox)->filled || !(*mailbox)->read)
		return XSIM_INVALID_VALUE;
	if ((int)holder != xs_load_acquire(&(*mailbox)->holder))
		return XSIM_LAUNCH_TIMEOUT;
	return front_stream(handle ? *handle : NULL, stream);
}

static CUresult hand_on(struct mailbox *mailbox, enum holder to, int result)
{
	if (!result)
		xs_store_release(&mailbox->holder, (int)to);
	return (CUresult)result;
}

CUresult sim_cuEGLStreamProducerPresentFrame(
	CUeglStreamConnection *conn, CUeglFrame frame, CUstream *handle)
{
	struct mailbox *mailbox;
	struct xsim_stream *stream;
	int result = hold(conn, handle, PRODUCER, &mailbox, &stream);

	if (!result) {
		mailbox->frame = frame;
		result = xsim_record(stream, mailbox->filled, false);
	}
	return hand_on(mailbox, PRESENTED, result);
}

CUresult sim_cuEGLStreamConsumerAcquireFrame(CUeglStreamConnection *conn,
	CUgraphicsResource *resource, CUstream *handle, unsigned int timeout)
{
	uint64_t until = xs_now_ns() + timeout * XS_NS_PER_US;
	struct mailbox *mailbox;
	struct xsim_stream *stream;
	int result;

	while ((result = hold(conn, handle, PRESENTED, &mailbox, &stream)) == XSIM_LAUNCH_TIMEOUT &&
		xs_now_ns() < until)
		xs_sleep_until_ns(xs_now_ns() + 20 * XS_NS_PER_US);
	if (!result)
		result = xsim_wait_event(stream, mailbox->filled, false);
	if (!result)
		*resource = (CUgraphicsResource)&mailbox->frame;
	return hand_on(mailbox, CONSUMER, result);
}

CUresult sim_cuEGLStreamConsumerReleaseFrame(
	CUeglStreamConnection *conn, CUgraphicsResource resource, CUstream *handle)
{
	struct mailbox *mailbox;
	struct xsim_stream *stream;
	int result = hold(conn, handle, CONSUMER, &mailbox, &stream);

	if (!result && (void *)resource != &mailbox->frame)
		result = XSIM_INVALID_VALUE;
	if (!result)
		result = xsim_record(stream, mailbox->read, false);
	return hand_on(mailbox, RETURNED, result);
}

CUresult sim_cuEGLStreamProducerReturnFrame(
	CUeglStreamConnection *conn, CUeglFrame *frame, CUstream *handle)
{
	struct mailbox *mailbox;
	struct xsim_stream *stream;
	int result = hold(conn, handle, RETURNED, &mailbox, &stream);

	if (!result)
		result = xsim_wait_event(stream, mailbox->read, false);
	if (!result)
		*frame = mailbox->frame;
	return hand_on(mailbox, PRODUCER, result);
}

CUresult sim_cuGraphicsResourceGetMappedEglFrame(
	CUeglFrame *frame, CUgraphicsResource resource, unsigned int index, unsigned int level)
{
	if (!frame || !resource || index || level)
		return CUDA_ERROR_INVALID_VALUE;
	*frame = *(const CUeglFrame *)resource;
	return CUDA_SUCCESS;
}
