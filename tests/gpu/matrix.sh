#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The programs of the matrix (tests/gpu/matrix) that need no more than the driver API, on the software
# device, bare and under the shim. Fails when the shim changes a number, an error, an order or a status
# that such a program sees, and when the matrix itself is broken, which is otherwise seen only on a GPU.
set -u
if [ -n "${SAN:-}" ]; then
    echo "the sanitizers' libraries would have to be loaded into Python first"
    exit 77
fi
export LD_LIBRARY_PATH="$BUILD/sim${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" XSIM_UNKNOWN_KERNELS=accept
programs=errors_while_capturing,graph_by_hand,legacy_default_stream,per_thread_default_streams
programs=$programs,host_functions,memory_operations,copies_and_fills,stream_ordered,free_waits
programs=$programs,two_contexts,fork_before_init,wrong_arguments
exec python3 tests/gpu/matrix/run.py --lib "$BUILD/lib/libshimcuda.so" --out "$TEST_TMP/matrix" \
    --jobs 2 --only "$programs" --limit 100
