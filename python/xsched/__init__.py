# SPDX-License-Identifier: Apache-2.0
"""The C API of XSched for Python.

``XSched`` has the functions of ``<xsched/xqueue.h>`` and ``<xsched/hint.h>`` under their names; the
headers say what they do. A function with a result returns the pair ``(XResult, value)``, any other
one an ``XResult``. Handles are integers. Importing needs no library: a missing one is a
``RuntimeError`` at the first call.

>>> from xsched import XSched, check
>>> from xsched.cuda import XSchedCuda
>>> hwq = check(XSchedCuda.CudaQueueCreate(torch.cuda.current_stream().cuda_stream))
>>> xq = check(XSched.XQueueCreate(hwq, XPreemptLevel.kPreemptLevelBlock, 0))
"""

import atexit
import contextlib
import ctypes
import itertools
import sys
import threading
from ctypes import POINTER, byref, c_int, c_int32, c_int64, c_size_t, c_uint64, c_void_p

from ._library import Library
from .types import *  # noqa: F401,F403
from .types import XQueueState, XResult
from .types import __all__ as _types

__all__ = ["XSched", "XSchedError", "check", "suspended", *_types]

# XResult (*LaunchCallback)(HwQueueHandle, void *)
LaunchCallback = ctypes.CFUNCTYPE(c_int, c_uint64, c_void_p)

_preempt = Library(
    "libpreempt.so",
    {
        "XQueueCreate": [POINTER(c_uint64), c_uint64, c_int64, c_int64],
        "XQueueDestroy": [c_uint64],
        "XQueueGet": [POINTER(c_uint64), c_uint64],
        "XQueueSetPreemptLevel": [c_uint64, c_int],
        "XQueueSetLaunchConfig": [c_uint64, c_int64, c_int64],
        "XQueueSubmit": [c_uint64, c_uint64],
        "XQueueWait": [c_uint64, c_uint64],
        "XQueueWaitAll": [c_uint64],
        "XQueueQuery": [c_uint64, POINTER(c_int)],
        "XQueueSuspend": [c_uint64, c_int64],
        "XQueueResume": [c_uint64, c_int64],
        "XQueueProfileHwCommandCount": [c_uint64, POINTER(c_int64)],
        "HwQueueDestroy": [c_uint64],
        "HwQueueLaunch": [c_uint64, c_uint64],
        "HwQueueSynchronize": [c_uint64],
        "HwCommandCreateCallback": [POINTER(c_uint64), LaunchCallback, c_void_p],
        "HwCommandDestroy": [c_uint64],
        "XHintSetScheduler": [c_int, c_int],
        "XHintPriority": [c_uint64, c_int32],
        "XHintUtilization": [c_uint64, c_int32],
        "XHintTimeslice": [c_int64],
        "XHintLaxity": [c_uint64, c_int64, c_int32, c_int32],
        "XHintDeadline": [c_uint64, c_int64],
        "XHintKDeadline": [c_size_t],
    },
)


def _result(value):
    """A callback may return any number; what is no XResult counts as unknown."""
    try:
        return XResult(value)
    except ValueError:
        return XResult.kXSchedErrorUnknown


class XSchedError(RuntimeError):
    """Raised by check(); ``result`` is the XResult."""

    def __init__(self, result):
        super().__init__(result.name)
        self.result = result


def check(outcome):
    """Returns the value of a call, None when it has none, and raises XSchedError if it failed."""
    result, value = outcome if isinstance(outcome, tuple) else (outcome, None)
    if result != XResult.kXSchedSuccess:
        raise XSchedError(result)
    return value


@contextlib.contextmanager
def suspended(xq, flags=0):
    """Keeps a queue suspended inside a with block."""
    check(XSched.XQueueSuspend(xq, flags))
    try:
        yield xq
    finally:
        check(XSched.XQueueResume(xq, 0))


class _Callbacks:
    """The Python functions behind callback commands.

    C gets one function for all of them, which lives as long as this module, and a number as data.
    An entry goes away when its command is launched, once at most, or destroyed; that of a dropped
    command stays.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries = {}  # number -> (function, data)
        self._owned = {}  # handle of a command not submitted -> number
        self._queues = set()  # XQueues that may still call
        self.entry_point = LaunchCallback(self._launch)
        atexit.register(self._stop)

    def create(self, launch, data):
        if not callable(launch):
            raise TypeError("launch must be callable")
        command = c_uint64()
        with self._lock:
            number = next(self._numbers)
            self._entries[number] = (launch, data)
        result = _preempt.HwCommandCreateCallback(byref(command), self.entry_point, number)
        with self._lock:
            if result == XResult.kXSchedSuccess:
                self._owned[command.value] = number
            else:
                del self._entries[number]
        return result, command.value

    def submitted(self, xq, command):
        with self._lock:
            if self._owned.pop(command, None) is not None:
                self._queues.add(xq)

    def consumed(self, command):
        """Launched directly or destroyed; does nothing for a command that belongs to a queue."""
        with self._lock:
            self._entries.pop(self._owned.pop(command, None), None)

    def closed(self, xq):
        with self._lock:
            self._queues.discard(xq)

    def _launch(self, hwq, number):
        with self._lock:
            launch, data = self._entries.pop(number, (None, None))
        try:
            if launch is None:
                return XResult.kXSchedErrorNotFound
            result = launch(hwq, data)
            return XResult.kXSchedSuccess if result is None else int(result)
        except BaseException:  # nobody above can handle it
            sys.excepthook(*sys.exc_info())
            return XResult.kXSchedErrorUnknown

    def _stop(self):
        """No thread of the library may enter an interpreter that is going away."""
        for xq in tuple(self._queues):
            _preempt.XQueueSuspend(xq, 0)


_callbacks = _Callbacks()


class XSched:
    """The functions of libpreempt.so."""

    @staticmethod
    def XQueueCreate(hwq, level, flags):
        xq = c_uint64()
        result = _preempt.XQueueCreate(byref(xq), hwq, level, flags)
        return _result(result), xq.value

    @staticmethod
    def XQueueDestroy(xq):
        result = _result(_preempt.XQueueDestroy(xq))
        _callbacks.closed(xq)
        return result

    @staticmethod
    def XQueueGet(hwq):
        xq = c_uint64()
        result = _preempt.XQueueGet(byref(xq), hwq)
        return _result(result), xq.value

    @staticmethod
    def XQueueSetPreemptLevel(xq, level):
        return _result(_preempt.XQueueSetPreemptLevel(xq, level))

    @staticmethod
    def XQueueSetLaunchConfig(xq, threshold, batch_size):
        return _result(_preempt.XQueueSetLaunchConfig(xq, threshold, batch_size))

    @staticmethod
    def XQueueSubmit(xq, hw_cmd):
        result = _result(_preempt.XQueueSubmit(xq, hw_cmd))
        if result != XResult.kXSchedErrorNotFound:
            _callbacks.submitted(xq, hw_cmd)
        return result

    @staticmethod
    def XQueueWait(xq, hw_cmd):
        return _result(_preempt.XQueueWait(xq, hw_cmd))

    @staticmethod
    def XQueueWaitAll(xq):
        return _result(_preempt.XQueueWaitAll(xq))

    @staticmethod
    def XQueueQuery(xq):
        state = c_int(XQueueState.kQueueStateUnknown)
        result = _preempt.XQueueQuery(xq, byref(state))
        return _result(result), XQueueState(state.value)

    @staticmethod
    def XQueueSuspend(xq, flags):
        return _result(_preempt.XQueueSuspend(xq, flags))

    @staticmethod
    def XQueueResume(xq, flags):
        return _result(_preempt.XQueueResume(xq, flags))

    @staticmethod
    def XQueueProfileHwCommandCount(xq):
        count = c_int64()
        result = _preempt.XQueueProfileHwCommandCount(xq, byref(count))
        return _result(result), count.value

    @staticmethod
    def HwQueueDestroy(hwq):
        return _result(_preempt.HwQueueDestroy(hwq))

    @staticmethod
    def HwQueueLaunch(hwq, hw_cmd):
        result = _result(_preempt.HwQueueLaunch(hwq, hw_cmd))
        if result != XResult.kXSchedErrorNotFound:
            _callbacks.consumed(hw_cmd)
        return result

    @staticmethod
    def HwQueueSynchronize(hwq):
        return _result(_preempt.HwQueueSynchronize(hwq))

    @staticmethod
    def HwCommandCreateCallback(launch, data=None):
        """launch(hwq, data) returns an XResult, or None for success. XSched has no such function."""
        result, command = _callbacks.create(launch, data)
        return _result(result), command

    @staticmethod
    def HwCommandDestroy(hw_cmd):
        result = _result(_preempt.HwCommandDestroy(hw_cmd))
        if result == XResult.kXSchedSuccess:
            _callbacks.consumed(hw_cmd)
        return result

    @staticmethod
    def XHintSetScheduler(scheduler, policy):
        return _result(_preempt.XHintSetScheduler(scheduler, policy))

    @staticmethod
    def XHintPriority(xq, prio):
        return _result(_preempt.XHintPriority(xq, prio))

    @staticmethod
    def XHintUtilization(xq, util):
        return _result(_preempt.XHintUtilization(xq, util))

    @staticmethod
    def XHintTimeslice(ts_us):
        return _result(_preempt.XHintTimeslice(ts_us))

    @staticmethod
    def XHintLaxity(xq, lax_us, lax_prio, crit_prio):
        return _result(_preempt.XHintLaxity(xq, lax_us, lax_prio, crit_prio))

    @staticmethod
    def XHintDeadline(xq, ddl_us):
        return _result(_preempt.XHintDeadline(xq, ddl_us))

    @staticmethod
    def XHintKDeadline(k):
        return _result(_preempt.XHintKDeadline(k))
