#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a command line sends, and what it makes of the answer: a daemon is played here that notes all fields of
the one and makes up the other.

Would catch: a field that is left out or that is another option's, a hint for somebody else, a hint that is
taken back by setting it to nothing, an error of the daemon that does not become the exit status, a column of
a list that shows another one, control characters of a program on the terminal.
"""
import errno
import json
import socket
import struct
import subprocess
import threading

from kit import BUILD, TMP, check, end, environment, xcli

PATH = TMP + "/played"
HELLO, HINT, LIST, SUSPEND, CONFIG = 1, 7, 16, 21, 23
WELCOME, ERROR, DONE, ROW_PROCESS, ROW_QUEUE = 128, 129, 144, 145, 146
READY, RUN, PACED, TRACKED, STALLED, SUSPENDED, PAUSED = (1 << i for i in range(7))
ALL, HANDLE, PID = 2, 3, 4  # targets
PRIORITY, UTILIZATION, TIMESLICE, DEADLINE, K, LAXITY, WINDOW, _, REQUEST, LIMIT, TARGET = range(11)

received = []
refusal = 0  # with this errno, if there is one


# What LIST is answered with: a process, and queues that differ in everything.
PROCESS = struct.pack("<QIIII64sIQQ256s", 9, 77, 1000, 4, 0, b'a\x1b[2Jname"', 5, 1000, 2000, b"\xc3\xbc bad \xff\x1b\xc2\x9b\xe2\x82 text")
NONE = -2147483648  # lent to nobody


def queue(number, flags, lent):
    return struct.pack("<QQQIIIiiiiIIIQQQQ", number, 9, 0x200000200, 77, flags, 2, 8, 4, -7, lent, 3, 21, 13, 5_000_000,
                       61_000_000_000, 777, 888)


ROWS = [(ROW_PROCESS, PROCESS), (ROW_QUEUE, queue(1, READY | RUN | PACED, NONE)), (ROW_QUEUE, queue(2, READY | TRACKED, 5)),
        (ROW_QUEUE, queue(3, STALLED | PAUSED | RUN, NONE)), (ROW_QUEUE, queue(4, SUSPENDED | PAUSED, NONE))]


def answers(opcode):
    if opcode == HELLO:
        return [(WELCOME, struct.pack("<IIQ32s32s", 1, 0, 1, b"HPF", b"played"))]
    if refusal:
        return [(ERROR, struct.pack("<iI128s", refusal, opcode, b"because"))]
    rows = ROWS if opcode == LIST else []
    return [*rows, (DONE, struct.pack("<II", opcode, len(rows)))]


def serve(listener):
    while True:
        peer, _ = listener.accept()
        while request := peer.recv(512):
            _, opcode, _, _, serial = struct.unpack_from("<HHBBH", request)
            if opcode != HELLO:
                received.append((opcode, request[8:]))
            for kind, body in answers(opcode):
                peer.send(struct.pack("<HHBBH", 8 + len(body), kind, 1, 0, serial) + body)
        peer.close()


def sent(*words):
    """The status, and the messages that came: (opcode, fields)."""
    received.clear()
    status, _, _ = xcli(*words, env=environment(XSCHED_SOCKET=PATH))
    return status, list(received)


def hints(*words):
    """(target, id, kind, clear, value, lax priority, critical priority, display) of each."""
    status, messages = sent("hint", *words)
    check(status == 0, f"{words}: status {status}")
    fields = [struct.unpack("<IIQIIqiiQ", body) for opcode, body in messages if opcode == HINT]
    check(len(fields) == len(messages), f"{words}: {messages}")
    return [(target, number, *rest) for target, _, number, *rest in fields]


with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
    listener.bind(PATH)
    listener.listen(8)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()

    for words, expected in {
            ("--pid", "77", "-p", "low"): [(PID, 77, PRIORITY, 0, -100, 0, 0, 0)],
            ("-x", "0x8000000000000001", "-u", "40"): [(HANDLE, 1 << 63 | 1, UTILIZATION, 0, 40, 0, 0, 0)],
            ("--all", "--deadline", "5ms"): [(ALL, 0, DEADLINE, 0, 5000, 0, 0, 0)],
            ("--timeslice", "1ms"): [(ALL, 0, TIMESLICE, 0, 1000, 0, 0, 0)],
            ("--k", "2"): [(ALL, 0, K, 0, 2, 0, 0, 0)],
            ("--pid", "77", "--slo", "20"): [(PID, 77, TARGET, 0, 20000, 0, 0, 0)],
            ("--pid", "77", "--share", "20:50"): [(PID, 77, REQUEST, 0, 20, 0, 0, 0), (PID, 77, LIMIT, 0, 50, 0, 0, 0)],
            ("--pid", "77", "--share", "20"): [(PID, 77, REQUEST, 0, 20, 0, 0, 0)],
            ("--pid", "77", "--window", "3"): [(PID, 77, WINDOW, 0, 1, 0, 0, 3)],
            ("--pid", "77", "--laxity", "7000", "--lax-priority", "-3", "--crit-priority", "high"):
                [(PID, 77, LAXITY, 0, 7000, -3, 100, 0)],
            ("--pid", "77", "--clear", "priority"): [(PID, 77, PRIORITY, 1, 0, 0, 0, 0)],
            ("--pid", "77", "--clear", "share"): [(PID, 77, REQUEST, 1, 0, 0, 0, 0), (PID, 77, LIMIT, 1, 0, 0, 0, 0)],
    }.items():
        got = hints(*words)
        check(got == expected, f"{words}: {got}")

    for words, target in ((["77"], (PID, 77)), (["0x4d"], (HANDLE, 0x4d))):
        for verb, on in (("suspend", 1), ("resume", 0)):
            got = sent(verb, *words)
            check(got == (0, [(SUSPEND, struct.pack("<IQI", *target, on))]), f"{verb} {words}: {got}")
    got = sent("renice", "77", "7")
    check(got == (0, [(HINT, struct.pack("<IIQIIqiiQ", PID, 0, 77, PRIORITY, 0, 7, 0, 0, 0))]), f"renice: {got}")
    status, messages = sent("config", "-x", "5", "-l", "2", "-t", "8", "-b", "4")
    check(messages[:1] == [(CONFIG, struct.pack("<QIii", 5, 2, 8, 4))], f"config: {messages}")

    status, out, err = xcli("config", "-x", "3", "-l", "2", env=environment(XSCHED_SOCKET=PATH))
    check(status == 0 and len(out.splitlines()) == 2 and " 0x3 " in out, f"the queue as it is then: {status} {out} {err}")
    out = xcli("metrics", env=environment(XSCHED_SOCKET=PATH))[1]
    check('xsched_queue_priority{pid="77",uid="1000",name="a?[2Jname\\"",queue="0x3",device="0x200000200"} -7\n' in out,
          f"metrics: {out}")

    def focus(*words):
        received.clear()
        done = subprocess.run([BUILD + "/bin/xsched-focus", *words], env=environment(XSCHED_SOCKET=PATH), timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return done.returncode, [struct.unpack("<IIQIIqiiQ", body) for _, body in received], done.stderr

    check(focus("--pid", "77", "--number", "3")[:2] == (0, [(PID, 0, 77, WINDOW, 0, 1, 0, 0, 3)]), "a window")
    check(focus("--pid", "77", "--off")[:2] == (0, [(PID, 0, 77, WINDOW, 0, 0, 0, 0, 0)]), "no window")
    for words in (("--pid", "77x"), ("--pid", "77", "--number", "3 "), ("--pid", "0"), ("--pid", "-1"), ("--off",)):
        status, messages, err = focus(*words)
        check(status == 1 and not messages and err, f"xsched-focus {words}: {status} {messages} {err}")
    for refusal, said in ((errno.EPERM, "belongs to somebody else"), (errno.ENOENT, "does not know this process")):
        status, _, err = focus("--pid", "77")
        check(status == 1 and said in err, f"refused with {errno.errorcode[refusal]}: {status} {err}")
    refusal = 0

    status, out, _ = xcli("list", env=environment(XSCHED_SOCKET=PATH))
    table = [line.split()[:13] for line in out.splitlines()]
    check(status == 0 and len(table) == 5, f"list: {status} {out}")
    for line, number, stat, sched in zip(table[1:], "1234", ("RDY", "RDY", "BLK", "BLK"), ("RUN", "SUS", "PAUS", "HALT")):
        check(line[:1] + line[2:13] == ["77", "0x" + number, stat, sched, "2", "-7", "5.0", "ms", "61", "s", "3", line[12]]
              and line[1] == "GPU(0x200)", f"list: {line}")
    check(all(line.endswith("ü bad ?????? text") for line in out.splitlines()[1:]), f"control characters: {out!r}")
    report = json.loads(xcli("list", "--json", env=environment(XSCHED_SOCKET=PATH))[1])
    process = report["processes"][0]
    check({name: process[name] for name in process if name not in ("name", "cmdline")} == {
        "pid": 77, "uid": 1000, "queues": 4, "suspended": False, "waits": 5, "wait_p50_ns": 1000, "wait_p99_ns": 2000},
        f"a process: {process}")
    check(process["name"] == 'a\x1b[2Jname"', f"the name, as it is: {process}")
    same = {"pid": 77, "device": "0x200000200", "level": 2, "threshold": 8, "batch_size": 4, "priority": -7, "holds": 3,
            "submitted": 21, "pending": 13, "device_ns": 5_000_000, "held_ns": 61_000_000_000, "waited_ns": 777,
            "in_state_ns": 888}
    bits = ("ready", "run", "paced", "tracked", "stalled", "suspended", "paused")
    for got, number, flags, lent in zip(report["xqueues"], "1234", (READY | RUN | PACED, READY | TRACKED,
                                                                   STALLED | PAUSED | RUN, SUSPENDED | PAUSED),
                                        (None, 5, None, None)):
        expected = dict(same, xqueue="0x" + number, lent=lent, name=process["name"], cmdline=process["cmdline"],
                        **{name: bool(flags & 1 << bit) for bit, name in enumerate(bits)})
        check(got == expected, f"a queue: {set(got.items()) ^ set(expected.items())}")

    for refusal, expected in ((errno.EPERM, 4), (errno.ENOENT, 5), (errno.EINVAL, 1)):
        for words in (["renice", "77", "7"], ["suspend", "77"], ["resume", "77"], ["hint", "--pid", "77", "-p", "7"],
                      ["config", "-x", "5", "-l", "2"], ["policy", "set", "CFS"]):
            status, _ = sent(*words)
            check(status == expected, f"{words}, refused with {errno.errorcode[refusal]}: status {status}")
    refusal = errno.EPERM  # the first one that is refused ends it
    check(len(sent("hint", "--pid", "77", "-p", "7", "-u", "5")[1]) == 1, "nothing goes on after a refusal")
end()
