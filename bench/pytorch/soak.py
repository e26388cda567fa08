#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Minutes of mixed load in one process, while another thread steers it at random.

    soak.py [--lib SHIM] [--out DIR] [--duration 600] [--seed 1] [--level 1|2]

Six threads work on streams of their own: requests, products, training, a CUDA graph, copies through
pinned memory, and streams that come and go. Each compares its numbers with those from before the
start. A seventh gives random hints, suspends and resumes their queues through the Python package. It
fails on a wrong number, on a thread without progress for 60 s (--patience; no suspend lasts longer
than half a second), and when device or host memory ends higher than it began.
"""
import faulthandler
import os
import random
import sys
import threading
import time

import common
import report
from common import SHIM

DEVICE_MIB, HOST_MIB = 64, 96  # growth that counts as none


# --- the child -------------------------------------------------------------------------------------


class Worker(threading.Thread):
    """Repeats one piece of work; each turn compares what it made."""

    def __init__(self, soak, name, priority, make):
        super().__init__(name=name, daemon=True)
        self.soak, self.make = soak, make
        self.stream = soak.torch.cuda.Stream(priority=priority)
        self.turns, self.seen, self.failed, self.queue = 0, time.monotonic(), None, None

    def run(self):
        try:
            with self.soak.torch.cuda.stream(self.stream):
                turn = self.make(self.soak, self.stream)
                while not self.soak.over.is_set():
                    turn()
                    self.turns += 1
                    self.seen = time.monotonic()
        except BaseException as error:  # told by the main thread
            self.failed = f"{type(error).__name__}: {error}"


def _equal(torch, what, got, expected):
    if not torch.equal(got, expected):
        raise AssertionError(f"wrong number in {what}")


def requests(soak, stream):
    answer = soak.models.bert()
    answer()
    expected = answer().clone()
    stream.synchronize()

    def turn():
        y = answer()
        stream.synchronize()
        _equal(soak.torch, "a request", y, expected)
        time.sleep(0.01)

    return turn


def products(soak, stream):
    multiply = soak.models.gemm(4096)
    expected = multiply().clone()
    stream.synchronize()

    def turn():
        for _ in range(8):
            y = multiply()
        stream.synchronize()
        _equal(soak.torch, "a product", y, expected)

    return turn


def training(soak, stream):
    step = soak.models.bert_training(batch=4, tokens=64)

    def turn():
        loss = step()
        stream.synchronize()
        if not soak.torch.isfinite(loss).item():
            raise AssertionError("wrong number in training")

    return turn


def graph(soak, stream):
    torch = soak.torch
    x = torch.randn(512, 512, device="cuda")
    made = torch.cuda.CUDAGraph()
    side = torch.cuda.Stream()
    side.wait_stream(stream)
    with torch.cuda.stream(side):
        (x @ x).tanh()
    stream.wait_stream(side)
    # The other threads go on while this one captures.
    with torch.cuda.graph(made, stream=side, capture_error_mode="thread_local"):
        y = (x @ x).tanh()
    stream.wait_stream(side)
    made.replay()
    expected = y.clone()
    stream.synchronize()

    def turn():
        for _ in range(10):
            made.replay()
        stream.synchronize()
        _equal(torch, "a graph", y, expected)

    turn.reads = x  # by its address: nobody else may get that memory
    return turn


def copies(soak, stream):
    torch = soak.torch
    host = torch.arange(1 << 20, dtype=torch.int32).pin_memory()
    back = torch.empty_like(host, pin_memory=True)
    expected = host * 3

    def turn():
        back.copy_(host.to("cuda", non_blocking=True) * 3, non_blocking=True)
        stream.synchronize()
        _equal(torch, "a copy", back, expected)

    return turn


def coming_and_going(soak, stream):
    """Streams of the driver that are made, used and destroyed; PyTorch keeps its own for ever."""
    import ctypes

    torch = soak.torch
    driver = ctypes.CDLL("libcuda.so.1")
    x = torch.ones(1 << 16, device="cuda")
    y, z = torch.empty_like(x), torch.empty_like(x)  # no memory of PyTorch's belongs to a new stream
    stream.synchronize()

    def call(function, *arguments):
        result = driver[function](*arguments)
        if result != 0:
            raise AssertionError(f"{function}: {result}")

    def turn():
        handle = ctypes.c_void_p()
        call("cuStreamCreateWithPriority", ctypes.byref(handle), 1, -(soak.dice.random() < 0.3))
        other = torch.cuda.ExternalStream(handle.value)
        event = torch.cuda.Event()
        with torch.cuda.stream(other):
            torch.mul(x, 2, out=y)
            event.record()
        stream.wait_event(event)
        torch.add(y, 1, out=z)
        stream.synchronize()
        other.synchronize()
        call("cuStreamDestroy_v2", handle)
        if z[-1].item() != 3.0:
            raise AssertionError("wrong number in a new stream")

    return turn


class Soak:
    WORK = (("requests", -2, requests), ("products", 0, products), ("training", 0, training),
            ("graph", -1, graph), ("copies", -1, copies), ("new streams", 0, coming_and_going))

    def __init__(self, opts):
        common.check_side()
        faulthandler.enable()
        sys.path.insert(0, str(common.ROOT / "python"))
        os.environ.setdefault("XSCHED_LIB_DIR", str(opts.lib.resolve().parent))
        import models

        self.opts, self.models, self.torch = opts, models, models.torch
        self.dice = random.Random(opts.seed)
        self.over = threading.Event()
        self.steered = dict.fromkeys(("hint", "level", "suspend", "resume", "refused"), 0)
        self.steering_failed = None
        self.workers = [Worker(self, *work) for work in self.WORK]

    # --- the thread that steers

    def find_queues(self):
        """The queues that the shim made; a stream has one once it has been used."""
        from xsched import XResult, XSched
        from xsched.cuda import XSchedCuda

        for worker in self.workers:
            if worker.queue is None:
                result, hwq = XSchedCuda.CudaQueueGet(worker.stream.cuda_stream)
                if result == XResult.kXSchedSuccess:
                    result, queue = XSched.XQueueGet(hwq)
                if result == XResult.kXSchedSuccess:
                    worker.queue = queue
        return [worker.queue for worker in self.workers if worker.queue is not None]

    def count(self, what, result):
        self.steered[what] += 1
        if result != 0:
            self.steered["refused"] += 1

    def steer(self):
        from xsched import XSched

        dice = random.Random(self.opts.seed + 1)
        try:
            while not self.over.is_set():
                queues = self.find_queues()
                if not queues:
                    time.sleep(0.1)
                    continue
                queue, what = dice.choice(queues), dice.random()
                if what < 0.55:
                    self.count("hint", XSched.XHintPriority(queue, dice.randrange(-100, 100)))
                elif what < 0.6 and self.opts.levels:
                    self.count("level", XSched.XQueueSetPreemptLevel(queue, dice.choice((1, 2))))
                else:
                    several = dice.sample(queues, dice.randrange(1, len(queues) + 1))
                    for one in several:
                        self.count("suspend", XSched.XQueueSuspend(one, dice.choice((0, 0, 0, 1))))
                    time.sleep(dice.choice((0.0, 0.001, 0.02, 0.2)))
                    dice.shuffle(several)
                    for one in several:
                        self.count("resume", XSched.XQueueResume(one, 0))
                time.sleep(dice.expovariate(50))
        except BaseException as error:
            self.steering_failed = f"{type(error).__name__}: {error}"
        finally:
            for queue in self.find_queues():
                XSched.XQueueResume(queue, 0)

    # --- the main thread watches

    def sample(self, start):
        free, total = self.torch.cuda.mem_get_info()
        with open("/proc/self/statm", encoding="ascii") as statm:
            pages = int(statm.read().split()[1])
        common.say(at=round(time.monotonic() - start, 1), device_mib=(total - free) / 2**20,
                   host_mib=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
                   reserved_mib=self.torch.cuda.memory_reserved() / 2**20,
                   turns={worker.name: worker.turns for worker in self.workers})

    def trouble(self):
        """Why it should end early, or None."""
        for worker in self.workers:
            if worker.failed:
                return f"{worker.name}: {worker.failed}"
            if time.monotonic() - worker.seen > self.opts.patience:
                return f"{worker.name}: no progress for {self.opts.patience:g} s"
        return self.steering_failed and f"steering: {self.steering_failed}"

    def begin(self):
        """Starts the threads one after the other: reference results come from a quiet device."""
        for worker in self.workers:
            worker.seen = time.monotonic()
            worker.start()
            while worker.turns < 3 and not self.trouble():
                time.sleep(0.02)
        for worker in self.workers:
            worker.seen = time.monotonic()

    def run(self):
        self.begin()
        steering = threading.Thread(target=self.steer, name="steering", daemon=True)
        steering.start()
        start, sampled, trouble = time.monotonic(), 0.0, self.trouble()
        while not trouble and time.monotonic() - start < self.opts.duration:
            if time.monotonic() - sampled >= max(self.opts.duration / 120, 1):
                sampled = time.monotonic()
                self.sample(start)
            time.sleep(0.2)
            trouble = self.trouble()
        self.over.set()
        for thread in (steering, *self.workers):
            thread.join(60)
            if thread.is_alive() and not trouble:
                trouble = f"{thread.name}: did not end"
        if trouble:
            faulthandler.dump_traceback(all_threads=True)
        common.say(end=True, steered=self.steered, trouble=trouble,
                   turns={worker.name: worker.turns for worker in self.workers})
        sys.stdout.flush()
        if trouble:
            os._exit(1)  # with threads that hang there is no other end
        self.torch.cuda.synchronize()


# --- the parent ------------------------------------------------------------------------------------


def growth(samples, key):
    """How much higher the last third lies than the second sixth, both by their medians."""
    count = len(samples)
    if count < 12:
        return float("nan")
    early = common.median([s[key] for s in samples[count // 6:count // 3]])
    late = common.median([s[key] for s in samples[2 * count // 3:]])
    return late - early


def write(opts, results):
    samples = [row for row in results.rows if "at" in row]
    end = next((row for row in results.rows if row.get("end")), {})
    grown = {key: growth(samples, f"{key}_mib") for key in ("device", "host")}
    problems = [row["trouble"] for row in results.rows if row.get("trouble")]
    if not end:
        problems.append("the process did not come to its end")
    for key, most in (("device", DEVICE_MIB), ("host", HOST_MIB)):
        if grown[key] > most:
            problems.append(f"{key} memory grew by {grown[key]:.0f} MiB")
    rows = [(name, count) for name, count in end.get("turns", {}).items()]
    rows += [(f"{name} by the second thread", count) for name, count in end.get("steered", {}).items()]
    rows += [(f"growth of {key} memory, MiB", common.number(value)) for key, value in grown.items()]
    seconds = samples[-1]["at"] if samples else 0.0
    text = common.table(("what", "count"), rows) + f"\n{seconds:.0f} s"
    text += "".join(f"\nFAILED: {problem}" for problem in dict.fromkeys(problems)) or "\npassed"

    def curve(key):
        return [(s["at"], s[key]) for s in samples]

    page = report.page(
        "Mixed load, steered at random", f"{common.machine()}.",
        report.section("Memory", "Of the device as the driver tells it, and of the process, in MiB.",
                       report.lines([("shim", "device", curve("device_mib")),
                                     ("alone", "host", curve("host_mib"))], "MiB", seconds)),
        report.section("In numbers", "Turns of the threads, and what was done to them.",
                       report.table(("what", "count"), rows)))
    common.finish(opts, "soak", text, page)
    return 1 if problems else 0


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--duration", type=float, default=600, help="seconds of load")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=60, help="seconds without progress")
    parser.add_argument("--levels", action="store_true", help="change preemption levels as well")
    opts = parser.parse_args()
    if opts.child is not None:
        Soak(opts).run()
        return 0
    common.prepare(opts)
    results = common.Results(opts, "soak")
    command = common.python(__file__, "--child", "soak", "--lib", opts.lib, "--duration",
                            opts.duration, "--seed", opts.seed, "--patience", opts.patience,
                            *(["--levels"] if opts.levels else []))
    outcome = common.run(command, common.environment(SHIM, opts),
                         min(opts.duration + opts.patience + 180, opts.limit))
    results.take(outcome)
    if outcome.trouble():
        (opts.out / "soak.err").write_text(outcome.err, encoding="utf-8")
    return write(opts, results)


if __name__ == "__main__":
    sys.exit(main())
