# SPDX-License-Identifier: Apache-2.0
"""A program that is its own scheduler: the main thread stops and continues another one's work.

    LD_PRELOAD=libshimcuda.so python suspend.py
"""

import threading
import time

import device
from xsched import (
    XPolicyType,
    XPreemptLevel,
    XQueueSuspendFlag,
    XSched,
    XSchedulerType,
    check,
    suspended,
)
from xsched.cuda import XSchedCuda

over = threading.Event()
stream = device.stream()
tasks = 0

check(XSched.XHintSetScheduler(XSchedulerType.kSchedulerAppManaged, XPolicyType.kPolicyUnknown))
hwq = check(XSchedCuda.CudaQueueCreate(stream))
xq = check(XSched.XQueueCreate(hwq, XPreemptLevel.kPreemptLevelBlock, 0))


def work():
    global tasks
    while not over.is_set():
        for _ in range(20):
            device.spin(stream, 500)
        device.finish(stream)
        tasks += 1


def tasks_in_half_a_second():
    before = tasks
    time.sleep(0.5)
    return tasks - before


thread = threading.Thread(target=work)
thread.start()
for _ in range(4):
    print(f"running:   {tasks_in_half_a_second()} tasks")
    with suspended(xq, XQueueSuspendFlag.kQueueSuspendFlagSyncHwQueue):
        print(f"suspended: {tasks_in_half_a_second()} tasks")
over.set()
thread.join()
check(XSched.XQueueDestroy(xq))
check(XSched.HwQueueDestroy(hwq))
