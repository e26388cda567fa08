# SPDX-License-Identifier: Apache-2.0
"""The Python package against the C headers: names, values, signatures. Loads no library."""

import inspect
import pathlib
import re
import unittest
from ctypes import POINTER, c_int, c_int32, c_int64, c_size_t, c_uint64, c_void_p

import xsched
import xsched.cuda
import xsched.hip

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include" / "xsched"

SCALARS = {
    "XQueueHandle": c_uint64,
    "HwQueueHandle": c_uint64,
    "HwCommandHandle": c_uint64,
    "int64_t": c_int64,
    "Timeslice": c_int64,
    "Laxity": c_int64,
    "Deadline": c_int64,
    "Priority": c_int32,
    "Utilization": c_int32,
    "size_t": c_size_t,
    "XPreemptLevel": c_int,
    "XQueueState": c_int,
    "XSchedulerType": c_int,
    "XPolicyType": c_int,
    "LaunchCallback": xsched.LaunchCallback,
    "CUstream": c_void_p,
    "hipStream_t": c_void_p,
    "void *": c_void_p,
}


def text(header):
    return re.sub(r"/\*.*?\*/", "", (INCLUDE / header).read_text(), flags=re.S)


def enumerations():
    for body, name in re.findall(r"typedef enum \{(.*?)\} (\w+);", text("types.h"), re.S):
        yield name, {n: int(v, 0) for n, v in re.findall(r"(\w+) = (-?\w+)", body)}


def prototypes(header):
    """Function name -> [(C type, parameter name)]"""
    found = {}
    for name, inside in re.findall(r"^XResult (\w+)\(([^)]*)\);", text(header), re.M):
        found[name] = re.findall(r"(\w+ \**)(\w+)(?:, |$)", re.sub(r"\s+", " ", inside))
    return found


def ctype(c_type):
    base, pointer = c_type.replace("*", "").strip(), "*" in c_type
    if base == "void":
        return c_void_p
    return POINTER(SCALARS[base]) if pointer else SCALARS[base]


class Contract(unittest.TestCase):
    def test_enumerations(self):
        found = dict(enumerations())
        self.assertEqual(len(found), 11)
        for name, values in found.items():
            with self.subTest(name):
                members = getattr(xsched, name).__members__
                self.assertEqual({n: int(v) for n, v in members.items()}, values)
                self.assertIn(name, xsched.__all__)

    def test_constants(self):
        found = dict(re.findall(r"^#define ([A-Z_]+)\s+(\S+)$", text("types.h"), re.M))
        self.assertGreaterEqual(len(found), 13)
        for name, value in found.items():
            with self.subTest(name):
                number = 2**63 - 1 if value == "INT64_MAX" else int(value.strip("()"))
                self.assertEqual(getattr(xsched, name), number)

    def functions(self, headers, library, owner):
        declared = {}
        for header in headers:
            declared.update(prototypes(header))
        self.assertEqual(set(declared), set(library.prototypes))
        for name, parameters in declared.items():
            with self.subTest(name):
                self.assertEqual([ctype(t) for t, _ in parameters], library.prototypes[name])
                ours = inspect.signature(getattr(owner, name)).parameters
                wanted = [n for t, n in parameters if t.strip() == "void *" or "*" not in t]
                self.assertEqual(list(ours), wanted)
        public = {n for n in vars(owner) if not n.startswith("_")}
        self.assertEqual(public, set(declared))

    def test_functions(self):
        self.functions(["xqueue.h", "hint.h"], xsched._preempt, xsched.XSched)
        self.assertEqual(len(xsched._preempt.prototypes), 24)

    def test_functions_of_platforms(self):
        self.functions(["cuda/hal.h"], xsched.cuda._hal, xsched.cuda.XSchedCuda)
        self.functions(["hip/hal.h"], xsched.hip._hal, xsched.hip.XSchedHip)


if __name__ == "__main__":
    unittest.main()
