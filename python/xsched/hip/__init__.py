# SPDX-License-Identifier: Apache-2.0
"""HIP: hardware queues for streams. A stream is its address as an integer,
for example what ``torch.cuda.Stream().cuda_stream`` is with ROCm.
"""

from ctypes import POINTER, byref, c_uint64, c_void_p

from xsched import _preempt, _result
from xsched._library import Library

__all__ = ["XSchedHip"]

_hal = Library(
    "libhalhip.so",
    {
        "HipQueueCreate": [POINTER(c_uint64), c_void_p],
    },
    needs=_preempt,
)


class XSchedHip:
    """The functions of libhalhip.so; each returns the pair (XResult, handle)."""

    @staticmethod
    def HipQueueCreate(stream):
        hwq = c_uint64()
        result = _hal.HipQueueCreate(byref(hwq), stream)
        return _result(result), hwq.value
