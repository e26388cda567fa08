#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Command lines that are wrong, explanations, and no daemon.

Would catch: a value that is taken though it is not allowed, a complaint that does not name the option,
the value and what is allowed, a wrong exit status, a verb or an option that is not explained.
"""
import os
import re
import socket
import subprocess

from kit import SOCKET, TMP, VERBS, XCLI, check, end, environment, good, xcli

# Words, and what the complaint has to say. None of it needs a daemon.
WRONG = [
    (["nope"], ["no verb 'nope'"]),
    (["--nope"], ["no option '--nope'", "--json", "--socket"]),
    (["-p", "0", "list"], ["--port", "'0'", "1 to 65535"]),
    (["-p", "x", "list"], ["--port", "'x'"]),
    (["-a", "localhost", "list"], ["--addr", "'localhost'", "127.0.0.1"]),
    (["list", "--nope"], ["no option '--nope'"]),
    (["list", "extra"], ["'extra' is too much"]),
    (["list", "--json=1"], ["--json takes no value", "'1'"]),
    (["list", "--socket"], ["--socket needs a value", "PATH"]),
    (["top", "-f", "0"], ["--frequency", "'0'", "0.1 to 30"]),
    (["top", "-f", "31"], ["--frequency", "'31'"]),
    (["top", "-f", "nan"], ["--frequency", "'nan'"]),
    (["top", "-n", "0"], ["--count", "'0'"]),
    (["top", "--sort", "size"], ["--sort", "'size'", "share", "priority", "wait", "pid", "name"]),
    (["hint"], ["no hint"]),
    (["hint", "-p", "5"], ["for whom", "--xqueue", "--pid"]),
    (["hint", "-x", "5", "--pid", "6", "-p", "5"], ["only one of"]),
    (["hint", "-x", "0xzz", "-p", "5"], ["--xqueue", "'0xzz'", "handle"]),
    (["hint", "-x", "-1", "-p", "5"], ["--xqueue", "'-1'"]),
    (["hint", "-x", "0", "-p", "5"], ["--xqueue", "'0'"]),
    (["hint", "--pid", "0", "-p", "5"], ["--pid", "'0'"]),
    (["hint", "-x", "5", "-p", "256"], ["--priority", "'256'", "-256 to 255", "realtime", "idle"]),
    (["hint", "-x", "5", "-p", "5x"], ["--priority", "'5x'"]),
    (["hint", "-x", "5", "-p", ""], ["--priority", "''"]),
    (["hint", "-x", "5", "-p"], ["--priority needs a value"]),
    (["hint", "-x", "5", "-u", "101"], ["--utilization", "'101'", "0 to 100"]),
    (["hint", "-t", "99"], ["--timeslice", "'99'", "100 to 10000000"]),
    (["hint", "-x", "5", "--share", "50:20"], ["--share", "'50:20'", "R:L"]),
    (["hint", "-x", "5", "--share", "101"], ["--share", "'101'"]),
    (["hint", "-x", "5", "--slo", "x"], ["--slo", "'x'", "20ms"]),
    (["hint", "-x", "5", "--slo", "5 lightyears"], ["--slo"]),
    (["hint", "-x", "5", "--deadline", "0"], ["--deadline", "'0'", "from 1us to 2147s"]),
    (["hint", "--k", "0"], ["--k", "'0'", "1 to 65536"]),
    (["hint", "-x", "5", "--lax-priority", "3", "-p", "4"], ["--laxity"]),
    (["hint", "-x", "5", "--clear", "all"], ["--clear", "'all'", "priority", "window"]),
    (["renice", "5"], ["missing", "PID|XQUEUE"]),
    (["renice", "5", "high", "low"], ["'low' is too much"]),
    (["renice", "me", "high"], ["'me'", "process id", "handle"]),
    (["renice", "5", "highest"], ["'highest'", "-256 to 255", "realtime"]),
    (["config"], ["--xqueue"]),
    (["config", "-x", "5"], ["--level", "--threshold", "--batch-size"]),
    (["config", "-x", "5", "-l", "4"], ["--level", "'4'", "1 to 3"]),
    (["config", "-x", "5", "-t", "0"], ["--threshold", "'0'", "1 to 65536"]),
    (["config", "-x", "5", "-t", "4", "-b", "8"], ["--batch-size", "'8'", "at most the threshold"]),
    (["policy", "-s"], ["--set and --name"]),
    (["policy", "-n", "HPF"], ["--set and --name"]),
    (["policy", "swap"], ["'swap'", "get", "set", "list", "params"]),
    (["policy", "set"], ["NAME", "PARAM=VALUE"]),
    (["policy", "get", "-q"], ["only one of"]),
    (["policy", "-q", "-s", "-n", "HPF"], ["only one of"]),
    (["policy", "-qx"], ["no option '-qx'"]),
    (["suspend"], ["missing"]),
    (["suspend", "x"], ["'x'", "process id"]),
    (["suspend", "5", "--for", "0s"], ["--for", "'0s'", "from 1us"]),
    (["suspend", "5", "--for", "25h"], ["--for", "'25h'", "to 86400s"]),
    (["suspend", "5", "--for", "10"], None),  # seconds: right
    (["suspend", "5", "--for", "-10s"], ["--for", "'-10s'"]),
    (["suspend", "5", "--for", "10 apples"], ["--for"]),
    (["run"], ["missing", "COMMAND"]),
    (["run", "-p", "2000", "true"], ["--priority", "'2000'"]),
    (["run", "--level", "0", "true"], ["--level", "'0'", "1 to 3"]),
    (["run", "--scheduler", "none", "true"], ["--scheduler", "'none'", "local", "global"]),
    (["run", "--device", "-1", "true"], ["--device", "'-1'"]),
]

for words, said in WRONG:
    status, out, err = xcli(*words)
    if said is None:
        check(status == 3, f"{words}: {status} {err}")
        continue
    expected = 125 if words[0] == "run" else 2
    check(status == expected and not out, f"{words}: status {status}, {out!r}")
    for part in said:
        check(part in err, f"{words}: '{part}' is not in {err!r}")
    check("--help explains it" in err, f"{words}: no pointer to --help")

# --- explanations ----------------------------------------------------------------------------------

status, out, _ = xcli()
check(status == 2 and out.startswith("usage: xcli"), "xcli alone explains itself and fails")
check(good("--help") == out, "--help")
check("complete" not in out, "complete is not for people")
for verb in VERBS:
    check(re.search(rf"^  {verb} ", out, re.M), f"--help does not list {verb}")
    text = good(verb, "--help")
    check(text == good(verb, "-h"), f"{verb} -h")
    check(text.startswith(f"usage: xcli {verb}") and "--help" in text, f"{verb} --help")
    check(all(len(line) <= 100 for line in text.split("\n")), f"{verb} --help is too wide")
check(good("--version") == good("version"), "--version")

# --- no daemon -------------------------------------------------------------------------------------

NEED = [["list"], ["top", "--once"], ["top", "-n", "1"], ["hint", "--pid", "5", "-p", "5"], ["renice", "5", "low"],
        ["policy"], ["policy", "-q"], ["policy", "list"], ["policy", "set", "HPF"], ["policy", "params"],
        ["config", "-x", "5", "-l", "1"], ["suspend", "5"], ["resume", "5"], ["metrics"],
        ["list", "--json"]]
for words in NEED:
    status, out, err = xcli(*words)
    check(status == 3 and not out and SOCKET in err, f"{words} without a daemon: {status} {out!r} {err!r}")
status, out, err = xcli("list", "--socket", TMP + "/elsewhere")
check(status == 3 and "/elsewhere" in err, f"--socket: {err}")
status, out, err = xcli("list", env=environment(XSCHED_SOCKET="/" + "x" * 200))
check(status == 3, f"a path that is too long: {status} {err}")
out = good("version", "--json")
check('"xserver": null' in out, f"version without a daemon: {out}")

# Somebody else listens there, who is no daemon.
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
    listener.bind(SOCKET)
    listener.listen(5)
    child = os.fork()
    if child == 0:
        peer, _ = listener.accept()
        peer.recv(4096)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.recv(4096)
        os._exit(0)
    status, out, err = xcli("list")
    check(status == 3 and "makes no sense" in err, f"a stranger: {status} {err!r}")
    os.waitpid(child, 0)
os.unlink(SOCKET)

# --- output that nobody takes ----------------------------------------------------------------------

if os.path.exists("/dev/full"):
    for words in (["version", "--json"], ["version"], ["--help"], ["list", "--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([XCLI, *words], env=environment(), stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        check(done.returncode == 1 and "standard output" in done.stderr, f"/dev/full: {done}")
end()
