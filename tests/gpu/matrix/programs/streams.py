# SPDX-License-Identifier: Apache-2.0
"""Streams, events and copies: who waits for whom, from one thread and from several."""

import ctypes
import threading
from ctypes import byref, c_float, c_size_t, c_uint, c_uint64, c_void_p

from . import close, program, reference, same, torch
from .driver import LEGACY, PER_THREAD, Driver


def _chain(x, steps):
    for _ in range(steps):
        x = torch.tanh(x @ x)
    return x


@program
def eight_threads():
    """Each thread with a stream of its own; the same numbers as one after the other."""
    inputs = [reference(seed, 256, 256).float().cuda() / 16 for seed in range(8)]
    expected = [_chain(x, 50) for x in inputs]
    got, failed = [None] * 8, []

    def work(i):
        try:
            stream = torch.cuda.Stream(priority=-(i % 2))
            stream.wait_stream(torch.cuda.default_stream())
            with torch.cuda.stream(stream):
                for _ in range(5):
                    got[i] = _chain(inputs[i], 50)
                    stream.synchronize()
        except BaseException as error:  # shown by the main thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same("failed threads", failed, [])
    for i in range(8):
        close(f"thread {i}", got[i], expected[i], 1e-3)


@program
def threads_on_the_default_stream():
    x = reference(9, 256, 256).float().cuda() / 16
    expected, got = _chain(x, 20), [None] * 4

    def work(i):
        for _ in range(10):
            got[i] = _chain(x, 20)
            torch.cuda.current_stream().synchronize()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(4):
        close(f"thread {i}", got[i], expected, 1e-3)


@program
def priorities():
    low, high = torch.cuda.Stream.priority_range()
    print("range", low, high)
    streams = [torch.cuda.Stream(priority=p) for p in range(high, low + 1)]
    print("asked and had", [stream.priority for stream in streams])
    x = reference(10, 512, 512).float().cuda() / 22
    expected = _chain(x, 20)
    torch.cuda.synchronize()
    results = []
    for _ in range(5):
        for stream in streams:
            with torch.cuda.stream(stream):
                results.append(_chain(x, 20))
    for stream in reversed(streams):
        stream.synchronize()
    for result in results[-len(streams):]:
        close("result", result, expected, 1e-3)


@program
def high_waits_for_low():
    """A stream of high priority waits for an event of one of low priority, which is busy."""
    low, high = torch.cuda.Stream(priority=0), torch.cuda.Stream(priority=-1)
    x = reference(11, 1024, 1024).float().cuda() / 32
    expected = _chain(x, 30)
    torch.cuda.synchronize()
    for _ in range(10):
        with torch.cuda.stream(low):
            y = _chain(x, 30)
            event = low.record_event()
        with torch.cuda.stream(high):
            high.wait_event(event)
            z = y.clone()
            y.record_stream(high)
        high.synchronize()
    close("what the low one made", z, expected, 1e-3)


@program
def pinned_copies():
    for count in (1, 1000, 1 << 20, 1 << 24):
        host = torch.arange(count, dtype=torch.int32).pin_memory()
        back = torch.empty(count, dtype=torch.int32, pin_memory=True)
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            device = host.to("cuda", non_blocking=True)
            back.copy_(device + 1, non_blocking=True)
        stream.synchronize()
        same(f"{count} words there and back", back, host + 1)
    pageable = torch.arange(1 << 22)
    same("pageable", (pageable.cuda() * 2).cpu(), pageable * 2)
    a = torch.arange(10_000, device="cuda").reshape(100, 100)
    same("strided", a[::3, 1::7].cpu(), torch.arange(10_000).reshape(100, 100)[::3, 1::7])
    ahead, behind = torch.cuda.Stream(), torch.cuda.Stream()
    chunks, out = torch.randn(16, 1 << 18).pin_memory(), torch.empty(16, 1 << 18, pin_memory=True)
    for chunk, place in zip(chunks, out):  # a pipeline of two streams
        with torch.cuda.stream(ahead):
            there = chunk.to("cuda", non_blocking=True)
        behind.wait_stream(ahead)
        with torch.cuda.stream(behind):
            place.copy_(there * 2, non_blocking=True)
            there.record_stream(behind)
    behind.synchronize()
    same("pipeline", out, chunks * 2)


@program
def events():
    x = reference(12, 2048, 2048).float().cuda() / 45
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    _chain(x, 2)
    start.record()
    _chain(x, 50)
    end.record()
    end.synchronize()
    same("time passed", 0.5 < start.elapsed_time(end) < 5000, True)
    same("query", end.query(), True)
    one, other = torch.cuda.Stream(), torch.cuda.Stream()
    total = torch.zeros(1000, device="cuda")
    torch.cuda.synchronize()
    for i in range(100):  # hand over between two streams: the order tells in the result
        with torch.cuda.stream(one):
            total.mul_(2).add_(1).remainder_(1009)
        other.wait_event(one.record_event())
        with torch.cuda.stream(other):
            total.mul_(3).add_(i).remainder_(1009)
        one.wait_event(other.record_event())
    torch.cuda.synchronize()
    expected = 0
    for i in range(100):
        expected = ((expected * 2 + 1) % 1009 * 3 + i) % 1009
    same("one after the other", total, torch.full((1000,), float(expected)))
    blocking = torch.cuda.Event(blocking=True)
    _chain(x, 20)
    blocking.record()
    blocking.synchronize()
    same("blocking event", blocking.query(), True)


@program
def legacy_default_stream():
    """The legacy default stream and blocking streams wait for each other, without being told."""
    driver = Driver().start()
    blocking = [driver.stream(flags=0) for _ in range(3)]
    word, expected = driver.memory(1), 1
    for i in range(50):
        stream = blocking[i % 3]
        driver.spin(stream, 50)
        driver.affine(stream, word, 3, i)
        driver.affine(LEGACY if i % 2 else None, word, 5, 1)
        expected = ((expected * 3 + i) * 5 + 1) % 2**64
    same("order", driver.read(word), expected)
    free = driver.stream()
    driver.spin(free, 200_000)
    driver.affine(None, word, 1, 0)
    driver.wait(None)  # does not need to wait for a non-blocking stream
    driver.call("cuCtxSynchronize")
    print("after the context:", driver.ask("cuStreamQuery", free))


@program
def per_thread_default_streams():
    driver = Driver().start()
    words = [driver.memory(1) for _ in range(4)]
    results = [None] * 4

    def work(i):
        driver.call("cuCtxSetCurrent", driver.context)
        for _ in range(100):
            driver.affine(None if i % 2 else PER_THREAD, words[i], 3, i,
                          suffix="_ptsz" if i % 2 else "")
        driver.call("cuStreamSynchronize_ptsz" if i % 2 else "cuStreamSynchronize",
                    None if i % 2 else PER_THREAD)
        results[i] = driver.read(words[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(4):
        expected = 1
        for _ in range(100):
            expected = (expected * 3 + i) % 2**64
        same(f"thread {i}", results[i], expected)


@program
def host_functions():
    driver = Driver().start()
    stream, word = driver.stream(), driver.memory(1)
    called = []
    kind = ctypes.CFUNCTYPE(None, c_void_p)
    functions = [kind(lambda _, i=i: called.append(i)) for i in range(20)]
    for i, function in enumerate(functions):
        driver.spin(stream, 100)
        driver.affine(stream, word, 3, i)
        driver.call("cuLaunchHostFunc", stream, function, None)
    driver.wait(stream)
    same("called in order", called, list(range(20)))
    status = []
    callback = ctypes.CFUNCTYPE(None, c_void_p, ctypes.c_int, c_void_p)(
        lambda _, code, data: status.append((code, data)))
    driver.call("cuStreamAddCallback", stream, callback, c_void_p(42), c_uint(0))
    driver.wait(stream)
    same("callback", status, [(0, 42)])


@program
def memory_operations():
    """The program's own waits and writes on streams, the way a scheduler gates them too."""
    driver = Driver().start()
    one, other, word = driver.stream(), driver.stream(), driver.memory(1)
    flag = driver.memory(0)
    driver.call("cuStreamWaitValue64_v2", one, flag, c_uint64(7), c_uint(1))  # until equal
    driver.affine(one, word, 2, 1)
    print("waits:", driver.ask("cuStreamQuery", one))
    driver.affine(other, word, 10, 0)
    driver.call("cuStreamWriteValue64_v2", other, flag, c_uint64(7), c_uint(0))
    driver.wait(one)
    same("order", driver.read(word), 21)


@program
def copies_and_fills():
    driver = Driver().start()
    stream, other = driver.stream(), driver.stream(flags=0)
    a, b = driver.memory(*range(64)), driver.memory(*[0] * 64)
    driver.spin(stream, 500)
    driver.call("cuMemcpyDtoDAsync_v2", b, a, c_size_t(256), stream)
    driver.call("cuMemsetD8Async", a, ctypes.c_ubyte(0xab), c_size_t(8), stream)
    driver.call("cuMemcpyAsync", c_uint64(b.value + 256), a, c_size_t(256), stream)
    words = (c_uint64 * 64)()
    driver.call("cuMemcpyDtoHAsync_v2", words, b, c_size_t(512), stream)
    driver.wait(stream)
    expected = list(range(32)) + [0xabababababababab] + list(range(1, 32))
    same("asynchronous", list(words), expected)
    driver.spin(other, 500)
    driver.call("cuMemsetD32_v2", b, c_uint(1), c_size_t(4))
    driver.call("cuMemcpyDtoD_v2", c_uint64(b.value + 256), b, c_size_t(16))
    driver.call("cuCtxSynchronize")
    got = driver.read(b, 64)
    same("synchronous", got[:2] + got[32:34], [0x100000001] * 4)

    start, end = (driver.get(c_void_p, "cuEventCreate", c_uint(0)) for _ in range(2))
    driver.call("cuEventRecord", start, stream)
    driver.spin(stream, 30_000)
    driver.call("cuEventRecord", end, stream)
    print("not yet:", driver.ask("cuEventQuery", end))
    driver.call("cuEventSynchronize", end)
    ms = c_float()
    driver.call("cuEventElapsedTime", byref(ms), start, end)
    same("thirty milliseconds", 25 < ms.value < 5000, True)
