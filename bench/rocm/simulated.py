#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tests of ROCm's users on the software device: overhead, dual-model priority, multi-tenant.

    simulated.py --test overhead|dual|tenants [--lib SHIM] [--out DIR] [--quick]

The application is models_hip of bench/demo: requests that arrive at random beside best-effort work, two
threads of a process in "dual", processes of their own in "tenants". A light best-effort model launches
short kernels, eight ahead; an intensive one long kernels, 64 ahead. It sets nothing of ours; under the
shim tenants have the priorities of the classes "high" and "low". Tenants are scheduled together by
xserver, which is started for that; where it is not there, or the library does not talk to it, each
process schedules itself, which between processes helps nobody, and the table says so.
"""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pytorch"))
import common  # noqa: E402
import processes  # noqa: E402
import report  # noqa: E402
from common import BARE, SHIM  # noqa: E402

LOADS = {"light": ("-K8", "-U100"), "intensive": ("-K64", "-U400")}
TENANTS = 2  # best-effort processes
REQUESTS = ("-r70", "-k60", "-u50")
LAUNCH_LIMIT_NS = 20.0


def build(opts):
    return opts.lib.parents[1]


def settings(opts, side, shared, more=None):
    env = common.environment(side, opts, {"LD_LIBRARY_PATH": f"{build(opts)}/sim",
                                          "XSIM_DEVICE": f"/xsim-rocm-{os.getpid()}",
                                          "XSIM_SHARE": "1" if shared else "0", **(more or {})})
    env.setdefault("XSCHED_SCHEDULER", "LCL")
    return env


def models(opts, *arguments):
    return [str(build(opts) / "demo/models_hip"), *arguments]


def read(text):
    """Latencies in ms, and best-effort kernels a second (None if there were none)."""
    latencies = [(float(done) - float(arrived)) / 1e3
                 for arrived, done in re.findall(r"^request (\S+) \S+ (\S+)$", text, re.M)]
    best = re.search(r"^best-effort (\d+) (\S+)$", text, re.M)
    rate = float(best[1]) / float(best[2]) * 1e6 if best and float(best[2]) > 0 else None
    return latencies, rate


# --- overhead --------------------------------------------------------------------------------------


def overhead(opts):
    results = common.Results(opts, "overhead")
    launches = "-n80000" if opts.quick else "-n10000000"
    for way in ("table", "symbols", "both"):
        env = {**os.environ, "BUILD": str(build(opts))}
        done = subprocess.run([str(build(opts) / "bench/launch_hip"), way, launches], env=env, text=True,
                              capture_output=True, timeout=600, check=True)
        for line in done.stdout.splitlines():
            results.add(**json.loads(line))
    rows = [(row["name"], row["unit"], f"{row['bare']:.1f}", f"{row['value']:+.1f}",
             "ok" if row["value"] <= LAUNCH_LIMIT_NS else "over") for row in results.rows]
    show(opts, "overhead", ("launch", "unit", "bare", "change", f"limit {LAUNCH_LIMIT_NS:.0f}"), rows,
         "What the shim adds to a launch, by the way in.", results)


# --- one process, several processes ------------------------------------------------------------------


def dual_run(opts, side, arguments):
    done = subprocess.run(models(opts, *arguments), env=settings(opts, side, False), text=True,
                          capture_output=True, timeout=120, check=False)
    if done.returncode:
        sys.exit(f"models_hip: status {done.returncode}: {done.stderr}")
    return read(done.stdout)


def dual(opts):
    results = common.Results(opts, "dual")
    count, seconds = ("-c12", "-d0.3") if opts.quick else ("-c560", "-d3")
    alone, _ = dual_run(opts, BARE, (count, *REQUESTS))
    results.add(case="alone", side=BARE, latencies=alone)
    for case, load in LOADS.items():
        _, rate = dual_run(opts, BARE, ("-b", seconds, *load))
        for side in (BARE, SHIM):
            latencies, kept = dual_run(opts, side, (count, *REQUESTS, "-b", *load))
            results.add(case=case, side=side, latencies=latencies, best_effort=kept,
                        best_effort_alone=rate)
    summarise(opts, "dual", results, "Two threads of one process, with a stream each.")


def start(opts, side, more, arguments):
    return subprocess.Popen(models(opts, *arguments), env=settings(opts, side, True, more), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end(process):
    out, err = process.communicate(timeout=120)
    if process.returncode:
        sys.exit(f"models_hip: status {process.returncode}: {err}")
    return (*read(out), err)


def tenants_run(opts, side, daemon, load, count):
    """Requests in one process beside so many best-effort ones. The rates of the latter are those of
    the whole time that they ran, which is a little longer than that of the requests."""
    def priority(which):
        return {"XSCHED_AUTO_XQUEUE_PRIORITY": str(which), "XLOG_LEVEL": "INFO", **daemon}

    requests, seconds = ("-c12", "-d1") if opts.quick else ("-c350", "-d6")
    others = [start(opts, side, priority(processes.LOW), ("-b", seconds, *load)) for _ in range(count)]
    first = start(opts, side, priority(processes.HIGH), (requests, *REQUESTS))
    latencies, _, said = end(first)
    rates = [end(process)[1] for process in others]
    return {"latencies": latencies, "best_effort": sum(rates) if rates else None,
            "scheduler": "global" if "global scheduler" in said else "local" if side == SHIM else "none"}


def tenants(opts):
    results = common.Results(opts, "tenants")
    with contextlib.ExitStack() as stack:
        daemon = {}
        try:
            daemon = stack.enter_context(processes.daemon(opts))
        except processes.NoDaemon as reason:
            print(reason)
        results.add(case="alone", side=BARE, **tenants_run(opts, BARE, {}, (), 0))
        for case, load in LOADS.items():
            rate = dual_run(opts, BARE, ("-b", "-d0.5" if opts.quick else "-d3", *load))[1]
            for side in (BARE, SHIM):
                results.add(case=case, side=side, best_effort_alone=rate,
                            **tenants_run(opts, side, daemon, load, TENANTS))
    with contextlib.suppress(OSError):
        os.unlink(f"/dev/shm/xsim-rocm-{os.getpid()}")
    summarise(opts, "tenants", results, f"Requests beside {TENANTS} best-effort processes.")


# --- tables ------------------------------------------------------------------------------------------


def summarise(opts, name, results, text):
    alone = common.percentile(results.having(case="alone")[0]["latencies"], 0.99)
    rows, figures = [], []
    for row in results.rows:
        tail = common.percentile(row["latencies"], 0.99)
        kept = row.get("best_effort")
        rows.append((row["case"], row["side"], *(common.number(common.percentile(row["latencies"], share))
                                                 for share in (0.5, 0.99, 1)),
                     f"{tail / alone:.2f}x",
                     f"{100 * kept / row['best_effort_alone']:.0f} %" if kept else "-",
                     row.get("scheduler", "")))
    for case in LOADS:
        sides = {row["side"]: row["latencies"] for row in results.having(case=case)}
        figures.append(report.section(case, "", report.latencies(
            [("bare", "bare", sides[BARE]), ("shim", "scheduled", sides[SHIM]),
             ("alone", "alone", results.having(case="alone")[0]["latencies"])])))
    headings = ("beside", "side", "p50 ms", "p99 ms", "max ms", "p99 / alone", "best effort", "scheduler")
    show(opts, name, headings, rows, text, results, *figures)


def show(opts, name, headings, rows, text, results, *figures):
    page = report.page(f"HIP on the software device: {name}", text, *figures,
                       report.section("In numbers", "", report.table(headings, rows)))
    common.finish(opts, name, common.table(headings, rows) + common.troubles(results), page)


def main():
    parser = common.parser(__doc__)
    parser.set_defaults(lib=common.ROOT / "build/lib/libshimhip.so")
    parser.add_argument("--test", choices=("overhead", "dual", "tenants"), required=True)
    parser.add_argument("--quick", action="store_true", help="numbers that mean nothing")
    opts = parser.parse_args()
    common.prepare(opts)
    opts.xserver = build(opts) / "bin/xserver"
    {"overhead": overhead, "dual": dual, "tenants": tenants}[opts.test](opts)


if __name__ == "__main__":
    sys.exit(main())
