#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What bench/pytorch/overhead.py says of a row: within its limits, over one, or nothing to compare."""
import math
import sys

sys.path.insert(0, "bench/pytorch")
sys.dont_write_bytecode = True
import overhead  # noqa: E402

UNKNOWN = math.nan


def judged(row, unit, change, p50, p99, side=overhead.SHIM):
    entry = {"row": row, "side": side, "unit": unit, "rounds": 1, "p50": 1.0, "p99": 1.0,
             "p50_change": change, "p50_percent": p50, "p99_change": change, "p99_percent": p99}
    assert overhead.row_of(entry)[-1] == overhead.judged(entry)
    return overhead.judged(entry)


assert judged("training", "us", 0, 0, 0) == "ok"
assert judged("training", "us", 0, 100, 0) == judged("training", "us", 0, 0, 100) == "over"
assert judged("training", "us", 0, 0, UNKNOWN) == judged("training", "us", 0, UNKNOWN, 0) == "-"
assert judged("launch", "ns", 0, UNKNOWN, UNKNOWN) == "ok"
assert judged("launch", "ns", 1e6, 0, 0) == "over"
assert judged("launch", "ns", UNKNOWN, 0, 0) == judged("start", "ms", UNKNOWN, 0, 0) == "-"
assert judged("start", "ms", 0, 0, UNKNOWN) == "ok"
assert judged("other", "ns", 0, 0, 0) == judged("training", "us", 0, 0, 0, overhead.BARE) == ""
