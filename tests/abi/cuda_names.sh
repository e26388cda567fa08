#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The entry points of the driver (cuda_functions.txt), the rows of cuda_api.def and the symbols that
# the shim exports are the same set of names.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=${TEST_TMP:-$(mktemp -d)}
failed=0

same() { # same WHAT FILE FILE
    if ! diff "$2" "$3" >"$tmp/diff"; then
        echo "$1 differ (<: $2, >: $3):"
        cat "$tmp/diff"
        failed=1
    fi
}

LC_ALL=C
export LC_ALL
sed -n 's/^\(cu[A-Za-z0-9_]*\).*/\1/p' tests/abi/cuda_functions.txt | sort >"$tmp/driver"
sed -n 's/^XS_\(API\|NAME\)(\(cu[A-Za-z0-9_]*\),.*/\2/p' src/platform/cuda/cuda_api.def >"$tmp/table"
same "the driver's functions and the table" "$tmp/driver" "$tmp/table"

shim=${BUILD:-build}/lib/libshimcuda.so
[ -e "$shim" ] || shim=${SHIM:-}
if [ -e "$shim" ]; then
    { cat "$tmp/driver"; echo xsched_shim; } | sort >"$tmp/wanted"
    nm -D --defined-only "$shim" | sed 's/.* //' | sort >"$tmp/exported"
    same "the table and the exports of the shim" "$tmp/wanted" "$tmp/exported"
fi
exit $failed
