/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture begins, and another stream joins it, only while the watcher asks the runtime nothing. The
 * program takes the place of the core's two functions, and looks from within.
 */
#include "programs/program.h"

#include "gated.h"

static hipStream_t stream, other;
static int quiets, bad;
static bool quiet;

static bool captures(hipStream_t it)
{
	hipStreamCaptureStatus status = hipStreamCaptureStatusNone;

	check(hipStreamIsCapturing(it, &status));
	return status != hipStreamCaptureStatusNone;
}

XS_EXPORT void xs_watch_ask_nothing(void);
XS_EXPORT void xs_watch_ask_again(void);

/* First for the stream that begins, then for the one that joins; the last wait brings back nothing new. */
void xs_watch_ask_nothing(void)
{
	bad += quiets < 2 && captures(quiets ? other : stream);
	quiet = true;
}

void xs_watch_ask_again(void)
{
	bad += !quiet || !captures(quiets ? other : stream);
	quiet = false;
	quiets++;
}

int main(void)
{
	hipGraph_t graph;
	hipEvent_t event;

	check(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
	check(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
	check(hipEventCreateWithFlags(&event, hipEventDisableTiming));
	check(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
	check(hipEventRecord(event, stream));
	check(hipStreamWaitEvent(other, event, 0));
	check(hipEventRecord(event, other));
	check(hipStreamWaitEvent(stream, event, 0));
	check(hipStreamEndCapture(stream, &graph));
	check(hipGraphDestroy(graph));
	printf("%d times quiet, %d wrong\n", quiets, bad);
	return quiets != 3 || bad;
}
