#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Other libraries in LD_PRELOAD beside the shim, in any order: a second copy of the shim, the shim of
another platform, a tool that stands before the allocator and before CUDA, the run-time libraries of
sanitizers. The program behaves as bare, and is scheduled once."""
import os
import shutil
import subprocess
import sys
import tempfile

import harness

NAMES = ["launches", "two_levels"]


def runtime_of(sanitizer):
    path = subprocess.run(["gcc", f"-print-file-name=lib{sanitizer}.so"], capture_output=True,
                          text=True, check=True).stdout.strip()
    return path if os.path.isabs(path) else None


def neighbours(second):
    """By name: what else is preloaded."""
    found = {"a second copy": f"{second}/libshimcuda.so", "HIP's shim": f"{harness.LIB}/libshimhip.so",
             "another tool": f"{harness.BUILD}/tests/e2e/neighbour.so"}
    found.update({name: runtime_of(name) for name in ("asan", "ubsan")})
    return {name: path for name, path in found.items() if path and os.path.exists(path)}


def ways(second):
    for name, path in neighbours(second).items():
        for order in ([path, harness.SHIM], [harness.SHIM, path]):
            yield f"{name}, {'first' if order[0] == path else 'last'}", {
                "LD_PRELOAD": ":".join(order), "LD_LIBRARY_PATH": harness.SIM,
                "ASAN_OPTIONS": "verify_asan_link_order=0"}
    # The search for the driver comes by both copies, which go by its name.
    yield "a second copy in the library path", {
        "LD_LIBRARY_PATH": f"{harness.LIB}:{second}:{harness.SIM}", "XSCHED_CUDA_LIB": ""}
    yield "a second copy as the driver", {
        "LD_PRELOAD": harness.SHIM, "XSCHED_CUDA_LIB": f"{second}/libshimcuda.so",
        "LD_LIBRARY_PATH": harness.SIM}


def one(title, bare, program, env):
    shim = harness.run(program, env, {"XLOG_LEVEL": "INFO"})
    failures = harness.compare(title, bare, shim, paced=True, quiet=False)
    times = shim.err.count("using local scheduler")
    if times != 1:
        print(f"{title}: scheduled {times} times\n{shim.err[-1000:]}")
        failures += 1
    return failures


def main():
    if harness.SAN:
        print("the sanitizers have an allocator of their own")
        sys.exit(77)
    failures = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMP")) as directory:
        second = directory + "/lib"
        shutil.copytree(harness.LIB, second, symlinks=True)
        for name in NAMES:
            for linked in ("programs", "dlsym", "proc"):
                program = harness.program(name, linked)
                bare = harness.run(program, harness.BARE)
                for way, env in ways(second):
                    failures += one(f"{name}, {linked}, {way}", bare, program, env)
    harness.finish(failures)


main()
