#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The device is divided as it was asked for: the part of bench/shares that needs no clock, ten scripted
seconds with kernels that differ 100 times in length.

Would catch: device time that is charged twice or not at all, a policy that leaves the device idle, a floor
that is missed or that costs the important program more than its part.
"""
import json
import os
import subprocess
import sys

rows = subprocess.run([os.environ["BUILD"] + "/bench/shares", "-s10", "-m1"], check=True,
                      capture_output=True, text=True).stdout.splitlines()
rows = {row["name"]: row for row in map(json.loads, rows)}
wrong = []
for what, value, most in (
        ("share_error_pp", rows["share_error_pp"]["value"], 0.5),
        ("idle percent", 100 - rows["share_error_pp"]["detail"]["busy_pct"], 1),
        ("error of the floor", rows["hpf_floor"]["detail"]["error_pp"], 0.5),
        ("lower ones without a floor", rows["hpf_floor"]["detail"]["strict_pct"], 0.01),
        ("p99 with a floor", rows["hpf_floor"]["detail"]["p99_ratio"], 1.1)):
    print(f"{what}: {value}, at most {most}")
    if value > most:
        wrong.append(what)
if wrong:
    print("wrong:", ", ".join(wrong))
sys.exit(bool(wrong))
