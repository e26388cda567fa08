#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two to four processes on one device: a latency-critical one beside best-effort ones.

    processes.py [--lib SHIM] [--out DIR] [--seeds 1] [--duration 8] [--cases WORD,WORD] [--limit S]

The requests are those of dual.py, in a process of their own. Natively the driver gives the processes
the device in turns. With the daemon all are scheduled together, the requests at a priority above the
others; build/bin/xserver (or --xserver) is started for that, and while there is none the benchmark
says so and measures the native side alone.
"""
import contextlib
import json
import os
import pathlib
import select
import subprocess
import sys
import time

import common
import report
from common import BARE, SHIM

# name: (best-effort processes, load, steps before a synchronise, requests as a graph, a second)
CASES = {
    "gemm8192": (1, "gemm8192", 16, False, 40.0),
    "gemm8192_x3": (3, "gemm8192", 16, False, 40.0),
    "gemm16384_graph": (1, "gemm16384", 4, True, 100.0),
}
HIGH, LOW = 100, -100  # the priorities of the classes "high" and "low"


# --- children: each says that it is ready, starts when told and ends when told ---------------------


def child_requests(opts, graph, rate):
    import models

    torch = models.torch
    answer = models.graphed(models.bert()) if graph else models.bert()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(30):
            answer()
            stream.synchronize()
    common.say(ready=True)
    sys.stdin.readline()
    times = common.arrivals(rate, opts.duration, opts.seed)
    latencies, start = [], time.perf_counter()
    with torch.cuda.stream(stream):
        for at in times:
            now = time.perf_counter() - start
            if now >= opts.duration:
                break
            if at > now:
                time.sleep(at - now)
            answer()
            stream.synchronize()
            latencies.append((time.perf_counter() - start - at) * 1e3)
    late = [(opts.duration - at) * 1e3 for at in times[len(latencies):]]
    common.say(latencies=[round(v, 3) for v in latencies + late], unanswered=len(late))


def child_best_effort(load, every):
    import models

    step = models.LOADS[load][0]()
    for _ in range(2):
        step()
    models.torch.cuda.synchronize()
    common.say(ready=True)
    sys.stdin.readline()
    start, done = time.perf_counter(), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        for _ in range(every):
            step()
        models.torch.cuda.synchronize()
        done += every
    common.say(steps=done, seconds=time.perf_counter() - start)


def child(opts):
    common.check_side()
    what = json.loads(opts.child)
    if what["role"] == "requests":
        child_requests(opts, what["graph"], what["rate"])
    else:
        child_best_effort(what["load"], what["every"])


# --- the daemon ------------------------------------------------------------------------------------


class NoDaemon(Exception):
    """There is no xserver to start."""


@contextlib.contextmanager
def daemon(opts):
    """Runs xserver with a socket of its own; gives the settings that lead clients to it."""
    if not opts.xserver.exists():
        raise NoDaemon(f"no daemon ({opts.xserver} is not there): only native time slicing is measured")
    place = opts.out / "run"
    place.mkdir(exist_ok=True)
    env = {"XDG_RUNTIME_DIR": str(place.resolve())}
    process = subprocess.Popen([str(opts.xserver)], env=common.environment(BARE, opts, env),
                               stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise NoDaemon(f"{opts.xserver} ended at once with status {process.returncode}")
        yield {**env, "XSCHED_SCHEDULER": "GLB"}
    finally:
        common.stop(process)


# --- the parent ------------------------------------------------------------------------------------


class Client:
    """A child with which the parent talks."""

    def __init__(self, opts, side, what, seed, extra):
        command = common.python(__file__, "--child", json.dumps(what), "--duration", opts.duration,
                                "--seed", seed)
        self.process = subprocess.Popen(
            command, env=common.environment(side, opts, extra), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        self.heard = b""

    def hear(self, timeout):
        """Its next result; an empty one when it ends or says nothing in time."""
        end = time.monotonic() + timeout
        while True:
            line, found, rest = self.heard.partition(b"\n")
            if found:
                self.heard = rest
                if line.startswith(b"@{"):
                    return json.loads(line[1:])
                continue
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return {}
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            if not data:
                return {}
            self.heard += data

    def tell(self):
        with contextlib.suppress(OSError):
            self.process.stdin.write(b"\n")
            self.process.stdin.flush()

    def end(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            common.stop(self.process)


def together(opts, side, case, count, seed, settings):
    """Requests beside so many best-effort processes; count 0 is alone. Returns one result."""
    _, load, every, graph, rate = CASES[case]
    first = {"XSCHED_AUTO_XQUEUE_PRIORITY": str(HIGH), **settings} if settings else None
    others = {"XSCHED_AUTO_XQUEUE_PRIORITY": str(LOW), **settings} if settings else None
    requests = {"role": "requests", "graph": graph, "rate": rate}
    clients = [Client(opts, side, requests, seed, first)]
    clients += [Client(opts, side, {"role": "load", "load": load, "every": every}, seed, others)
                for _ in range(count)]
    try:
        if not all(client.hear(90).get("ready") for client in clients):
            return {"trouble": "a process did not start"}
        for client in reversed(clients):
            client.tell()
        result = clients[0].hear(opts.duration + 60)
        for client in clients[1:]:
            client.tell()
        done = [client.hear(30) for client in clients[1:]]
        rates = [one["steps"] / one["seconds"] for one in done if one.get("seconds")]
        return {**result, "best_effort": sum(rates) if len(rates) == count else None}
    finally:
        for client in clients:
            client.end()


def best_effort_alone(opts, case, seed):
    """What one best-effort process reaches by itself in a few seconds."""
    _, load, every, _, _ = CASES[case]
    client = Client(opts, BARE, {"role": "load", "load": load, "every": every}, seed, None)
    try:
        if not client.hear(90).get("ready"):
            return None
        client.tell()
        time.sleep(2)
        client.tell()
        one = client.hear(30)
        return one["steps"] / one["seconds"] if one.get("seconds") else None
    finally:
        client.end()


def measure(opts, results, cases, deadline):
    with contextlib.ExitStack() as stack:
        sides = {BARE: None}
        try:
            sides[SHIM] = stack.enter_context(daemon(opts))
        except NoDaemon as reason:
            print(reason, flush=True)
        for seed in range(1, opts.seeds + 1):
            for case in cases:
                if not deadline.allows((opts.duration + 14) * (1 + len(sides)) + 14, case):
                    continue
                alone = together(opts, BARE, case, 0, seed, None)
                results.add(case=case, side="alone", seed=seed, **alone)
                rate = best_effort_alone(opts, case, seed)
                for side, settings in sides.items():
                    result = together(opts, side, case, CASES[case][0], seed, settings)
                    results.add(case=case, side=side, seed=seed, best_effort_alone=rate, **result)
                    print(f"{case}, {side}, seed {seed}", flush=True)


HEADINGS = ("case", "side", "runs", "p50 ms", "p99 ms", "max ms", "p99 / alone", "unanswered", "kept")
NAMES = {"alone": "alone", BARE: "native", SHIM: "daemon"}


def summary(results, cases):
    for case in cases:
        tails = {}
        for side in ("alone", BARE, SHIM):
            rows = [r for r in results.having(case=case, side=side) if r.get("latencies")]
            if not rows:
                continue
            p50, p99, worst = (common.median([common.percentile(r["latencies"], share) for r in rows])
                               for share in (0.5, 0.99, 1))
            tails[side] = p99
            kept = common.median([r["best_effort"] / r["best_effort_alone"] for r in rows
                                  if r.get("best_effort") and r.get("best_effort_alone")])
            yield (case, NAMES[side], len(rows), *map(common.number, (p50, p99, worst)),
                   f"{p99 / tails.get('alone', float('nan')):.2f}x",
                   sum(r.get("unanswered", 0) for r in rows),
                   "-" if kept != kept else f"{100 * kept:.0f} %")


def write(opts, results, cases):
    rows = list(summary(results, cases))
    text = common.table(HEADINGS, rows) + common.troubles(results)

    def pooled(case, side):
        return [v for row in results.having(case=case, side=side) for v in row.get("latencies", [])]

    figures = [report.section(case, f"{CASES[case][0]} best-effort processes with {CASES[case][1]}.",
                              report.latencies([("bare", "native", pooled(case, BARE)),
                                                ("shim", "daemon", pooled(case, SHIM)),
                                                ("alone", "alone", pooled(case, "alone"))]))
               for case in cases]
    page = report.page("Several processes on one device",
                       f"Requests to BERT-base beside best-effort processes. {common.machine()}.",
                       *figures, report.section("In numbers", "Medians over the seeds.",
                                                report.table(HEADINGS, rows)))
    common.finish(opts, "processes", text, page)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--duration", type=float, default=8, help="seconds a case")
    parser.add_argument("--seeds", type=int, default=1, help="repetitions")
    parser.add_argument("--seed", type=int, default=1, help="of a child")
    parser.add_argument("--cases", default="", help="cases whose names contain one of these words")
    parser.add_argument("--xserver", type=pathlib.Path, default=common.ROOT / "build/bin/xserver")
    opts = parser.parse_args()
    if opts.child is not None:
        child(opts)
        return
    common.prepare(opts)
    words = [word for word in opts.cases.split(",") if word]
    cases = [case for case in CASES if not words or any(word in case for word in words)]
    results = common.Results(opts, "processes")
    measure(opts, results, cases, common.Deadline(opts.limit))
    write(opts, results, cases)


if __name__ == "__main__":
    sys.exit(main())
