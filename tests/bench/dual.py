#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What bench/pytorch/dual.py makes of what its children say, without PyTorch: the children are made
up here. Which processes it starts, on which side, with which cases, and every row of the table.
"""
import json
import os
import pathlib
import sys
import types

sys.path.insert(0, "bench/pytorch")
sys.dont_write_bytecode = True
import common  # noqa: E402
import dual  # noqa: E402

started = []


def child(command, env, timeout):
    """Says what a child would: training doubles the latency, the rest leaves it."""
    assert timeout > 0
    options = dict(zip(command, command[1:]))
    cases, placement = options["--child"].split(","), options["--placement"]
    side = common.SHIM if "LD_PRELOAD" in env else common.BARE
    started.append((side, placement, tuple(cases), options["--seed"]))

    def latencies(factor):
        return [factor * (3 + i / 100) for i in range(300)]

    said = [{"case": dual.alone_of(placement), "latencies": latencies(1), "unanswered": 0}]
    for case in cases:
        said.append({"case": case, "latencies": latencies(2 if case == "training" else 1),
                     "unanswered": 0, "best_effort_alone": 10.0, "best_effort": 8.0})
    said.append({"case": "duty", "request_ms": 5.0})
    return common.Outcome(said, 0, 1.0, "")


def run(out, *arguments):
    started.clear()
    sys.argv = ["dual.py", "--lib", "bench/run", "--out", str(out), *arguments]
    dual.main()
    table = (out / "dual.txt").read_text(encoding="utf-8").splitlines()
    return {(row.split("  ")[0], side): row for row in table for side in (common.BARE, common.SHIM)
            if f" {side} " in row}


def main():
    common.run = child
    common.machine = lambda: "made up"
    os.environ.pop("LD_PRELOAD", None)
    out = pathlib.Path(os.environ["TEST_TMP"])

    rows = run(out, "--seeds", "2")
    together = ("gemm8192", "gemm16384", "training", "python")
    assert started == [(side, *which, str(seed)) for seed in (1, 2)
                       for side in (common.BARE, common.SHIM)
                       for which in (("priority", together), ("default", ("default_stream",)))], started
    cases = ("alone", "alone, default stream", *together, "default_stream")
    assert set(rows) == {(case, side) for case in cases for side in (common.BARE, common.SHIM)}, rows
    assert "2.00x     2.00x" in rows["training", common.SHIM] and rows["training", common.SHIM].endswith("over")
    assert "100 %" in rows["training", common.SHIM]  # 80 % of the rate, of 80 % that are left
    assert rows["gemm8192", common.SHIM].endswith("ok") and "1.00x" in rows["gemm8192", common.SHIM]
    for line in (out / "dual.jsonl").read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["side"] in (common.BARE, common.SHIM)
    assert "</html>" in (out / "dual.html").read_text(encoding="utf-8")

    rows = run(out, "--seeds", "1", "--cases", "training")
    assert [which[2] for which in started] == [("training",)] * 2, started
    assert "2.00x         -" in rows["training", common.BARE], rows

    run(out, "--seeds", "1", "--cases", "python")  # at the rate of training, which comes first
    assert [which[2] for which in started] == [("training", "python")] * 2, started
    try:
        dual.Child.together(types.SimpleNamespace(rates={"training": None}), "python", "python")
        raise AssertionError("python ran without a rate")
    except RuntimeError as error:
        assert "training was not measured" in str(error), error

    paced = types.SimpleNamespace(synchronize=lambda: None)
    work = dual.BestEffort(None, lambda: None, 2, paced, rate=10)
    assert abs(work.period - 0.2) < 1e-9 and dual.BestEffort(None, None, 2, None).period == 0


main()
