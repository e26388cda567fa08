#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What went wrong for the first users of XSched on ROCm, in the order in which they met it.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip lib=$BUILD/lib
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
export XSIM_DEVICE=${TEST_TMP:-/tmp}/device
failed=0

# $1: name   $2: expected output   the rest: environment and command
expect() {
    local name=$1 want=$2 got status
    shift 2
    got=$(env "$@" 2>&1)
    status=$?
    if [ "$got" != "$want" ] || [ $status != 0 ]; then
        echo "$name: expected '$want', got '$got', status $status"
        failed=1
    fi
}
orders=("$lib/libshimhip.so" "$lib/libhalhip.so $lib/libshimhip.so" "$lib/libshimhip.so $lib/libhalhip.so")

# "symbol lookup error: ...", and two libraries in the right order: one is enough, any order works.
for order in "${orders[@]}"; do
    expect "symbol lookup error, $order" "" LD_BIND_NOW=1 LD_PRELOAD="$order" true
    for major in 5 6 7; do
        expect "preload order $order, $major" "4 4 0" LD_PRELOAD="$order" "$dir/$major/now"
    done
done

# HIPBLAS_STATUS_INTERNAL_ERROR until there were symbol versions: references with a version bind to
# exports without one, and never to one with another version.
if readelf -V "$lib/libshimhip.so" 2>/dev/null | grep -q 'Version definition'; then
    echo "libshimhip.so defines symbol versions"
    failed=1
fi
for major in 5 6 7; do
    bound=$(LD_DEBUG=bindings LD_PRELOAD="$lib/libshimhip.so" "$dir/$major/now" 2>&1 |
        grep -c "/now \[0\] to .*/libshimhip.so \[0\]: normal symbol .*hipLaunchKernel' \[hip_4.2\]")
    [ "$bound" = 1 ] || { echo "versioned references of HIP $major bind past the shim"; failed=1; }
done

# "invalid device function" on the default stream, garbage from arguments copied late, errors lost,
# only two priorities.
for major in 5 6 7; do
    expect "results, $major, bare" "" "$dir/$major/results"
    for how in LD_PRELOAD="$lib/libshimhip.so" \
        "LD_PRELOAD=$lib/libshimhip.so ROCPROFILER_REGISTER_ENABLED=0"; do
        read -ra environment <<<"$how"
        expect "results, $major, $how" "" "${environment[@]}" "$dir/$major/results" shim
    done
    [ $major = 5 ] || expect "results, $major, tool" "" \
        ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so" "$dir/$major/results" shim
done

# hipErrorContextIsDestroyed when the C API is used beside a library that brings its own runtime.
for system in 5 6 7; do
    for wheel in 5 6 7; do
        command=("$dir/host" local "$dir/$system/plugin.so" "" "$dir/$wheel/wheel/plugin.so")
        for preload in "" "$lib/libshimhip.so"; do
            gated=0
            [ -z "$preload" ] || gated=4
            expect "HipQueueCreate beside wheel $wheel, shim '$preload'" \
                "4 $gated 0"$'\n'"4 $gated 0" HOST_HAL="$lib/libhalhip.so" LD_PRELOAD="$preload" \
                "${command[@]}"
        done
    done
done

# Exit status 139.
for major in 5 6 7; do
    for how in return exit _exit; do
        for _ in 1 2 3 4 5; do
            expect "$how with work in flight, $major" "" \
                LD_PRELOAD="$lib/libshimhip.so" "$dir/$major/dual" $how
        done
    done
done
exit $failed
