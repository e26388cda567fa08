# SPDX-License-Identifier: Apache-2.0
"""A program that tells the scheduler of the machine how important it is.

    xserver &
    LD_PRELOAD=libshimcuda.so python hints.py -10 &
    LD_PRELOAD=libshimcuda.so python hints.py 10
"""

import sys
import time

import device
from xsched import XPolicyType, XPreemptLevel, XSched, XSchedulerType, check
from xsched.cuda import XSchedCuda

priority = int(sys.argv[1]) if len(sys.argv) > 1 else 0
stream = device.stream()

check(XSched.XHintSetScheduler(XSchedulerType.kSchedulerGlobal, XPolicyType.kPolicyUnknown))
hwq = check(XSchedCuda.CudaQueueCreate(stream))
xq = check(XSched.XQueueCreate(hwq, XPreemptLevel.kPreemptLevelBlock, 0))
check(XSched.XHintPriority(xq, priority))

for batch in range(50):
    start = time.monotonic()
    for _ in range(100):
        device.spin(stream, 200)
    device.finish(stream)
    print(f"priority {priority}: batch {batch} took {(time.monotonic() - start) * 1e3:.1f} ms")

check(XSched.XQueueDestroy(xq))
check(XSched.HwQueueDestroy(hwq))
