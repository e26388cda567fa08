#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Without a driver the application gets the vendor's own "no device", and one line says where the
# driver was looked for.
set -u
ldconfig=$(PATH=$PATH:/sbin:/usr/sbin command -v ldconfig || true)
if [ -n "$ldconfig" ] && "$ldconfig" -p | grep -q 'libcuda\.so\.1'; then
    echo "this machine has a driver"
    exit 77
fi
out=$(env -u XSCHED_CUDA_LIB -u LD_LIBRARY_PATH "$BUILD/tests/abi/no_driver" 2>&1) || {
    echo "$out"
    exit 1
}
case $(echo "$out" | wc -l):$out in
1:*"no CUDA driver"*/usr/local/nvidia/lib64*) ;;
*) echo "unexpected output: $out"; exit 1 ;;
esac
