/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenCL: hardware queues for command queues (libhalopencl.so). <CL/cl.h> is not needed and may be
 * included before or after.
 */
#ifndef XSCHED_OPENCL_HAL_H
#define XSCHED_OPENCL_HAL_H

#include <xsched/types.h>

typedef struct _cl_command_queue *cl_command_queue;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Stores a hardware queue for the command queue in *hwq; of one that has it, the existing handle.
 * The command queue stays the program's, which ends the hardware queue with HwQueueDestroy before
 * it releases the last reference. Any thread; does not wait for the device.
 * kXSchedErrorInvalidValue: hwq is NULL; kXSchedErrorNotSupported: cmdq is NULL;
 * kXSchedErrorHardware: the OpenCL library is missing or does not accept the queue.
 */
XResult OclQueueCreate(HwQueueHandle *hwq, cl_command_queue cmdq);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
