#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long an application waits for nothing when the daemon or another application dies. Prints rows:

  daemon_killed_ms  a stopped application goes on after the daemon was killed        at most   50 ms
  daemon_hung_ms    the same after the daemon was stopped by a signal                at most 1000 ms
  daemon_back_ms    a daemon that starts anew schedules all that are there           at most  200 ms
  client_killed_ms  a stopped application goes on after the one it waited for died   at most   50 ms

"Goes on" is seen by asking it how many of its kernels of 0.2 ms are done, so a millisecond or two of each
figure are the look itself. The applications are those of tests/global, under the shim on the software
device. The value is the median, the detail has the longest and the bound.

  bench/faults.py [TRIALS]
"""
import json
import os
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(__file__), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "global"))
sys.dont_write_bytecode = True
scratch = os.environ["TEST_TMP"] = tempfile.mkdtemp()
import kit  # noqa: E402

BOUNDS = {"daemon_killed_ms": 50, "daemon_hung_ms": 1000, "daemon_back_ms": 200, "client_killed_ms": 50}


def waits(low, control):
    """Until the lesser application is stopped and the device has done what it had."""
    kit.until(lambda: kit.stopped(low, control), "the lesser is stopped")
    return kit.settled(low)


def milliseconds(fault, low, before):
    """From the fault until the lesser application goes on."""
    begin = time.monotonic()
    fault()
    kit.goes_on(low, before, "the lesser goes on")
    return 1000 * (time.monotonic() - begin)


def trial():
    daemon = kit.Daemon()
    high, low, control = kit.pair(daemon)
    before = kit.make_wait(high, low, control)
    times = {}

    times["daemon_killed_ms"] = milliseconds(daemon.kill, low, before)

    begin = time.monotonic()
    daemon.start()
    control = kit.Control(daemon)
    kit.until(lambda: kit.stopped(low, control), "the lesser is stopped")
    times["daemon_back_ms"] = 1000 * (time.monotonic() - begin)

    before = waits(low, control)
    times["daemon_hung_ms"] = milliseconds(lambda: daemon.signal(signal.SIGSTOP), low, before)
    daemon.signal(signal.SIGCONT)

    before = waits(low, control)
    times["client_killed_ms"] = milliseconds(high.kill, low, before)

    low.do("starve")
    low.end()
    daemon.stop()
    return times


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    return f"{processor[1] if processor else 'unknown'}, {os.sysconf('SC_NPROCESSORS_ONLN')} online"


def compiler():
    with open(f"{kit.BUILD}/bin/xserver", "rb") as file:
        said = re.search(rb"GCC: \([^)]*\) [\d.]+|clang version [\d.]+", file.read())
    return said[0].decode() if said else "unknown"


def main():
    trials = [trial() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5)]
    for name, bound in BOUNDS.items():
        times = [times[name] for times in trials]
        print(json.dumps({
            "name": name, "unit": "ms", "value": round(statistics.median(times), 1), "bare": None,
            "detail": {"max": round(max(times), 1), "bound": bound, "trials": len(times), "device": "sim",
                       "machine": machine(), "compiler": compiler(),
                       "commit": os.environ.get("COMMIT", "unknown")}}), flush=True)


try:
    main()
finally:
    kit.kill_all()
    shutil.rmtree(scratch)
