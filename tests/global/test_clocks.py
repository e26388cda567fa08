#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An application in a time namespace, whose clock is ahead of the daemon's or behind it.

Would catch: an application that leaves a daemon which is well, since its clock seems to be long ago; one that
waits for ever for a daemon that hangs, since its clock seems to be yet to come; sums of times of two clocks.
"""
import subprocess

from kit import *


def enter(offset):
    return ("unshare", "--time", "--monotonic", str(offset), "--fork", "--kill-child")


def offsets():
    """A day ahead; behind by half of what the machine has been up, since no clock starts below zero."""
    behind = int(time.clock_gettime(time.CLOCK_MONOTONIC)) // 2
    return (86400, -behind) if behind > 10 else (86400,)


def lesser_is_stopped(control):
    return any(q["flags"] & READY and not q["flags"] & RUN for q in control.queues())


def sums_are_sane(control):
    for queue in control.queues():
        for name in ("held_ns", "waited_ns", "in_state_ns"):
            if queue[name] > 3600 * 10**9:
                raise Failed(f"{name} is {queue[name]}")


def other_clock():
    for offset in offsets():
        daemon = Daemon()
        # The clock of the device would not be the same for all that share it.
        worker = Worker(daemon, prefix=enter(offset), XSIM_SHARE="0")
        control = Control(daemon)
        worker.said("using global scheduler")
        stays(lambda: "sign of life" not in worker.text(), "it left a daemon that is well", 2.5)
        worker.do("feed 200")
        worker.do("stream -1")
        worker.do("hold")
        until(lambda: lesser_is_stopped(control), "the lesser stream is stopped")
        sums_are_sane(control)
        daemon.signal(signal.SIGSTOP)
        worker.said("sign of life")
        daemon.signal(signal.SIGCONT)
        worker.said("using global scheduler", 2)
        until(lambda: lesser_is_stopped(control), "the lesser stream is stopped again")
        sums_are_sane(control)
        worker.do("let")
        worker.do("starve")
        worker.end()
        daemon.stop()


if subprocess.run([*enter(1), "true"], capture_output=True, check=False).returncode:
    print("no time namespace may be made here")
    sys.exit(77)
run([other_clock])
