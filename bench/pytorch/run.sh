#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# All benchmarks of this directory in a given time, the most important first. Needs a GPU, PyTorch,
# transformers and torchvision.
#
#   TIME=480        seconds for everything: each benchmark does as many repetitions as its share allows
#   LIB=PATH        libshimcuda.so (default: build/lib, which make fills)
#   OUT=DIR         results (default: build/bench): NAME.txt, NAME.jsonl, NAME.html
#   PYTHON=python3
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
time=${TIME:-480}
lib=${LIB:-$root/build/lib/libshimcuda.so}
out=${OUT:-$root/build/bench}
python=${PYTHON:-python3}
began=$(date +%s)

[ -e "$lib" ] || make -s -C "$root" libs || exit 1

# $1: share of the whole time, in percent; the rest: script and options. What one leaves, others have.
used=0
part() {
    share=$1
    script=$2
    shift 2
    used=$((used + share))
    left=$((time * used / 100 - ($(date +%s) - began)))
    echo "== $script, $left s"
    "$python" "$here/$script" --lib "$lib" --out "$out" --limit "$left" "$@"
}

part 50 dual.py
part 35 overhead.py
part 5 soak.py --duration $((time / 30)) --patience 10
part 10 processes.py --cases gemm8192 --duration 5
