#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two models in one process: requests that are urgent beside work that only wants to get on.

    dual.py [--lib SHIM] [--out DIR] [--seeds 3] [--duration 9] [--cases WORD,WORD] [--limit S]

One thread answers requests to BERT-base (batch 1, 128 tokens, half precision) that arrive at random,
40 a second, on a stream of priority -1; a latency counts from the arrival. Another thread runs a load
without end on a stream of priority 0: 8192^3 products that synchronise every 8, 16384^3 every 4, BERT
training every 2 steps. One more case has both threads on the default stream, in a process that uses no
other stream. A process measures alone and its cases one after the other; processes without and with
the shim take turns, each seed once on each side, with the same arrivals. The program sets nothing of
ours: the stream's priority is all.

Both threads share one Python, and only one of them can run Python code at a time. What that alone
costs the requests shows the case "python": the other thread trains a model with the same layers, next
to nothing wide and on the CPU, at the rate that training had alone; so it does the same work in Python
and gives the device nothing. No scheduler of the device can be better than that beside training, so
the table compares training with it too. --switch-interval sets how long a thread keeps the interpreter
when another one wants it (Python's own default: 5000 us).
"""
import argparse
import gc
import sys
import threading
import time

import common
import report
from common import BARE, SHIM

RATE = 40.0
# name: (load, stream of both, limit of p99 against alone). A 16384^3 product takes 11 ms and cannot be
# stopped: its limit is alone plus two of them.
CASES = {
    "gemm8192": ("gemm8192", "priority", "1.3x"),
    "gemm16384": ("gemm16384", "priority", "+2 kernels"),
    "training": ("training", "priority", "1.3x"),
    "python": ("python", "priority", "-"),
    "default_stream": ("gemm8192", "default", "-"),
}
# What the Python of a case costs, and from where that has its rate.
PYTHON_OF = {"training": "python"}
RATE_OF = {"python": "training"}
KERNEL_MS = 11.0

def alone_of(placement):
    """The name of the row that cases of this placement are compared with."""
    return "alone" if placement == "priority" else "alone, default stream"


# --- a child ---------------------------------------------------------------------------------------


class BestEffort(threading.Thread):
    """Runs the load until told to stop; counts what has been synchronised, with the time. With a rate
    (steps a second) it rests in place of the device when it is faster than that."""

    def __init__(self, torch, step, every, stream, rate=None):
        super().__init__(daemon=True)
        self.torch, self.step, self.every, self.stream = torch, step, every, stream
        self.period = every / rate if rate else 0.0
        self.marks = []  # (time, steps done), written by this thread only
        self.over = threading.Event()
        self.failed = None

    def run(self):
        try:
            with self.torch.cuda.stream(self.stream):
                done = 0
                while not self.over.is_set():
                    began = time.perf_counter()
                    for _ in range(self.every):
                        self.step()
                    self.stream.synchronize()
                    rest = began + self.period - time.perf_counter()
                    if rest > 0:
                        time.sleep(rest)
                    done += self.every
                    self.marks.append((time.perf_counter(), done))
        except Exception as error:
            self.failed = f"{type(error).__name__}: {error}"

    def wait_for(self, count, seconds):
        """Until it has synchronised so often."""
        end = time.perf_counter() + seconds
        while len(self.marks) < count and self.is_alive() and time.perf_counter() < end:
            time.sleep(0.005)

    def rate(self, start, end):
        """Steps a second between the first and the last synchronise of a span."""
        inside = [mark for mark in list(self.marks) if start <= mark[0] <= end]
        if len(inside) < 2:
            return None
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def serve(torch, answer, stream, duration, seed):
    """Answers the requests of one span; returns latencies in ms and how many were not answered.
    Those count with the time that they had been waiting."""
    times = common.arrivals(RATE, duration, seed)
    latencies, start = [], time.perf_counter()
    with torch.cuda.stream(stream):
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
    return latencies + late, len(late)


class Child:
    def __init__(self, opts):
        common.check_side()
        import models

        self.opts, self.models, self.torch = opts, models, models.torch
        self.answer = models.bert()
        self.rates = {}  # of cases: steps a second of the best effort alone
        if opts.placement == "default":
            self.high = self.low = self.torch.cuda.default_stream()
        else:
            self.high = self.torch.cuda.Stream(priority=-1)
            self.low = self.torch.cuda.Stream(priority=0)
        if opts.switch_interval:
            sys.setswitchinterval(opts.switch_interval / 1e6)
        with self.torch.cuda.stream(self.high):
            for _ in range(30):
                self.answer()
                self.high.synchronize()
        gc.collect()
        gc.freeze()

    def requests(self, case):
        latencies, late = serve(
            self.torch, self.answer, self.high, self.opts.duration, self.opts.seed)
        return {"case": case, "latencies": [round(v, 3) for v in latencies], "unanswered": late}

    def run(self, cases):
        common.say(**self.requests(alone_of(self.opts.placement)))
        for case in cases:
            try:
                self.together(case, CASES[case][0])
            except Exception as error:
                common.say(case=case, trouble=f"{type(error).__name__}: {str(error)[:500]}")
            self.torch.cuda.synchronize()
            gc.collect()
            self.torch.cuda.empty_cache()
        self.duty()

    def together(self, case, load):
        if case in RATE_OF and not self.rates.get(RATE_OF[case]):
            raise RuntimeError(f"no rate: {RATE_OF[case]} was not measured before")
        make, every = self.models.LOADS[load]
        step = make()
        self.torch.cuda.synchronize()
        work = BestEffort(self.torch, step, every, self.low, self.rates.get(RATE_OF.get(case)))
        work.start()
        work.wait_for(3, 30)
        begin = time.perf_counter()
        work.wait_for(len(work.marks) + 8, self.opts.duration / 2)
        time.sleep(max(0.0, begin + self.opts.duration / 6 - time.perf_counter()))
        alone = self.rates[case] = work.rate(begin, time.perf_counter())
        start = time.perf_counter()
        result = self.requests(case)
        together = work.rate(start, time.perf_counter())
        work.over.set()
        work.join(60)
        common.say(**result, best_effort_alone=alone, best_effort=together,
                   **({"trouble": work.failed} if work.failed else {}))

    def duty(self):
        """How long the device alone needs for one request: BERT as a graph, without the host."""
        try:
            request_ms = self.models.device_ms(self.models.graphed(self.answer))
            common.say(case="duty", request_ms=request_ms)
        except Exception as error:
            common.say(case="duty", trouble=f"{type(error).__name__}: {str(error)[:300]}")


# --- the parent ------------------------------------------------------------------------------------


def measure(opts, results, cases, deadline):
    groups = [(placement, [case for case in cases if CASES[case][1] == placement])
              for placement in ("priority", "default")]
    expected = {placement: 25 + opts.duration * (1 + 1.4 * len(group)) for placement, group in groups}
    for seed in range(1, opts.seeds + 1):
        for side in (BARE, SHIM):
            for placement, group in groups:
                if not group or not deadline.allows(
                        expected[placement], f"seed {seed}, {side}, {placement} streams"):
                    continue
                command = common.python(
                    __file__, "--child", ",".join(group), "--placement", placement, "--duration",
                    opts.duration, "--seed", seed, "--switch-interval", opts.switch_interval)
                outcome = common.run(command, common.environment(side, opts),
                                     min(expected[placement] * 2 + 30, deadline.left()))
                results.take(outcome, side=side, seed=seed)
                expected[placement] = max(outcome.seconds * 1.05, 5)
                print(f"seed {seed}, {side}, {placement} streams: {outcome.seconds:.0f} s", flush=True)


def per_seed(results, case, side, value):
    """value(row) of each seed that has the case; NaN where it has not."""
    seeds = sorted({row["seed"] for row in results.rows})
    for seed in seeds:
        rows = results.having(case=case, side=side, seed=seed)
        yield value(rows[0]) if rows else float("nan")


def p(share):
    return lambda row: common.percentile(row.get("latencies", []), share)


def kept(results, case, side):
    """Best effort together over alone, and over what the requests leave of the device."""
    def ratio(row):
        if not (row.get("best_effort") and row.get("best_effort_alone")):
            return float("nan")
        return row["best_effort"] / row["best_effort_alone"]

    share = common.median(per_seed(results, case, side, ratio))
    request_ms = common.median([r.get("request_ms") for r in results.having(case="duty")])
    left = 1 - RATE * request_ms / 1e3
    return 100 * share, 100 * share / left


HEADINGS = ("case", "side", "runs", "p50 ms", "p90 ms", "p99 ms", "max ms", "p99 / alone",
            "/ python", "unanswered", "best effort/s", "kept", "of what is left", "limit", "")


def alones(cases):
    return list(dict.fromkeys(alone_of(CASES[case][1]) for case in cases))


def beside_python(results, case, tails):
    """The ratio to what the Python of this case costs the requests by itself."""
    if case not in PYTHON_OF:
        return "-"
    floors = per_seed(results, PYTHON_OF[case], BARE, p(0.99))
    ratio = common.median([tail / floor for tail, floor in zip(tails, floors)])
    return "-" if ratio != ratio else f"{ratio:.2f}x"


def summary(results, cases):
    """Of alone and each case, a row of the table for each side. Alone is what is measured bare."""
    for case in [*alones(cases), *cases]:
        reference = alone_of(CASES[case][1]) if case in CASES else case
        alone = list(per_seed(results, reference, BARE, p(0.99)))
        for side in (BARE, SHIM):
            rows = [row for row in results.having(case=case, side=side) if "latencies" in row]
            if not rows:
                continue
            tails = list(per_seed(results, case, side, p(0.99)))
            ratio = common.median([t / a for t, a in zip(tails, alone)])
            limit, good = (CASES[case][2] if case in CASES else "-"), ""
            if limit.endswith("x") and side == SHIM:
                good = "ok" if ratio <= float(limit[:-1]) else "over"
            elif limit.startswith("+") and side == SHIM:
                more = common.median([t - a for t, a in zip(tails, alone)])
                good = "ok" if more <= 2 * KERNEL_MS else "over"
            share, of_left = kept(results, case, side) if case in CASES else (float("nan"),) * 2
            values = [common.median(per_seed(results, case, side, p(s))) for s in (0.5, 0.9, 0.99, 1)]
            yield (case, side, len(rows), *map(common.number, values), f"{ratio:.2f}x",
                   beside_python(results, case, tails), sum(row.get("unanswered", 0) for row in rows),
                   common.number(common.median([row.get("best_effort") for row in rows])),
                   "-" if share != share else f"{share:.0f} %",
                   "-" if of_left != of_left else f"{of_left:.0f} %", limit, good)


def write(opts, results, cases):
    rows = list(summary(results, cases))
    text = common.table(HEADINGS, rows)
    request_ms = common.median([r.get("request_ms") for r in results.having(case="duty")])
    text += (f"\n{opts.duration:g} s a case; medians over the seeds. The device needs "
             f"{common.number(request_ms)} ms for a request.")
    text += common.troubles(results)

    def pooled(case, side):
        return [v for row in results.having(case=case, side=side) for v in row.get("latencies", [])]

    figures = [report.section(case, f"Load {CASES[case][0]}, both threads on "
                              + ("the default stream." if CASES[case][1] == "default"
                                 else "streams of their own."),
                              report.latencies(
                                  [("bare", "together", pooled(case, BARE)),
                                   ("shim", "together, shim", pooled(case, SHIM)),
                                   ("alone", "alone", pooled(alone_of(CASES[case][1]), BARE))]))
               for case in cases]
    page = report.page(
        "Two models in one PyTorch process",
        f"Requests to BERT-base at {RATE:g} a second beside a best-effort thread. {common.machine()}.",
        *figures,
        report.section("In numbers", "Medians over the seeds; ratios of runs with the same arrivals.",
                       report.table(HEADINGS, rows)))
    common.finish(opts, "dual", text, page)


def chosen(words):
    """The cases whose names contain one of the words, and those from which they have their rate."""
    cases = [case for case in CASES if not words or any(word in case for word in words)]
    needed = [RATE_OF[case] for case in cases if case in RATE_OF]
    return [case for case in CASES if case in cases or case in needed]


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--duration", type=float, default=9, help="seconds a case")
    parser.add_argument("--seeds", type=int, default=3, help="processes a side")
    parser.add_argument("--seed", type=int, default=1, help="of a child")
    parser.add_argument("--placement", default="priority", help=argparse.SUPPRESS)
    parser.add_argument("--switch-interval", type=int, default=0, metavar="US",
                        help="sys.setswitchinterval() of the children; 0: Python's own")
    parser.add_argument("--cases", default="",
                        help="cases whose names contain one of these words; python brings training along")
    opts = parser.parse_args()
    if opts.child is not None:
        Child(opts).run([case for case in opts.child.split(",") if case])
        return
    common.prepare(opts)
    cases = chosen([word for word in opts.cases.split(",") if word])
    results = common.Results(opts, "dual")
    measure(opts, results, cases, common.Deadline(opts.limit))
    write(opts, results, cases)


if __name__ == "__main__":
    sys.exit(main())
