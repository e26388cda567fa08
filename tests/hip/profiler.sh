#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Beside a real profiler, which wants the same dispatch table, both do their work: in either preload
# order, as the library that HIP is told to register with, and as the one it looks for by itself.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip shim=$BUILD/lib/libshimhip.so profiler=$BUILD/tests/hip/librocprofiler-sdk.so
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
failed=0

# $1: name   the rest: environment and command. Two launches of four go through the profiled slot.
expect() {
    local name=$1 want=$'4 4 0\nprofiled 2' got status
    shift
    got=$(env "$@" 2>&1)
    status=$?
    if [ "$got" != "$want" ] || [ $status != 0 ]; then
        echo "$name: expected '$want', got '$got', status $status"
        failed=1
    fi
}

for major in 6 7; do
    program=$dir/$major/lazy
    expect "$major, shim first" LD_PRELOAD="$shim $profiler" "$program"
    expect "$major, profiler first" LD_PRELOAD="$profiler $shim" "$program"
    expect "$major, shim preloaded, profiler by environment" LD_PRELOAD="$shim" \
        LD_LIBRARY_PATH="$dir" ROCP_TOOL_LIBRARIES="$profiler" "$program"
    expect "$major, profiler preloaded, shim named" LD_PRELOAD="$profiler $shim" \
        ROCPROFILER_REGISTER_LIBRARY="$shim" "$program"
    expect "$major, shim named, profiler by environment" LD_LIBRARY_PATH="$dir" \
        ROCP_TOOL_LIBRARIES="$profiler" ROCPROFILER_REGISTER_LIBRARY="$shim" "$program"
done
exit $failed
