/* SPDX-License-Identifier: Apache-2.0 */
/* libamdhip64.so.7. */
#define HIP_MAJOR 7
#define HIP_MINOR 18
#include "platform/sim/hip/entry.inc"
