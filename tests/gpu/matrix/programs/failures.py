# SPDX-License-Identifier: Apache-2.0
"""Errors of the device: they reach the program unchanged, and it ends as it would without us."""

from ctypes import c_size_t, c_void_p

from . import program, torch
from .driver import Driver, DriverError


def _report(function):
    """What Python is told; the address or the thread that did it may differ between runs."""
    try:
        function()
        print("no error")
    except RuntimeError as error:
        print(type(error).__name__, str(error).splitlines()[0])


@program
def device_assert():
    x = torch.arange(10, device="cuda")
    index = torch.tensor([3, 99], device="cuda")
    _report(lambda: print(x[index].cpu()))
    _report(torch.cuda.synchronize)  # the error sticks
    _report(lambda: torch.ones(10, device="cuda"))
    _report(lambda: torch.cuda.Stream(priority=-1).synchronize())


@program
def illegal_access():
    driver = Driver().start()
    stream, other = driver.stream(), driver.stream()
    driver.affine(other, driver.memory(1), 2, 1)
    driver.launch("poke", stream, 1 << 45, 7)
    _report(lambda: driver.wait(stream))
    _report(lambda: driver.wait(other))
    _report(lambda: driver.affine(other, c_void_p(4096), 2, 1))
    _report(lambda: driver.call("cuCtxSynchronize"))
    _report(lambda: driver.memory(1))


@program
def illegal_access_in_pytorch():
    torch.zeros(1, device="cuda")
    driver = Driver()
    kernels = driver.load()
    driver.launch("poke", c_void_p(torch.cuda.current_stream().cuda_stream), 1 << 45, 7,
                  kernels=kernels)
    _report(torch.cuda.synchronize)
    _report(lambda: torch.ones(10, device="cuda").cpu())
    _report(lambda: torch.cuda.current_stream().query())


@program
def wrong_arguments():
    """Calls that the driver refuses come back with its numbers."""
    driver = Driver().start()
    stream = driver.stream()
    for function, arguments in (
        ("cuStreamSynchronize", (c_void_p(0),)),
        ("cuLaunchKernel", (c_void_p(0), *[1] * 6, 0, stream, None, None)),
        ("cuStreamCreate", (None, 0)),
        ("cuStreamCreateWithPriority", (None, 1, -100)),
        ("cuMemcpyHtoDAsync_v2", (c_void_p(0), None, c_size_t(8), stream)),
        ("cuEventRecord", (None, stream)),
        ("cuStreamWaitEvent", (stream, None, 0)),
        ("cuGraphLaunch", (None, stream)),
        ("cuStreamBeginCapture_v2", (stream, 17)),
        ("cuMemFree_v2", (c_void_p(12345),)),
    ):
        print(function, driver.ask(function, *arguments))
    too_large = driver.memory(1)
    try:
        driver.launch("affine", stream, too_large.value, 1, 1, blocks=1 << 31)
    except DriverError as error:
        print(error)
    driver.wait(stream)


@program
def no_such_device():
    try:
        torch.ones(1, device="cuda:99")
    except RuntimeError as error:
        print(type(error).__name__, str(error).splitlines()[0])
    print((torch.ones(4, device="cuda") * 2).tolist())
