# SPDX-License-Identifier: Apache-2.0
"""Allocators: the caching one of PyTorch in its kinds, stream-ordered memory, and running out."""

import random
from ctypes import byref, c_size_t, c_uint, c_uint64, c_void_p

from . import close, program, reference, same, torch
from .driver import Driver


def _stress(seed, steps=400):
    """Tensors of random sizes that are made on one stream, used on another and dropped early."""
    dice = random.Random(seed)
    streams = [torch.cuda.Stream() for _ in range(4)]
    kept, totals = [], torch.zeros(4, dtype=torch.float64, device="cuda")
    expected = [0.0] * 4
    torch.cuda.synchronize()
    for step in range(steps):
        made, used = dice.randrange(4), dice.randrange(4)
        size = dice.choice((10, 1000, 100_000, 3_000_000))
        with torch.cuda.stream(streams[made]):
            t = torch.full((size,), float(step % 13), device="cuda")
        streams[used].wait_stream(streams[made])
        with torch.cuda.stream(streams[used]):
            totals[used] += t.double().mean()
            t.record_stream(streams[used])
        expected[used] += step % 13
        kept.append(t)
        if len(kept) > 10:
            del kept[dice.randrange(len(kept))]
        if step % 100 == 99:
            torch.cuda.empty_cache()
    torch.cuda.synchronize()
    close("sums", totals, torch.tensor(expected, dtype=torch.float64), 1e-6)


@program
def caching_allocator():
    _stress(1)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    same("nothing is left", torch.cuda.memory_allocated(), 0)


@program(env={"PYTORCH_CUDA_ALLOC_CONF": "backend:cudaMallocAsync"})
def async_allocator():
    print(torch.cuda.get_allocator_backend())
    _stress(2)


@program(env={"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"})
def expandable_segments():
    _stress(3)


@program
def out_of_memory():
    x = reference(4, 256, 256).float().cuda()
    expected = x.double().cpu() @ x.double().cpu()
    for attempt in range(3):
        try:
            torch.empty(1 << 41, dtype=torch.uint8, device="cuda")
            raise AssertionError("two terabytes were given")
        except torch.OutOfMemoryError as error:
            print(type(error).__name__, str(error).split(".")[0])
        close(f"works after failure {attempt}", x @ x, expected, 1e-4)
    driver = Driver()
    print("driver:", driver.ask("cuMemAlloc_v2", byref(c_uint64()), c_size_t(1 << 41)))


@program
def stream_ordered():
    driver = Driver().start()
    one, other = driver.stream(), driver.stream()
    total = driver.memory(0)
    event = driver.get(c_void_p, "cuEventCreate", c_uint(2))
    for i in range(100):
        word = driver.get(c_uint64, "cuMemAllocAsync", c_size_t(8 + i * 10_000), one)
        driver.call("cuMemsetD8Async", word, 0, c_size_t(8), one)
        driver.affine(one, word, 1, i)
        driver.affine(one, total, 1, i)
        driver.call("cuEventRecord", event, one)
        driver.call("cuStreamWaitEvent", other, event, c_uint(0))
        driver.call("cuMemFreeAsync", word, other)
        if i % 10 == 9:
            driver.wait(other)
    driver.call("cuCtxSynchronize")
    same("sum", driver.read(total), 4950)
    pool = driver.get(c_void_p, "cuDeviceGetDefaultMemPool", driver.device)
    driver.call("cuMemPoolTrimTo", pool, c_size_t(0))


@program
def free_waits():
    """cuMemFree waits for what is running; afterwards all of it is done."""
    driver = Driver().start()
    stream = driver.stream()
    for _ in range(20):
        scratch, word = driver.memory(0), driver.memory(1)
        driver.spin(stream, 2000)
        driver.affine(stream, word, 2, 1)
        driver.call("cuMemFree_v2", scratch)
        driver.call("cuStreamSynchronize", stream)
        if driver.read(word) != 3:
            raise AssertionError("wrong number")
        driver.call("cuMemFree_v2", word)
    host = driver.get(c_void_p, "cuMemAllocHost_v2", c_size_t(1 << 20))
    driver.call("cuMemFreeHost", host)
    print("right")


@program
def two_contexts():
    """Streams of two contexts of one device, and of one context that comes and goes."""
    driver = Driver().start()
    words, streams, kernels, contexts = [], [], [], []
    for _ in range(3):
        context = c_void_p()
        driver.call("cuCtxCreate_v2", byref(context), c_uint(0), driver.device)
        contexts.append(context)
        kernels.append(driver.load())
        words.append(driver.memory(1))
        streams.append(driver.stream())
    for i in range(60):
        driver.call("cuCtxSetCurrent", contexts[i % 3])
        driver.spin(streams[i % 3], 100, kernels=kernels[i % 3])
        driver.affine(None, words[i % 3], 2, 1, kernels=kernels[i % 3])
    for context, word in zip(contexts, words):
        driver.call("cuCtxSetCurrent", context)
        driver.call("cuCtxSynchronize")
        same("context", driver.read(word), 2**21 - 1)
        driver.call("cuCtxDestroy_v2", context)
    driver.call("cuCtxSetCurrent", driver.context)
    word = driver.memory(1)
    driver.affine(None, word, 2, 1)
    same("primary context", driver.read(word), 3)
    driver.call("cuDevicePrimaryCtxRelease_v2", driver.device)
    driver.call("cuDevicePrimaryCtxReset_v2", driver.device)
    again = Driver().start()
    word = again.memory(1)
    again.affine(None, word, 2, 1)
    same("after a reset", again.read(word), 3)
