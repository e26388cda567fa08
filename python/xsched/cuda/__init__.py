# SPDX-License-Identifier: Apache-2.0
"""CUDA: hardware queues for streams. A stream is its address as an integer,
for example ``torch.cuda.Stream().cuda_stream``.
"""

from ctypes import POINTER, byref, c_uint64, c_void_p

from xsched import _preempt, _result
from xsched._library import Library

__all__ = ["XSchedCuda"]

_hal = Library(
    "libhalcuda.so",
    {
        "CudaQueueCreate": [POINTER(c_uint64), c_void_p],
        "CudaQueueGet": [POINTER(c_uint64), c_void_p],
    },
    needs=_preempt,
)


class XSchedCuda:
    """The functions of libhalcuda.so; each returns the pair (XResult, handle)."""

    @staticmethod
    def CudaQueueCreate(stream):
        hwq = c_uint64()
        result = _hal.CudaQueueCreate(byref(hwq), stream)
        return _result(result), hwq.value

    @staticmethod
    def CudaQueueGet(stream):
        hwq = c_uint64()
        result = _hal.CudaQueueGet(byref(hwq), stream)
        return _result(result), hwq.value
