#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The k-th thing that our libraries ask of the system fails, for every k, and then it and all after it:
the program prints the same, ends the same and asks the same of the driver; at most one line per cause
says that something is wrong. fail/fail.c does the failing.
"""
import os
import sys

import harness

LIBRARY = harness.BUILD + "/tests/e2e/libfail.so"
CALLS = ("malloc", "calloc", "mmap", "memfd_create", "ftruncate", "pthread_create",
         "pthread_key_create", "futex")
MOST = 12  # of one kind; futexes are waited for as often as it happens


def way():
    return {"LD_PRELOAD": LIBRARY + ":" + harness.SHIM, "LD_LIBRARY_PATH": harness.SIM}


def counts(name):
    path = os.path.join(os.environ.get("TEST_TMP", "/tmp"), f"fail-{os.getpid()}")
    harness.run(harness.program(name), way(), {"FAIL_REPORT": path}, record=False)
    with open(path) as file:
        found = {call: int(count) for call, count in (line.split() for line in file)}
    os.unlink(path)
    return found


def main():
    if harness.SAN:
        print("the sanitizers have an allocator of their own")
        sys.exit(77)
    failures = 0
    for name in ("two_levels", "per_thread", "priorities"):
        bare = harness.run(harness.program(name), harness.BARE)
        found = counts(name)
        if not all(found[call] for call in ("calloc", "mmap", "memfd_create", "ftruncate")):
            print(f"{name}: what was counted cannot be right: {found}")
            failures += 1
        for call in CALLS:
            for at in range(1, min(found[call], MOST) + 1):
                for more in ({}, {"FAIL_ON": "1"}):
                    if more and call == "futex":
                        continue  # to be interrupted for ever is not a failure but a spin
                    env = {"FAIL_CALL": call, "FAIL_AT": str(at), **more}
                    shim = harness.run(harness.program(name), way(), env)
                    title = f"{name}, {env}"
                    failures += harness.compare(title, bare, shim, paced=True, quiet=False)
                    said = [line.partition("] ")[2] for line in shim.err.splitlines()]
                    # What fails for good may be noticed in two places, in each of them once.
                    if len(said) != len(set(said)) or len(said) > (2 if more else 1):
                        print(f"{title}: said too much: {shim.err}")
                        failures += 1
    harness.finish(failures)


main()
