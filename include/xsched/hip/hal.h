/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HIP: hardware queues for streams (libhalhip.so). No header of ROCm is needed: the stream type is
 * declared here exactly as <hip/hip_runtime_api.h> does, which may be included before or after.
 * The stream remains the program's; end the hardware queue with HwQueueDestroy before the stream.
 */
#ifndef XSCHED_HIP_HAL_H
#define XSCHED_HIP_HAL_H

#include <xsched/types.h>

typedef struct ihipStream_t *hipStream_t;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Stores a hardware queue for the stream in *hwq; of a stream that has one, the existing handle.
 * Any thread; does not wait for the device. kXSchedErrorInvalidValue: hwq is NULL;
 * kXSchedErrorNotSupported: the stream is NULL; kXSchedErrorHardware: the runtime library is
 * missing or does not accept the stream.
 */
XResult HipQueueCreate(HwQueueHandle *hwq, hipStream_t stream);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
