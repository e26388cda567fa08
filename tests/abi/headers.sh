#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles each public header alone and twice, as C and as C++, with every compiler that is here,
# and all of them together with the prototypes that XSched 1.2 has (headers.c).
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
tests=$top/tests/abi
headers=$(cd "$top/include" && find xsched -name '*.h' | sort)
failed=0 compiled=0

compile() # COMPILER LANGUAGE STANDARD FILE...
{
    compiler=$1 language=$2 standard=$3
    shift 3
    command -v "$compiler" >/dev/null || return 0
    compiled=$((compiled + 1))
    "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Wundef -Wshadow -Werror \
        -I"$top/include" -fsyntax-only "$@" && return 0
    echo "FAIL  $compiler -std=$standard $*" >&2
    failed=$((failed + 1))
}

temp=$(mktemp -d) || exit 1
trap 'rm -rf "$temp"' EXIT
for header in $headers; do
    unit=$temp/$(echo "$header" | tr / _).c
    printf '#include <%s>\n#include <%s>\nextern int nothing_else;\n' "$header" "$header" >"$unit"
    compile gcc c c11 "$unit"
    compile clang c c11 "$unit"
    compile g++ c++ c++11 "$unit"
    compile clang++ c++ c++11 "$unit"
done
for standard in c11 gnu17; do
    compile gcc c $standard "$tests/headers.c"
    compile clang c $standard "$tests/headers.c"
done
for standard in c++11 c++17 c++20; do
    compile g++ c++ $standard "$tests/headers.c"
    compile clang++ c++ $standard "$tests/headers.c"
done
for header in $headers; do
    lines=$(wc -l <"$top/include/$header")
    if [ "$lines" -gt 200 ]; then
        echo "FAIL  $header has $lines lines, 200 is the limit" >&2
        failed=$((failed + 1))
    fi
done
echo "headers: $compiled compilations, $failed failures"
[ "$failed" -eq 0 ] && [ "$compiled" -gt 0 ]
