# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests that compare what programs print: the beginning, sourced from the top of the source tree.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip lib=${LIB:-$BUILD/lib}
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
failed=0

# $1: name   $2: expected output   $3: output   $4: status
judge() {
    if [ "$3" != "$2" ] || [ "$4" != 0 ]; then
        echo "$1: expected '$2', got '$3', status $4"
        failed=1
    fi
}

# $1: name   $2: expected output   the rest: environment and command
expect() {
    local name=$1 want=$2 got
    shift 2
    got=$(env "$@" 2>&1)
    judge "$name" "$want" "$got" $?
}
