#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What went wrong for the first users of XSched on ROCm, a function each, in the order in which they
# met it. defects.sh runs them on libraries with just that defect.
#
#   failures.sh [NAME]...     LIB: directory of the libraries (default: $BUILD/lib)
. tests/hip/expect.bash
export XSIM_DEVICE=${TEST_TMP:-/tmp}/device

# symbol lookup error: _ZTIN6xsched3hip10HipCommandE. Everything that one library of ours needs of
# another is there, and looked for at the start.
symbol_lookup_error() {
    expect "symbol lookup error" "" LD_BIND_NOW=1 LD_PRELOAD="$lib/libshimhip.so" true
    expect "symbol lookup error, libhalhip.so" "" LD_BIND_NOW=1 LD_PRELOAD="$lib/libhalhip.so" true
}

# Two libraries, preloaded in the right order: one is enough, any order works.
preload_order() {
    local order major
    for order in "$lib/libshimhip.so" "$lib/libhalhip.so $lib/libshimhip.so" \
        "$lib/libshimhip.so $lib/libhalhip.so" "$lib/libpreempt.so $lib/libshimhip.so"; do
        for major in 5 6 7; do
            expect "preload order $order, $major" "4 4 0" LD_PRELOAD="$order" "$dir/$major/now"
        done
    done
}

# HIPBLAS_STATUS_INTERNAL_ERROR in every matrix product: calls with a version bind to exports without
# one, and never to one with another version. Half of the calls went past the scheduler.
hipblas_internal_error() {
    local major bound
    for major in 5 6 7; do
        bound=$(LD_DEBUG=bindings LD_PRELOAD="$lib/libshimhip.so" "$dir/$major/now" 2>&1 |
            grep -c "/now \[0\] to .*/libshimhip.so \[0\]: normal symbol .*hipLaunchKernel' \[hip_4.2\]")
        [ "$bound" = 1 ] || { echo "versioned references of HIP $major bind past the shim"; failed=1; }
        expect "versioned references, $major, no table" "4 4 0" STUB_TABLE=0 \
            LD_PRELOAD="$lib/libshimhip.so" "$dir/$major/now"
    done
}

# HIP error: invalid device function. Kernels go to the copy of the runtime that knows them, on the
# default stream, too. copies.sh has all combinations.
invalid_device_function() {
    local major
    for major in 5 6 7; do
        for wheel in 5 6 7; do
            expect "invalid device function, $major beside wheel $wheel" $'4 4 0\n4 4 0' STUB_TABLE=0 \
                LD_PRELOAD="$lib/libshimhip.so" "$dir/host" local "$dir/$major/plugin.so" "" \
                "$dir/$wheel/wheel/plugin.so"
        done
    done
}

# $1: what is asked of results.c
results() {
    local major how environment
    for major in 5 6 7; do
        expect "$1, $major, bare" "" "$dir/$major/results" "$1"
        for how in LD_PRELOAD="$lib/libshimhip.so" \
            "LD_PRELOAD=$lib/libshimhip.so ROCPROFILER_REGISTER_ENABLED=0" \
            ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so"; do
            [ "$major ${how%%_*}" != "5 ROCPROFILER" ] || continue
            read -ra environment <<<"$how"
            expect "$1, $major, $how" "" "${environment[@]}" "$dir/$major/results" "$1" shim
        done
    done
}

# The same on the default stream; garbage from kernel parameters that were copied late; errors that
# the application could not ask for any more; two levels of priority only.
default_stream() { results default_stream; }
late_parameters() { results late_parameters; }
lost_errors() { results lost_errors; }
two_priorities() { results two_priorities; }

# Exit status 139, however a program ends with work in flight. exits.sh does it often.
exit_status_139() {
    local major how
    for major in 5 6 7; do
        for how in return exit _exit; do
            expect "$how with work in flight, $major" "" \
                LD_PRELOAD="$lib/libshimhip.so" "$dir/$major/dual" $how
        done
    done
}

# hipErrorContextIsDestroyed when the C API is used beside a library that brings its own runtime.
context_is_destroyed() {
    local system wheel preload gated
    for system in 5 6 7; do
        for wheel in 5 6 7; do
            for preload in "" "$lib/libshimhip.so"; do
                gated=0
                [ -z "$preload" ] || gated=4
                expect "HipQueueCreate beside wheel $wheel, shim '$preload'" \
                    "4 $gated 0"$'\n'"4 $gated 0" HOST_HAL="$lib/libhalhip.so" \
                    LD_PRELOAD="$preload" "$dir/host" local "$dir/$system/plugin.so" "" \
                    "$dir/$wheel/wheel/plugin.so"
            done
        done
    done
}

[ $# -gt 0 ] || set -- symbol_lookup_error preload_order hipblas_internal_error \
    invalid_device_function default_stream late_parameters lost_errors two_priorities \
    exit_status_139 context_is_destroyed
for name; do
    $name
done
exit $failed
