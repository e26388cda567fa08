/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Override queues of the OpenCL interception library (exported by libshimopencl.so, not by the
 * HAL). Middleware that gives every caller the same command queue hides from the scheduler who is
 * who. A thread can therefore redirect what it enqueues to a queue of its own: number N stands
 * for one command queue per context and device, made at the first use like the queue it
 * replaces, and scheduled by itself.
 *
 * The choice belongs to the calling thread. None of the functions waits for the device except
 * DeleteOverrideCommandQueue.
 */
#ifndef XSCHED_OPENCL_CMDQ_H
#define XSCHED_OPENCL_CMDQ_H

#include <xsched/types.h>

typedef struct _cl_command_queue *cl_command_queue;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* From now on the calling thread uses override queue queue_idx; below 0: InvalidValue. */
XResult SetOverrideCommandQueue(int32_t queue_idx);

/* The calling thread uses the queues that it names again. Success also without an override. */
XResult UnsetOverrideCommandQueue(void);

/*
 * Stores the command queue behind an override, which stays the library's: retain it to keep it.
 * kXSchedErrorInvalidValue: cmdq is NULL; kXSchedErrorNotFound: nothing was enqueued there yet.
 */
XResult GetOverrideCommandQueue(int32_t queue_idx, cl_command_queue *cmdq);

/*
 * Finishes and releases the command queue behind an override; blocks until its commands are done.
 * Threads that still use the number get a new queue. kXSchedErrorNotFound: there is none.
 */
XResult DeleteOverrideCommandQueue(int32_t queue_idx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
