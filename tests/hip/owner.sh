#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A stream is scheduled on its own device, whichever is current when it is used first. It is not idle when
# an event of its launch says that the kernel has begun. And nothing is asked while a capture begins.
set -u
: "${BUILD:=$PWD/build}"
export XSCHED_SCHEDULER=LCL XSCHED_STALL_MS=60000 XSIM_DEVICES=2
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
export XSIM_DEVICE=${TEST_TMP:-/tmp}/device
failed=0

for major in 5 6 7; do
    for preload in "" "$BUILD/lib/libshimhip.so"; do
        LD_PRELOAD=$preload "$BUILD/tests/hip/$major/owner" && continue
        echo "HIP $major, preload '$preload': status $?"
        failed=1
    done
    LD_PRELOAD=$BUILD/lib/libshimhip.so "$BUILD/tests/hip/$major/began" ||
        { echo "HIP $major: idle while the kernel runs, status $?"; failed=1; }
    LD_PRELOAD=$BUILD/lib/libshimhip.so "$BUILD/tests/hip/$major/quiet" ||
        { echo "HIP $major: asked while a capture begins, status $?"; failed=1; }
done
exit $failed
