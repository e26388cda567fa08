# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: processes with and without the shim, arrivals, percentiles, output.

A benchmark is a parent that imports no framework and starts children, itself with other arguments,
with or without the interception library. A child says what it found in lines "@{...}" (say()); the
parent writes them as JSON lines as they come (Results), so that a run that is cut short leaves what
it had.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BARE, SHIM = "bare", "shim"


# --- numbers ---------------------------------------------------------------------------------------


def percentile(values, share):
    """The smallest value that at least this share (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else math.nan


def median(values):
    """Without those that are missing; NaN of nothing."""
    values = [v for v in values if v is not None and not math.isnan(v)]
    return statistics.median(values) if values else math.nan


def arrivals(rate, duration, seed):
    """Times of requests that arrive at random, so many a second, from 0 to the duration."""
    dice, at, times = random.Random(seed), 0.0, []
    while True:
        at += dice.expovariate(rate)
        if at >= duration:
            return times
        times.append(at)


def number(value, digits=3):
    """With so many digits that matter."""
    if value is None or isinstance(value, float) and math.isnan(value):
        return "-"
    if value == 0 or isinstance(value, int):
        return str(value)
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{places}f}"


# --- options, deadlines ----------------------------------------------------------------------------


def parser(doc):
    made = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    made.add_argument("--lib", type=pathlib.Path, default=ROOT / "build/lib/libshimcuda.so",
                      help="libshimcuda.so, or libshimhip.so for PyTorch on ROCm")
    made.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench",
                      help="directory for results")
    made.add_argument("--limit", type=float, default=3000, help="seconds for everything")
    made.add_argument("--level", help="XSCHED_AUTO_XQUEUE_LEVEL under the shim")
    made.add_argument("--child", help=argparse.SUPPRESS)
    return made


def prepare(opts):
    """Checks and makes what the options name; ends the program when that cannot be."""
    opts.lib = opts.lib.resolve()
    if not opts.lib.exists():
        sys.exit(f"{opts.lib} does not exist; make builds it")
    opts.out.mkdir(parents=True, exist_ok=True)


class Deadline:
    """How much of the limit is left."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self):
        return self.end - time.monotonic()

    def allows(self, seconds, what):
        """Whether so many seconds are left; says so when they are not."""
        if self.left() >= seconds:
            return True
        print(f"no time left for {what}", flush=True)
        return False


# --- processes -------------------------------------------------------------------------------------


def say(**fields):
    """A result of a child."""
    print("@" + json.dumps(fields), flush=True)


def environment(side, opts, extra=None):
    """Settings of a child on one side. Both sides are offline and alike but for the library."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1", **(extra or {})}
    if side == SHIM:
        env["LD_PRELOAD"] = ":".join(filter(None, (str(opts.lib), env.get("LD_PRELOAD"))))
        env["BENCH_SHIM"] = opts.lib.name
        if opts.level:
            env["XSCHED_AUTO_XQUEUE_LEVEL"] = opts.level
    return env


def check_side():
    """In a child: the library has to be there exactly when it should be."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        there = {line.rstrip().rpartition("/")[2] for line in maps if "/libshim" in line}
    if there != set(filter(None, [os.environ.get("BENCH_SHIM")])):
        sys.exit("the interception library is not where it should be")


def stop(process):
    """Ends a child and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Outcome:
    """What a child said, its status (None if it had to be ended) and its time."""

    def __init__(self, said, status, seconds, err):
        self.said, self.status, self.seconds, self.err = said, status, seconds, err

    def trouble(self):
        if self.status == 0:
            return None
        end = "did not end" if self.status is None else f"status {self.status}"
        return f"{end}: " + " | ".join(self.err.strip().splitlines()[-4:])


def run(command, env, timeout):
    """Runs a command to its end, which comes after the timeout at the latest."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, errors="replace",
                               start_new_session=True)
    status = None
    try:
        out, err = process.communicate(timeout=max(timeout, 1))
        status = process.returncode
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    said = [json.loads(line[1:]) for line in out.splitlines() if line.startswith("@{")]
    return Outcome(said, status, time.monotonic() - began, err)


def python(script, *arguments):
    """The command that runs a script of ours."""
    return [sys.executable, str(pathlib.Path(script).resolve()), *map(str, arguments)]


class Results:
    """DIR/NAME.jsonl, a line per result, written at once."""

    def __init__(self, opts, name):
        self.path = opts.out / f"{name}.jsonl"
        self.rows = []
        self.file = open(self.path, "w", encoding="utf-8")

    def add(self, **fields):
        self.rows.append(fields)
        self.file.write(json.dumps(fields) + "\n")
        self.file.flush()

    def take(self, outcome, **fields):
        """All that a child said, and how it ended if it did not end well."""
        for one in outcome.said:
            self.add(**fields, **one)
        trouble = outcome.trouble()
        if trouble:
            self.add(**fields, trouble=trouble)
            print(f"  {fields}: {trouble}", flush=True)

    def having(self, **fields):
        return [row for row in self.rows
                if all(row.get(name) == value for name, value in fields.items())]


# --- tables ----------------------------------------------------------------------------------------


def table(headings, rows):
    """Text in columns: the first to the left, the others to the right."""
    cells = [list(map(str, row)) for row in [headings, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in cells)


def troubles(results):
    """What went wrong, once each, as lines to add to a table."""
    seen = {}
    for row in results.rows:
        if row.get("trouble"):
            where = " ".join(str(row[key]) for key in ("side", "case", "row") if key in row)
            seen.setdefault((where, row["trouble"][:40]), row["trouble"])
    return "".join(f"\ntrouble: {where}: {what[:600]}" for (where, _), what in list(seen.items())[:12])


def finish(opts, name, text, page):
    """Prints the table and writes it beside the page and the JSON lines."""
    print("\n" + text, flush=True)
    (opts.out / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    (opts.out / f"{name}.html").write_text(page, encoding="utf-8")


# Programs that name the device and the driver.
NAMES = (["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"],
         ["rocm-smi", "--showproductname", "--showdriverversion", "--csv"])


def machine():
    """The device and the driver in words, without starting them here."""
    for command in NAMES:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True, timeout=20, check=False).stdout.strip().splitlines()
            if shown:
                return shown[-1]
    return "unknown device"
