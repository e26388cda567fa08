# SPDX-License-Identifier: Apache-2.0
"""Scheduling without interception: work handed over as functions; nothing is preloaded.

    python callbacks.py
"""

import device
from xsched import XPreemptLevel, XQueueResumeFlag, XSched, check, suspended
from xsched.cuda import XSchedCuda

stream = device.stream()
hwq = check(XSchedCuda.CudaQueueCreate(stream))
xq = check(XSched.XQueueCreate(hwq, XPreemptLevel.kPreemptLevelBlock, 0))


def launch(hwq, number):
    """Runs on a thread of the library, once per task."""
    device.spin(stream, 5000)
    print(f"  launched task {number}")


def submit(number):
    command = check(XSched.HwCommandCreateCallback(launch, number))
    check(XSched.XQueueSubmit(xq, command))
    return command


print("four tasks, and waiting for the second:")
commands = [submit(number) for number in range(4)]
check(XSched.XQueueWait(xq, commands[1]))
print("  task 1 is complete")
check(XSched.XQueueWaitAll(xq))

print("two tasks for a suspended queue, started by the resume:")
with suspended(xq):
    for number in range(4, 6):
        submit(number)
    print("  submitted")
check(XSched.XQueueWaitAll(xq))

print("two tasks that are dropped:")
check(XSched.XQueueSuspend(xq, 0))
for number in range(6, 8):
    submit(number)
check(XSched.XQueueResume(xq, XQueueResumeFlag.kQueueResumeFlagDropCommands))

check(XSched.XQueueDestroy(xq))
check(XSched.HwQueueDestroy(hwq))
