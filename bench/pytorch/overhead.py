#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the shim costs a program that has the device for itself.

    overhead.py [--lib SHIM] [--out DIR] [--rounds 3] [--seconds 3] [--rows WORD,WORD] [--limit S]

Processes without and with the shim take turns. Each measures every row: the time of one iteration,
its median and 99th percentile; a row's result is the median over the processes of a side. The limits
are +1 % for the median, +3 % for the 99th percentile, 30 ns a launch, 20 ms at the start.
"""
import gc
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import common
import report
from common import BARE, SHIM

LIMIT_P50, LIMIT_P99, LIMIT_LAUNCH_NS, LIMIT_START_MS = 1.0, 3.0, 30.0, 20.0

# --- a child: PyTorch ------------------------------------------------------------------------------


def small_kernels(models):
    x = models.torch.zeros(1, device="cuda")

    def step():
        for _ in range(100):
            x.add_(1)

    return step


def graph_of_bert(models):
    return models.graphed(models.bert())


ROWS = {
    "100 small kernels": small_kernels,
    "ResNet-50, batch 1": lambda models: models.resnet50(),
    "BERT-base, batch 1": lambda models: models.bert(),
    "BERT-base, CUDA graph": graph_of_bert,
    "BERT-base training": lambda models: models.bert_training(),
}


def iterations(step, synchronize, seconds):
    """Times of single iterations in us, each with its synchronise."""
    for _ in range(20):
        step()
        synchronize()
    times, end = [], time.perf_counter() + seconds
    gc.collect()
    gc.disable()
    while (start := time.perf_counter()) < end or len(times) < 100:
        step()
        synchronize()
        times.append((time.perf_counter() - start) * 1e6)
    gc.enable()
    return times


def child(rows, seconds):
    common.check_side()
    began = time.perf_counter()
    import torch

    imported = time.perf_counter()
    torch.zeros(1).cuda()
    torch.cuda.synchronize()
    common.say(row="first use of CUDA in PyTorch", unit="ms", n=1,
               p50=(time.perf_counter() - imported) * 1e3)
    common.say(row="import torch", unit="ms", n=1, p50=(imported - began) * 1e3)
    import models

    for row in rows:
        try:
            step = ROWS[row](models)
            times = iterations(step, torch.cuda.synchronize, seconds)
            common.say(row=row, unit="us", n=len(times), p50=common.percentile(times, 0.5),
                       p99=common.percentile(times, 0.99))
            del step
        except Exception as error:  # the other rows go on
            common.say(row=row, trouble=f"{type(error).__name__}: {str(error)[:500]}")
        gc.collect()
        torch.cuda.empty_cache()


# --- the parent ------------------------------------------------------------------------------------


def build_launcher(opts):
    """The small program of launch.cu, or None where it cannot be built."""
    nvcc = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    if not os.path.exists(nvcc):
        print("no nvcc: the rows of launch.cu are left out")
        return None
    program = opts.out / "launch"
    source = pathlib.Path(__file__).with_name("launch.cu")
    arch = os.environ.get("NVCC_ARCH", "native")
    done = subprocess.run([nvcc, "-O2", "-std=c++17", f"-arch={arch}", "-o", str(program), str(source)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(f"nvcc failed: the rows of launch.cu are left out\n{done.stdout}")
        return None
    return program


def measure_launches(opts, results, launcher, deadline):
    if not launcher:
        return
    for turn in range(opts.rounds):
        for side in (BARE, SHIM):
            if deadline.allows(5, "launches"):
                outcome = common.run([str(launcher)], common.environment(side, opts),
                                     min(60, deadline.left()))
                results.take(outcome, side=side, round=turn)
    for turn in range(opts.rounds * 4):
        for side in (BARE, SHIM):
            if deadline.allows(3, "starts"):
                outcome = common.run([str(launcher), "startup"], common.environment(side, opts), 30)
                if outcome.status == 0:
                    results.add(side=side, round=turn, row="process with one launch", unit="ms", n=1,
                                p50=outcome.seconds * 1e3)
                else:
                    results.take(outcome, side=side, round=turn)
                    return


def measure_pytorch(opts, results, rows, deadline):
    longest = 40.0
    for turn in range(opts.rounds):
        for side in (BARE, SHIM):
            if not deadline.allows(longest, f"round {turn}, {side}"):
                continue
            command = common.python(__file__, "--child", json.dumps(rows),
                                    "--seconds", opts.seconds)
            outcome = common.run(command, common.environment(side, opts),
                                 min(60 + 3 * opts.seconds * len(rows), deadline.left()))
            results.take(outcome, side=side, round=turn)
            longest = max(longest, outcome.seconds * 1.05) if turn else outcome.seconds * 1.05
            print(f"round {turn + 1}, {side}: {outcome.seconds:.0f} s", flush=True)


def summary(results):
    """Of each row: unit, processes a side, medians of the sides, changes, spread of the bare ones."""
    names = list(dict.fromkeys(row["row"] for row in results.rows if "row" in row))
    for name in names:
        sides = {side: [r for r in results.having(row=name, side=side) if "p50" in r]
                 for side in (BARE, SHIM)}
        if not all(sides.values()):
            continue
        entry = {"row": name, "unit": sides[BARE][0]["unit"], "runs": len(sides[SHIM])}
        for key in ("p50", "p99"):
            for side in (BARE, SHIM):
                entry[f"{side}_{key}"] = common.median([r.get(key) for r in sides[side]])
            entry[f"{key}_change"] = entry[f"{SHIM}_{key}"] - entry[f"{BARE}_{key}"]
            entry[f"{key}_percent"] = 100 * entry[f"{key}_change"] / entry[f"{BARE}_{key}"]
        values = [r["p50"] for r in sides[BARE]]
        entry["spread"] = 100 * (max(values) - min(values)) / entry[f"{BARE}_p50"]
        yield entry


def judged(entry):
    """Whether a row keeps its limit."""
    if entry["unit"] == "ns":
        if not entry["row"].startswith("launch"):
            return ""
        return "ok" if entry["p50_change"] <= LIMIT_LAUNCH_NS else "over"
    if entry["row"] == "import torch":
        return ""
    if entry["unit"] == "ms":
        return "ok" if entry["p50_change"] <= LIMIT_START_MS else "over"
    good = entry["p50_percent"] <= LIMIT_P50 and not entry["p99_percent"] > LIMIT_P99
    return "ok" if good else "over"


HEADINGS = ("row", "unit", "runs", "bare p50", "shim p50", "change", "", "bare p99", "shim p99", "",
            "bare spread", "limit")


def row_of(entry):
    def percent(value):
        return "-" if value != value else f"{value:+.2f} %"

    return (entry["row"], entry["unit"], entry["runs"], common.number(entry["bare_p50"], 5),
            common.number(entry["shim_p50"], 5), f"{entry['p50_change']:+.2f}",
            percent(entry["p50_percent"]), common.number(entry["bare_p99"], 5),
            common.number(entry["shim_p99"], 5), percent(entry["p99_percent"]),
            f"{entry['spread']:.2f} %", judged(entry))


def write(opts, results):
    entries = list(summary(results))
    rows = [row_of(entry) for entry in entries]
    text = common.table(HEADINGS, rows)
    text += common.troubles(results)
    drawn = [(entry["row"], [("alone", entry["p99_percent"]), ("shim", entry["p50_percent"])])
             for entry in entries if entry["unit"] == "us"]
    page = report.page(
        "What the shim costs alone",
        f"Programs that have the device for themselves, with the shim against without it, in turns. "
        f"{common.machine()}.",
        report.section("Change of the time of one iteration",
                       "Median and 99th percentile; to the right is slower. Dashed: the limits.",
                       report.figure([("shim", "median"), ("alone", "99th percentile")],
                                     report.changes(drawn, (LIMIT_P50, LIMIT_P99)))),
        report.section("In numbers", "Medians over the processes of each side. Spread: between the "
                       "processes without the shim, of the median, so what is noise.",
                       report.table(HEADINGS, rows)))
    common.finish(opts, "overhead", text, page)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="processes a side")
    parser.add_argument("--seconds", type=float, default=3, help="a row in a process")
    parser.add_argument("--rows", default="", help="rows whose names contain one of these words")
    opts = parser.parse_args()
    if opts.child is not None:
        child(json.loads(opts.child), opts.seconds)
        return
    common.prepare(opts)
    deadline = common.Deadline(opts.limit)
    words = [word for word in opts.rows.split(",") if word]
    rows = [row for row in ROWS if not words or any(word in row for word in words)]
    results = common.Results(opts, "overhead")
    if not words or "launch" in words:
        measure_launches(opts, results, build_launcher(opts), deadline)
    if rows:
        measure_pytorch(opts, results, rows, deadline)
    write(opts, results)


if __name__ == "__main__":
    sys.exit(main())
