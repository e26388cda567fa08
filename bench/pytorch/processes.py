#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two to four processes on one device: latency-critical ones beside best-effort ones.

    processes.py [--lib SHIM] [--out DIR] [--seeds 3] [--duration 5] [--cases WORD,WORD]
                 [--sides native,daemon] [--limit S]

The requests are those of dual.py, in processes of their own. Natively the driver gives the processes
the device in turns. With the daemon all are scheduled together, the requests at a priority above the
others; build/bin/xserver (or --xserver) is started for that, and while there is none the benchmark
says so and measures the native side alone.

Processes are started once for each side; they then run alone and together in turn, one pair for each
seed, so that both are measured on the same warm processes.
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

# name: (latency-critical, best-effort processes, load, steps before a synchronise, as a graph, a second)
CASES = {
    "gemm8192": (1, 1, "gemm8192", 16, False, 40.0),
    "gemm8192_x3": (1, 3, "gemm8192", 16, False, 40.0),
    "two_and_two": (2, 2, "gemm8192", 16, False, 40.0),
    "gemm16384_graph": (1, 1, "gemm16384", 4, True, 100.0),
}
HIGH, LOW = 100, -100  # the priorities of the classes "high" and "low"


# --- children: each says that it is ready, and does one run for each line that it is told -----------


def answer_requests(answer, stream, rate, duration, seed):
    times = common.arrivals(rate, duration, seed)
    latencies, start = [], time.perf_counter()
    for at in times:
        now = time.perf_counter() - start
        if now >= duration:
            break
        if at > now:
            time.sleep(at - now)
        answer()
        stream.synchronize()
        latencies.append((time.perf_counter() - start - at) * 1e3)
    late = [(duration - at) * 1e3 for at in times[len(latencies):]]
    common.say(latencies=[round(v, 3) for v in latencies + late], unanswered=len(late))


def child_requests(graph, rate):
    import models

    torch = models.torch
    answer = models.graphed(models.bert()) if graph else models.bert()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(30):
            answer()
            stream.synchronize()
        common.say(ready=True)
        for line in sys.stdin:
            run = json.loads(line)
            answer_requests(answer, stream, rate, run["duration"], run["seed"])


def child_best_effort(load, every):
    """A line starts a run, the next one ends it."""
    import models

    step = models.LOADS[load][0]()
    for _ in range(2):
        step()
    models.torch.cuda.synchronize()
    common.say(ready=True)
    while sys.stdin.readline():
        start, done = time.perf_counter(), 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            for _ in range(every):
                step()
            models.torch.cuda.synchronize()
            done += every
        sys.stdin.readline()
        common.say(steps=done, seconds=time.perf_counter() - start)


def child(opts):
    common.check_side()
    what = json.loads(opts.child)
    if what["role"] == "requests":
        child_requests(what["graph"], what["rate"])
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

    def __init__(self, opts, side, what, extra):
        command = common.python(__file__, "--child", json.dumps(what))
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

    def tell(self, **what):
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()

    def end(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            common.stop(self.process)


class Group:
    """The processes of a case on one side, started and warm."""

    def __init__(self, opts, side, case, settings):
        critical, count, load, every, graph, rate = CASES[case]
        requests = {"role": "requests", "graph": graph, "rate": rate}
        best_effort = {"role": "load", "load": load, "every": every}
        self.duration = opts.duration
        self.critical = [Client(opts, side, requests, self.settings(settings, HIGH))
                         for _ in range(critical)]
        self.others = [Client(opts, side, best_effort, self.settings(settings, LOW))
                       for _ in range(count)]
        self.ready = all([client.hear(90).get("ready") for client in self.critical + self.others])

    @staticmethod
    def settings(common_ones, priority):
        return common_ones and {"XSCHED_AUTO_XQUEUE_PRIORITY": str(priority), **common_ones}

    def run(self, critical, others, seed, seconds=None):
        """Requests of some of the processes beside the load of others. Returns one result."""
        for client in others:
            client.tell()
        if critical:
            for number, client in enumerate(critical):
                client.tell(duration=self.duration, seed=10 * seed + number)
            heard = [client.hear(self.duration + 20) for client in critical]
        else:
            time.sleep(seconds)
            heard = []
        for client in others:
            client.tell()
        done = [client.hear(20) for client in others]
        rates = [one["steps"] / one["seconds"] for one in done if one.get("seconds")]
        return {"latencies": [v for one in heard for v in one.get("latencies", [])],
                "unanswered": sum(one.get("unanswered", 0) for one in heard),
                "best_effort": sum(rates) if others and len(rates) == len(others) else None}

    def alone(self, seed):
        return self.run(self.critical[:1], [], seed)

    def together(self, seed):
        return self.run(self.critical, self.others, seed)

    def best_effort_alone(self, seed):
        return self.run([], self.others[:1], seed, seconds=1.5)["best_effort"]

    def end(self):
        for client in self.critical + self.others:
            client.end()


def measure_side(opts, results, case, side, settings):
    group = Group(opts, side, case, settings)
    try:
        if not group.ready:
            results.add(case=case, side=side, seed=0, trouble="a process did not start")
            return
        for seed in range(1, opts.seeds + 1):
            rate = group.best_effort_alone(seed)
            results.add(case=case, side=side + " alone", seed=seed, **group.alone(seed))
            results.add(case=case, side=side, seed=seed, best_effort_alone=rate,
                        **group.together(seed))
            print(f"{case}, {side}, seed {seed}", flush=True)
    finally:
        group.end()


def measure(opts, results, cases, deadline):
    with contextlib.ExitStack() as stack:
        sides = {BARE: None} if "native" in opts.sides else {}
        try:
            if "daemon" in opts.sides:
                sides[SHIM] = stack.enter_context(daemon(opts))
        except NoDaemon as reason:
            print(reason, flush=True)
        for case in cases:
            for side, settings in sides.items():
                if deadline.allows(opts.seeds * (2 * opts.duration + 3) + 20, f"{case}, {side}"):
                    measure_side(opts, results, case, side, settings)


HEADINGS = ("case", "side", "runs", "p50 ms", "p99 ms", "max ms", "p99 / alone", "unanswered", "kept",
            "of what is left")
ALONE = BARE + " alone"
NAMES = {ALONE: "alone", SHIM + " alone": "alone, daemon", BARE: "native", SHIM: "daemon"}


def summary(results, cases):
    for case in cases:
        tails, duty = {}, 0
        for side in NAMES:
            rows = [r for r in results.having(case=case, side=side) if r.get("latencies")]
            if not rows:
                continue
            p50, p99, worst = (common.median([common.percentile(r["latencies"], share) for r in rows])
                               for share in (0.5, 0.99, 1))
            tails[side] = p99
            if side == ALONE:  # what the requests need of the device, at most
                duty = CASES[case][0] * CASES[case][5] * p50 / 1e3
            kept = common.median([r["best_effort"] / r["best_effort_alone"] for r in rows
                                  if r.get("best_effort") and r.get("best_effort_alone")])
            yield (case, NAMES[side], len(rows), *map(common.number, (p50, p99, worst)),
                   f"{p99 / tails.get(ALONE, float('nan')):.2f}x",
                   sum(r.get("unanswered", 0) for r in rows),
                   "-" if kept != kept else f"{100 * kept:.0f} %",
                   "-" if kept != kept else f"{100 * kept / (1 - duty):.0f} %")


def write(opts, results, cases):
    rows = list(summary(results, cases))
    text = common.table(HEADINGS, rows) + common.troubles(results)

    def pooled(case, side):
        return [v for row in results.having(case=case, side=side) for v in row.get("latencies", [])]

    figures = [report.section(case, f"{CASES[case][1]} best-effort processes with {CASES[case][2]}.",
                              report.latencies([("bare", "native", pooled(case, BARE)),
                                                ("shim", "daemon", pooled(case, SHIM)),
                                                ("alone", "alone", pooled(case, ALONE))]))
               for case in cases]
    page = report.page("Several processes on one device",
                       f"Requests to BERT-base beside best-effort processes. {common.machine()}.",
                       *figures, report.section("In numbers", "Medians over the seeds.",
                                                report.table(HEADINGS, rows)))
    common.finish(opts, "processes", text, page)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--duration", type=float, default=5, help="seconds a run")
    parser.add_argument("--seeds", type=int, default=3, help="repetitions")
    parser.add_argument("--sides", default="native,daemon", help="one of them, or both")
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
