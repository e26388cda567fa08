#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Invariant 1 for HIP: a program bare and under the shim makes the same calls of the runtime in the
same order with the same arguments and results, prints the same and ends the same. The programs are the
applications of tests/hip/programs, and those that calls.c makes of the entry points of each class and
form in three situations; each with HIP 5, 6 and 7.
"""
import concurrent.futures
import glob
import os
import subprocess
import sys

sys.path.insert(0, "tests/e2e")
import harness  # noqa: E402

MAJORS = (5, 6, 7) if not harness.SAN else (6,)
SITUATIONS = ("idle", "busy", "paced")
# Programs with streams of different importance, so that gates close and queues are paced.
PACED = {"priorities", "graphs", "inference", "devices", "gates", "in_flight", "errors"}
PACED |= {"churn"}
PACED_GROUPS = {"LIFE.HAND", "ORDER.HAND"}  # they make such a stream, or change one into it
# It uses one that cannot be scheduled, and is told so.
UNGATED = "SUBMIT.KERNEL"
# What the shim keeps of streams that are gone is used for those that come: eight marks for each of the
# three that are there at the same time, and some for handles that are not free again at once (17 to 25
# in all, 121 under a sanitizer on a busy machine). Kept for ever it would be one at least for each of 400.
MOST_MARKS = {"churn": 300}
FEWEST = 40


def way(shim):
    env = {"LD_LIBRARY_PATH": harness.SIM, "XSIM_DEVICES": "2"}
    if shim:
        env["LD_PRELOAD"] = harness.HIP.shim
    return env


def place(major, name):
    return f"{harness.BUILD}/tests/hip/{major}/programs/{name}"


def programs(major):
    """(title, path, arguments, paced) of all programs."""
    names = sorted(os.path.basename(path)[:-2] for path in glob.glob("tests/hip/programs/*.c"))
    for name in names:
        if name != "calls":
            yield f"{name}.{major}", place(major, name), (), name in PACED
    listing = subprocess.run([place(major, "calls")], env=harness.environment(way(False)),
                             capture_output=True, text=True, check=True, timeout=harness.LIMIT)
    for group in listing.stdout.split():
        for situation in SITUATIONS:
            if (group, major) != ("RESOLVE.HAND", 5):  # came with 6
                yield (f"calls.{major} {group} {situation}", place(major, "calls"),
                       (group, situation), situation == "paced" or group in PACED_GROUPS)


def one(title, path, arguments, paced, major, number):
    """How much differs. Half of the programs know no dispatch table, as with other builds of HIP."""
    bare = harness.run(path, way(False), arguments=arguments)
    if bare.status not in (0, 3) or not bare.calls or not bare.out:
        print(f"{title} bare: status {bare.status}, {len(bare.calls)} calls\n{bare.out}{bare.err}")
        return 1
    more = {"ROCPROFILER_REGISTER_ENABLED": "0"} if number % 2 else {}
    shim = harness.run(path, way(True), more, arguments)
    title += ", without table" if more else ""
    told = UNGATED in arguments and shim.err.count("hipLaunchByPtr cannot be scheduled") == 1
    failures = harness.compare(title, bare, shim, paced, quiet=not told, of=harness.HIP)
    if not paced:
        failures += harness.few_extras(title, bare, shim, harness.HIP)
    most = MOST_MARKS.get(os.path.basename(path))
    marks = sum(" hipEventCreateWithFlags(" in call for call in shim.calls)
    if most and not 0 < marks <= most:
        print(f"{title}: {marks} events of the shim")
        failures += 1
    return failures


def main():
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for major in MAJORS:
            found = list(programs(major))
            if len(found) < FEWEST:
                print(f"HIP {major}: only {len(found)} programs")
                failures += 1
            failures += sum(pool.map(lambda job: one(*job[1], major, job[0]), enumerate(found)))
    harness.finish(failures)


main()
