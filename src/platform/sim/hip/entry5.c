/* SPDX-License-Identifier: Apache-2.0 */
/* libamdhip64.so.5. */
#define HIP_MAJOR 5
#define HIP_MINOR 7
#include "platform/sim/hip/entry.inc"
