#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A program compiled by the real hipcc, as a program and as a library that is loaded like a module of
# Python, under the shim: on each version of the front door it says the same and is seen, and with
# AMD's own runtime of Debian, where there is no device, it fails in the same way.
set -u
: "${BUILD:=$PWD/build}" "${TEST_TMP:=$(mktemp -d)}"
[ -z "${SAN-}" ] || { echo "hipcc and sanitizers do not mix"; exit 77; }
command -v hipcc >/dev/null && [ -e /usr/include/hip/hip_runtime.h ] || { echo "no hipcc"; exit 77; }
shim=$BUILD/lib/libshimhip.so host=$BUILD/tests/hip/host
export XSCHED_SCHEDULER=LCL XSIM_DEVICE=$TEST_TMP/device
failed=0

# $1: name   $2: most launches that may be missed, of six   the rest: environment and command
same() {
    local name=$1 missed=$2 got seen
    shift 2
    got=$(env XSCHED_TRACE=1 "$@" 2>"$TEST_TMP/trace")
    seen=$(grep -c '^\[TRACE_\(KERNEL\|GRAPH\)\]' "$TEST_TMP/trace")
    [ "$got" = fine ] || { echo "$name: $got $(grep -v TRACE "$TEST_TMP/trace")"; failed=1; }
    [ "$seen" -ge $((6 - missed)) ] || { echo "$name: only $seen launches were seen"; failed=1; }
}

# $1: the program's own words for the major version   $2: the file that needs .so.5   $3: the result
for_major() {
    sed "s/libamdhip64\.so\.5/libamdhip64.so.$1/" "$2" >"$3"
    chmod +x "$3"
}

for stream in legacy per-thread; do
    build() {
        hipcc --offload-arch=gfx906 -fgpu-default-stream=$stream "$@" tests/simhip/program.hip \
            >"$TEST_TMP/log" 2>&1 && return
        tail -n 1 "$TEST_TMP/log"
        echo "hipcc does not work here"
        exit 77
    }
    build -o "$TEST_TMP/program.5"
    build -shared -fPIC -DLIBRARY -o "$TEST_TMP/library.5"
    for major in 5 6 7; do
        for_major $major "$TEST_TMP/program.5" "$TEST_TMP/program"
        for_major $major "$TEST_TMP/library.5" "$TEST_TMP/library.so"
        path=LD_LIBRARY_PATH=$BUILD/sim
        same "$stream, $major" 0 "$path" LD_PRELOAD="$shim" "$TEST_TMP/program"
        same "$stream, $major, bound at once" 0 "$path" LD_BIND_NOW=1 LD_PRELOAD="$shim" \
            "$TEST_TMP/program"
        same "$stream, $major, no table" 0 "$path" ROCPROFILER_REGISTER_ENABLED=0 \
            LD_PRELOAD="$shim" "$TEST_TMP/program"
        same "$stream, $major, library" 0 "$path" LD_PRELOAD="$shim" \
            "$host" local "$TEST_TMP/library.so"
        [ $major != 5 ] || continue
        same "$stream, $major, tool" 0 "$path" ROCPROFILER_REGISTER_LIBRARY="$shim" \
            "$TEST_TMP/program"
        same "$stream, $major, library, tool" 0 "$path" ROCPROFILER_REGISTER_LIBRARY="$shim" \
            "$host" deep "$TEST_TMP/library.so"
    done

    # AMD's runtime registers the fat binary, and has no device to run it on.
    [ ! -e /dev/kfd ] || continue
    for command in "$TEST_TMP/program.5" "$host local $TEST_TMP/library.5"; do
        bare=$($command 2>&1)
        bare_status=$?
        for how in X=1 LD_BIND_NOW=1; do
            got=$(env $how LD_PRELOAD="$shim" $command 2>&1)
            status=$?
            [ "$got" = "$bare" ] && [ $status = $bare_status ] || {
                echo "$stream, AMD's runtime, $command, $how: status $status instead of" \
                    "$bare_status: '$got' instead of '$bare'"
                failed=1
            }
        done
    done
done
exit $failed
