/* SPDX-License-Identifier: Apache-2.0 */
/* libamdhip64.so.6. */
#define HIP_MAJOR 6
#define HIP_MINOR 5
#include "platform/sim/hip/entry.inc"
