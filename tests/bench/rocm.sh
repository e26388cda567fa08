#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The users' four tests run to their end on the software device, and the one of the environment tells a
# machine on which something is wrong. Numbers are not judged here.
set -u
: "${BUILD:=$PWD/build}" "${TEST_TMP:=$(mktemp -d)}"
[ -z "${SAN-}" ] || { echo "programs are preloaded without the sanitizer's library"; exit 77; }
export DEVICE=sim QUICK=1 OUT=$TEST_TMP/out XDG_RUNTIME_DIR=$TEST_TMP
failed=0

said=$(LIB=$BUILD/lib/libshimhip.so bench/rocm/run.sh 2>&1) || { echo "status $?: $said"; exit 1; }
for line in '^libraries *ok' '^bindings *ok .*models_hip: [0-9]* references to the shim' \
    '^initialisation *ok .*using local scheduler' '^interception *ok *[0-9]* launches seen' \
    '^launch_overhead_hip_both_ns ' '^light *shim ' '^intensive *bare '; do
    grep -q "$line" <<<"$said" || { echo "no line '$line' in: $said"; failed=1; }
done
for name in environment overhead dual tenants; do
    for suffix in txt jsonl html; do
        [ -s "$OUT/$name.$suffix" ] || { echo "no $name.$suffix"; failed=1; }
    done
done

# What is wrong is seen. $1: name   $2: line
wrong() {
    said=$(TESTS=environment LIB=$TEST_TMP/build/lib/libshimhip.so bench/rocm/run.sh 2>&1) &&
        { echo "$1: not seen"; failed=1; }
    grep -q "$2" <<<"$said" || { echo "$1: $said"; failed=1; }
}
mkdir -p "$TEST_TMP/build/lib"
cp "$BUILD"/lib/lib{shimhip,halhip,preempt}.so "$TEST_TMP/build/lib"
cp -r "$BUILD/sim" "$BUILD/demo" "$TEST_TMP/build"
rm "$TEST_TMP/build/lib/libhalhip.so"
wrong "a library is missing" '^libraries *FAILED *missing: libhalhip.so'
# A shim that the application does not bind to, as one whose exports have a version.
cp "$BUILD/lib/libhalhip.so" "$TEST_TMP/build/lib"
cp "$BUILD/lib/libhalhip.so" "$TEST_TMP/build/lib/libshimhip.so"
wrong "nothing binds to the shim" '^bindings *FAILED'
wrong "nothing is seen" '^interception *FAILED *0 launches seen'
exit $failed
