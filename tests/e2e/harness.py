# SPDX-License-Identifier: Apache-2.0
"""Runs an application bare and under a shim, and compares what it said and what it asked of the
driver. What differs between vendors is in a Platform: CUDA is the default.

A recording (XSIM_RECORD) has a line per driver call. The shim may ask the driver questions of its own
between the application's calls; which ones its Platform lists below, and there are no others. Apart
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
LIMIT = 120 if SAN else 60


class Platform:
    """The names of a vendor: its libraries, and what its shim asks on threads of the application:
    extra once per stream, context or thread, and paced only where streams of different importance
    share a device, to bound what is in flight (page, markers). query is what the watcher asks to learn
    when a queue has run dry. ends: calls that end an object. makers: how calls begin after which there
    is something to ask."""

    def __init__(self, name, extra, paced, query, ends, makers):
        self.shim, self.hal = f"{LIB}/libshim{name}.so", f"{LIB}/libhal{name}.so"
        self.extra, self.paced, self.query = extra, paced, query
        self.ends, self.makers = re.compile(ends), makers

    def preloads(self):
        """The ways to preload it, by name."""
        return {"preload": self.shim, "preload hal first": self.hal + ":" + self.shim,
                "preload shim first": self.shim + ":" + self.hal}


CUDA = Platform("cuda", extra={
    "cuCtxGetCurrent", "cuCtxGetDevice", "cuDeviceGetAttribute", "cuCtxPushCurrent_v2",
    "cuCtxPopCurrent_v2", "cuThreadExchangeStreamCaptureMode", "cuStreamGetPriority",
    "cuStreamGetFlags", "cuStreamGetCtx",
    "cuDevicePrimaryCtxGetState",  # after a release or reset of the primary context
    "cuGetProcAddress_v2",  # inside cuGetProcAddress: which variant did the driver choose?
    "cuStreamIsCapturing",  # after a failed end of a capture; before a hold while anything captures
}, paced={"cuMemHostRegister_v2", "cuMemHostGetDevicePointer_v2", "cuStreamBatchMemOp_v2"},
    query={"cuStreamQuery"},
    ends=r"cu(Stream|Event)Destroy|cuMemFree|cuGraph(Exec)?Destroy",
    makers=("cuStreamCreate", "cuCtxCreate", "cuCtxSetCurrent", "cuDevicePrimaryCtxRe", "cuCtxPush",
            "cuCtxPop", "cuStreamEndCapture", "cuCtxDestroy", "cuGetProcAddress"))

HIP = Platform("hip", extra={
    "hipGetDevice", "hipSetDevice", "hipDeviceGetPCIBusId", "hipThreadExchangeStreamCaptureMode",
    "hipStreamGetPriority", "hipStreamGetFlags", "hipStreamGetDevice", "hipStreamIsCapturing",
    "hipPeekAtLastError", "hipGetLastError",  # what our own questions leave is cleared
}, paced={"hipEventCreateWithFlags", "hipEventRecord", "hipEventQuery", "hipEventDestroy"},
    query={"hipStreamQuery", "hipEventQuery"},
    ends=r"hip(Stream|Event|Array)Destroy|hip\w*Free|hipGraph(Exec)?Destroy|hipMemPoolDestroy"
         r"|hip(Module|Library)Unload|hipCtxDestroy|hip\w*Reset",
    makers=("hipStreamCreate", "hipExtStreamCreate", "hipCtx", "hipSetDevice", "hipDevicePrimaryCtxRe",
            "hipDeviceReset", "hipStreamEndCapture", "hipStreamCopyAttributes"))

SHIM = CUDA.shim
WAYS = {name: {"LD_PRELOAD": libraries, "LD_LIBRARY_PATH": SIM}
        for name, libraries in CUDA.preloads().items()}
WAYS["library path"] = {"LD_LIBRARY_PATH": LIB}
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
# Two spellings of one function.
SPELLING = re.compile(r"_Z\d+(hipExtModuleLaunchKernel)P\w+")
MOST_CHOICES = 1000
GONE = re.compile(r"mem#\+0|ptr")
HANDLE = re.compile(r"(\w+)#(\d+)")


def by_thread(calls):
    """The calls of each thread: lists of (name, text with handles cut out, handles)."""
    threads = {}
    for line in calls:
        match = LINE.match(line)
        if not match:
            raise ValueError("not a recording: " + line)
        thread, name, arguments, result = match.groups()
        handles = tuple(HANDLE.findall(arguments))
        name = SPELLING.sub(r"\1", name)
        text = name + "(" + HANDLE.sub(r"\1#", arguments) + ") = " + result
        threads.setdefault(int(thread), []).append((name, text, handles))
    return list(threads.values())


class Names:
    """Which ordinal of one recording is which of the other."""

    def __init__(self, there=(), back=()):
        self.there, self.back = dict(there), dict(back)

    def copy(self):
        return Names(self.there, self.back)

    def know(self, ours):
        return all(a in self.there for a in ours)

    def agree(self, ours, theirs):
        return len(ours) == len(theirs) and all(
            self.there.get(a, b) == b and self.back.get(b, a) == a for a, b in zip(ours, theirs))

    def learn(self, ours, theirs):
        for a, b in zip(ours, theirs):
            self.there[a], self.back[b] = b, a


def walk(bare, shim, start, allowed, ends, choices):
    """None if the shim's thread does what the bare one did, otherwise the first difference. A call that
    makes the first object of a name may be the application's or, if it is one of those allowed, the
    shim's own: it is taken for the former, and what to try otherwise is added to the choices. A call
    that ends an object is recorded when it returns; by then another thread may have made a new one at
    the same address, or the memory be gone."""
    at_shim, at, names = start
    for i, (name, text, handles) in enumerate(shim[at_shim:], at_shim):
        if at < len(bare) and ends.match(name) and GONE.sub("", bare[at][1]) == GONE.sub("", text):
            at += 1
        elif at < len(bare) and bare[at][1] == text and names.agree(bare[at][2], handles):
            if name in allowed and not names.know(bare[at][2]):
                choices.append((i + 1, at, names.copy()))
            names.learn(bare[at][2], handles)
            at += 1
        elif name not in allowed:
            expected = bare[at][1] if at < len(bare) else "the end"
            return f"call {at}: {text} instead of {expected}"
    return None if at == len(bare) else f"call {at} is missing: {bare[at][1]}"


def follow(bare, shim, allowed, ends):
    """As walk(), for the best of the choices. Handles that other threads made are told apart within the
    thread as well, so each thread is compared by itself."""
    choices, differences = [(0, 0, Names())], []
    while choices and len(differences) < MOST_CHOICES:
        difference = walk(bare, shim, choices.pop(), allowed, ends, choices)
        if difference is None:
            return None
        differences.append(difference)
    return max(differences, key=lambda d: int(re.search(r"\d+", d)[0]))


def compare_calls(bare, shim, paced, of):
    """What is wrong with the shim's recording, a list of texts."""
    allowed = of.extra | of.paced if paced else of.extra
    left, wrong = by_thread(shim), []
    for thread in sorted(by_thread(bare), key=len, reverse=True):
        differences = []
        for candidate in left:
            difference = follow(thread, candidate, allowed, of.ends)
            if difference is None:
                left.remove(candidate)
                break
            differences.append(difference)
        else:
            likely = max(differences, key=lambda d: int(re.search(r"\d+", d)[0]), default="no thread")
            wrong.append(f"a thread of {len(thread)} calls: {likely}")
    for thread in left if not wrong else []:
        strange = {name for name, _, _ in thread} - (of.extra | of.query if paced else of.extra)
        if strange:
            wrong.append("a thread of its own calls " + ", ".join(sorted(strange)))
    return wrong


# Apart from pacing, questions to the driver follow from streams, contexts and threads, never from
# launches: so many for each of them, and a few for the beginning.
EXTRAS_EACH, EXTRAS_AT_FIRST = 14, 30


def few_extras(name, bare, shim, of=CUDA):
    """Prints a complaint if the shim asked more than that; returns how many complaints."""
    made = sum(any(f" {maker}" in call for maker in of.makers) for call in bare.calls)
    extras = len(shim.calls) - len(bare.calls)
    if 0 < extras <= EXTRAS_AT_FIRST + EXTRAS_EACH * made:
        return 0
    print(f"{name}: {extras} questions of the shim for {made} streams, contexts and threads")
    return 1


def compare(name, bare, shim, paced=False, quiet=True, of=CUDA):
    """Prints what differs; returns how much that is."""
    wrong = []
    if shim.status != bare.status:
        wrong.append(f"status {shim.status} instead of {bare.status}")
    if shim.out != bare.out:
        wrong.append("output differs:\n--- bare\n" + bare.out + "--- with the shim\n" + shim.out)
    if quiet and shim.err != bare.err:
        wrong.append("on stderr: " + shim.err[-3000:])
    if not wrong:
        wrong = compare_calls(bare.calls, shim.calls, paced, of)
    for text in wrong[:3]:
        print(f"{name}: {text}")
    return len(wrong)


def program(name, linked="programs"):
    return f"{BUILD}/tests/e2e/{linked}/{name}"


def finish(failures):
    sys.exit(1 if failures else 0)
