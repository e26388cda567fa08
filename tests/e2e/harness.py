# SPDX-License-Identifier: Apache-2.0
"""Runs an application bare and under the CUDA shim, and compares what it said and what it asked of
the driver.

A recording (XSIM_RECORD) has a line per driver call. The shim may ask the driver questions of its own
between the application's calls; which ones is the list EXTRA below, and there are no others. Apart
from them each thread must make the same calls in the same order with the same arguments and results.
Handles appear in recordings as ordinals; which object is which is found out while comparing.
"""
import os
import re
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD") or os.path.abspath("build")
SAN = os.environ.get("SAN", "")
LIB, SIM = BUILD + "/lib", BUILD + "/sim"
SHIM, HAL = LIB + "/libshimcuda.so", LIB + "/libhalcuda.so"
LIMIT = 120 if SAN else 60

# What the shim asks on threads of the application: once per stream, context or thread ...
EXTRA = {
    "cuCtxGetCurrent", "cuCtxGetDevice", "cuDeviceGetAttribute", "cuCtxPushCurrent_v2",
    "cuCtxPopCurrent_v2", "cuThreadExchangeStreamCaptureMode", "cuStreamGetPriority",
    "cuStreamGetFlags", "cuStreamGetCtx",
    "cuDevicePrimaryCtxGetState",  # after a release or reset of the primary context
    "cuGetProcAddress_v2",  # inside cuGetProcAddress: which variant did the driver choose?
    "cuStreamIsCapturing",  # after a failed end of a capture; before a hold while anything captures
}
# ... and, only where streams of different importance share a device, to bound what is in flight
# (page, markers) and to learn when a queue has run dry (the watcher's question).
EXTRA_PACED = {"cuMemHostRegister_v2", "cuMemHostGetDevicePointer_v2", "cuStreamBatchMemOp_v2"}
WATCHER = EXTRA | {"cuStreamQuery"}

WAYS = {
    "preload": {"LD_PRELOAD": SHIM, "LD_LIBRARY_PATH": SIM},
    "preload hal first": {"LD_PRELOAD": HAL + ":" + SHIM, "LD_LIBRARY_PATH": SIM},
    "preload shim first": {"LD_PRELOAD": SHIM + ":" + HAL, "LD_LIBRARY_PATH": SIM},
    "library path": {"LD_LIBRARY_PATH": LIB},
}
BARE = {"LD_LIBRARY_PATH": SIM}


def sanitizers():
    """The run-time libraries that have to come before everything else."""
    found = []
    if "clang" in os.environ.get("CC", "gcc"):
        return found  # in the program
    for name, library in (("address", "libasan.so"), ("thread", "libtsan.so"),
                          ("undefined", "libubsan.so")):
        if name in SAN:
            path = subprocess.run(["gcc", "-print-file-name=" + library], capture_output=True,
                                  text=True, check=True).stdout.strip()
            found.append(os.path.realpath(path))
    return found


class Result:
    """How a run ended: status, out, err (text), calls (lines of the recording)."""

    def __init__(self, status, out, err, calls):
        self.status, self.out, self.err, self.calls = status, out, err, calls


def environment(way, more=None):
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("XSCHED_", "XSIM_", "XLOG_", "LD_"))}
    env.update(XSCHED_CUDA_LIB=SIM + "/libcuda.so.1", XSCHED_SCHEDULER="LCL",
               XSIM_DEVICE=f"/xsim-e2e-{os.getpid()}", XSIM_SHARE="0")
    env.update(way)
    env.update(more or {})
    preload = sanitizers() if "LD_PRELOAD" in env else []
    if preload:
        env["LD_PRELOAD"] = ":".join(preload + [env["LD_PRELOAD"]])
    # Leaks of a program that ends with work in flight are its own affair.
    env["TSAN_OPTIONS"] = "report_thread_leaks=0:" + env.get("TSAN_OPTIONS", "")
    env["ASAN_OPTIONS"] = "detect_leaks=0:" + env.get("ASAN_OPTIONS", "")
    return env


def run(program, way, more=None, arguments=(), record=True):
    directory = os.environ.get("TEST_TMP") or tempfile.gettempdir()
    handle, path = tempfile.mkstemp(dir=directory)
    os.close(handle)
    env = environment(way, more)
    if record:
        env["XSIM_RECORD"] = path
    try:
        done = subprocess.run([program, *arguments], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
        status, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        status, out, err = "no end", late.stdout or b"", late.stderr or b""
    with open(path, errors="replace") as file:
        calls = file.read().splitlines()
    os.unlink(path)
    return Result(status, out.decode(errors="replace"), err.decode(errors="replace"), calls)


# --- recordings -----------------------------------------------------------------------------------

LINE = re.compile(r"(\d+) (\w+)\((.*)\) = (-?\d+)$")
HANDLE = re.compile(r"#(\d+)")


def by_thread(calls):
    """The calls of each thread: lists of (name, text with handles cut out, handles)."""
    threads = {}
    for line in calls:
        match = LINE.match(line)
        if not match:
            raise ValueError("not a recording: " + line)
        thread, name, arguments, result = match.groups()
        handles = tuple(int(n) for n in HANDLE.findall(arguments))
        text = f"{name}({HANDLE.sub('#', arguments)}) = {result}"
        threads.setdefault(int(thread), []).append((name, text, handles))
    return list(threads.values())


class Names:
    """Which ordinal of one recording is which of the other."""

    def __init__(self):
        self.there, self.back = {}, {}

    def agree(self, ours, theirs):
        return len(ours) == len(theirs) and all(
            self.there.get(a, b) == b and self.back.get(b, a) == a for a, b in zip(ours, theirs))

    def learn(self, ours, theirs):
        for a, b in zip(ours, theirs):
            self.there[a], self.back[b] = b, a


# A call that ends an object is recorded when it returns; by then another thread may have made a new one
# at the same address.
ENDS = re.compile(r"cu(Stream|Event)Destroy|cuMemFree|cuGraph(Exec)?Destroy")


def follow(bare, shim, allowed):
    """None if the shim's thread does what the bare one did, otherwise the first difference. Handles
    that other threads made are told apart within the thread as well, so each thread is compared by
    itself."""
    names, at = Names(), 0
    for name, text, handles in shim:
        if at < len(bare) and bare[at][1] == text and ENDS.match(name):
            at += 1
        elif at < len(bare) and bare[at][1] == text and names.agree(bare[at][2], handles):
            names.learn(bare[at][2], handles)
            at += 1
        elif name not in allowed:
            expected = bare[at][1] if at < len(bare) else "the end"
            return f"call {at}: {text} instead of {expected}"
    return None if at == len(bare) else f"call {at} is missing: {bare[at][1]}"


def compare_calls(bare, shim, paced):
    """What is wrong with the shim's recording, a list of texts."""
    allowed = EXTRA | EXTRA_PACED if paced else EXTRA
    left, wrong = by_thread(shim), []
    for thread in sorted(by_thread(bare), key=len, reverse=True):
        differences = []
        for candidate in left:
            difference = follow(thread, candidate, allowed)
            if difference is None:
                left.remove(candidate)
                break
            differences.append(difference)
        else:
            likely = max(differences, key=lambda d: int(re.search(r"\d+", d)[0]), default="no thread")
            wrong.append(f"a thread of {len(thread)} calls: {likely}")
    for thread in left if not wrong else []:
        strange = {name for name, _, _ in thread} - (WATCHER if paced else EXTRA)
        if strange:
            wrong.append("a thread of its own calls " + ", ".join(sorted(strange)))
    return wrong


def extras(bare, shim):
    return len(shim) - len(bare)


def compare(name, bare, shim, paced=False, quiet=True):
    """Prints what differs; returns how much that is."""
    wrong = []
    if shim.status != bare.status:
        wrong.append(f"status {shim.status} instead of {bare.status}")
    if shim.out != bare.out:
        wrong.append("output differs:\n--- bare\n" + bare.out + "--- with the shim\n" + shim.out)
    if quiet and shim.err != bare.err:
        wrong.append("on stderr: " + shim.err[-3000:])
    if not wrong:
        wrong = compare_calls(bare.calls, shim.calls, paced)
    for text in wrong[:3]:
        print(f"{name}: {text}")
    return len(wrong)


def program(name, linked="programs"):
    return f"{BUILD}/tests/e2e/{linked}/{name}"


def finish(failures):
    sys.exit(1 if failures else 0)
