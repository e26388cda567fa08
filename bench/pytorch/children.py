# SPDX-License-Identifier: Apache-2.0
"""Children that stay and do something for each line that they are told, and a daemon for them.

Such children take turns: each is started and warmed up once, and is then measured beside the others or
right after them, so that what drifts on the machine meets all of them alike.
"""
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

import common
from common import BARE


class Client:
    """A child with which the parent talks. What it says on standard error is in DIR/children.log."""

    def __init__(self, opts, side, command, extra=None):
        with open(opts.out / "children.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, env=common.environment(side, opts, extra), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        self.heard = b""

    def hear(self, timeout):
        """Its next result; an empty one when it ends or says nothing in time."""
        end = time.monotonic() + timeout
        while True:
            line, found, rest = self.heard.partition(b"\n")
            if found:
                self.heard = rest
                if line.startswith(b"@{"):
                    return json.loads(line[1:])
                continue
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return {}
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            if not data:
                return {}
            self.heard += data

    def tell(self, **what):
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()

    def end(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            common.stop(self.process)


class NoDaemon(Exception):
    """There is no xserver to start."""


@contextlib.contextmanager
def daemon(opts):
    """Runs xserver with a socket of its own; gives the settings that lead clients to it."""
    if not opts.xserver.exists():
        raise NoDaemon(f"no daemon ({opts.xserver} is not there)")
    place = tempfile.mkdtemp(prefix="bench-")  # a socket's path has to be short
    env = {"XSCHED_SOCKET": f"{place}/socket", "XLOG_LEVEL": "WARN"}
    process = subprocess.Popen([str(opts.xserver)], env=common.environment(BARE, opts, env),
                               stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise NoDaemon(f"{opts.xserver} ended at once with status {process.returncode}")
        yield {**env, "XSCHED_SCHEDULER": "GLB"}
    finally:
        common.stop(process)
        shutil.rmtree(place, ignore_errors=True)
