#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# AMD's own runtime, as Debian packages it (HIP 5.2.3), without a device: what is bound to what, and
# that a program behaves the same with and without us, errors included.
set -u
: "${BUILD:=$PWD/build}" "${CC:=gcc}" "${TEST_CFLAGS:=}" "${TEST_TMP:=$(mktemp -d)}"
shim=$BUILD/lib/libshimhip.so
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
runtime=$(ldconfig -p | awk '$1 == "libamdhip64.so.5" { print $NF; exit }')
[ -n "$runtime" ] || { echo "no libamdhip64.so.5 on this system (package libamdhip64-5)"; exit 77; }
[ -z "${SAN-}" ] || { echo "AMD's runtime does not start under a sanitizer"; exit 77; }
[ ! -e /dev/kfd ] || { echo "this machine has an AMD GPU: the errors of one without are not seen"; exit 77; }
failed=0

$CC $TEST_CFLAGS -Isrc -o "$TEST_TMP/start" tests/hip/tool/start.c "$runtime" || exit 1
# Another device node than AMD's is no business of ours: what the runtime says about it stays.
bare=$("$TEST_TMP/start" 2>&1)
bare_status=$?
for preload in "$shim" "$BUILD/lib/libhalhip.so $shim" "$shim $BUILD/lib/libhalhip.so"; do
    for bind in X LD_BIND_NOW; do
        got=$(env $bind=1 LD_PRELOAD="$preload" "$TEST_TMP/start" 2>&1)
        status=$?
        if [ "$got" != "$bare" ] || [ $status != $bare_status ]; then
            echo "$preload, $bind: status $status instead of $bare_status"
            diff <(echo "$bare") <(echo "$got")
            failed=1
        fi
    done
done

# Every versioned reference of a client library to something that we override goes to us.
for library in libhipsparse.so.0 libhiprand.so.1 librocsparse.so.0; do
    path=$(ldconfig -p | awk -v l=$library '$1 == l { print $NF; exit }')
    [ -n "$path" ] || continue
    bound=$(LD_DEBUG=bindings LD_BIND_NOW=1 LD_PRELOAD="$shim" "$TEST_TMP/start" "$path" 2>&1 |
        grep -E "binding file [^ ]*/$library .*symbol .(__)?hip[A-Z]")
    [ -n "$bound" ] || continue
    ours=$(nm -D --defined-only "$shim" | awk '{ print $NF }' | grep '^hip')
    missed=$(grep -v libshimhip <<<"$bound" | sed "s/.*symbol .\([A-Za-z0-9_]*\)'.*/\1/" | sort -u |
        grep -Fx -f <(echo "$ours"))
    [ -z "$missed" ] || { echo "$library: bound past the shim: $missed"; failed=1; }
done
exit $failed
