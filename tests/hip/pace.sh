#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# While something more important is on the device, little is in flight: progress is told by events.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip lib=$BUILD/lib
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
export XSIM_DEVICE=${TEST_TMP:-/tmp}/device
failed=0

for major in 5 6 7; do
    read -r bare _ <<<"$("$dir/$major/dual")"
    [ "${bare:-0}" -gt 100 ] || { echo "HIP $major, bare: only '$bare' ms in flight"; failed=1; }
    for how in LD_PRELOAD="$lib/libshimhip.so" \
        "LD_PRELOAD=$lib/libshimhip.so ROCPROFILER_REGISTER_ENABLED=0" \
        ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so"; do
        [ "$major ${how%%_*}" != "5 ROCPROFILER" ] || continue
        read -ra environment <<<"$how"
        read -r paced _ <<<"$(env "${environment[@]}" "$dir/$major/dual")"
        [ "${paced:-999}" -lt 40 ] || { echo "HIP $major, $how: '$paced' ms in flight"; failed=1; }
    done
done
exit $failed
