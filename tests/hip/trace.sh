#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# XSCHED_TRACE=1 writes the lines that users know, one per call that there was, with what it was given
# and what it returned; without it, and with 0, there is none.
set -u
: "${BUILD:=$PWD/build}" "${TEST_TMP:=$(mktemp -d)}"
export XSCHED_SCHEDULER=LCL XSIM_SHARE=0 LD_LIBRARY_PATH=$BUILD/sim
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
failed=0
number='0x[0-9a-f]+' stream='(\(nil\)|0x[0-9a-f]+)'

# $1: name   $2: how often   $3: the line
expect() {
    local count
    count=$(grep -cE "^$3\$" "$TEST_TMP/trace")
    [ "$count" = "$2" ] || { echo "$1: $count lines, not $2, of: $3"; failed=1; }
}

for major in 5 6 7; do
    program=$BUILD/tests/hip/$major/programs/vectors
    for how in LD_PRELOAD="$BUILD/lib/libshimhip.so" \
        ROCPROFILER_REGISTER_LIBRARY="$BUILD/lib/libshimhip.so"; do
        [ "$major ${how%%_*}" != "5 ROCPROFILER" ] || continue
        for off in NOTHING= XSCHED_TRACE= XSCHED_TRACE=0 XSCHED_TRACE=OFF; do
            env "$how" "$off" "$program" >/dev/null 2>"$TEST_TMP/trace"
            [ ! -s "$TEST_TMP/trace" ] || { echo "$major, $off: $(head -2 "$TEST_TMP/trace")"; failed=1; }
        done
        env "$how" XSCHED_TRACE=1 "$program" >/dev/null 2>"$TEST_TMP/trace"
        expect "$major" 3 "\[TRACE_MALLOC\] size=1024 ptr=$number ret=0"
        expect "$major" 20 "\[TRACE_KERNEL\] func=$number stream=$stream"
        expect "$major" 23 "\[TRACE_MEMCPY\] call=hipMemcpy size=1024 stream=$stream ret=0"
        expect "$major" 3 "\[TRACE_FREE\] ptr=$number ret=0"
        expect "$major, all" "$(wc -l <"$TEST_TMP/trace")" "\[TRACE_[A-Z]+\] .*"
    done
done
env LD_PRELOAD="$BUILD/lib/libshimhip.so" XSCHED_TRACE=1 "$BUILD/tests/hip/6/programs/graphs" \
    >/dev/null 2>"$TEST_TMP/trace"
expect "graphs" 6 "\[TRACE_GRAPH\] graph=$number stream=$stream"
exit $failed
