#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every override calls the right function of the runtime, once, with the arguments it was given, and
# returns what it returned: through the dispatch table of the size that we know, shorter and longer
# ones, and through symbols.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip shim=$BUILD/lib/libshimhip.so
export XSCHED_SCHEDULER=LCL XLOG_LEVEL=ERRO
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
failed=0

for major in 5 6 7; do
    bare=$("$dir/$major/entries") || { echo "$major, bare: $bare"; failed=1; }
    [ "${bare:-0}" -gt 150 ] || { echo "$major: only $bare entry points"; failed=1; }
    for how in LD_PRELOAD="$shim" "LD_PRELOAD=$shim STUB_TABLE=0" "LD_PRELOAD=$shim STUB_SLOTS=300" \
        "LD_PRELOAD=$shim STUB_SLOTS=1100" "LD_PRELOAD=$shim STUB_SLOTS=0" \
        "LD_PRELOAD=$shim ROCPROFILER_REGISTER_ENABLED=0" \
        "ROCPROFILER_REGISTER_LIBRARY=$shim" "ROCPROFILER_REGISTER_LIBRARY=$shim STUB_SLOTS=300"; do
        read -ra environment <<<"$how"
        got=$(env "${environment[@]}" "$dir/$major/entries" 2>&1)
        [ "$got" = "$bare" ] || { echo "$major, $how: $got"; failed=1; }
    done
done
exit $failed
