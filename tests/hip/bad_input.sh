#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is not as it should be: no device, one that may not be opened, a major version that nobody has
# seen, dispatch tables that are shorter or longer than known, a profiler that was first. The program
# behaves as without us, and where something is not scheduled one line says why.
set -u
: "${BUILD:=$PWD/build}" "${CC:=gcc}" "${TEST_TMP:=$(mktemp -d)}"
dir=$BUILD/tests/hip first="" shim=$BUILD/lib/libshimhip.so
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
export XSIM_DEVICE=$TEST_TMP/device
failed=0

complain() {
    echo "$*"
    failed=1
}

# The same output and status, nothing on standard error, and with XLOG_LEVEL=INFO one line that
# contains the text. first: what is preloaded on both sides.  $1: name   $2: the text   the rest: environment and command
same() {
    local name=$1 text=$2 bare bare_status got status lines
    shift 2
    bare=$(env LD_PRELOAD="$first" "$@" 2>&1)
    bare_status=$?
    got=$(env LD_PRELOAD="$first $shim" "$@" 2>&1)
    status=$?
    [ "$got" = "$bare" ] && [ $status = $bare_status ] ||
        complain "$name: status $status instead of $bare_status: $(diff <(echo "$bare") <(echo "$got"))"
    lines=$(env LD_PRELOAD="$first $shim" XLOG_LEVEL=INFO "$@" 2>&1 | grep XSCHED)
    [[ $lines == *"$text"* ]] && [ "$(wc -l <<<"$lines")" = 1 ] || complain "$name: said '$lines'"
}

# $1: name   $2: output without our lines   $3: text of the one line, or nothing   the rest: command
expect() {
    local name=$1 want=$2 text=$3 got lines
    shift 3
    got=$(env "$@" 2>&1) || complain "$name: status $?"
    lines=$(grep XSCHED <<<"$got")
    [ "$(grep -v XSCHED <<<"$got")" = "$want" ] || complain "$name: '$got'"
    [ -n "$text" ] || [ -z "$lines" ] || complain "$name: said '$lines'"
    [[ $lines == *"$text"* ]] && [ "$(wc -l <<<"$lines")" = 1 ] || complain "$name: said '$lines'"
}

# No device: the software device without any, and AMD's own runtime where there is none.
for major in 5 6 7; do
    $CC ${TEST_CFLAGS-} -Isrc -o "$TEST_TMP/start.$major" tests/hip/tool/start.c \
        "$BUILD/sim/libamdhip64.so.$major" -Wl,-rpath,"$BUILD/sim" -ldl || exit 1
    same "no device, HIP $major" "no HIP device can be used" XSIM_DEVICES=0 "$TEST_TMP/start.$major"
done
runtime=$(ldconfig -p | awk '$1 == "libamdhip64.so.5" { print $NF; exit }')
if [ -n "$runtime" ] && [ -z "${SAN-}" ] && [ ! -e /dev/kfd ]; then
    $CC -Isrc -o "$TEST_TMP/start" tests/hip/tool/start.c "$runtime" -ldl || exit 1
    same "AMD's runtime without a device" "no HIP device can be used" "$TEST_TMP/start"
    # The node is there and closed: what AMD's runtime makes of that stays.
    $CC -D_GNU_SOURCE -shared -fPIC -o "$TEST_TMP/forbidden.so" tests/hip/tool/forbidden.c -ldl || exit 1
    first=$TEST_TMP/forbidden.so
    same "no permission" "no HIP device can be used" "$TEST_TMP/start"
    first=
fi

# HIP 9, through the table, symbols and dlsym().
expect "HIP 9" "4 4 0" "" LD_PRELOAD="$shim" "$dir/9/lazy"
expect "HIP 9, no table" "4 4 0" "" STUB_TABLE=0 LD_PRELOAD="$shim" "$dir/9/lazy"
expect "HIP 9, tool" "4 4 0" "" ROCPROFILER_REGISTER_LIBRARY="$shim" \
    "$dir/host" local "$dir/9/looking.so" "$dir/9/libamdhip64.so.9"

# Tables: longer is fine; of what is missing in a short one, only what goes round the shim is lost.
for major in 6 7; do
    expect "longer table, $major" "4 4 0" "" STUB_SLOTS=1100 LD_PRELOAD="$shim" "$dir/$major/lazy"
    expect "first table, $major" "4 4 0" "" STUB_SLOTS=442 LD_PRELOAD="$shim" "$dir/$major/lazy"
    for slots in 350 250 100 1; do
        expect "table of $slots, $major" "4 4 0" "has only $slots slots" STUB_SLOTS=$slots \
            LD_PRELOAD="$shim" "$dir/$major/lazy"
    done
    expect "table of 250, $major, tool" "4 2 0" "has only 250 slots" STUB_SLOTS=250 \
        ROCPROFILER_REGISTER_LIBRARY="$shim" "$dir/$major/lazy"
    expect "table of none, $major" "4 4 0" "do not understand" STUB_SLOTS=0 \
        LD_PRELOAD="$shim" "$dir/$major/lazy"
done
# The profiler that was first: profiler.sh.
exit $failed
