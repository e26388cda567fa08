#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Two copies of the runtime in one process, as with a Python wheel that brings its own: launches
# reach the copy that registered the kernel, and streams the copy that made them. A shim that sends
# all calls to one copy gets what users saw: "invalid device function" for kernels, and "context is
# destroyed" for streams.
. tests/hip/expect.bash

both=$'4 4 0\n4 4 0'
for system in 5 6 7; do
    for wheel in 5 6 7; do
        first=$dir/$system/plugin.so second=$dir/$wheel/wheel/plugin.so
        for order in "$first  $second" "$second  $first"; do
            IFS=' ' read -r one two <<<"$order"
            command=("$dir/host" local "$one" "" "$two")
            expect "$system and wheel $wheel, bare" $'4 0 0\n4 0 0' "${command[@]}"
            expect "$system and wheel $wheel, preload" "$both" \
                LD_PRELOAD="$lib/libshimhip.so" "${command[@]}"
            expect "$system and wheel $wheel, symbols only" "$both" STUB_TABLE=0 \
                LD_PRELOAD="$lib/libshimhip.so" "${command[@]}"
            # Never a third copy, whatever this says.
            expect "$system and wheel $wheel, XSCHED_HIP_LIB" "$both" \
                XSCHED_HIP_LIB="$dir/6/libamdhip64.so.6" LD_PRELOAD="$lib/libshimhip.so" "${command[@]}"
            if [ $system != 5 ] && [ $wheel != 5 ]; then
                expect "$system and wheel $wheel, tool" "$both" \
                    ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so" "${command[@]}"
            fi
        done
    done
done

# Four copies are scheduled. One more works, unscheduled, and one line says so.
: "${TEST_TMP:=$(mktemp -d)}"
for table in 0 1; do
    got=$(STUB_TABLE=$table LD_PRELOAD="$lib/libshimhip.so" "$dir/host" local "$dir/5/plugin.so" "" \
        "$dir/6/plugin.so" "" "$dir/7/plugin.so" "" "$dir/9/plugin.so" "" "$dir/6/wheel/plugin.so" \
        2>"$TEST_TMP/said")
    status=$?
    [ "$got" = $'4 4 0\n4 4 0\n4 4 0\n4 4 0\n4 0 0' ] && [ $status = 0 ] ||
        { echo "five copies, table $table: $got, status $status"; failed=1; }
    [ "$(grep -c 'more than 4 copies' "$TEST_TMP/said")" = 1 ] ||
        { echo "five copies: said $(cat "$TEST_TMP/said")"; failed=1; }
done
exit $failed
