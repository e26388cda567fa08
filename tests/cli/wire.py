#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a command line sends: a daemon is played here that notes it, all fields of it.

Would catch: a field that is left out or that is another option's, a hint for somebody else, a hint that is
taken back by setting it to nothing, an error of the daemon that does not become the exit status.
"""
import errno
import socket
import struct
import threading

from kit import TMP, check, end, environment, xcli

PATH = TMP + "/played"
HELLO, HINT, SUSPEND, CONFIG, WELCOME, ERROR, DONE = 1, 7, 21, 23, 128, 129, 144
ALL, HANDLE, PID = 2, 3, 4  # targets
PRIORITY, UTILIZATION, TIMESLICE, DEADLINE, K, LAXITY, WINDOW, _, REQUEST, LIMIT, TARGET = range(11)

received = []
refusal = 0  # with this errno, if there is one


def answer(opcode, serial):
    if opcode == HELLO:
        kind, body = WELCOME, struct.pack("<IIQ32s32s", 1, 0, 1, b"HPF", b"played")
    elif refusal:
        kind, body = ERROR, struct.pack("<iI128s", refusal, opcode, b"because")
    else:
        kind, body = DONE, struct.pack("<II", opcode, 0)
    return struct.pack("<HHBBH", 8 + len(body), kind, 1, 0, serial) + body


def serve(listener):
    while True:
        peer, _ = listener.accept()
        while request := peer.recv(512):
            _, opcode, _, _, serial = struct.unpack_from("<HHBBH", request)
            if opcode != HELLO:
                received.append((opcode, request[8:]))
            peer.send(answer(opcode, serial))
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

    for refusal, expected in ((errno.EPERM, 4), (errno.ENOENT, 5), (errno.EINVAL, 1)):
        for words in (["renice", "77", "7"], ["suspend", "77"], ["resume", "77"], ["hint", "--pid", "77", "-p", "7"],
                      ["config", "-x", "5", "-l", "2"], ["policy", "set", "CFS"]):
            status, _ = sent(*words)
            check(status == expected, f"{words}, refused with {errno.errorcode[refusal]}: status {status}")
    refusal = errno.EPERM  # the first one that is refused ends it
    check(len(sent("hint", "--pid", "77", "-p", "7", "-u", "5")[1]) == 1, "nothing goes on after a refusal")
end()
