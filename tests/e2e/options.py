#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values of our variables, right and wrong, never change what a program does. A wrong one costs one
line that names the variable and the value (D15); unset and empty ones cost nothing. Without a driver
one line names where it was looked for, and the program gets the vendor's answer.
"""
import os
import re
import subprocess

import harness

TABLE = re.compile(r'XS_OPTION_(\w+)\(\w+, "(\w+)"(?:, (-?\d+), (-?\w+))?')
PRIORITY = "XSCHED_AUTO_XQUEUE_PRIORITY"
PROGRAMS = ("launches", "two_levels") if not harness.SAN else ("two_levels",)


def variables():
    with open("src/base/options.def") as file:
        return [m.groups() for m in TABLE.finditer(file.read()) if m[1] != "TEXT"]


def values(kind, low, high):
    """Pairs of a value and whether it is right."""
    if kind == "INT":
        high = high.replace("XS_INT_MAX", "2147483647")
        return [(low, True), (high, True), (str(int(low) - 1), False), (str(int(high) + 1), False),
                ("much", False), ("99999999999999999999", False), ("", True)]
    if kind == "SWITCH":
        return [("on", True), ("OFF", True), ("maybe", False), ("", True)]
    return [("nonsense", False), ("", True)]


def tries():
    for kind, variable, low, high in variables():
        for value, right in values(kind, low, high):
            if (variable, value) == (PRIORITY, "-256"):
                value = "-255"  # the lowest at which anything runs
            yield {variable: value}, 0 if right else 1
    yield {"XSCHED_AUTO_XQUEUE_THRESHOLD": "4"}, 0
    yield {"XSCHED_AUTO_XQUEUE_THRESHOLD": "4", "XSCHED_AUTO_XQUEUE_BATCH_SIZE": "8"}, 1
    for policy in "HPF HHPF CHPF UP PUP SPUP KEDF LAX AWF CFS MLFQ".split():
        yield {"XSCHED_POLICY": policy}, 0
    for scheduler in ("APP", "LCL", "GLB", "lcl"):
        yield {"XSCHED_SCHEDULER": scheduler}, None  # there may be no daemon
    for level in ("1", "2", "3"):
        yield {"XSCHED_AUTO_XQUEUE_LEVEL": level}, None


def lines_about(lines, env):
    return [line for line in lines if any(name in line for name in env)]


def said(err, env):
    """The lines of our own, without the trace where that was asked for."""
    asked = env.get("XSCHED_TRACE") == "on"
    return [line for line in err.splitlines() if not (asked and line.startswith("[TRACE_"))]


def one(name, bare, env, warnings):
    shim = harness.run(harness.program(name), harness.WAYS["preload"], env)
    title = f"{name} with {env}"
    failures = harness.compare(title, bare, shim, paced=True, quiet=False)
    lines = said(shim.err, env)
    if warnings is not None and (len(lines) != warnings or len(lines_about(lines, env)) != warnings):
        print(f"{title}: expected {warnings} lines, got: {lines[:5]}")
        failures += 1
    elif len(lines) > 1:
        print(f"{title}: more than a line: {lines[:5]}")
        failures += 1
    return failures


def without_driver():
    """The loader's cache may name a real driver: then there is nothing to see here."""
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True)
    if "libcuda.so.1" in listing.stdout:
        return 0
    env = harness.environment({"LD_PRELOAD": harness.SHIM, "LD_LIBRARY_PATH": "/nowhere"})
    del env["XSCHED_CUDA_LIB"]
    done = subprocess.run([harness.program("errors")], env=env, capture_output=True, text=True,
                          timeout=harness.LIMIT)
    said = done.stderr.splitlines()
    if (len(said) != 1 or "no CUDA driver" not in said[0] or "LD_LIBRARY_PATH" not in said[0]
            or "cuInit(0) = 100" not in done.stdout or done.returncode != 0):
        print(f"without a driver: status {done.returncode}\n{done.stderr}\n{done.stdout[:500]}")
        return 1
    return 0


def alone_and_together():
    """Several processes, each with a scheduler of its own, on a device that they share."""
    env = harness.environment(harness.WAYS["preload"], {"XSIM_SHARE": "1"})
    names = ["two_levels", "priorities", "threads", "two_levels"]
    expected = {n: harness.run(harness.program(n), harness.BARE).out for n in set(names)}
    running = [(n, subprocess.Popen([harness.program(n)], env=env, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True)) for n in names]
    failures = 0
    for name, process in running:
        out, _ = process.communicate(timeout=harness.LIMIT)
        if process.returncode != 0 or out != expected[name]:
            print(f"{name} beside others: status {process.returncode}\n{out}")
            failures += 1
    if os.path.exists("/dev/shm" + env["XSIM_DEVICE"]):
        os.unlink("/dev/shm" + env["XSIM_DEVICE"])
    return failures


def main():
    failures = 0
    bare = {name: harness.run(harness.program(name), harness.BARE) for name in PROGRAMS}
    for env, warnings in list(tries())[:: 4 if harness.SAN else 1]:
        for name in PROGRAMS:
            failures += one(name, bare[name], env, warnings)
    harness.finish(failures + without_driver() + alone_and_together())


main()
