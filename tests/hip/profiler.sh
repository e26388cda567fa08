#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Beside a real profiler, which wants the same dispatch table, both do their work: in either preload
# order, as the library that HIP is told to register with, and as the one it looks for by itself.
. tests/hip/expect.bash
shim=$lib/libshimhip.so profiler=$dir/librocprofiler-sdk.so

# $1: name   the rest: environment and command. Two launches of four go through the profiled slot.
expect_both() {
    expect "$1" $'4 4 0\nprofiled 2' "${@:2}"
}

for major in 6 7; do
    program=$dir/$major/lazy
    expect_both "$major, shim first" LD_PRELOAD="$shim $profiler" "$program"
    expect_both "$major, profiler first" LD_PRELOAD="$profiler $shim" "$program"
    expect_both "$major, shim preloaded, profiler by environment" LD_PRELOAD="$shim" \
        LD_LIBRARY_PATH="$dir" ROCP_TOOL_LIBRARIES="$profiler" "$program"
    expect_both "$major, profiler preloaded, shim named" LD_PRELOAD="$profiler $shim" \
        ROCPROFILER_REGISTER_LIBRARY="$shim" "$program"
    expect_both "$major, shim named, profiler by environment" LD_LIBRARY_PATH="$dir" \
        ROCP_TOOL_LIBRARIES="$profiler" ROCPROFILER_REGISTER_LIBRARY="$shim" "$program"
done
exit $failed
