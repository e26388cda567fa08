# SPDX-License-Identifier: Apache-2.0
"""fork, spawn, exec, memory shared between processes, and ends of processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from ctypes import byref, c_size_t, c_uint64, c_void_p

from . import again, close, program, reference, same, skip, torch
from .driver import Driver


class Squares:
    """A data set for the loaders; the workers of spawn import it from here."""

    def __len__(self):
        return 64

    def __getitem__(self, i):
        return torch.full((1000,), float(i * i))


def _load(method):
    warm = torch.ones(10, device="cuda").sum()  # CUDA is in use before the workers start
    loader = torch.utils.data.DataLoader(
        Squares(), batch_size=8, num_workers=3, pin_memory=True, multiprocessing_context=method)
    for _ in range(2):
        total = sum(batch.to("cuda", non_blocking=True).sum() for batch in loader)
        same(f"sum by {method}", total.item(), 1000.0 * sum(i * i for i in range(64)))
    same("still works", warm.item(), 10.0)


@program
def loader_fork():
    _load("fork")


@program(timeout=150, heavy=True)
def loader_spawn():
    _load("spawn")


def _share(queue, answers):
    t = queue.get()
    t.mul_(2)
    torch.cuda.synchronize()
    answers.put((t.double().sum().item(), t.device.type))
    mine = torch.arange(1000, device="cuda").float()
    event = torch.cuda.Event(interprocess=True)
    event.record()
    answers.put(mine)
    answers.put(event.ipc_handle())
    assert queue.get() == "done"


@program(timeout=150, heavy=True)
def shared_between_processes():
    """CUDA IPC: a tensor of each process is used by the other, and an event."""
    context = torch.multiprocessing.get_context("spawn")
    queue, answers = context.Queue(), context.Queue()
    child = context.Process(target=_share, args=(queue, answers))
    child.start()
    t = torch.arange(100_000, device="cuda").float()
    queue.put(t)
    same("the child saw and changed it", answers.get(timeout=100), (9999900000.0, "cuda"))
    same("and so do we", t[10].item(), 20.0)
    same("the child's own", answers.get(timeout=100).sum().item(), 499500.0)
    event = torch.cuda.Event.from_ipc_handle(torch.device("cuda", 0), answers.get(timeout=100))
    event.synchronize()
    torch.cuda.current_stream().wait_event(event)
    queue.put("done")
    child.join(60)
    same("status of the child", child.exitcode, 0)


@program
def child_process():
    """exec of another program with CUDA, after the parent used it; at the same time as it does."""
    x = reference(1, 500, 500).float().cuda()
    expected = x.double().cpu() @ x.double().cpu()
    children = [subprocess.Popen([sys.executable, sys.argv[0], "compute.matmul_fp32"],
                                 stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for _ in range(200):
        y = x @ x
    for child in children:
        out, _ = child.communicate(timeout=80)
        print(out, end="")
        same("status", child.returncode, 0)
    close("parent", y, expected, 1e-5)


def _fork_after_init(leave):
    x = torch.ones(1000, device="cuda")
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        driver = Driver()
        print("memory:", driver.ask("cuMemAlloc_v2", byref(c_uint64()), c_size_t(1024)))
        print("context:", driver.ask("cuCtxGetCurrent", byref(c_void_p())))
        print("synchronise:", driver.ask("cuCtxSynchronize"))
        try:
            torch.ones(10, device="cuda")
        except RuntimeError as error:
            print(str(error).split(".")[0])
        sys.stdout.flush()
        leave(7)
    _, status = os.waitpid(child, 0)
    same("status of the child", os.waitstatus_to_exitcode(status), 7)
    same("the parent goes on", (x + x).sum().item(), 2000.0)


@program
def fork_after_init():
    """A forked child may not use CUDA: the driver says so, PyTorch says so, and it can end."""
    _fork_after_init(os._exit)


@program
def fork_after_init_and_exit():
    """The same, and the child runs its exit handlers."""
    _fork_after_init(sys.exit)


@program
def fork_before_init():
    """The shim is loaded, CUDA is not in use yet: parent and child both may."""
    sys.stdout.flush()
    child = os.fork()
    driver = Driver().start()
    word, stream = driver.memory(1), driver.stream()
    for _ in range(100):
        driver.affine(stream, word, 3, 1)
    driver.wait(stream)
    expected = 1
    for _ in range(100):
        expected = (expected * 3 + 1) % 2**64
    if child == 0:
        os._exit(7 if driver.read(word) == expected else 1)
    same("parent", driver.read(word), expected)
    _, status = os.waitpid(child, 0)
    same("child", os.waitstatus_to_exitcode(status), 7)


@program
def exit_while_busy():
    x = torch.randn(4096, 4096, device="cuda")
    for stream in (torch.cuda.current_stream(), torch.cuda.Stream(), torch.cuda.Stream(priority=-1)):
        with torch.cuda.stream(stream):
            for _ in range(200):
                y = x @ x
    print("launched", tuple(y.shape))


@program
def exit_while_threads_launch():
    """The main thread ends the process while daemon threads are submitting."""
    import threading
    import time

    x = torch.randn(512, 512, device="cuda")
    launches = [0] * 4

    def work(i):
        with torch.cuda.stream(torch.cuda.Stream(priority=-(i % 2))):
            while True:
                torch.mm(x, x)
                launches[i] += 1

    for i in range(4):
        threading.Thread(target=work, args=(i,), daemon=True).start()
    end = time.monotonic() + 30
    while min(launches) < 100 and time.monotonic() < end:
        time.sleep(0.01)
    same("all launch", min(launches) >= 100, True)
    sys.stdout.flush()
    os._exit(0)


@program(status=3)
def exit_status():
    print((torch.ones(10, device="cuda") * 2).sum().item())
    sys.exit(3)


@program(status=1)
def uncaught_exception():
    print((torch.ones(10, device="cuda") * 3).sum().item())
    raise ValueError("not caught on purpose")


@program(status=-15)
def killed_while_busy():
    import signal

    x = torch.randn(4096, 4096, device="cuda")
    for _ in range(100):
        x @ x
    print("launched", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    torch.cuda.synchronize()
    signal.pause()


ALLOCATOR = r"""
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void __libc_free(void *);
static _Atomic unsigned long calls;
void *malloc(size_t n) { calls++; return __libc_malloc(n); }
void *calloc(size_t n, size_t m) { calls++; return __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { calls++; return __libc_realloc(p, n); }
void free(void *p) { __libc_free(p); }
__attribute__((destructor)) static void end(void)
{
    if (calls < 1000 && write(2, "allocator was not used\n", 23) < 0)
        _exit(99);
}
"""


@program(timeout=150)
def second_preload():
    """Another library that stands in for malloc, loaded before and behind the shim."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        skip("no C compiler")
    ours = os.environ.get("LD_PRELOAD", "")
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "liballocator.so")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", library],
                       input=ALLOCATOR, text=True, check=True)
        for order in ((library, ours), (ours, library)):
            done = again("compute.elementwise", {"LD_PRELOAD": ":".join(filter(None, order))})
            print(done.returncode, done.stdout, end="")
            same("status", done.returncode, 0)
