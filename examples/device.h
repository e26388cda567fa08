/* SPDX-License-Identifier: Apache-2.0 */
/* The device side of the examples: a stream to work on and a kernel that keeps it busy. */
#ifndef EXAMPLES_DEVICE_H
#define EXAMPLES_DEVICE_H

#include <xsched/xsched.h>
#include <xsched/cuda/hal.h>

/* Ends the program with a message unless the result is success. */
void check(int result, const char *what);
#define CHECK(call) check((int)(call), #call)

/* A stream of device 0, usable by the calling thread. */
CUstream device_stream(void);

/* Launches a kernel of so many microseconds, like any program launches its own. Any thread. */
void device_spin(CUstream stream, uint32_t us);

/* Waits for all that was launched on the stream. */
void device_finish(CUstream stream);

double now_ms(void);

#endif
