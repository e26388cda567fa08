/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XQueues: streams that can be suspended and resumed. A program obtains a hardware queue for a
 * stream from its platform (CudaQueueCreate and so on), puts an XQueue on it, and from then on the
 * queue takes part in scheduling: what the program launches on the stream when an interception
 * library is loaded, and what it submits here as commands in any case.
 *
 * For every function: any thread may call it at any time, also several on one queue. It does not
 * block unless its description says so. A NULL result pointer is kXSchedErrorInvalidValue, a handle
 * that is unknown or no longer valid kXSchedErrorNotFound; a failed call changes nothing. Functions
 * that block do not hold back other threads, and survive signals.
 *
 * From inside a LaunchCallback of the same queue, what could never end returns
 * kXSchedErrorNotAllowed: XQueueDestroy, XQueueWait, XQueueWaitAll, XQueueSuspend with flags, and
 * XQueueSubmit when it would have to wait.
 */
#ifndef XSCHED_XQUEUE_H
#define XSCHED_XQUEUE_H

#include <xsched/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Puts an XQueue on a hardware queue and stores its handle in *xq; end it with XQueueDestroy. On a
 * hardware queue that has one already (the interception libraries make them by themselves) the
 * existing handle is stored and level and flags are not looked at.
 *
 * level: 1 to 3 (XPreemptLevel), otherwise kXSchedErrorInvalidValue; a level that the platform
 * lacks is lowered to its deepest. flags: XQueueCreateFlag; bits without a meaning are ignored.
 */
XResult XQueueCreate(XQueueHandle *xq, HwQueueHandle hwq, int64_t level, int64_t flags);

/*
 * Ends an XQueue. Blocks: a suspend by the program is lifted, and the commands that are left run,
 * when the scheduler lets them, and complete. The handle is invalid from the start of the call; a
 * suspend that comes in between finds no queue. The hardware queue stays and is the caller's.
 */
XResult XQueueDestroy(XQueueHandle xq);

/* Stores the XQueue of a hardware queue in *xq; NotFound when it has none. Transfers nothing. */
XResult XQueueGet(XQueueHandle *xq, HwQueueHandle hwq);

/*
 * Changes the preemption level, from the next suspend on. A level that the platform lacks is
 * lowered to its deepest, with success; what is no level is kXSchedErrorInvalidValue.
 */
XResult XQueueSetPreemptLevel(XQueueHandle xq, XPreemptLevel level);

/*
 * Bounds the commands in flight while others of higher priority are around: at most threshold at
 * a time, with a progress marker every batch_size. The bounds add to the time budget of the queue
 * and do not replace it. A value of 0 or less keeps the present one. The pair that results must
 * have threshold >= batch_size, otherwise kXSchedErrorInvalidValue. Works on suspended queues.
 */
XResult XQueueSetLaunchConfig(XQueueHandle xq, int64_t threshold, int64_t batch_size);

/*
 * Gives a command to the queue; commands of one thread are launched in the order submitted. The
 * queue owns the command from here on. Its handle remains good for one XQueueWait or
 * HwCommandDestroy, but needs neither: a completed command occupies no memory.
 *
 * Normally asynchronous, the queue keeping up to 1024 commands that are not launched yet; blocks
 * only while that many are waiting. With kQueueCreateFlagBlockingSubmit it blocks until this
 * command has been launched, and returns what its callback returned.
 *
 * kXSchedErrorNotFound also for a command that has been submitted or launched before.
 */
XResult XQueueSubmit(XQueueHandle xq, HwCommandHandle hw_cmd);

/*
 * Blocks until a submitted command has completed on the device, and releases its handle. Success
 * at once when it completed long ago. kXSchedErrorNotFound when the command was never submitted to
 * this queue, or was dropped by XQueueResume, also while waiting.
 */
XResult XQueueWait(XQueueHandle xq, HwCommandHandle hw_cmd);

/*
 * Blocks until all commands submitted before the call have completed on the device or were
 * dropped. When callbacks of the queue have returned errors since the last XQueueWaitAll, returns
 * the first of these, unless XQueueSubmit has returned it.
 */
XResult XQueueWaitAll(XQueueHandle xq);

/* Stores kQueueStateIdle or kQueueStateReady. A suspended queue with commands left is ready. */
XResult XQueueQuery(XQueueHandle xq, XQueueState *state);

/*
 * Suspends the queue until XQueueResume. Blocks for as long as a launch is under way; after the
 * return no further command is launched, while commands can still be submitted. What was launched
 * before is stopped as far as the level reaches and otherwise completes.
 *
 * Suspending a suspended queue succeeds, and one resume ends it. The program and the scheduler
 * suspend independently: the queue runs when neither holds it.
 *
 * flags (XQueueSuspendFlag) make the call block longer: WaitAll until the commands submitted before
 * it have completed, WaitIdle until the queue is idle, both before suspending and without effect
 * on a suspended queue; SyncHwQueue until the device has done what was launched. Commands that
 * the level has stopped are not waited for.
 */
XResult XQueueSuspend(XQueueHandle xq, int64_t flags);

/*
 * Ends a suspend by the program; succeeds on a queue that is not suspended. With
 * kQueueResumeFlagDropCommands the commands submitted but not launched are dropped first: their
 * callbacks are not called, and they do not run.
 */
XResult XQueueResume(XQueueHandle xq, int64_t flags);

/* Stores how many commands have been submitted to the queue since it was created. */
XResult XQueueProfileHwCommandCount(XQueueHandle xq, int64_t *count);

/*
 * Forgets a hardware queue; the stream below it remains the program's, which must not destroy it
 * earlier. kXSchedErrorNotAllowed while an XQueue is on it.
 */
XResult HwQueueDestroy(HwQueueHandle hwq);

/*
 * Launches a command on the calling thread, past the XQueue and the schedule, and returns what its
 * callback returned. The command and its handle are consumed, also when the launch fails.
 */
XResult HwQueueLaunch(HwQueueHandle hwq, HwCommandHandle hw_cmd);

/* Blocks until the device has done all that was launched so far. kXSchedErrorHardware: it failed. */
XResult HwQueueSynchronize(HwQueueHandle hwq);

/*
 * Makes a command that is launched by calling launch(hardware queue, data), and stores its handle.
 * The caller owns it until it is submitted, launched or destroyed. data is passed on untouched and
 * must live until the callback has been called or the command is gone. A NULL launch is
 * kXSchedErrorInvalidValue.
 */
XResult HwCommandCreateCallback(HwCommandHandle *hw_cmd, LaunchCallback launch, void *data);

/*
 * Destroys a command that was not submitted. Of a submitted one it only gives up the handle: the
 * command runs all the same. kXSchedErrorNotFound when it has completed or was destroyed before.
 */
XResult HwCommandDestroy(HwCommandHandle hw_cmd);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
