#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Programs compiled by the real hipcc run on each version of the front door: fat binaries, launches
# by <<<>>>, device variables, streams, graphs, and the per-thread default stream. The major version
# that a program asks for is changed in the file, as it is the same size.
set -eu
[ -z "$SAN" ] || { echo "hipcc and sanitizers do not mix"; exit 77; }
command -v hipcc >/dev/null && [ -e /usr/include/hip/hip_runtime.h ] || { echo "no hipcc"; exit 77; }
export XSIM_DEVICE=/xsim-hipcc-$$
trap 'rm -f "/dev/shm$XSIM_DEVICE"' EXIT
for stream in legacy per-thread; do
    hipcc --offload-arch=gfx906 -fgpu-default-stream=$stream -o "$TEST_TMP/program.5" \
        tests/simhip/program.hip >"$TEST_TMP/log" 2>&1 || {
        tail -n 1 "$TEST_TMP/log"; echo "hipcc does not work here"; exit 77; }
    for major in 5 6 7; do
        sed "s/libamdhip64\.so\.5/libamdhip64.so.$major/" "$TEST_TMP/program.5" >"$TEST_TMP/program"
        chmod +x "$TEST_TMP/program"
        said=$(LD_LIBRARY_PATH=$BUILD/sim "$TEST_TMP/program" 2>&1) || true
        [ "$said" = fine ] || { echo "$stream, version $major: $said"; exit 1; }
    done
done
