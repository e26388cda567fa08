#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two to four processes on one device: latency-critical ones beside best-effort ones.

    processes.py [--lib SHIM] [--out DIR] [--seeds 3] [--duration 5] [--cases WORD,WORD]
                 [--sides native,daemon] [--limit S]

The requests are those of dual.py, in processes of their own. Natively the driver gives the processes
the device in turns. With the daemon all are scheduled together, the requests at a priority above the
others; build/bin/xserver (or --xserver) is started for that, and while there is none the benchmark
says so and measures the native side alone.

The processes of both sides are started once; they then run alone and together in turn, each seed on each
side, while the others sleep. So both are measured on warm processes, and minutes in which the machine is
slower are nobody's alone.
"""
import contextlib
import json
import pathlib
import select
import sys
import time

import common
import report
from children import Client, NoDaemon, daemon
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
    answer = models.bert()
    replay = models.graphed(answer)
    if graph:
        answer = replay
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(30):
            answer()
            stream.synchronize()
        common.say(ready=True)
        for line in sys.stdin:
            run = json.loads(line)
            if "seed" in run:
                answer_requests(answer, stream, rate, run["duration"], run["seed"])
            else:
                common.say(request_ms=models.device_ms(replay))


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


# --- the parent ------------------------------------------------------------------------------------


class Group:
    """The processes of a case on one side, started and warm."""

    def __init__(self, opts, side, case, settings):
        critical, count, load, every, graph, rate = CASES[case]
        requests = {"role": "requests", "graph": graph, "rate": rate}
        best_effort = {"role": "load", "load": load, "every": every}
        self.duration = opts.duration
        self.critical = [self.start(opts, side, requests, settings, HIGH) for _ in range(critical)]
        self.others = [self.start(opts, side, best_effort, settings, LOW) for _ in range(count)]

    @staticmethod
    def start(opts, side, what, settings, priority):
        extra = settings and {"XSCHED_AUTO_XQUEUE_PRIORITY": str(priority), **settings}
        return Client(opts, side, common.python(__file__, "--child", json.dumps(what)), extra)

    def wait(self):
        """Until all are warm; whether they are."""
        return all([client.hear(90).get("ready") for client in self.critical + self.others])

    def request_ms(self):
        """The device time of a request, while nobody else has the device."""
        self.critical[0].tell()
        return self.critical[0].hear(20).get("request_ms", float("nan"))

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
        return self.run(self.critical, [], seed)

    def together(self, seed):
        return self.run(self.critical, self.others, seed)

    def best_effort_alone(self, seed):
        return self.run([], self.others[:1], seed, seconds=1.5)["best_effort"]

    def end(self):
        for client in self.critical + self.others:
            client.end()


def measure_case(opts, results, case, sides, deadline):
    """The groups of all sides stay; they take turns, a seed each."""
    with contextlib.ExitStack() as stack:
        groups = {}
        for side, settings in sides.items():
            groups[side] = Group(opts, side, case, settings)
            stack.callback(groups[side].end)
        for side, group in list(groups.items()):
            if not group.wait():
                results.add(case=case, side=side, seed=0, trouble="a process did not start")
                del groups[side]
        for side, group in groups.items():
            results.add(case=case, side=side + " duty", request_ms=group.request_ms())
        for seed in range(1, opts.seeds + 1):
            for side, group in groups.items():
                if not deadline.allows(2 * opts.duration + 5, f"{case}, {side}, seed {seed}"):
                    return
                rate = group.best_effort_alone(seed)
                results.add(case=case, side=side + " alone", seed=seed, **group.alone(seed))
                results.add(case=case, side=side, seed=seed, best_effort_alone=rate,
                            **group.together(seed))
                print(f"{case}, {side}, seed {seed}", flush=True)


def measure(opts, results, cases, deadline):
    with contextlib.ExitStack() as stack:
        sides = {BARE: None} if "native" in opts.sides else {}
        try:
            if "daemon" in opts.sides:
                sides[SHIM] = stack.enter_context(daemon(opts))
        except NoDaemon as reason:
            print(f"{reason}: only native time slicing is measured", flush=True)
        for case in cases:
            if deadline.allows(2 * opts.duration + 40, case):
                measure_case(opts, results, case, sides, deadline)


HEADINGS = ("case", "side", "runs", "p50 ms", "p99 ms", "max ms", "p99 / alone", "of all", "unanswered",
            "kept", "of what is left")
ALONE = BARE + " alone"
NAMES = {ALONE: "alone", SHIM + " alone": "alone, daemon", BARE: "native", SHIM: "daemon"}


def pooled(results, case, side):
    return [v for row in results.having(case=case, side=side) for v in row.get("latencies", [])]


def ratio(value):
    return "-" if value != value else f"{value:.2f}x"


def summary(results, cases):
    """Ratios are of runs with the same arrivals, which is the median, and of all requests at once."""
    for case in cases:
        alone = {row["seed"]: common.percentile(row["latencies"], 0.99)
                 for row in results.having(case=case, side=ALONE) if row.get("latencies")}
        request_ms = common.median([row["request_ms"] for side in (BARE, SHIM)
                                    for row in results.having(case=case, side=side + " duty")])
        left = 1 - CASES[case][0] * CASES[case][5] * request_ms / 1e3
        for side in NAMES:
            rows = [r for r in results.having(case=case, side=side) if r.get("latencies")]
            if not rows:
                continue
            p50, p99, worst = (common.median([common.percentile(r["latencies"], share) for r in rows])
                               for share in (0.5, 0.99, 1))
            times = common.median([common.percentile(r["latencies"], 0.99) / alone[r["seed"]]
                                   for r in rows if r["seed"] in alone])
            times_all = (common.percentile(pooled(results, case, side), 0.99)
                         / common.percentile(pooled(results, case, ALONE), 0.99))
            kept = common.median([r["best_effort"] / r["best_effort_alone"] for r in rows
                                  if r.get("best_effort") and r.get("best_effort_alone")])
            yield (case, NAMES[side], len(rows), *map(common.number, (p50, p99, worst)),
                   ratio(times), ratio(times_all), sum(r.get("unanswered", 0) for r in rows),
                   "-" if kept != kept else f"{100 * kept:.0f} %",
                   "-" if kept != kept else f"{100 * kept / left:.0f} %")


def best_effort(results, cases):
    """What one best-effort process alone loses by the daemon, as text."""
    for case in cases:
        rates = {side: {r["seed"]: r.get("best_effort_alone") for r in
                        results.having(case=case, side=side)} for side in (BARE, SHIM)}
        changes = [100 * (rates[SHIM][seed] / rates[BARE][seed] - 1) for seed in rates[SHIM]
                   if rates[SHIM][seed] and rates[BARE].get(seed)]
        if changes:
            yield (f"{case}: a best-effort process alone is {common.median(changes):+.2f} % faster with "
                   f"the daemon ({min(changes):+.2f} to {max(changes):+.2f}).")


def write(opts, results, cases):
    rows = list(summary(results, cases))
    text = "\n".join([common.table(HEADINGS, rows), *best_effort(results, cases)])
    text += common.troubles(results)
    figures = [report.section(case, f"{CASES[case][1]} best-effort processes with {CASES[case][2]}.",
                              report.latencies([("bare", "native", pooled(results, case, BARE)),
                                                ("shim", "daemon", pooled(results, case, SHIM)),
                                                ("alone", "alone", pooled(results, case, ALONE))]))
               for case in cases]
    page = report.page("Several processes on one device",
                       f"Requests to BERT-base beside best-effort processes. {common.machine()}.",
                       *figures, report.section("In numbers", "Medians over the seeds; of all: over all requests.",
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
