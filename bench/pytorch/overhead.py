#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the shim costs a program that has the device for itself.

    overhead.py [--lib SHIM] [--out DIR] [--rounds 3] [--seconds 3] [--sides bare,again,shim,daemon]
                [--rows WORD,WORD] [--limit S]

One process of each side is started and warmed up; then they take turns of a quarter of a second. So what
drifts on the machine meets all of them alike. Each round does that with new processes. The sides: bare;
bare again, which shows what the measurement itself cannot tell apart; the shim; the shim with the daemon
(--xserver), which has nobody else to schedule.

Of each row the time of one iteration, its median and 99th percentile, and the change against bare: the
median over the rounds. The limits are +1 % for the median, +3 % for the 99th percentile, 30 ns a launch,
20 ms at the start.
"""
import contextlib
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
from children import Client, NoDaemon, daemon
from common import BARE, SHIM

AGAIN, DAEMON = "again", "daemon"
LIBRARY = {BARE: BARE, AGAIN: BARE, SHIM: SHIM, DAEMON: SHIM}  # of the sides
LIMIT_P50, LIMIT_P99, LIMIT_LAUNCH_NS, LIMIT_START_MS = 1.0, 3.0, 30.0, 20.0
SLOT_S, SLOT_LEAST, SLOT_WARM = 0.25, 20, 3

# --- a child: PyTorch ------------------------------------------------------------------------------


def small_kernels(models):
    x = models.torch.zeros(1, device="cuda")

    def step():
        for _ in range(100):
            x.add_(1)

    return step


def graph_of_bert(models):
    return models.graphed(models.bert())


def products(models):
    """A best-effort process of processes.py: an iteration is until it synchronises."""
    multiply = models.gemm(8192)

    def step():
        for _ in range(16):
            multiply()

    return step


ROWS = {
    "100 small kernels": small_kernels,
    "ResNet-50, batch 1": lambda models: models.resnet50(),
    "BERT-base, batch 1": lambda models: models.bert(),
    "BERT-base, CUDA graph": graph_of_bert,
    "BERT-base training": lambda models: models.bert_training(),
    "16 products of 8192^3": products,
}


def iterations(step, synchronize):
    """Times of single iterations of a slot in us, each with its synchronise."""
    for _ in range(SLOT_WARM):
        step()
        synchronize()
    times, end = [], time.perf_counter() + SLOT_S
    gc.disable()
    while (start := time.perf_counter()) < end or len(times) < SLOT_LEAST:
        step()
        synchronize()
        times.append(round((time.perf_counter() - start) * 1e6, 2))
    gc.enable()
    return times


def prepare(models, row):
    gc.collect()
    models.torch.cuda.empty_cache()
    step = ROWS[row](models)
    for _ in range(20):
        step()
        models.torch.cuda.synchronize()
    gc.collect()
    return step


def child():
    common.check_side()
    import models

    torch, step = models.torch, None
    common.say(ready=True)
    for line in sys.stdin:
        told = json.loads(line)
        try:
            if "use" in told:
                start = time.perf_counter()
                torch.zeros(1).cuda()
                torch.cuda.synchronize()
                common.say(ms=(time.perf_counter() - start) * 1e3)
            elif "row" in told:
                step = None
                step = prepare(models, told["row"])
                common.say(ready=True)
            else:
                common.say(times=iterations(step, torch.cuda.synchronize))
        except Exception as error:  # the other rows go on
            common.say(trouble=f"{type(error).__name__}: {str(error)[:500]}")


# --- the parent ------------------------------------------------------------------------------------


def in_turn(clients, slot):
    """All of them, another one first each time."""
    names = list(clients)
    first = slot % len(names)
    return [(name, clients[name]) for name in names[first:] + names[:first]]


@contextlib.contextmanager
def all_sides(opts, sides, command):
    """A process of each side, by name; none if one does not start."""
    with contextlib.ExitStack() as stack:
        clients = {side: Client(opts, LIBRARY[side], command, extra) for side, extra in sides.items()}
        for client in clients.values():
            stack.callback(client.end)
        ready = [client.hear(120).get("ready") for client in clients.values()]
        yield clients if all(ready) else {}


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


def measure_launches(opts, results, sides, launcher, turn):
    with all_sides(opts, sides, [str(launcher)]) as clients:
        if not clients:
            results.add(round=turn, row="launches", trouble="a process did not start")
            return
        heard = {side: [] for side in clients}
        for slot in range(4):
            for side, client in in_turn(clients, slot):
                client.tell()
                heard[side].append(client.hear(60))
    for side, answers in heard.items():
        for row in answers[0]:
            of_row = [answer[row] for answer in answers if row in answer]
            results.add(side=side, round=turn, row=row, unit="ns", n=sum(one["n"] for one in of_row),
                        p50=common.median([one["p50"] for one in of_row]),
                        p99=common.median([one["p99"] for one in of_row]))


def measure_starts(opts, results, sides, launcher, turn):
    for side, extra in in_turn(sides, turn):
        outcome = common.run([str(launcher), "startup"],
                             common.environment(LIBRARY[side], opts, extra), 30)
        results.take(outcome, side=side, round=turn)
        if outcome.status == 0:
            results.add(side=side, round=turn, row="process with one launch", unit="ms", n=1,
                        p50=outcome.seconds * 1e3)


def measure_row(opts, results, clients, row, turn):
    for side, client in list(clients.items()):
        client.tell(row=row)
        said = client.hear(90)
        if not said.get("ready"):
            results.add(side=side, round=turn, row=row, trouble=said.get("trouble", "no answer"))
            return
    times = {side: [] for side in clients}
    for slot in range(max(round(opts.seconds / SLOT_S), 1)):
        for side, client in in_turn(clients, slot):
            client.tell()
            times[side] += client.hear(60).get("times", [])
    for side, values in times.items():
        results.add(side=side, round=turn, row=row, unit="us", n=len(values),
                    p50=common.percentile(values, 0.5), p99=common.percentile(values, 0.99))


def measure_pytorch(opts, results, sides, rows, turn, deadline):
    with all_sides(opts, sides, common.python(__file__, "--child", "1")) as clients:
        if not clients:
            results.add(round=turn, trouble="a process did not start")
            return
        for side, client in in_turn(clients, turn):
            client.tell(use=True)
            results.add(side=side, round=turn, row="first use of CUDA in PyTorch", unit="ms", n=1,
                        p50=client.hear(60).get("ms", float("nan")))
        for row in rows:
            if deadline.allows(1.3 * opts.seconds * len(clients) + 5, f"round {turn + 1}, {row}"):
                measure_row(opts, results, clients, row, turn)


def measure(opts, results, rows, deadline):
    sides = {side: {} for side in opts.sides.split(",")}
    launcher = build_launcher(opts) if not opts.rows or "launch" in opts.rows else None
    with contextlib.ExitStack() as stack:
        if DAEMON in sides:
            try:
                sides[DAEMON] = stack.enter_context(daemon(opts))
            except NoDaemon as reason:
                print(reason, flush=True)
                del sides[DAEMON]
        for turn in range(opts.rounds):
            began = time.monotonic()
            if launcher and deadline.allows(30, f"round {turn + 1}, launches"):
                measure_launches(opts, results, sides, launcher, turn)
                measure_starts(opts, results, sides, launcher, turn)
            if rows and deadline.allows(40, f"round {turn + 1}"):
                measure_pytorch(opts, results, sides, rows, turn, deadline)
            print(f"round {turn + 1}: {time.monotonic() - began:.0f} s", flush=True)


def changed(results, name, side, key):
    """(change, percent) of a side against bare: the medians over rounds that have both."""
    bare = {r["round"]: r[key] for r in results.having(row=name, side=BARE) if key in r}
    pairs = [(r[key], bare[r["round"]]) for r in results.having(row=name, side=side)
             if key in r and r["round"] in bare]
    return (common.median([value - base for value, base in pairs]),
            common.median([100 * (value / base - 1) for value, base in pairs]))


def summary(results):
    """An entry for each row and side."""
    names = list(dict.fromkeys(row["row"] for row in results.rows if "row" in row))
    for name in names:
        for side in LIBRARY:
            rows = [r for r in results.having(row=name, side=side) if "p50" in r]
            if not rows:
                continue
            entry = {"row": name, "side": side, "unit": rows[0]["unit"], "rounds": len(rows)}
            for key in ("p50", "p99"):
                entry[key] = common.median([r.get(key) for r in rows])
                entry[key + "_change"], entry[key + "_percent"] = changed(results, name, side, key)
            yield entry


def judged(entry):
    """Whether a row keeps its limits; "-" where there is nothing to compare."""
    if LIBRARY[entry["side"]] == BARE:
        return ""
    if entry["unit"] == "ns":
        if not entry["row"].startswith("launch"):
            return ""
        limits = {"p50_change": LIMIT_LAUNCH_NS}
    elif entry["unit"] == "ms":
        limits = {"p50_change": LIMIT_START_MS}
    else:
        limits = {"p50_percent": LIMIT_P50, "p99_percent": LIMIT_P99}
    if any(entry[key] != entry[key] for key in limits):
        return "-"
    return "ok" if all(entry[key] <= limit for key, limit in limits.items()) else "over"


HEADINGS = ("row", "side", "rounds", "unit", "p50", "change", "", "p99", "", "limit")


def row_of(entry):
    def percent(value):
        return "-" if value != value or entry["side"] == BARE else f"{value:+.2f} %"

    change = entry["p50_change"]
    change = "-" if change != change or entry["side"] == BARE else f"{change:+.2f}"
    return (entry["row"], entry["side"], entry["rounds"], entry["unit"], common.number(entry["p50"], 5),
            change, percent(entry["p50_percent"]), common.number(entry["p99"], 5),
            percent(entry["p99_percent"]), judged(entry))


def write(opts, results):
    entries = list(summary(results))
    rows = [row_of(entry) for entry in entries]
    text = common.table(HEADINGS, rows)
    text += common.troubles(results)
    drawn = [(f"{entry['row']}" if entry["side"] == SHIM else f"{entry['row']}, {entry['side']}",
              [("alone", entry["p99_percent"]), ("shim", entry["p50_percent"])])
             for entry in entries if entry["unit"] == "us" and entry["side"] != BARE]
    page = report.page(
        "What the shim costs alone",
        f"Programs that have the device for themselves, with the shim against without it, in turns. "
        f"{common.machine()}.",
        report.section("Change of the time of one iteration",
                       "Median and 99th percentile; to the right is slower. Dashed: the limits. Again: "
                       "a second process without the shim, so what is noise.",
                       report.figure([("shim", "median"), ("alone", "99th percentile")],
                                     report.changes(drawn, (LIMIT_P50, LIMIT_P99)))),
        report.section("In numbers", "Medians over the rounds, of the times and of their changes.",
                       report.table(HEADINGS, rows)))
    common.finish(opts, "overhead", text, page)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="processes a side")
    parser.add_argument("--seconds", type=float, default=3, help="a row, side and round")
    parser.add_argument("--sides", default=",".join(LIBRARY), help="some of them")
    parser.add_argument("--rows", default="", help="rows whose names contain one of these words")
    parser.add_argument("--xserver", type=pathlib.Path, default=common.ROOT / "build/bin/xserver")
    opts = parser.parse_args()
    if opts.child is not None:
        child()
        return
    common.prepare(opts)
    deadline = common.Deadline(opts.limit)
    words = [word for word in opts.rows.split(",") if word]
    rows = [row for row in ROWS if not words or any(word in row for word in words)]
    results = common.Results(opts, "overhead")
    measure(opts, results, rows, deadline)
    write(opts, results)


if __name__ == "__main__":
    sys.exit(main())
