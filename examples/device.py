# SPDX-License-Identifier: Apache-2.0
"""The device side of the Python examples, on the driver API. With PyTorch, a stream is
``torch.cuda.Stream()``, its address ``stream.cuda_stream``, and the work whatever runs on it."""

import ctypes
import pathlib
import re
from ctypes import byref, c_int, c_uint, c_uint32, c_void_p

_driver = ctypes.CDLL("libcuda.so.1")


def _call(function, *arguments):
    result = _driver[function](*arguments)
    if result != 0:
        raise RuntimeError(f"{function} failed with {result}")


def _module_text():
    header = pathlib.Path(__file__).with_name("spin.h").read_text()
    lines = re.findall(r'"(.*)\\n"', header)
    return "\n".join(lines).replace("\\t", "\t").encode() + b"\n"


_context, _module, _spin = c_void_p(), c_void_p(), c_void_p()
_device = c_int()
_call("cuInit", 0)
_call("cuDeviceGet", byref(_device), 0)
_call("cuDevicePrimaryCtxRetain", byref(_context), _device)
_call("cuCtxSetCurrent", _context)
_call("cuModuleLoadData", byref(_module), _module_text())
_call("cuModuleGetFunction", byref(_spin), _module, b"spin_us")


def stream():
    """A new stream, usable by the calling thread."""
    handle = c_void_p()
    _call("cuCtxSetCurrent", _context)
    _call("cuStreamCreate", byref(handle), c_uint(1))
    return handle.value


def spin(stream, us):
    """Launches a kernel of so many microseconds."""
    parameter = c_uint32(us)
    parameters = (c_void_p * 1)(ctypes.addressof(parameter))
    _call("cuCtxSetCurrent", _context)
    _call("cuLaunchKernel", _spin, *[c_uint(1)] * 6, c_uint(0), c_void_p(stream), parameters, None)


def finish(stream):
    """Waits for all that was launched on the stream."""
    _call("cuStreamSynchronize", c_void_p(stream))
