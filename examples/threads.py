# SPDX-License-Identifier: Apache-2.0
"""Priorities between the threads of one program, without a daemon.

    LD_PRELOAD=libshimcuda.so python threads.py         foreground first
    LD_PRELOAD=libshimcuda.so python threads.py same    both alike, for comparison
"""

import sys
import threading
import time

import device
from xsched import PRIORITY_DEFAULT, XPolicyType, XPreemptLevel, XSched, XSchedulerType, check
from xsched.cuda import XSchedCuda

over = threading.Event()


def stream_with_priority(priority):
    stream = device.stream()
    hwq = check(XSchedCuda.CudaQueueCreate(stream))
    xq = check(XSched.XQueueCreate(hwq, XPreemptLevel.kPreemptLevelBlock, 0))
    check(XSched.XHintPriority(xq, priority))
    return stream


def background():
    stream = stream_with_priority(PRIORITY_DEFAULT)
    while not over.is_set():
        for _ in range(100):
            device.spin(stream, 500)
        device.finish(stream)


check(
    XSched.XHintSetScheduler(
        XSchedulerType.kSchedulerLocal, XPolicyType.kPolicyHighestPriorityFirst
    )
)
stream = stream_with_priority(PRIORITY_DEFAULT + (len(sys.argv) == 1))
thread = threading.Thread(target=background)
thread.start()

times = []
for _ in range(50):
    time.sleep(0.03)
    start = time.monotonic()
    for _ in range(4):
        device.spin(stream, 500)
    device.finish(stream)
    times.append((time.monotonic() - start) * 1e3)
over.set()
thread.join()
print(f"foreground: 2 ms of work took {sum(times) / len(times):.1f} ms on average,", end=" ")
print(f"{max(times):.1f} ms at worst")
