#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of the matrix on a real GPU, each in processes of its own, bare and under the
shim, and compares.

    run.py --lib build/lib/libshimcuda.so --out DIR [--jobs N] [--only WORD,WORD] [--limit SECONDS]

A program passes when both runs end with the status it is meant to have and print the same lines. A
program checks its numbers itself, against the CPU. What every run gave is in DIR/matrix.jsonl, one
object a line, written as it ends; the table is also in DIR/matrix.txt.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import programs

HERE = pathlib.Path(__file__).resolve().parent
BARE, SHIM = "bare", "shim"


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--lib", type=pathlib.Path, required=True, help="libshimcuda.so")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/matrix"))
    parser.add_argument("--jobs", type=int, default=8, help="processes at a time")
    parser.add_argument("--only", default="", help="programs whose names contain one of these")
    parser.add_argument("--level", help="XSCHED_AUTO_XQUEUE_LEVEL under the shim")
    parser.add_argument("--limit", type=float, default=3000, help="seconds for everything")
    parser.add_argument("--list", action="store_true", help="name the programs and end")
    return parser.parse_args()


class Runner:
    """Starts runs, writes what they gave."""

    def __init__(self, opts):
        self.opts = opts
        self.library = opts.lib.resolve()
        self.end = time.monotonic() + opts.limit
        self.lock = threading.Lock()  # guards the file and what is printed
        self.file = open(opts.out / "matrix.jsonl", "w", encoding="utf-8")
        self.scratch = tempfile.TemporaryDirectory(prefix="matrix-")

    def environment(self, function, side):
        env = {**os.environ, **function.env}
        env.setdefault("OMP_NUM_THREADS", "2")
        # Both sides compile everything anew, or neither could be said to have done so.
        folder = tempfile.mkdtemp(dir=self.scratch.name)
        for variable in ("TRITON_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR", "CUPY_CACHE_DIR",
                         "PYTORCH_KERNEL_CACHE_PATH"):
            env[variable] = os.path.join(folder, variable)
            os.mkdir(env[variable])
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        if side == SHIM:
            env["LD_PRELOAD"] = ":".join(filter(None, (str(self.library), env.get("LD_PRELOAD"))))
            env["MATRIX_SHIM"] = "1"
            if self.opts.level:
                env["XSCHED_AUTO_XQUEUE_LEVEL"] = self.opts.level
        return env

    def run(self, name, side):
        """One process. Its status is None when it did not end by itself."""
        function = programs.find(name)
        left = self.end - time.monotonic()
        result = {"program": name, "side": side, "status": None, "seconds": 0.0, "out": "",
                  "err": "", "expected": function.status, "ran": left > 1}
        if left > 1:
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, str(HERE / "program.py"), name],
                env=self.environment(function, side), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                start_new_session=True)
            try:
                out, err = process.communicate(timeout=min(function.timeout, left))
                result["status"] = process.returncode
            except subprocess.TimeoutExpired:
                out, err = self.stop(process)
            result.update(out=out, err=err[-6000:], seconds=round(time.monotonic() - began, 2))
        with self.lock:
            self.file.write(json.dumps({**result, "out": result["out"][-6000:]}) + "\n")
            self.file.flush()
            print(f"{side} {name}: {describe(result)}, {result['seconds']:.0f} s", flush=True)
        return result

    @staticmethod
    def stop(process):
        """Ends a process and what it started, and takes what it has said."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            return process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            return "", "cannot be killed"


def describe(result):
    if not result["ran"]:
        return "no time left"
    if result["status"] is None:
        return "did not end"
    return f"status {result['status']}"


def right(result):
    return result["ran"] and result["status"] == result["expected"]


def skipped(result):
    return result["status"] == programs.SKIPPED


def lines(result):
    """Lines of several processes come in any order."""
    return sorted(result["out"].splitlines())


def verdict(bare, shim):
    """(passed: True, False or None for skipped, why)"""
    if not (bare["ran"] and shim["ran"]):
        return False, "no time left"
    if skipped(bare) and skipped(shim):
        return None, bare["out"].strip().split("\n")[-1]
    if not right(bare):
        return False, f"fails bare as well: {describe(bare)}" if not right(shim) else \
            f"fails bare only: {describe(bare)}"
    if not right(shim):
        return False, f"{describe(shim)}, not {shim['expected']}"
    if lines(bare) != lines(shim):
        return False, "prints other lines: " + difference(bare, shim)
    return True, ""


def difference(bare, shim):
    one, other = set(lines(bare)), set(lines(shim))
    return f"bare {sorted(one - other)[:1]}, shim {sorted(other - one)[:1]}"


def last_words(result):
    """The lines of standard error that say most."""
    wanted = [line for line in result["err"].splitlines()
              if re.search(r"Error|error:|xsched|XSched|signal|Assert", line)]
    return (wanted or result["err"].splitlines())[-3:]


def table(names, results):
    passed, failed, skips = [], [], []
    text = [f"{'program':44} {'bare':>7} {'shim':>7}  result"]
    for name in names:
        bare, shim = results[name, BARE], results[name, SHIM]
        good, why = verdict(bare, shim)
        (skips if good is None else passed if good else failed).append(name)
        word = "skipped" if good is None else "passed" if good else "FAILED"
        text.append(f"{name:44} {bare['seconds']:6.1f}s {shim['seconds']:6.1f}s  {word} {why}".rstrip())
        if good is False:
            for result in (bare, shim):
                if result["ran"] and not right(result):
                    text += [f"    {result['side']}: {line[:300]}" for line in last_words(result)]
    spoke = sorted({line[:200] for result in results.values() if result["side"] == SHIM
                    for line in result["err"].splitlines() if re.search(r"xsched", line, re.I)})
    if spoke:
        text += ["", "What the shim said:"] + [f"    {line}" for line in spoke[:20]]
    closing = f"{len(passed)} passed, {len(failed)} failed"
    text.append(closing + (f", {len(skips)} skipped" if skips else ""))
    return "\n".join(text), not failed


def main():
    opts = options()
    words = [word for word in opts.only.split(",") if word]
    names = [name for name in programs.names() if not words or any(w in name for w in words)]
    if opts.list:
        print("\n".join(names))
        return 0
    if not opts.lib.exists():
        print(f"{opts.lib} does not exist; make builds it")
        return 2
    opts.out.mkdir(parents=True, exist_ok=True)
    runner = Runner(opts)
    order = sorted(names, key=lambda name: not programs.find(name).heavy)
    results = {}
    with concurrent.futures.ThreadPoolExecutor(opts.jobs) as pool:
        runs = {pool.submit(runner.run, name, side): (name, side)
                for name in order for side in (BARE, SHIM)}
        for run in concurrent.futures.as_completed(runs):
            results[runs[run]] = run.result()
    text, good = table(names, results)
    (opts.out / "matrix.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
