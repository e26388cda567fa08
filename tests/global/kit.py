# SPDX-License-Identifier: Apache-2.0
"""What the tests of this directory share: a daemon, applications under the shim, and a look into the
daemon over its socket. Every wait is for a state and has a generous limit; no test measures time to
decide about success."""
import atexit
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import BUILD, WAYS, environment

TMP = os.environ.get("TEST_TMP", "/tmp")
LIMIT = 60

READY, RUN, PACED, TRACKED, STALLED, SUSPENDED, PAUSED = (1 << i for i in range(7))

processes = []


@atexit.register
def kill_all():
    for process in processes:
        if process.poll() is None:
            process.kill()


class Failed(Exception):
    pass


def until(holds, what):
    """Waits until holds() is true and returns its value and how many milliseconds that took."""
    begin = time.monotonic()
    while True:
        value = holds()
        if value:
            return value, 1000 * (time.monotonic() - begin)
        if time.monotonic() - begin > LIMIT:
            raise Failed(f"not seen: {what}")
        time.sleep(0.001)


def stays(holds, what, seconds=0.3):
    """Looks for a while; that a machine was too slow to show the fault cannot fail the test."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not holds():
            raise Failed(what)
        time.sleep(0.01)


class Daemon:
    def __init__(self, *arguments, socket_path=None):
        self.path = socket_path or f"{TMP}/s"
        self.arguments = arguments
        self.start()

    def start(self):
        self.log = open(f"{TMP}/xserver.log", "a+")
        self.process = subprocess.Popen([f"{BUILD}/bin/xserver", "--socket", self.path, *self.arguments],
                                        stderr=self.log)
        processes.append(self.process)
        until(self.answers, "the daemon answers")

    def answers(self):
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
                client.connect(self.path)
            return True
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        self.process.terminate()
        status = self.process.wait(LIMIT)
        if status:
            raise Failed(f"the daemon ended with {status}")

    def text(self):
        with open(f"{TMP}/xserver.log") as file:
            return file.read()


class Control:
    """The command line's side of the wire (doc/wire.md)."""

    def __init__(self, daemon):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(LIMIT)
        self.socket.connect(daemon.path)
        self.ask(1, struct.pack("<IIII64s", 1, 1, 1, os.getpid(), b"test"), last=128)

    def ask(self, opcode, fields, last=144):
        """Returns the answers as pairs of opcode and fields, the last one included."""
        self.socket.send(struct.pack("<HHBBH", 8 + len(fields), opcode, 1, 0, 7) + fields)
        rows = []
        while True:
            answer = self.socket.recv(4096)
            if len(answer) < 8:
                raise Failed("the daemon closed the connection")
            _, kind, _, _, _ = struct.unpack_from("<HHBBH", answer)
            rows.append((kind, answer[8:]))
            if kind in (last, 129):
                return rows

    def request(self, opcode, fields):
        kind, answer = self.ask(opcode, fields)[-1]
        if kind == 129:
            raise Failed(answer[8:].rstrip(b"\0").decode())

    def queues(self, pid=None):
        rows = []
        for kind, row in self.ask(16, struct.pack("<I", 0)):
            if kind != 146:
                continue
            names = ("handle serial device pid flags level threshold batch priority lent holds submitted pending "
                     "device_ns held_ns waited_ns in_state_ns").split()
            queue = dict(zip(names, struct.unpack("<QQQIIIiiiiIIIQQQQ", row)))
            if pid in (None, queue["pid"]):
                rows.append(queue)
        return rows

    def hint_priority(self, pid, priority):
        self.request(7, struct.pack("<IIQIIqiiQ", 4, 0, pid, 0, 0, priority, 0, 0, 0))

    def suspend(self, pid, on):
        self.request(21, struct.pack("<IQI", 4, pid, on))

    def policy(self, name):
        self.request(18, struct.pack("<32s", name.encode()))

    def config(self, handle, level=0, threshold=0, batch=0):
        self.request(23, struct.pack("<QIii", handle, level, threshold, batch))


class Worker:
    """An application under the shim; see worker.c."""

    def __init__(self, daemon, priority=None, prefix=(), ready=True, arguments=(), **variables):
        env = environment(WAYS["preload"], {"XSIM_SHARE": "1", "XSCHED_SOCKET": daemon.path,
                                            "XSCHED_STALL_MS": "60000", "XLOG_LEVEL": "INFO"})
        del env["XSCHED_SCHEDULER"]
        env.update(variables)
        if priority is not None:
            env["XSCHED_AUTO_XQUEUE_PRIORITY"] = str(priority)
        self.log = f"{TMP}/worker-{len(processes)}.log"
        # What stands before the application is not preloaded.
        prefix = (*prefix, "env", "LD_PRELOAD=" + env.pop("LD_PRELOAD"))
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([*prefix, f"{BUILD}/tests/global/worker", *arguments], env=env,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                            text=True, bufsize=1)
        processes.append(self.process)
        self.pid = self.process.pid
        if ready:
            self.answer("ready")

    def answer(self, word):
        if not select.select([self.process.stdout], [], [], LIMIT)[0]:
            raise Failed(f"{word}: no answer\n{self.text()}")
        line = self.process.stdout.readline().split()
        if not line or line[0] != word:
            raise Failed(f"{word}: {line}\n{self.text()}")
        return int(line[1]) if len(line) > 1 else 0

    def say(self, command):
        self.process.stdin.write(command + "\n")

    def do(self, command):
        """Returns the number of kernels that are done."""
        self.say(command)
        return self.answer(command.split()[0])

    def count(self):
        return self.do("count")

    def end(self):
        self.say("exit")
        status = self.process.wait(LIMIT)
        if status:
            raise Failed(f"the application ended with {status}\n{self.text()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def orphan(self):
        """The number of the process that it left behind, or became."""
        self.said("orphan ")
        return int(self.text().split("orphan ")[-1].split()[0])

    def text(self):
        with open(self.log) as file:
            return file.read()

    def said(self, words, times=1):
        until(lambda: self.text().count(words) >= times, f"'{words}' {times} times in\n{self.text()}")


def pair(daemon, **variables):
    """An important application and one that is not, both known to the daemon, which knows their order."""
    high = Worker(daemon, 10, **variables)
    low = Worker(daemon, 0, **variables)
    control = Control(daemon)
    for worker in (high, low):
        worker.said("using global scheduler")
        until(lambda: control.queues(worker.pid), "its queues")
    until(lambda: all(q["flags"] & PACED for q in control.queues(low.pid)), "the lesser is paced")
    return high, low, control


def stopped(worker, control):
    """Whether a thread of the application wants to launch and may not."""
    queues = [q for q in control.queues(worker.pid) if q["flags"] & READY]
    return bool(queues) and all(not q["flags"] & RUN for q in queues)


def make_wait(high, low, control):
    """The lesser application launches as fast as it may, and then waits for the important one."""
    low.do("feed 200")
    until(lambda: low.count() > 3, "the lesser runs alone")
    high.do("hold")
    until(lambda: stopped(low, control), "the lesser is stopped")
    return settled(low)


def settled(worker):
    """Waits until nothing is done any more, and returns the count."""
    until(lambda: worker.count() == (time.sleep(0.05) or worker.count()), "it stands still")
    return worker.count()


def goes_on(worker, before, what):
    """Returns how many milliseconds it took to see more done."""
    return until(lambda: worker.count() > before, what)[1]


def run(tests):
    """Runs the functions that were given, or those named on the command line."""
    failed = 0
    for test in tests:
        if len(sys.argv) > 1 and test.__name__ not in sys.argv[1:]:
            continue
        print(test.__name__, flush=True)
        try:
            test()
        except Exception:  # all of them, and the next one runs
            traceback.print_exc()
            failed += 1
        kill_all()
        for process in processes:
            process.wait()
    sys.exit(1 if failed else 0)
