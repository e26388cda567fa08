# SPDX-License-Identifier: Apache-2.0
"""The programs of the matrix, and what they share.

A program is a function with @program; its name is MODULE.FUNCTION. It prints lines that have to be
the same bare and under the shim, and fails by an exception. Importing a module of programs imports
no framework: ``torch`` here is a stand-in that imports the real one when it is first used.
"""

import functools
import hashlib
import importlib
import inspect
import os
import sys

MODULES = ("compute", "training", "graphs", "streams", "memory", "others", "processes", "failures")
SKIPPED = 77


class Lazy:
    """A module that is imported at its first use."""

    def __init__(self, name):
        self.__dict__["_name"] = name

    def __getattr__(self, attribute):
        return getattr(importlib.import_module(self._name), attribute)


torch = Lazy("torch")


def program(function=None, *, status=0, timeout=100, env=None, heavy=False):
    """Marks a program. status: what it has to exit with. timeout: in seconds, on a machine that
    runs several at a time. env: settings it is started with. heavy: started before the others."""
    if function is None:
        return functools.partial(program, status=status, timeout=timeout, env=env, heavy=heavy)
    function.status, function.timeout = status, timeout
    function.env, function.heavy = env or {}, heavy
    return function


def find(name):
    """The function of a program's name."""
    module, _, function = name.partition(".")
    if module not in MODULES:
        raise KeyError(name)
    found = getattr(importlib.import_module(f"{__name__}.{module}"), function, None)
    if not hasattr(found, "heavy"):
        raise KeyError(name)
    return found


def names():
    """All programs, in the order of their files."""
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"{__name__}.{module}")).items():
            if inspect.isfunction(value) and hasattr(value, "heavy"):
                yield f"{module}.{name}"


def skip(reason):
    """Ends a program that cannot run on this machine."""
    print(f"skipped: {reason}", flush=True)
    sys.exit(SKIPPED)


def need(module):
    """Imports an optional module or skips."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        skip(f"{module}: {error}")


def under_shim():
    """Whether the interception library is in this process."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return any("libshimcuda.so" in line for line in maps)


def say(line):
    """A line in one write: those of several processes do not run into one another."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def right(what):
    say(f"{what}: right")


# --- numbers ---------------------------------------------------------------------------------------


def reference(seed, *shape):
    """Random doubles on the CPU."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def close(what, got, expected, tolerance):
    """Refuses a result that is further from the double-precision reference than the tolerance,
    relative to the largest element."""
    got, expected = torch.as_tensor(got), torch.as_tensor(expected)
    got, expected = got.detach().cpu().double(), expected.detach().cpu().double()
    if got.shape != expected.shape:
        raise AssertionError(f"{what}: shape {tuple(got.shape)}, not {tuple(expected.shape)}")
    error = ((got - expected).abs().max() / expected.abs().max().clamp(min=1e-30)).item()
    if not error <= tolerance:
        raise AssertionError(f"{what}: error {error:.3g}, more than {tolerance:g}")
    right(what)


def same(what, got, expected):
    """Refuses anything but the same value."""
    if "torch" in sys.modules and isinstance(got, torch.Tensor):
        equal = torch.equal(got.detach().cpu(), torch.as_tensor(expected).detach().cpu())
    else:
        equal = got == expected
    if not equal:
        raise AssertionError(f"{what}: {got!r}, not {expected!r}")
    right(what)


def exact(what, tensor):
    """Prints a digest: the other run has to have the same bits."""
    data = tensor.detach().cpu().reshape(-1).contiguous().view(torch.uint8).numpy().tobytes()
    say(f"{what}: {hashlib.sha256(data).hexdigest()[:16]}")


def again(name, env=None, timeout=90):
    """The outcome of another program of the matrix in a process of its own."""
    import subprocess

    return subprocess.run(
        [sys.executable, os.path.abspath(sys.argv[0]), name],
        env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=timeout, check=False)
