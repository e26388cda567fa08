#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens to applications when the daemon or another application dies, hangs, forks or comes back.

Would catch: a gate that stays closed, an application that fails with its daemon, a connection that
outlives its process in a child, a frozen process that holds everybody up.
"""
import ctypes

from kit import *

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17


def ptrace(request, thread):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(request, thread, None, None):
        raise OSError(ctypes.get_errno(), "ptrace")


def daemon_killed_and_back():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    daemon.kill()
    print(f"  open {goes_on(low, before, 'the lesser goes on without a daemon'):.1f} ms after the kill")
    begin = time.monotonic()
    daemon.start()
    high.said("using global scheduler", 2)
    low.said("using global scheduler", 2)
    print(f"  back {1000 * (time.monotonic() - begin):.0f} ms after the daemon's start")
    control = Control(daemon)
    until(lambda: stopped(low, control), "the lesser is stopped again")
    priorities = {q["priority"] for q in control.queues(high.pid)}
    if priorities != {10}:
        raise Failed(f"its hints got lost: {priorities}")
    high.do("let")
    high.do("sync")
    low.do("starve")
    high.end()
    low.end()
    daemon.stop()


def daemon_killed_while_somebody_is_suspended():
    daemon = Daemon()
    worker = Worker(daemon)
    control = Control(daemon)
    until(lambda: control.queues(worker.pid), "its queue")
    worker.do("feed 200")
    control.suspend(worker.pid, 1)
    until(lambda: stopped(worker, control), "it is suspended")
    before = settled(worker)
    daemon.kill()
    goes_on(worker, before, "nobody is left to resume it")
    worker.do("starve")
    worker.end()


def hints_of_streams_outlive_the_daemon():
    daemon = Daemon()
    worker = Worker(daemon, 3)
    control = Control(daemon)
    until(lambda: control.queues(worker.pid), "its queue")
    worker.do("prio 20")
    until(lambda: 20 in {q["priority"] for q in control.queues(worker.pid)}, "the hint")
    before = sorted(q["priority"] for q in control.queues(worker.pid))
    daemon.kill()
    daemon.start()
    worker.said("using global scheduler", 2)
    control = Control(daemon)
    until(lambda: sorted(q["priority"] for q in control.queues(worker.pid)) == before, f"{before} again")
    worker.end()
    daemon.stop()


def a_daemon_that_lives_is_kept():
    """Longer than one that is silent is waited for. On a machine that is busy enough it is lost all the same, so
    there is more than one try."""
    daemon = Daemon()
    worker = Worker(daemon)
    worker.said("using global scheduler")

    def kept():
        losses = worker.text().count("no sign of life")
        time.sleep(1.5)
        return worker.text().count("no sign of life") == losses
    until(kept, "the daemon is kept")
    worker.end()
    daemon.stop()


def stalls_outlive_their_daemon():
    """Whoever takes over hears of queues that make no progress, though they were told long ago."""
    daemon = Daemon()
    high, low, control = pair(daemon, XSCHED_STALL_MS="100")
    low.do("feed 200")
    high.do("hold")
    until(lambda: any(q["flags"] & STALLED for q in control.queues(high.pid)), "it stalls")
    daemon.kill()
    daemon.start()
    high.said("using global scheduler", 2)
    low.said("using global scheduler", 2)
    control = Control(daemon)
    until(lambda: any(q["flags"] & STALLED for q in control.queues(high.pid)), "the new daemon knows")
    goes_on(low, low.count(), "the lesser goes on")
    high.do("let")
    high.do("sync")
    low.do("starve")
    low.end()

    # Of two streams of one process; without a daemon, it decides itself.
    high.do("feed 200")
    high.do("stream -1")
    high.do("hold")
    until(lambda: any(q["flags"] & STALLED for q in control.queues(high.pid)), "its stream stalls")
    daemon.kill()
    goes_on(high, high.count(), "the lesser stream goes on at once")
    goes_on(high, high.count() + 100, "and is not stopped again")
    high.do("let")
    high.do("starve")
    high.end()


def daemon_stopped_and_continued():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    daemon.signal(signal.SIGSTOP)
    print(f"  open {goes_on(low, before, 'the lesser goes on without a daemon'):.0f} ms after the stop")
    daemon.signal(signal.SIGCONT)
    high.said("using global scheduler", 2)
    low.said("using global scheduler", 2)
    until(lambda: stopped(low, control), "the lesser is stopped again")
    daemon.stop()
    goes_on(low, before, "the daemon ended")


def daemon_left_and_late():
    """The application decides for the scheduler inside it while the daemon does not run; what the daemon still
    does to its gates when it runs again is not the last word."""
    daemon = Daemon()
    worker = Worker(daemon)
    control = Control(daemon)
    worker.said("using global scheduler")
    worker.do("feed 200")
    worker.do("stream -1")
    worker.do("hold")
    until(lambda: any(q["flags"] & READY and not q["flags"] & RUN for q in control.queues(worker.pid)),
          "the lesser stream is stopped")
    daemon.signal(signal.SIGSTOP)
    worker.do("local")
    settled(worker)
    daemon.signal(signal.SIGCONT)
    until(lambda: not control.queues(worker.pid), "the daemon noticed")
    for _ in range(3):
        before = settled(worker)
        worker.do("let")
        goes_on(worker, before + 1, "the lesser stream goes on")
        worker.do("hold")
    settled(worker)
    worker.do("let")
    worker.do("starve")
    worker.end()
    daemon.stop()


def daemon_restarted_under_load():
    daemon = Daemon()
    workers = [Worker(daemon, priority) for priority in (0, 1, 2)]
    for worker in workers:
        worker.do("feed 50")
    for turn in range(5):
        daemon.kill() if turn % 2 else daemon.stop()
        daemon.start()
        for worker in workers:
            worker.said("using global scheduler", turn + 1)
    control = Control(daemon)
    for worker in reversed(workers):  # the most important first, or the others wait for it
        until(lambda: control.queues(worker.pid), "its queues")
        worker.do("starve")
        worker.do("sync")
        worker.end()
    daemon.stop()


def important_one_killed():
    daemon = Daemon()
    for state in ("busy", "stopped", "at the gate"):
        high, low, control = pair(daemon)
        before = make_wait(high, low, control)
        if state == "stopped":
            high.process.send_signal(signal.SIGSTOP)
        if state == "at the gate":
            low.kill()
            until(lambda: not control.queues(low.pid), "the daemon noticed")
            high.do("let")
            high.do("sync")
            high.end()
            continue
        high.kill()
        print(f"  {state}: others go on after {goes_on(low, before, 'the lesser goes on'):.1f} ms")
        low.do("starve")
        low.end()
    daemon.stop()


def important_one_stopped():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    high.process.send_signal(signal.SIGSTOP)
    print(f"  others go on after {goes_on(low, before, 'a frozen process holds nobody up'):.0f} ms")
    high.process.send_signal(signal.SIGCONT)
    until(lambda: stopped(low, control), "it is awake and counts again")
    high.do("let")
    high.do("sync")
    goes_on(low, low.count(), "the lesser goes on")
    daemon.stop()


def important_one_frozen():
    """As by the freezer of a container, which leaves no trace in the states of processes. What counts of it
    is that the thread which would tell that the application is idle or stalled does not run."""
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    tasks = f"/proc/{high.pid}/task"
    watcher = next(int(task) for task in os.listdir(tasks)
                   if open(f"{tasks}/{task}/comm").read() == "xsched-watch\n")
    try:
        ptrace(PTRACE_SEIZE, watcher)
    except OSError as error:
        print(f"  not tried: {error}")
        daemon.stop()
        return
    ptrace(PTRACE_INTERRUPT, watcher)
    os.waitpid(watcher, 0x40000000)  # __WALL
    try:
        print(f"  others go on after {goes_on(low, before, 'a frozen process holds nobody up'):.0f} ms")
    finally:
        ptrace(PTRACE_DETACH, watcher)
    until(lambda: stopped(low, control), "it is awake and counts again")
    high.do("let")
    high.do("sync")
    goes_on(low, low.count(), "the lesser goes on")
    daemon.stop()


def lesser_one_stopped():
    daemon = Daemon()
    high, low, control = pair(daemon)
    make_wait(high, low, control)
    low.process.send_signal(signal.SIGSTOP)
    high.do("let")
    high.do("sync")
    high.do("launch 100 20")
    high.do("sync")
    low.process.send_signal(signal.SIGCONT)
    low.do("starve")
    low.end()
    daemon.stop()


def keeps_ours(pid):
    kept = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    return any(name.startswith(("socket:", "anon_inode:", "/memfd:xsched")) for name in kept)


def a_child_does_not_keep_the_connection():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    high.do("fork")
    with open(f"/proc/{high.pid}/task/{high.pid}/children") as file:
        child = int(file.read())
    until(lambda: not keeps_ours(child), "the child closed what is its parent's")
    high.kill()
    goes_on(low, before, "the parent is gone, whatever the child has")
    until(lambda: not control.queues(high.pid), "its queues")
    daemon.stop()


def an_orphan_does_not_keep_the_connection():
    """A child of a child that nobody waits for outlives the one that was connected."""
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    high.do("orphan")
    orphan = high.orphan()
    atexit.register(lambda: os.path.exists(f"/proc/{orphan}") and os.kill(orphan, signal.SIGKILL))
    until(lambda: not keeps_ours(orphan), "it closed what was its grandparent's")
    if control.queues(orphan):
        raise Failed("it launched nothing and is known")
    high.kill()
    goes_on(low, before, "the grandparent is gone, whatever the orphan has")
    until(lambda: not control.queues(high.pid), "its queues")
    os.kill(orphan, 0)  # it has been there all the time
    os.kill(orphan, signal.SIGKILL)
    daemon.stop()


def in_the_background():
    """A program that forks twice before it begins is known by the number of the one that works."""
    daemon = Daemon()
    high = Worker(daemon, 10, arguments=("daemon",))
    low = Worker(daemon, 0)
    control = Control(daemon)
    worker = high.orphan()
    if high.process.wait(LIMIT):
        raise Failed("the one that was started ended badly")
    for pid in (worker, low.pid):
        until(lambda: control.queues(pid), "its queues")
    if control.queues(high.pid):
        raise Failed("the one that was started is known")
    until(lambda: all(q["flags"] & PACED for q in control.queues(low.pid)), "the lesser is paced")
    before = make_wait(high, low, control)
    os.kill(worker, signal.SIGKILL)
    goes_on(low, before, "the lesser goes on")
    until(lambda: not control.queues(worker), "its queues")
    daemon.stop()


def descriptors_closed_by_the_application():
    """Daemons close whatever is open: it goes on by itself, at rest, and nobody waits for it."""
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    high.do("close")
    goes_on(low, before, "the lesser goes on")
    until(lambda: not control.queues(high.pid), "its queues")
    high.said("closed what xserver has to see")
    high.do("let")
    high.do("launch 1 100")
    high.do("sync")
    high.end()
    low.do("starve")
    low.end()
    daemon.stop()


def descriptors_replaced_by_the_application():
    """What it put in their places is its own: nobody reads it, writes to it or ends it."""
    daemon = Daemon()
    worker = Worker(daemon)
    worker.said("using global scheduler")
    worker.do("replace")
    worker.do("launch 1 100")
    worker.do("sync")
    worker.said("using local scheduler")
    worker.do("launch 1 100")
    worker.do("sync")
    worker.do("intact")
    worker.end()
    daemon.stop()


def exec_begins_anew():
    daemon = Daemon()
    high, low, control = pair(daemon)
    before = make_wait(high, low, control)
    old = {q["serial"] for q in control.queues(high.pid)}
    high.say("exec")
    high.answer("ready")
    goes_on(low, before, "what was before the exec holds nobody up")
    until(lambda: not old & {q["serial"] for q in control.queues(high.pid)}, "what was before is forgotten")
    high.said("using global scheduler", 2)
    until(lambda: any(q["priority"] == 10 for q in control.queues(high.pid)), "it is known again")
    daemon.stop()


def no_descriptors_left():
    """An application that has as many as it may: scheduled inside the process, and otherwise as ever."""
    daemon = Daemon()
    worker = Worker(daemon, prefix=("bash", "-c", 'ulimit -n 10; exec "$@"', "-"))
    worker.do("launch 1 100")
    worker.do("sync")
    worker.end()
    daemon.stop()


def a_process_id_namespace_of_its_own():
    """PID 1 of a namespace, as in a container, beside an application outside of it."""
    if os.geteuid() or subprocess.run(["unshare", "-pf", "true"], capture_output=True).returncode:
        print("  no namespaces here: not tried")
        return
    daemon = Daemon()
    inside = Worker(daemon, 10, prefix=("unshare", "-pf", "--kill-child"))
    low = Worker(daemon, 0)
    control = Control(daemon)
    for worker in (inside, low):
        worker.said("using global scheduler")
    until(lambda: len({q["serial"] for q in control.queues()}) == 2, "both are known")
    until(lambda: all(q["flags"] & PACED for q in control.queues(low.pid)), "the lesser is paced")
    before = make_wait(inside, low, control)
    inside.do("let")
    inside.do("sync")
    goes_on(low, before, "the lesser goes on")
    daemon.stop()


def two_with_the_same_handles():
    """PID 1 of two namespaces: their queues have the same handle, and nobody is taken for the other."""
    if os.geteuid() or subprocess.run(["unshare", "-pf", "true"], capture_output=True).returncode:
        print("  no namespaces here: not tried")
        return
    daemon = Daemon()
    workers = [Worker(daemon, 0, prefix=("unshare", "-pf", "--kill-child")) for _ in range(2)]
    control = Control(daemon)
    for worker in workers:
        worker.said("using global scheduler")
    until(lambda: len({q["serial"] for q in control.queues()}) == 2, "both are known")
    queues = control.queues()
    if len({q["handle"] for q in queues}) == len(queues):
        raise Failed(f"no handle is there twice: {queues}")
    handle = max((q["handle"] for q in queues), key=[q["handle"] for q in queues].count)

    def suspend(whom):
        return subprocess.run([f"{BUILD}/bin/xcli", "suspend", str(whom)], capture_output=True, text=True,
                              env={**os.environ, "XSCHED_SOCKET": daemon.path})

    def suspended():
        return {q["pid"] for q in control.queues() if q["flags"] & SUSPENDED}
    answer = suspend(hex(handle))
    if not answer.returncode or "name the process" not in answer.stderr or suspended():
        raise Failed(f"{answer} suspended {suspended()}")
    pid = queues[0]["pid"]
    answer = suspend(pid)
    if answer.returncode or suspended() != {pid}:
        raise Failed(f"{answer} suspended {suspended()}")
    for worker in workers:
        worker.kill()
    daemon.stop()


run([daemon_killed_and_back, daemon_killed_while_somebody_is_suspended, hints_of_streams_outlive_the_daemon,
     stalls_outlive_their_daemon, a_daemon_that_lives_is_kept,
     daemon_stopped_and_continued, daemon_left_and_late, daemon_restarted_under_load,
     important_one_killed, important_one_stopped, important_one_frozen, lesser_one_stopped,
     a_child_does_not_keep_the_connection, an_orphan_does_not_keep_the_connection,
     in_the_background, descriptors_closed_by_the_application,
     descriptors_replaced_by_the_application, exec_begins_anew, no_descriptors_left,
     a_process_id_namespace_of_its_own, two_with_the_same_handles])
