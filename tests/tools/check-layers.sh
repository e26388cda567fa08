#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/check-layers: a small tree in order is accepted, and each include against the layers that is
# planted in it is refused and named.
set -u
check=$PWD/tools/check-layers
failed=0

plant() { # $1: file below src/   $2: what it includes
    mkdir -p "$tree/src/${1%/*}"
    echo "#include \"$2\"" >"$tree/src/$1"
}
good_tree() {
    tree=$(mktemp -d "${TEST_TMP:-/tmp}/layers.XXXXXX")
    mkdir -p "$tree/include/xsched"
    : >"$tree/include/xsched/types.h"
    for dir in base wire policy sched preempt server cli platform/common platform/cuda platform/sim; do
        mkdir -p "$tree/src/$dir"
        : >"$tree/src/$dir/${dir##*/}.h"
    done
    : >"$tree/src/platform/cuda/cuda_driver.h"
    plant sched/a.c policy/policy.h
    plant preempt/a.c sched/sched.h
    plant preempt/b.c xsched/types.h
    plant platform/cuda/a.c platform/common/common.h
    plant platform/cuda/b.c cuda.h
    plant platform/sim/a.c platform/cuda/cuda_driver.h
    plant server/a.c sched/sched.h
    plant cli/a.c wire/wire.h
}
refused() { # $1: file   $2: include
    good_tree
    plant "$1" "$2"
    if output=$("$check" "$tree"); then
        echo "accepted: $1 includes $2"
        failed=1
    elif ! echo "$output" | grep -q "$1:1: "; then
        echo "refused, but not at its place: $1 includes $2: $output"
        failed=1
    fi
    rm -rf "$tree"
}

good_tree
"$check" "$tree" || { echo "a tree in order is refused"; failed=1; }
rm -rf "$tree"

refused base/x.c wire/wire.h
refused base/x.c xsched/types.h
refused wire/x.c sched/sched.h
refused policy/x.c sched/sched.h
refused policy/x.c ../sched/sched.h
refused sched/x.c preempt/preempt.h
refused sched/x.c wire/wire.h
refused preempt/x.c policy/policy.h
refused preempt/x.c platform/common/common.h
refused platform/common/x.c platform/cuda/cuda.h
refused platform/cuda/x.c platform/sim/sim.h
refused platform/cuda/x.c sched/sched.h
refused platform/sim/x.c platform/cuda/cuda.h
refused platform/sim/x.c preempt/preempt.h
refused server/x.c preempt/preempt.h
refused cli/x.c sched/sched.h
refused base/x.c base/nowhere.h

good_tree
mkdir "$tree/src/elsewhere"
echo '#include "base/base.h"' >"$tree/src/elsewhere/x.c"
"$check" "$tree" >/dev/null && { echo "a directory without a row is accepted"; failed=1; }
rm -rf "$tree"
exit $failed
