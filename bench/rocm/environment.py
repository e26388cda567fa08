#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether a machine is ready for XSched on ROCm: libraries, bindings, initialisation, interception and
PyTorch, one line each.

    environment.py [--lib SHIM] [--out DIR] [--device rocm|sim]

The application is PyTorch, or on the software device the models of bench/demo. It is run bare and
with the shim. Bindings are those that the loader reports: a reference to a function that the shim has
binds to the shim, or passes it by on purpose, since the runtime's dispatch table leads to it.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pytorch"))
import common  # noqa: E402
import report  # noqa: E402
from common import BARE, SHIM  # noqa: E402

BINDING = re.compile(r"binding file (\S+) \[\d+\] to (\S+) \[\d+\]: normal symbol `(\w+)'(?: \[(\w+)\])?")
FEWEST_LAUNCHES = 20

# --- the application -------------------------------------------------------------------------------


def child():
    """PyTorch: a product whose result can be checked, and launches enough to count."""
    import torch

    a = torch.arange(64 * 64, device="cuda", dtype=torch.float32).reshape(64, 64) % 7
    product = (a @ a).sum().item()
    for _ in range(FEWEST_LAUNCHES):
        a.add_(1)
    stream = torch.cuda.Stream(priority=-1)
    with torch.cuda.stream(stream):
        total = a.sum().item()
    torch.cuda.synchronize()
    print(torch.__version__, torch.version.hip, torch.cuda.get_device_name(0))
    print("product", product, "total", total)


def command(opts):
    if opts.device == "rocm":
        return common.python(__file__, "--child", "1")
    return [str(opts.lib.parents[1] / "demo/models_hip"), "-c2", f"-k{FEWEST_LAUNCHES}", "-u10"]


def settings(opts, side, more=None):
    env = common.environment(side, opts, {"XSCHED_SCHEDULER": "LCL", **(more or {})})
    if opts.device == "sim":
        env["LD_LIBRARY_PATH"] = str(opts.lib.parents[1] / "sim")
        env["XSIM_SHARE"] = "0"
    return env


def run(opts, side, more=None):
    return subprocess.run(command(opts), env=settings(opts, side, more), text=True, errors="replace",
                          capture_output=True, timeout=300, check=False)


# --- the tests: each gives whether it is well, and what there is to say ------------------------------


def libraries(opts):
    missing = [name for name in ("libshimhip.so", "libhalhip.so", "libpreempt.so")
               if not (opts.lib.parent / name).exists()]
    if missing:
        return False, "missing: " + ", ".join(missing)
    done = subprocess.run(["true"], env={**os.environ, "LD_PRELOAD": str(opts.lib), "LD_BIND_NOW": "1"},
                          capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        return False, done.stderr.strip()
    return True, f"{opts.lib.parent}: complete, and each finds the others"


def exports(opts):
    shown = subprocess.run(["nm", "-D", "--defined-only", str(opts.lib)], capture_output=True, text=True,
                           check=True).stdout
    return {line.split()[-1] for line in shown.splitlines() if "hip" in line.split()[-1]}


def read_bindings(opts):
    """(from, to, symbol, version) of what concerns HIP, and the runtimes that are there."""
    place = opts.out / "bindings"
    for old in opts.out.glob("bindings.*"):
        old.unlink()
    run(opts, SHIM, {"LD_DEBUG": "bindings", "LD_DEBUG_OUTPUT": str(place), "LD_BIND_NOW": "1"})
    found = set()
    for path in opts.out.glob("bindings.*"):
        with open(path, errors="replace") as file:
            found.update(m.groups() for m in map(BINDING.search, file) if m and "hip" in m[3].lower())
        path.unlink()
    return found


def is_runtime(path):
    return "libamdhip64" in pathlib.Path(path).name


def has_table(path):
    """Whether this runtime offers its dispatch table."""
    data = pathlib.Path(path).read_bytes()
    return b"rocprofiler_set_api_table" in data or b"rocprofiler_register_library_api_table" in data


def bindings(opts):
    ours, to_us, past, strays = exports(opts), collections.Counter(), collections.Counter(), []
    runtimes = set()
    for user, target, symbol, version in read_bindings(opts):
        if is_runtime(target):
            runtimes.add(target)
        if symbol not in ours or is_runtime(user) or "/libshimhip" in user or "/libhalhip" in user:
            continue
        name = pathlib.Path(user).name
        if pathlib.Path(target).name == opts.lib.name:
            to_us[name] += 1
        elif is_runtime(target):
            past[name] += 1
            if not has_table(target):
                strays.append(f"{name}: {symbol}@{version or 'no version'}")
    if not runtimes:
        return False, "no HIP runtime was bound to"
    said = [f"runtime {r}, {'with' if has_table(r) else 'without'} a dispatch table" for r in sorted(runtimes)]
    said += [f"{name}: {count} references to the shim" for name, count in sorted(to_us.items())]
    said += [f"{name}: {count} pass by, the table leads to us" for name, count in sorted(past.items())
             if not strays]
    said += [f"past the shim: {stray}" for stray in strays[:20]]
    return not strays and bool(to_us), "; ".join(said)


def initialisation(opts):
    bare, shim = run(opts, BARE), run(opts, SHIM, {"XLOG_LEVEL": "INFO"})
    if bare.returncode:
        return False, f"the application fails without us: {bare.stderr.strip()[-300:]}"
    if shim.returncode:
        return False, f"status {shim.returncode} with the shim: {shim.stderr.strip()[-300:]}"
    said = [line.partition("] ")[2] for line in shim.stderr.splitlines() if "XSCHED" in line]
    return bool(said), "; ".join(said) or "the shim was not there"


def interception(opts):
    shim = run(opts, SHIM, {"XSCHED_TRACE": "1"})
    launches = len(re.findall(r"^\[TRACE_(?:KERNEL|GRAPH)\]", shim.stderr, re.M))
    passed = sorted(set(re.findall(r"\] (\S+) cannot be scheduled", shim.stderr)))
    text = f"{launches} launches seen" + (f"; not scheduled: {', '.join(passed)}" if passed else "")
    return launches >= FEWEST_LAUNCHES and not passed, text


def pytorch(opts):
    if opts.device != "rocm":
        return None, "not on the software device"
    bare, shim = run(opts, BARE), run(opts, SHIM)
    if bare.stdout != shim.stdout:
        return False, f"{bare.stdout.strip()!r} becomes {shim.stdout.strip()!r}"
    return True, bare.stdout.strip().replace("\n", "; ")


TESTS = (libraries, bindings, initialisation, interception, pytorch)
WORDS = {True: "ok", False: "FAILED", None: "skipped"}


def main():
    parser = common.parser(__doc__)
    parser.set_defaults(lib=common.ROOT / "build/lib/libshimhip.so")
    parser.add_argument("--device", choices=("rocm", "sim"), default="rocm")
    opts = parser.parse_args()
    if opts.child is not None:
        child()
        return 0
    common.prepare(opts)
    results = common.Results(opts, "environment")
    for test in TESTS:
        well, text = test(opts)
        results.add(test=test.__name__, result=WORDS[well], text=text)
    rows = [(row["test"], row["result"]) for row in results.rows]
    text = "\n".join(f"{row['test']:16}{row['result']:9}{row['text']}" for row in results.rows)
    page = report.page("Environment", common.machine(),
                       report.section("Tests", "", report.table(("test", "result"), rows)))
    common.finish(opts, "environment", text, page)
    return any(row["result"] == WORDS[False] for row in results.rows)


if __name__ == "__main__":
    sys.exit(main())
