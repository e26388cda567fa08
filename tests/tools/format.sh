#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The tree is as clang-format 14 writes it. Other versions write it differently: without this one
# there is nothing to compare with.
set -u

for name in clang-format-14 clang-format; do
    [[ $($name --version 2>/dev/null) == *"version 14."* ]] || continue
    git rev-parse --git-dir >/dev/null 2>&1 || { echo "not a git tree"; exit 77; }
    exec env -u MAKEFLAGS -u MFLAGS make --no-print-directory format-check CLANG_FORMAT="$name"
done
echo "clang-format 14 is not installed"
exit 77
