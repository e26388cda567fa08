#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xcli bench, with runs too short to measure anything: each experiment comes to its end and leaves a table,
bench.json and one report that needs nothing else; on a terminal it says how far it is.

Would catch: a program that is not found or changed its options, a row that is lost, a section that is missing
or not well-formed, a bar that goes into a pipe, a failure that passes for success.
"""
import html.parser
import json
import os
import pty
import shutil
import subprocess
import sys

BUILD = os.environ.get("BUILD") or os.path.abspath("build")
TMP = os.environ.get("TEST_TMP", "/tmp")
ROWS = {
    "overhead": ["launch_overhead_ns", "launch_overhead_64streams_ns", "launch_overhead_8threads_ns"],
    "dual": ["demo_p99_ms", "demo_best_effort_kept"],
    "tenants": ["tenants_p99_ms", "tenants_best_effort_kept"],
    "fairness": ["fairness_error_points"],
    "latency": ["suspend_us", "decision_us", "scale_256"],
}
FAILED = []


def check(good, what):
    if not good:
        FAILED.append(what)
        print("wrong:", what)


def environment(**more):
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("XSCHED_", "XSIM_", "LD_", "BENCH_"))}
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return dict(env, **more)


def bench(*arguments, tree=BUILD, **more):
    done = subprocess.run([tree + "/bin/xcli", "bench", *arguments], env=environment(**more), cwd=TMP,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    check("\r" not in done.stderr and "\033" not in done.stdout, f"a bar without a terminal: {done.stderr!r}")
    return done


class Page(html.parser.HTMLParser):
    """Drawings have to be well-formed, since they are read as XML elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], {}

    def handle_starttag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, f"</{tag}> without its beginning")


def read_page(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for foreign in ("<script", "http:", "https:", "src=", "href=", "@import", "url("):
        check(foreign not in text, f"the report is not self-contained: {foreign}")
    body = text.split("</style>")[1]
    check("nan" not in body.lower().replace("tenan", "").split('"'), "numbers that are none")
    for word in (">nan", '"nan', " nan", "-nan", "inf "):
        check(word not in body.lower(), f"numbers that are none: {word}")
    page = Page()
    page.feed(text)
    check(not page.open, f"left open: {page.open}")
    return page


def everything():
    # With a sanitizer 256 processes take a minute; the others say as much about this verb.
    chosen = ["overhead", "dual", "fairness"] if os.environ.get("SAN") else list(ROWS)
    rows_of = {name: ROWS[name] for name in chosen}
    pictures = {"overhead": 1, "dual": 2, "tenants": 3, "fairness": 2, "latency": 2}
    done = bench("--quick", "-o", "all", *chosen if os.environ.get("SAN") else ())
    check(done.returncode == 0, f"status {done.returncode}: {done.stderr}")
    with open(TMP + "/all/bench.json") as file:
        result = json.load(file)
    check(set(result) == {"version", "device", "peer", "quick", "rows"} and result["quick"], f"{result}")
    names = {}
    for row in result["rows"]:
        check({"experiment", "name", "unit", "value", "bare", "detail"} == set(row), f"row {row}")
        names.setdefault(row["experiment"], []).append(row["name"])
        check(row["name"] in done.stdout, f"{row['name']} is not in the table")
    check(names == rows_of, f"rows: {names}")
    page = read_page(TMP + "/all/report.html")
    check(page.seen.get("h1") == len(chosen), f"sections: {page.seen}")
    check(page.seen.get("svg") == sum(pictures[name] for name in chosen), f"pictures: {page.seen}")
    check(sorted(os.listdir(TMP + "/all")) == ["bench.json", "report.html", "result.json"],
          f"files: {os.listdir(TMP + '/all')}")


def some():
    done = bench("--quick", "--json", "--peer", "none", "-o", "some", "tenants", "fairness")
    rows = json.loads(done.stdout)["rows"]
    check([row["name"] for row in rows] == ROWS["tenants"] + ROWS["fairness"], f"some: {rows}")
    check(all(row["bare"] is None for row in rows), f"--peer none: {rows}")
    check(all(row["detail"]["decided_by"] in ("daemon", "each process") for row in rows
              if "decided_by" in row["detail"]), f"who decided: {rows}")
    done = bench("--quick", "--device", "hip", "-o", "hip", "overhead", "dual", "tenants")
    for name in ("launch", "p99_ms", "tenants_p99_ms"):
        check(done.returncode == 0 and name in done.stdout, f"hip: no {name} in {done}")
    read_page(TMP + "/hip/report.html")


def mistakes():
    for arguments, said in ((["nothing"], "overhead, dual, tenants, fairness, latency"),
                            (["--device", "tpu"], "tpu"), (["--peer", "mps"], "mps")):
        done = bench("-o", "never", *arguments)
        check(done.returncode == 2 and said in done.stderr, f"{arguments}: {done}")
    check(not os.path.exists(TMP + "/never"), "a wrong command line left something")
    done = bench("--quick", "-o", "/nowhere/at/all", "overhead")
    check(done.returncode == 1 and "/nowhere/at/all" in done.stderr, f"a directory: {done}")
    os.makedirs(TMP + "/alone/bin")
    shutil.copy(BUILD + "/bin/xcli", TMP + "/alone/bin/xcli")
    done = bench("--quick", tree=TMP + "/alone")
    check(done.returncode == 1 and "make bench-programs" in done.stderr, f"without programs: {done}")
    # A program that fails is named, and the others' results are kept.
    for directory in ("bench", "demo", "lib", "sim"):
        shutil.copytree(f"{BUILD}/{directory}", f"{TMP}/alone/{directory}", symlinks=True)
    os.unlink(TMP + "/alone/demo/models")
    done = bench("--quick", "-o", "part", "overhead", "dual", tree=TMP + "/alone")
    check(done.returncode == 1 and "dual:" in done.stderr and "launch_overhead_ns" in done.stdout,
          f"a program is missing: {done}")


def terminal():
    own, theirs = pty.openpty()
    child = subprocess.Popen([BUILD + "/bin/xcli", "bench", "--quick", "-o", "bar", "overhead"], cwd=TMP,
                             env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(own, 4096)
        except OSError:
            break  # nobody has the other end any more
        if not part:
            break
        shown += part
    check(child.wait() == 0 and b"%  overhead: launches" in shown and shown.endswith(b"\r\033[K"),
          f"the bar: {shown[-200:]}")


everything()
if not os.environ.get("SAN"):  # there it takes long, and there is nothing more to be seen
    some()
mistakes()
terminal()
sys.exit(1 if FAILED else 0)
