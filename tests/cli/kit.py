# SPDX-License-Identifier: Apache-2.0
"""xcli, a daemon and processes for it to look at; what the tests of the command line share."""
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD") or os.path.abspath("build")
XCLI, SERVER = BUILD + "/bin/xcli", BUILD + "/bin/xserver"
CROWD = BUILD + "/tests/cli/crowd/crowd"
TMP = os.environ.get("TEST_TMP") or tempfile.mkdtemp()
SOCKET = TMP + "/s"
SAN = os.environ.get("SAN", "")
LIMIT = 60
VERBS = ["run", "top", "list", "hint", "renice", "policy", "config", "suspend", "resume", "metrics",
         "version"]
FAILED = []


def check(good, what):
    if not good:
        FAILED.append(what)
        print("wrong:", what)


def end():
    sys.exit(1 if FAILED else 0)


def skip(why):
    print(why)
    sys.exit(77)


def environment(**more):
    result = {k: v for k, v in os.environ.items()
              if not k.startswith(("XSCHED_", "XLOG_", "LD_PRELOAD"))}
    result.update(XSCHED_SOCKET=SOCKET)
    result.update(more)
    return {k: v for k, v in result.items() if v is not None}


def xcli(*words, env=None, **more):
    """Status, standard output and standard error of one command line."""
    done = subprocess.run([XCLI, *map(str, words)], env=env or environment(), timeout=LIMIT,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    return done.returncode, done.stdout, done.stderr


def good(*words, **more):
    """The output of a command line that has to succeed."""
    status, out, err = xcli(*words, **more)
    check(status == 0 and not err, f"xcli {' '.join(map(str, words))}: {status} {err!r}")
    return out


def data(*words):
    text = good(*words, "--json")
    try:
        return json.loads(text)
    except ValueError:
        check(False, f"xcli {words}: no JSON: {text!r}")
        return {}


def until(condition, what, limit=LIMIT):
    """Waits for a state. Returns whether it came."""
    end_at = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end_at:
            check(False, "waited in vain: " + what)
            return False
        time.sleep(0.01)
    return True


def end_with_test(process):
    """Nothing is left behind, however the test ends."""
    atexit.register(process.kill)
    return process


class Daemon:
    def __init__(self, *arguments, socket=SOCKET):
        self.log = open(TMP + "/log", "a")
        self.process = end_with_test(subprocess.Popen(
            [SERVER, "--socket", socket, *arguments], stderr=self.log, env=environment()))
        until(lambda: xcli("list", "--socket", socket)[0] == 0, "the daemon")

    def stop(self):
        self.process.terminate()
        check(self.process.wait(LIMIT) == 0, "status of the daemon")
        self.log.close()


class Crowd:
    """Processes with these priorities and so many queues each."""

    def __init__(self, priorities, queues=2, processes=None):
        self.process = end_with_test(subprocess.Popen(
            [CROWD, str(processes or len(priorities)), str(queues), *map(str, priorities)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()))
        words = self.process.stdout.readline().split()
        check(words[:1] == ["ready"], f"the crowd: {words}")
        self.pids = [int(word) for word in words[1:]]

    def end_one(self, index):
        os.kill(self.pids[index], signal.SIGKILL)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(LIMIT)
