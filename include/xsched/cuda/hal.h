/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CUDA: hardware queues for streams (libhalcuda.so). <cuda.h> is not needed and may be included
 * before or after. The stream remains the program's; end the hardware queue with HwQueueDestroy
 * before the stream. Any thread; neither function waits for the device.
 */
#ifndef XSCHED_CUDA_HAL_H
#define XSCHED_CUDA_HAL_H

#include <xsched/types.h>

typedef struct CUstream_st *CUstream;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Stores a hardware queue for the stream, which belongs to the context it was made in, in *hwq; of
 * a stream that has one, the existing handle. kXSchedErrorInvalidValue: hwq is NULL;
 * kXSchedErrorNotSupported: the stream is NULL; kXSchedErrorHardware: the driver is missing or does
 * not accept the stream.
 */
XResult CudaQueueCreate(HwQueueHandle *hwq, CUstream stream);

/* Stores the hardware queue of a stream; NotFound when it has none. NULLs as above. */
XResult CudaQueueGet(HwQueueHandle *hwq, CUstream stream);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
