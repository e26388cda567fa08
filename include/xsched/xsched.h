/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C API of libpreempt.so as a whole. Link with -lpreempt, and with the -lhal library of the
 * platform whose header, such as <xsched/cuda/hal.h>, is included beside this one.
 */
#ifndef XSCHED_XSCHED_H
#define XSCHED_XSCHED_H

#include <xsched/types.h>
#include <xsched/xqueue.h>
#include <xsched/hint.h>

#endif
