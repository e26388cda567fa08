#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one program of the matrix in this process.

    program.py NAME

run.py starts it. With MATRIX_SHIM=1 in the environment a process without the interception library
fails, so that no run counts as one under the shim that was not.
"""
import os
import sys

from programs import find, under_shim


def main():
    name = sys.argv[1]
    function = find(name)
    if os.environ.get("MATRIX_SHIM") == "1" and not under_shim():
        sys.exit("the interception library is not in this process")
    function()


if __name__ == "__main__":
    main()
