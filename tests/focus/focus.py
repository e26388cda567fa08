#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xsched-focus: the active window of a display decides under AWF whose gate is open.

The display is played here, in the words of the X protocol that the helper needs, so that no X server
has to be there. The processes are children with a page that this program sees too. Would catch: a change
that is lost, a window of another machine or of nobody that leaves its predecessor in front, a daemon
that came later or was started again and is not told.
"""
import fcntl
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

BUILD = os.environ.get("BUILD", "build")
TMP = os.environ.get("TEST_TMP", "/tmp")
SOCKET = TMP + "/focus.sock"
ENV = dict({k: v for k, v in os.environ.items() if not k.startswith("XSCHED_")}, XSCHED_SOCKET=SOCKET)
LIMIT = 30  # seconds: for a state that has to come
FAILED = []

ROOT, BADWINDOW = 100, 3
STRING, CARDINAL, WINDOW = 31, 6, 33  # atoms that every display has


def check(good, what):
    if not good:
        FAILED.append(what)
        print("wrong:", what)


def until(true, what):
    end = time.monotonic() + LIMIT
    while not true():
        if time.monotonic() > end:
            check(False, "never: " + what)
            return
        time.sleep(0.002)


class Display:
    """A display with the properties of windows, for one client."""

    def __init__(self):
        self.lock = threading.Lock()
        self.atoms, self.properties, self.sequence, self.peer = {}, {ROOT: {}}, 0, None
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.number = 1000 + os.getpid()
        self.listener.bind(f"\0/tmp/.X11-unix/X{self.number}")
        self.listener.listen(1)
        threading.Thread(target=self.serve, daemon=True).start()

    def atom(self, name):
        return self.atoms.setdefault(name, 200 + len(self.atoms))

    def take(self, size):
        data = b""
        while len(data) < size:
            more = self.peer.recv(size - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def welcome(self):
        _, _, _, name, data = struct.unpack("<BxHHHH2x", self.take(12))
        self.take((name + 3) // 4 * 4 + (data + 3) // 4 * 4)
        screen = struct.pack("<IIIIIHHHHHHIBBBB", ROOT, 1, 0, 0, 0, 9, 9, 9, 9, 1, 1, 1, 0, 0, 24, 0)
        body = struct.pack("<IIIIHHBBBBBBBB4x", 1, 0x200000, 0x1fffff, 0, 4, 65535, 1, 0, 0, 0, 32, 32,
                           8, 255) + b"play" + screen
        self.peer.sendall(struct.pack("<BxHHH", 1, 11, 0, len(body) // 4) + body)

    def get_property(self, window, name):
        if window not in self.properties:
            self.peer.sendall(struct.pack("<BBHIHB21x", 0, BADWINDOW, self.sequence, window, 0, 20))
            return
        kind, width, data = self.properties[window].get(name, (0, 0, b""))
        units = len(data) * 8 // width if width else 0
        data += b"\0" * (-len(data) % 4)
        self.peer.sendall(struct.pack("<BBHIIII12x", 1, width, self.sequence, len(data) // 4, kind, 0,
                                      units) + data)

    def serve(self):
        self.peer, _ = self.listener.accept()
        try:
            self.welcome()
            while True:
                opcode, _, length = struct.unpack("<BBH", self.take(4))
                body = self.take(4 * length - 4)
                with self.lock:
                    self.sequence = self.sequence + 1 & 0xffff
                    if opcode == 16:
                        size, = struct.unpack_from("<H", body)
                        atom = self.atom(body[4:4 + size].decode())
                        self.peer.sendall(struct.pack("<BxHII20x", 1, self.sequence, 0, atom))
                    elif opcode == 20:
                        self.get_property(*struct.unpack_from("<II", body))
                    else:
                        check(opcode == 2, f"request {opcode}")
        except (ConnectionError, OSError):
            pass

    def window(self, number, pid, machine=None):
        with self.lock:
            self.properties[number] = {self.atom("_NET_WM_PID"): (CARDINAL, 32, struct.pack("<I", pid))}
            if machine:
                name = self.atom("WM_CLIENT_MACHINE")
                self.properties[number][name] = (STRING, 8, machine.encode())

    def activate(self, number):
        with self.lock:
            name = self.atom("_NET_ACTIVE_WINDOW")
            self.properties[ROOT][name] = (WINDOW, 32, struct.pack("<I", number))
            self.peer.sendall(struct.pack("<BxHIIIB15x", 28, self.sequence, ROOT, name, 0, 0))


# --- processes -------------------------------------------------------------------------------------

PAGE = 704 + 128 * 4096
OPEN, READY, FLOWS = 1, 2, 256


def message(opcode, body):
    return struct.pack("<HHBBH", 8 + len(body), opcode, 1, 0, 0) + body


class Process:
    """A child that has a page with one ready queue, and a connection while there is a daemon."""

    def __init__(self):
        fd = os.memfd_create("page", os.MFD_CLOEXEC | 2)  # MFD_ALLOW_SEALING
        os.ftruncate(fd, PAGE)
        fcntl.fcntl(fd, 1033, 2)  # F_ADD_SEALS, F_SEAL_SHRINK
        self.page = mmap.mmap(fd, PAGE)
        struct.pack_into("<II", self.page, 0, 0x70616765, 2)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.run(fd)
            finally:
                os._exit(1)
        os.close(fd)

    def run(self, fd):
        while True:
            struct.pack_into("<Q", self.page, 704, 1 << 32 | OPEN | READY | FLOWS)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as daemon:
                try:
                    daemon.connect(SOCKET)
                    hello = message(1, struct.pack("<IIII64s", 1, 1, 0, os.getpid(), b"test"))
                    socket.send_fds(daemon, [hello], [fd])
                    daemon.send(message(2, struct.pack("<IIQQQiii", 0, 1, 1, 0, 5, 0, 0, 0)))
                    while daemon.recv(1024):
                        pass
                except OSError:
                    pass
            time.sleep(0.01)

    def is_open(self):
        return bool(struct.unpack_from("<Q", self.page, 704)[0] & OPEN)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def start_daemon():
    log = open(TMP + "/focus.log", "w")
    return subprocess.Popen([BUILD + "/bin/xserver", "--policy", "AWF"], env=ENV, stderr=log)


def focus(*arguments):
    return subprocess.run([BUILD + "/bin/xsched-focus", *arguments], env=ENV, capture_output=True,
                          text=True, timeout=60)


def follow(first, second):
    display = Display()
    daemon = start_daemon()
    helper = subprocess.Popen([BUILD + "/bin/xsched-focus"], env=dict(ENV, DISPLAY=f":{display.number}"))

    def in_front(a, b, what):
        until(lambda: first.is_open() == a and second.is_open() == b, what)

    until(lambda: display.peer and "_NET_WM_PID" in display.atoms, "the helper came")
    display.window(1, first.pid)
    display.window(2, second.pid, socket.gethostname())
    display.window(3, second.pid, "another.machine")
    display.window(4, 1)  # a process that the daemon does not know
    for i in range(20):
        display.activate(1)
        in_front(True, False, "the first is in front")
        display.activate(2)
        in_front(False, True, "the second is in front")
    for nobody in (3, 4, 77, 0):
        display.activate(1)
        in_front(True, False, "the first is in front again")
        display.activate(nobody)
        in_front(True, True, f"nobody is in front after window {nobody}")

    display.activate(2)
    in_front(False, True, "the second is in front at last")
    daemon.terminate()
    check(daemon.wait(20) == 0, "status of the daemon")
    in_front(True, True, "without a daemon nobody is in front")
    daemon = start_daemon()
    in_front(False, True, "the new daemon was told")

    third = Process()  # comes while its window is in front already
    display.window(5, third.pid)
    display.activate(5)
    until(lambda: third.is_open() and not second.is_open(), "the third is in front")
    third.end()
    display.activate(2)
    display.peer.shutdown(socket.SHUT_RDWR)
    check(helper.wait(20) == 0, "status when the display has gone")
    return daemon


def by_command(first, second):
    def says(status, *arguments):
        result = focus(*arguments)
        check(result.returncode == status, f"{arguments}: {result}")

    until(lambda: focus("--pid", str(first.pid)).returncode == 0, "the daemon knows the first")
    until(lambda: first.is_open() and not second.is_open(), "the first by command")
    says(0, "--pid", str(second.pid), "--number", "0")
    until(lambda: second.is_open() and not first.is_open(), "the second by command")
    says(0, "--pid", str(second.pid), "--off")
    until(lambda: first.is_open(), "nobody by command")
    says(1, "--pid", "1")
    says(1, "--pid", "x")
    says(1, "something")
    # Without a process these mean nothing; following a display all the same would go on for ever.
    for words, said in ((["--pid", "0"], "'0' is no number"), (["--off"], "usage"), (["--number", "3"], "usage")):
        check(said in focus(*words).stderr, f"{words}: it follows a display instead")
    says(1, "--display", ":987654")
    says(0, "--help")
    says(0, "--version")


def main():
    first, second = Process(), Process()
    has_x11 = "without libxcb" not in focus("--display", ":987654").stderr
    if has_x11:
        daemon = follow(first, second)
        daemon.kill()
        daemon.wait()
    daemon = start_daemon()
    by_command(first, second)
    daemon.terminate()
    daemon.wait()
    check(focus("--pid", "1").returncode == 1, "no daemon")
    first.end()
    second.end()
    print(f"{len(FAILED)} wrong" + ("" if has_x11 else "; without libxcb"))
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
