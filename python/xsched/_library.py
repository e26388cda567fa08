# SPDX-License-Identifier: Apache-2.0
"""Finds and loads the C libraries, at the first call and not before.

A library is taken from the first of these places that has it:

1. the process, which has it already when an interception library is preloaded;
2. the directory in XSCHED_LIB_DIR;
3. the prefix that this package is installed in: a directory ``lib`` or ``lib64`` above it, or
   ``xsched`` in there;
4. the places that the dynamic loader knows.
"""

import ctypes
import os
import pathlib
import threading


class Library:
    """One C library; its functions are attributes, declared by a table of parameter types."""

    def __init__(self, name, prototypes, needs=None):
        self.name = name
        self.prototypes = prototypes
        self._needs = needs
        self._handle = None
        self._lock = threading.Lock()

    def __getattr__(self, function):
        prototypes = self.__dict__.get("prototypes", {})
        if function not in prototypes:
            raise AttributeError(function)
        entry = self._load()[function]
        entry.argtypes = prototypes[function]
        entry.restype = ctypes.c_int
        setattr(self, function, entry)
        return entry

    def _load(self):
        with self._lock:
            if self._handle is None:
                if self._needs is not None:
                    self._needs._load()
                self._handle = _open(self.name)
            return self._handle


def candidates(name):
    """Where a library is looked for, besides the process itself."""
    paths = []
    if os.environ.get("XSCHED_LIB_DIR"):
        paths.append(os.path.join(os.environ["XSCHED_LIB_DIR"], name))
    for parent in pathlib.Path(__file__).resolve().parents:
        if parent.name in ("lib", "lib64"):
            places = (parent / name, parent / "xsched" / name)
            paths.extend(str(place) for place in places if place.exists())
    return paths + [name]


def _open(name):
    try:
        return ctypes.CDLL(name, mode=os.RTLD_NOW | os.RTLD_NOLOAD)
    except OSError:
        pass
    errors = []
    for path in candidates(name):
        try:
            return ctypes.CDLL(path, mode=os.RTLD_NOW)
        except OSError as error:
            errors.append(f"{path} ({error})")
    raise RuntimeError(
        f"{name} not found; set XSCHED_LIB_DIR to its directory. Tried: " + "; ".join(errors)
    )
