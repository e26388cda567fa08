#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 1: a program bare and under the shim makes the same driver calls in the same order with
the same arguments and results, prints the same and ends the same. Would catch reordering (D37), early
returns (D35), swallowed errors (D39), waits for the wrong streams (D36, D48), copies of parameters.
"""
import glob
import os

import harness

# Programs with streams of different importance, so that gates close and queues are paced.
PACED = {"capture", "capture_threads", "egl", "graphs", "in_flight", "primary", "priorities", "two_levels"}
PACED |= {"launches"}  # none of its streams, but a launch may carry a priority


def main():
    failures = 0
    names = sorted(os.path.basename(path)[:-2] for path in glob.glob("tests/e2e/programs/*.c"))
    names.remove("bind")
    for name in names:
        bare = harness.run(harness.program(name), harness.BARE)
        if bare.status not in (0, 3) or not bare.calls or not bare.out and name != "in_flight":
            print(f"{name} bare: status {bare.status}, {len(bare.calls)} calls\n{bare.out}{bare.err}")
            failures += 1
            continue
        shim = harness.run(harness.program(name), harness.WAYS["preload"])
        failures += harness.compare(name, bare, shim, name in PACED)
        if name not in PACED:
            failures += harness.few_extras(name, bare, shim)
    harness.finish(failures)


main()
