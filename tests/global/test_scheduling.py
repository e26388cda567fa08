#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applications that know nothing of it, scheduled by the daemon as one.

Would catch: a process that does not connect, reports that get lost, hints that do not arrive, queues that
stay in the list, a lesser application that runs beside a busy important one, and one that never goes on.
"""
from kit import *


def the_lesser_waits_while_the_important_is_busy():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    stays(lambda: low.count() == before, "the lesser runs beside the important one")
    high.do("let")
    high.do("sync")
    print(f"  goes on after {goes_on(low, before, 'the lesser goes on'):.1f} ms")
    low.do("starve")
    high.end()
    low.end()
    daemon.stop()


def it_waits_again_and_again():
    daemon = Daemon()
    high, low, control = pair(daemon)
    for _ in range(10):
        before = make_wait(high, low, control)
        high.do("let")
        high.do("sync")
        goes_on(low, before, "the lesser goes on")
        low.do("starve")
        low.do("sync")
    daemon.stop()


def who_is_alone_is_let_alone():
    daemon = Daemon()
    worker = Worker(daemon)
    control = Control(daemon)
    until(lambda: control.queues(worker.pid), "its queue")
    worker.do("launch 10 50")
    worker.do("sync")
    for queue in control.queues(worker.pid):
        if queue["flags"] & (PACED | TRACKED) or queue["holds"]:
            raise Failed(f"{queue}")
    worker.end()
    until(lambda: not control.queues(), "its queues are gone with it")
    daemon.stop()


def streams_come_and_go():
    daemon = Daemon()
    worker = Worker(daemon, 3)
    control = Control(daemon)
    until(lambda: control.queues(worker.pid), "its queue")
    known = {q["handle"] for q in control.queues(worker.pid)}
    worker.do("stream -1")
    worker.do("launch 1 1")
    fresh, _ = until(lambda: [q for q in control.queues(worker.pid) if q["handle"] not in known],
                     "the new stream")
    if fresh[0]["priority"] != 4:
        raise Failed(f"priority {fresh[0]['priority']} of a stream of priority -1 in a process of 3")
    worker.do("forget")
    until(lambda: fresh[0]["handle"] not in [q["handle"] for q in control.queues(worker.pid)],
          "the stream is gone")
    worker.do("launch 1 1")
    worker.end()
    daemon.stop()


def hints_from_outside_count_at_once():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    control.hint_priority(low.pid, 20)
    goes_on(low, before, "the lesser became the more important one")
    control.hint_priority(low.pid, -20)
    until(lambda: stopped(low, control), "and the lesser again")
    daemon.stop()


def suspended_by_hand():
    daemon = Daemon()
    worker = Worker(daemon)
    control = Control(daemon)
    until(lambda: control.queues(worker.pid), "its queue")
    worker.do("feed 200")
    control.suspend(worker.pid, 1)
    until(lambda: any(q["flags"] & SUSPENDED for q in control.queues(worker.pid)), "it is suspended")
    before = settled(worker)
    stays(lambda: worker.count() == before, "it runs while it is suspended")
    control.suspend(worker.pid, 0)
    goes_on(worker, before, "it goes on")
    daemon.stop()


def configured_from_outside():
    daemon = Daemon()
    worker = Worker(daemon)
    control = Control(daemon)
    handle = until(lambda: control.queues(worker.pid), "its queue")[0][0]["handle"]
    control.config(handle, level=2, threshold=8, batch=4)

    def configured():
        queue = [q for q in control.queues(worker.pid) if q["handle"] == handle][0]
        return (queue["level"], queue["threshold"], queue["batch"]) == (2, 8, 4)
    until(configured, "level, threshold and batch size")
    control.config(handle, threshold=2)
    worker.said("xserver wants what")
    worker.do("launch 10 100")
    worker.end()
    daemon.stop()


def another_policy():
    daemon = Daemon("--policy", "HPF")
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    control.policy("CFS")
    high.said("changed its policy to CFS")
    goes_on(low, before, "with fair shares it has its turn")
    daemon.stop()


def a_gang_runs_on_all_its_devices_or_on_none():
    daemon = Daemon()
    for gang in (False, True):
        variables = {"XSIM_DEVICES": "2"}
        high = Worker(daemon, 10, **variables)
        high.do("device 1")
        high.do("launch 1 1")
        low = Worker(daemon, 0, XSCHED_GANG="1" if gang else "0", **variables)
        control = Control(daemon)
        for worker in (high, low):
            worker.said("using global scheduler")
        low.do("feed 200")
        low.do("device 1")
        low.do("hold")
        high.do("hold")
        if gang:
            before = settled(low)
            stays(lambda: low.count() == before, "half of a gang runs")
            high.do("let")
            high.do("sync")
            goes_on(low, before, "the gang goes on")
        else:
            until(lambda: any(not q["flags"] & RUN for q in control.queues(low.pid)), "its other half is stopped")
            goes_on(low, low.count(), "the other device is free")
        high.kill()
        low.kill()
    daemon.stop()


def who_decides_is_chosen():
    daemon = Daemon()
    control = Control(daemon)
    for variables in ({"XSCHED_SCHEDULER": "LCL"}, {"XSCHED_SCHEDULER": "APP"}, {"XSCHED_POLICY": "CFS"}):
        worker = Worker(daemon, **variables)
        worker.do("launch 1 10")
        stays(lambda: not control.queues(), f"{variables}: connected all the same", 0.1)
        worker.end()
    daemon.stop()
    worker = Worker(daemon, XSCHED_SCHEDULER="GLB")
    worker.said("no xserver is there")
    worker.do("launch 1 10")
    daemon.start()
    worker.said("using global scheduler")
    worker.end()
    daemon.stop()


def a_daemon_of_somebody_else_is_not_trusted():
    """Somebody else's socket at the usual place; XSCHED_SOCKET would name it on purpose."""
    if os.geteuid():
        print("  needs root: not tried")
        return
    os.makedirs(f"{TMP}/run", exist_ok=True)
    os.chmod(TMP, 0o755)
    os.chown(f"{TMP}/run", 65534, 65534)
    other = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        other.bind(f"{TMP}/run/xsched.sock")
        other.listen()
        signal.pause()
    until(lambda: os.path.exists(f"{TMP}/run/xsched.sock"), "the socket")
    daemon = type("Nobody", (), {"path": ""})
    worker = Worker(daemon, XDG_RUNTIME_DIR=f"{TMP}/run", XSCHED_SCHEDULER="GLB")
    worker.said("no xserver is there")
    worker.do("launch 1 10")
    worker.end()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


run([the_lesser_waits_while_the_important_is_busy, it_waits_again_and_again, who_is_alone_is_let_alone,
     streams_come_and_go, hints_from_outside_count_at_once, suspended_by_hand, configured_from_outside,
     another_policy, a_gang_runs_on_all_its_devices_or_on_none, who_decides_is_chosen, a_daemon_of_somebody_else_is_not_trusted])
