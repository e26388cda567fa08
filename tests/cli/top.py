#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xcli top: tables without a terminal, and on one, in tmux, keys, sizes, and no colours.

Would catch: a key that does nothing or the wrong thing, a picture that does not follow a new size or
writes beyond it, a terminal left unusable, a daemon's end that ends top. Prints what --once takes with
256 processes; nothing about time is asserted.
"""
import json
import re
import shutil
import subprocess
import time

from kit import (FAILED, SAN, TMP, XCLI, Crowd, Daemon, check, data, end, environment, good, skip,
                 until, xcli)

daemon = Daemon()
crowd = Crowd([100, 0, -100])
high, normal, low = crowd.pids

# --- tables -----------------------------------------------------------------------------------------

table = good("top", "--once").splitlines()
check(table[0].split() == "PID DEV STATE PRI READY DEPTH SHARE USED HELD HOLDS P50 P99 CMDS NAME CMD".split(), table[0])
check(len(table) == 4 and "RUN" in table[1] and "WAIT" in table[2] and " 1/2 " in table[1], str(table))
until(lambda: data("top", "--once")["tasks"][0]["device_ns"] > 0, "use of the device")
tasks = data("top", "--once")["tasks"]
check([t["pid"] for t in tasks] == [high, normal, low] and tasks[0]["share"] == 1.0, f"totals: {tasks}")
check([t["pid"] for t in data("top", "--once", "--sort", "pid", "--reverse")["tasks"]] ==
      sorted(crowd.pids, reverse=True), "--sort pid --reverse")
check([t["priority"] for t in data("top", "--once", "--sort=priority")["tasks"]] == [100, 0, -100],
      "--sort priority")
text = good("top", "-f", "10", "-n", "2")
check(text.count("PID") == 2 and "WAIT" in text and "HOLD/S" in text, f"two tables: {text}")
text = good("top", "-f", "10", "-n", "2", "--json")
check([len(json.loads(line)["tasks"]) for line in text.splitlines()] == [3, 3], f"an object a line: {text}")
task = data("top", "-f", "5", "-n", "1")["tasks"][0]
check(0 < task["share"] <= 1, f"share of an interval: {task}")
done = subprocess.run(f"{XCLI} top -f 30 | head -n 1", shell=True, env=environment(), timeout=60,
                      stdout=subprocess.PIPE, text=True)
check(done.stdout.split()[:1] == ["PID"], "into a pipe that closes")

# While the first is suspended the second runs: its wait is over.
check(tasks[1]["waits"] == 0, f"nobody waited to the end yet: {tasks[1]}")
good("suspend", high, "--for", "20ms")
until(lambda: [t["waits"] for t in data("top", "--once")["tasks"] if t["pid"] == normal] > [0],
      "a wait that ended")
task = [t for t in data("top", "--once")["tasks"] if t["pid"] == normal][0]
check(0 < task["wait_p50_ns"] <= task["wait_p99_ns"], f"how long it waited: {task}")

# --- on a terminal ----------------------------------------------------------------------------------

KEYS = "q quit"


class Terminal:
    """top in a terminal of tmux; ends with a line that gives its status."""
    count = 0

    def __init__(self, width, height, *words, term="screen", **env):
        Terminal.count += 1
        self.socket = f"{TMP}/tmux{Terminal.count}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                  "sh", "-c", 'trap : INT; TERM="$0"; export TERM; "$@"; echo "status $?"; exec cat',
                  term, XCLI, "top", *words, env=environment(LC_ALL="C.UTF-8", **env))

    def tmux(self, *words, env=None):
        return subprocess.run(["tmux", "-S", self.socket, *words], env=env, timeout=60, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout

    def picture(self, *words):
        return self.tmux("capture-pane", "-p", *words)

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def resize(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def shows(self, condition, what):
        if isinstance(condition, str):
            text = condition
            condition = lambda picture: text in picture  # noqa: E731
        if not until(lambda: condition(self.picture()), what):
            print(self.picture())
            self.end()
            end()

    def lines(self):
        return self.picture().splitlines()

    def chosen(self):
        """The process whose line is in reverse; tmux tells changes only, from one line to the next."""
        reverse = False
        for line in self.picture("-e").splitlines():
            found = None
            for code, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
                if character and character != " " and found is None:
                    found = reverse
                if not character:
                    words = code.split(";")
                    reverse = "7" in words or (reverse and not {"", "0", "27"} & set(words))
            text = re.sub(r"\x1b\[[0-9;]*m", "", line).split()
            if found and text[0] != "PID":
                return int(text[0])
        return None

    def end(self):
        self.tmux("kill-server")


def order(terminal):
    return [int(line.split()[0]) for line in terminal.lines() if re.match(r" *\d+ ", line)]


def keys():
    terminal = Terminal(110, 24, "-f", "10")
    terminal.shows(lambda p: "policy HPF, 3 tasks" in p and "crowd-2" in p and KEYS in p, "the first picture")
    terminal.shows(lambda p: re.search(r"GPU\(0x100\) \[#+\.*\] \d+% used, 1 run, 2 wait", p), "the device")
    until(lambda: terminal.chosen() == high, "the first is chosen")
    terminal.press("R")
    terminal.shows(lambda p: "by share reversed" in p and order(terminal)[-1] == high, "the first is the last")
    until(lambda: terminal.chosen() == high, "what was chosen without a key stays so too")
    terminal.press("R")
    terminal.shows("by share,", "the first is the first")
    terminal.press("Down")
    until(lambda: terminal.chosen() == normal, "down")
    terminal.press("j", "j", "j")
    until(lambda: terminal.chosen() == low, "the last is the last")
    terminal.press("k")
    until(lambda: terminal.chosen() == normal, "up")

    terminal.press(">")
    terminal.shows("by priority", "sort by priority")
    terminal.press("R")
    terminal.shows(lambda p: "by priority reversed" in p and order(terminal) == [low, normal, high], "reversed")
    check(terminal.chosen() == normal, "the choice follows its process")
    terminal.press("R", "<")
    terminal.shows("by share,", "sorted as before")

    terminal.press("s")
    terminal.shows(lambda p: f"process {normal} suspended" in p and "HALT" in p, "suspend")
    check([p["suspended"] for p in data("list")["processes"] if p["pid"] == normal] == [True], "suspended")
    terminal.press("c")
    terminal.shows(lambda p: f"process {normal} resumed" in p and "HALT" not in p, "continue")

    terminal.press("r")
    terminal.shows(f"priority of process {normal}:", "renice asks")
    terminal.press("9", "9", "BSpace", "x", "Enter")
    terminal.shows("'9x' is not allowed; -256 to 255, or realtime", "a wrong priority")
    terminal.press("r", "l", "o", "w", "Enter")
    terminal.shows(f"priority of process {normal} set to -100", "renice")
    check([t["priority"] for t in data("top", "--once")["tasks"] if t["pid"] == normal] == [-100], "reniced")
    terminal.press("r", "5")
    terminal.shows(": 5", "typed")
    terminal.press("Escape")
    terminal.shows(lambda p: "priority of" not in p, "escape")
    good("renice", normal, 0)

    good("policy", "set", "CFS")
    terminal.shows("policy CFS", "another policy")
    good("policy", "set", "HPF")
    terminal.press("-")
    terminal.shows("every 0.2 s", "less often")
    terminal.press("+")
    terminal.shows("every 0.1 s", "more often")
    terminal.press("h")
    terminal.shows("any key goes back", "help")
    terminal.press("x")
    terminal.shows(KEYS, "back from help")
    terminal.press("q")
    terminal.shows("status 0", "quit")
    terminal.end()


def sizes():
    terminal = Terminal(150, 24, "-f", "10")
    terminal.shows(lambda p: re.search(r"^ *PID .* CMD$", p, re.M) and re.search(r"crowd-2 +\S", p),
                   "a wide terminal")
    for width, height, shown, hidden in ((92, 24, "HOLD/S", "CMD/S"), (50, 10, "SHARE", "HOLD/S"),
                                         (30, 8, "STATE", "SHARE"), (14, 4, "PID", "STATE"),
                                         (150, 24, "CMD/S", None)):
        terminal.resize(width, height)
        heads = lambda p: next((line for line in p.split("\n") if "PID" in line), "")  # noqa: E731
        terminal.shows(lambda p: shown in heads(p) and (not hidden or hidden not in heads(p)),
                       f"{width}x{height}")
        lines = terminal.lines()
        check(len(lines) <= height and all(len(line) <= width for line in lines), f"within {width}x{height}")
    terminal.resize(5, 2)
    terminal.resize(1, 1)
    terminal.resize(80, 7)
    terminal.shows(lambda p: "PID" in p, "after the smallest of all")
    # 7 lines: all, the device, heads, 3 tasks, keys; one line less and the choice scrolls.
    terminal.resize(80, 6)
    terminal.press("Down", "Down")
    terminal.shows(lambda p: "crowd-2" in p and "crowd-0" not in p and terminal.chosen() == low, "scrolled")
    terminal.press("Up", "Up")
    terminal.shows(lambda p: "crowd-0" in p and terminal.chosen() == high, "scrolled back")
    terminal.press("C-c")
    terminal.shows("status 0", "interrupted")
    terminal.end()


def colours():
    green, yellow = "\x1b[32m", "\x1b[33m"
    terminal = Terminal(110, 24, "-f", "10", term="screen-256color")
    terminal.shows("3 tasks", "a picture")
    terminal.press("Down")  # the chosen line has no colours
    terminal.shows(lambda p: green in terminal.picture("-e") and yellow in terminal.picture("-e"), "colours")
    terminal.end()
    for term, more in (("screen-256color", {"NO_COLOR": "1"}), ("vt100", {})):
        terminal = Terminal(110, 24, "-f", "10", term=term, **more)
        terminal.shows(lambda p: "WAIT" in p and "RUN" in p, "a picture without colours")
        check(not re.search(r"\x1b\[[0-9;]*3[0-8]m", terminal.picture("-e")), f"{term} {more}: colours")
        terminal.press("q")
        terminal.shows("status 0", "quit")
        terminal.end()
    # ncurses keeps some memory when it fails.
    terminal = Terminal(110, 24, term="no-such-terminal", ASAN_OPTIONS="detect_leaks=0")
    terminal.shows(lambda p: "'no-such-terminal' is not known" in p and "status 1" in p, "no such terminal")
    terminal.end()


def without_daemon():
    global daemon, crowd
    terminal = Terminal(110, 24, "-f", "10")
    terminal.shows("3 tasks", "a picture")
    crowd.stop()
    terminal.shows("0 tasks", "nobody is left")
    terminal.press("s", "r", "c", "Down", "Up")
    crowd = Crowd([5])
    terminal.shows("1 task,", "somebody new")
    daemon.stop()
    terminal.shows("no daemon answers", "the end of the daemon")
    terminal.press("s")
    crowd.stop()
    daemon = Daemon()
    crowd = Crowd([5, 6])
    terminal.shows(lambda p: "2 tasks" in p and "no daemon" not in p, "another daemon")
    terminal.press("q")
    terminal.shows("status 0", "quit")
    terminal.end()


if shutil.which("tmux"):
    keys()
    sizes()
    colours()
    without_daemon()
crowd.stop()

# --- 256 processes ----------------------------------------------------------------------------------

count = 16 if SAN else 256
crowd = Crowd([0], queues=8, processes=count)
until(lambda: len(data("top", "--once")["tasks"]) == count, "many processes")
times = []
for _ in range(20):
    begin = time.perf_counter()
    xcli("top", "--once")
    times.append(time.perf_counter() - begin)
print(f"top --once with {count} processes, {8 * count} queues: {sorted(times)[10] * 1000:.1f} ms")
crowd.stop()
daemon.stop()
if not FAILED and not shutil.which("tmux"):
    skip("tmux is not there, so the screen was left out; tools/deps screen installs it")
end()
