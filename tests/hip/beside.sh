#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A stream is not idle when an event is reached before work that another thread submitted after it.
set -u
: "${BUILD:=$PWD/build}"
export XSCHED_SCHEDULER=LCL XSCHED_STALL_MS=60000
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
export XSIM_DEVICE=${TEST_TMP:-/tmp}/device
failed=0

for major in 5 6 7; do
    for table in 1 0; do
        LD_PRELOAD=$BUILD/lib/libshimhip.so ROCPROFILER_REGISTER_ENABLED=$table \
            timeout 100 "$BUILD/tests/hip/$major/beside" && continue
        echo "HIP $major, table $table: status $?"
        failed=1
    done
done
exit $failed
