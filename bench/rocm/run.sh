#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The four tests of XSched's users on ROCm: environment, overhead, dual-model priority, multi-tenant.
# With PyTorch for ROCm and a device they run PyTorch; otherwise the same on the software device,
# with programs in C.
#
#   DEVICE=rocm|sim  default: rocm where PyTorch for ROCm finds a device
#   TESTS="environment overhead dual tenants"
#   TIME=480         seconds for everything on a real device
#   LIB=PATH         libshimhip.so (default: build/lib, which make fills)
#   OUT=DIR          results (default: build/bench/rocm): NAME.txt, NAME.jsonl, NAME.html
#   QUICK=1          tries everything out in some seconds; its numbers mean nothing
#   PYTHON=python3
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
lib=${LIB:-$root/build/lib/libshimhip.so}
out=${OUT:-$root/build/bench/rocm}
python=${PYTHON:-python3}
time=${TIME:-480}
tests=${TESTS:-environment overhead dual tenants}
began=$(date +%s)
status=0

[ -e "$lib" ] || make -s -C "$root" libs bench-programs || exit 1
if [ -z "${DEVICE:-}" ]; then
    DEVICE=sim
    "$python" -c 'import torch; assert torch.version.hip and torch.cuda.is_available()' 2>/dev/null &&
        DEVICE=rocm
fi
echo "device: $DEVICE"

# $1: share of the whole time, in percent   $2: script   the rest: options
used=0
part() {
    used=$((used + $1))
    script=$2
    shift 2
    "$python" "$script" --lib "$lib" --out "$out" \
        --limit $((time * used / 100 - ($(date +%s) - began))) "$@" || status=1
}

for test in $tests; do
    echo "== $test"
    case $DEVICE-$test in
    *-environment) part 5 "$here/environment.py" --device "$DEVICE" ;;
    rocm-overhead) part 35 "$root/bench/pytorch/overhead.py" ;;
    rocm-dual) part 45 "$root/bench/pytorch/dual.py" --cases gemm8192,training ;;
    rocm-tenants) part 15 "$root/bench/pytorch/processes.py" --cases gemm8192 ;;
    sim-overhead | sim-dual | sim-tenants)
        part 30 "$here/simulated.py" --test "$test" ${QUICK:+--quick} ;;
    *)
        echo "no test $test on $DEVICE"
        status=1
        ;;
    esac
done
exit $status
