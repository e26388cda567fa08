/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Level Zero: hardware queues for command queues and immediate command lists (libhallevelzero.so).
 * <level_zero/ze_api.h> is not needed and may be included before or after.
 *
 * The functions store a handle in *hwq; for an object that has one, the existing handle. The Level
 * Zero object stays the program's, which ends the hardware queue with HwQueueDestroy before it
 * destroys the object. Any thread; they do not wait for the device. kXSchedErrorInvalidValue: hwq
 * is NULL; kXSchedErrorNotSupported: another parameter is NULL; kXSchedErrorHardware: the loader is
 * missing or does not accept the object.
 */
#ifndef XSCHED_LEVELZERO_HAL_H
#define XSCHED_LEVELZERO_HAL_H

#include <xsched/types.h>

typedef struct _ze_device_handle_t *ze_device_handle_t;
typedef struct _ze_command_queue_handle_t *ze_command_queue_handle_t;
typedef struct _ze_command_list_handle_t *ze_command_list_handle_t;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A hardware queue for a command queue of the device. */
XResult ZeQueueCreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_queue_handle_t cmdq);

/* A hardware queue for an immediate command list of the device. */
XResult ZeListCreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_list_handle_t cmdl);

/* The same under the name that XSched 1.2 has for it. */
XResult ZeListreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_list_handle_t cmdl);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
