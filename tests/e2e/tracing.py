#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""XSCHED_TRACE: a line for each call that allocates, frees or submits, with what it was about, and
none without it. Each call of a recording has to have its line and no other.
"""
import collections
import re

import harness

FORMS = {
    "KERNEL": re.compile(r"func=(0x[0-9a-f]+|\(nil\)) stream=(0x[0-9a-f]+|\(nil\))$"),
    "GRAPH": re.compile(r"graph=(0x[0-9a-f]+|\(nil\)) stream=(0x[0-9a-f]+|\(nil\))$"),
    "MALLOC": re.compile(r"size=\d+ ptr=(0x[0-9a-f]+|\(nil\)) ret=\d+$"),
    "FREE": re.compile(r"ptr=(0x[0-9a-f]+|\(nil\)) ret=\d+$"),
    "SUBMIT": re.compile(r"call=cu\w+ stream=(0x[0-9a-f]+|\(nil\)) ret=\d+$"),
}


def kind(call):
    """The line that a call of a recording has to have, or None for those not looked at here."""
    name = call.split(" ", 1)[1].split("(")[0]
    if name.startswith("cuLaunch") and not name.startswith("cuLaunchHostFunc"):
        return "KERNEL"
    if name.startswith("cuGraphLaunch"):
        return "GRAPH"
    if name.startswith(("cuMemAlloc_v2", "cuMemAllocAsync", "cuMemAllocFromPoolAsync", "cuMemAllocManaged")):
        return "MALLOC"
    if name.startswith(("cuMemFree_v2", "cuMemFreeAsync")):
        return "FREE"
    if name.startswith(("cuMemcpy", "cuMemset")):
        return "SUBMIT"
    return None


def check(name):
    run = harness.run(harness.program(name), harness.WAYS["preload"], {"XSCHED_TRACE": "1"})
    wanted = collections.Counter(filter(None, map(kind, run.calls)))
    found, failures = collections.Counter(), 0
    for line in run.err.splitlines():
        match = re.match(r"\[TRACE_(\w+)\] (.*)$", line)
        if not match:
            continue
        if not FORMS[match[1]].match(match[2]):
            print(f"{name}: not the form of a trace: {line}")
            failures += 1
        if match[1] != "SUBMIT" or "call=cuMem" in line:
            found[match[1]] += 1
    if found != wanted or not wanted:
        print(f"{name}: traced {dict(found)}, called {dict(wanted)}")
        failures += 1
    quiet = harness.run(harness.program(name), harness.WAYS["preload"], {"XSCHED_TRACE": "0"})
    if "TRACE" in quiet.err:
        print(f"{name}: traced without being asked: {quiet.err.splitlines()[0]}")
        failures += 1
    return failures


def main():
    harness.finish(sum(check(name) for name in ("copies", "graphs", "launches", "pools", "threads")))


main()
