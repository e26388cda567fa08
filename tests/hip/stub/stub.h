/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A HIP runtime that does nothing, made of the same table as the shim, for majors 5, 6 and 7
 * (STUB_MAJOR). Every function notes its name and arguments and returns stub_result. Streams and
 * kernels belong to the copy that made or registered them, as with AMD's; from 6 on all exports go
 * through a dispatch table, which is offered to a tool the way librocprofiler-register does it.
 *
 * STUB_RECORD names a file to which the names of all calls are added; STUB_SLOTS is how many slots
 * the table claims to have; STUB_TABLE=0 is a build without librocprofiler-register.
 */
#ifndef TESTS_HIP_STUB_H
#define TESTS_HIP_STUB_H

#include <stdbool.h>

#include "platform/hip/hip_types.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT extern long stub_arguments[17]; /* of the last call that has nothing else to do */
EXPORT extern const char *stub_last;
EXPORT extern unsigned long stub_launches; /* kernels and graphs that this copy was given */
EXPORT extern int stub_result;             /* of functions that have nothing else to do */
EXPORT extern bool stub_ready;             /* what queries say */

/* Records the call and sets the last error. Returns the result. */
int stub_done(const char *symbol, int result);

#endif
