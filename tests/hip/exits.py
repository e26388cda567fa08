#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""However a program ends while its work is in flight, and threads are still launching, it ends as it
does without us: by return, exit(), _exit() and an uncaught exception of Python.

HIP_EXIT_RUNS: how often each of them (default: a few; 1000 before a release).
"""
import collections
import concurrent.futures
import os
import subprocess
import sys

sys.path.insert(0, "tests/e2e")
import harness  # noqa: E402

RUNS = int(os.environ.get("HIP_EXIT_RUNS", "6"))
TABLE = {"LD_PRELOAD": harness.HIP.shim}
SYMBOLS = {**TABLE, "ROCPROFILER_REGISTER_ENABLED": "0"}
TOOL = {"ROCPROFILER_REGISTER_LIBRARY": harness.HIP.shim}
# HIP 6 and 7 by the table: dlsym(), as ctypes does, goes round a preloaded library.
WAYS = [(5, SYMBOLS), (6, TABLE), (7, TOOL), (6, SYMBOLS), (7, TABLE), (6, TOOL)]

# A model in Python: kernels by ctypes, a thread that goes on launching, and nobody who catches.
PYTHON = """
import ctypes, threading
hip = ctypes.CDLL("{library}")
module, function, stream = (ctypes.c_void_p() for _ in range(3))
assert hip.hipModuleLoadData(ctypes.byref(module), b"any image") == 0
assert hip.hipModuleGetFunction(ctypes.byref(function), module, b"spin_us") == 0
assert hip.hipStreamCreateWithPriority(ctypes.byref(stream), 1, -1) == 0
us = ctypes.c_uint32(400)
params = (ctypes.c_void_p * 1)(ctypes.addressof(us))
def launch(stream):
    assert hip.hipModuleLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, params, None) == 0
def work():
    while True:
        launch(None)
threading.Thread(target=work, daemon=True).start()
for _ in range(20):
    launch(stream)
assert hip.hipStreamSynchronize(stream) == 0
raise KeyError("nobody catches this")
"""


def command(how, major):
    if how == "exception":
        library = f"{harness.SIM}/libamdhip64.so.{major}"
        return [sys.executable, "-c", PYTHON.format(library=library)]
    return [f"{harness.BUILD}/tests/hip/{major}/dual", how]


def one(job):
    how, run = job
    major, way = WAYS[run % len(WAYS)]
    done = subprocess.run(command(how, major), env=harness.environment(way), text=True,
                          capture_output=True, timeout=harness.LIMIT)
    last = done.stderr.strip().splitlines()[-1:]
    good = (1, ["KeyError: 'nobody catches this'"]) if how == "exception" else (0, [])
    return how, (done.returncode, last) == good, f"{how}, HIP {major}, {way}: {done.returncode} {last}"


def main():
    ways = ["return", "exit", "_exit"] + ([] if harness.SAN else ["exception"])
    good = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for how, fine, text in pool.map(one, [(how, run) for run in range(RUNS) for how in ways]):
            good[how] += fine
            if not fine:
                print(text)
    if RUNS > 100:
        print(", ".join(f"{how}: {good[how]} of {RUNS}" for how in ways))
    harness.finish(RUNS * len(ways) - sum(good.values()))


main()
